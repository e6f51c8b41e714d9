/** How a particle moves: velocity, position, walls. All in the unit cube, velocities in ranges per move. */
import type { RandomSource } from "../math/random-source.ts";

export interface MotionOptions {
  /** w: share of the velocity that is kept. */
  readonly inertia: number;
  /** c₁ and c₂: pull towards the particle's own best place and towards its neighbourhood's. */
  readonly cognitive: number;
  readonly social: number;
  /** Fastest move along one coordinate, as a share of its range. */
  readonly maxVelocity: number;
}

export interface Motion {
  readonly position: Float64Array;
  readonly velocity: Float64Array;
}

/**
 * v ← w v + c₁ r₁ (own − x) + c₂ r₂ (neighbourhood − x), x ← x + v, with r₁, r₂ uniform in [0, 1) for each coordinate (J.
 * Kennedy and R. Eberhart, ICNN 1995; inertia: Y. Shi and R. Eberhart, ICEC 1998).
 *
 * At a wall the particle stops and turns back at half its speed (SPSO 2007; M. Clerc, "Standard particle swarm
 * optimisation", 2012).
 *
 * @param neighbourhood null where the particle's own best place is the best of its neighbourhood: it pulls only once
 */
export function moved(
  { position, velocity }: Motion,
  own: Float64Array,
  neighbourhood: Float64Array | null,
  { inertia, cognitive, social, maxVelocity }: MotionOptions,
  source: RandomSource,
): Motion {
  const next = Float64Array.from(position);
  const speed = new Float64Array(position.length);
  for (let j = 0; j < position.length; j++) {
    const x = position[j]!;
    let v = inertia * velocity[j]! + cognitive * source.uniform() * (own[j]! - x);
    if (neighbourhood !== null) v += social * source.uniform() * (neighbourhood[j]! - x);
    v = Math.min(maxVelocity, Math.max(-maxVelocity, v));
    const aim = x + v;
    next[j] = Math.min(1, Math.max(0, aim));
    speed[j] = next[j] === aim ? v : -v / 2;
  }
  return { position: next, velocity: speed };
}

/** A particle put anywhere, or where `position` says, on its way to somewhere else: half the way to a random place (SPSO 2007). */
export function born(size: number, source: RandomSource, position?: Float64Array): Motion {
  const place = position ?? Float64Array.from({ length: size }, () => source.uniform());
  return { position: place, velocity: place.map((x) => (source.uniform() - x) / 2) };
}
