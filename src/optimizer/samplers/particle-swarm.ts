/**
 * Particle swarm optimisation, one suggestion at a time. Each particle remembers the best place it has walked and is
 * drawn towards that and towards the best its neighbours have walked (J. Kennedy and R. Eberhart, ICNN 1995).
 *
 * Asynchronous: a particle moves as soon as its own walk is told, on what is known by then, and the one that has moved
 * least goes first (B.-I. Koh et al., "Parallel asynchronous particle swarm optimization", Int. J. Numer. Methods Eng.
 * 67, 2006). Aborted walks rank below all others, and a particle that fell loses its momentum: it led over the edge.
 */
import { RandomSource } from "../math/random-source.ts";
import { SobolSequence } from "../math/sobol-sequence.ts";
import { ABOVE_ZERO, atLeast, type OptionRules, oneOf } from "../options.ts";
import { born, type Motion, type MotionOptions, moved } from "../particle-swarm/motion.ts";
import { type PositionSpace, positionSpace } from "../particle-swarm/random-keys.ts";
import { bestOf, type Particle, readSwarm, storeMove } from "../particle-swarm/swarm.ts";
import type { Feasibility, Sampler, SamplerContext } from "../sampler.ts";
import { FEASIBILITY_ATTEMPTS, refuseInfeasible, uniformFeasiblePoint } from "../space/feasible-point.ts";
import { parameterKey } from "../space/parameter-key.ts";
import { decode, encode, type UnitSpace, unitSpace } from "../space/unit-space.ts";

type Topology = "global" | "ring";

export interface ParticleSwarmOptions extends MotionOptions {
  /** Particles, at least 2; null: 4 + ⌊3 ln n⌋ for n coordinates, the rule of CMA-ES: a swarm of SPSO's 40 would hardly move in 60 walks. */
  readonly particles: number | null;
  /** Whom a particle hears of: all (`global`), or the one before and the one after it (`ring`), slower and harder to fool. */
  readonly topology: Topology;
}

/**
 * Inertia and pulls are those that M. Clerc and J. Kennedy's constriction (IEEE Trans. Evol. Comput. 6, 2002) comes to
 * with φ = 4.1: χ = 0.7298, χ φ / 2 = 1.4962.
 */
export const PARTICLE_SWARM_DEFAULTS: ParticleSwarmOptions = {
  particles: null,
  topology: "global",
  inertia: 0.7298,
  cognitive: 1.4962,
  social: 1.4962,
  maxVelocity: 0.2,
};

export const PARTICLE_SWARM_RULES: OptionRules<ParticleSwarmOptions> = {
  particles: atLeast(2, null),
  topology: oneOf("global", "ring"),
  maxVelocity: ABOVE_ZERO,
};

/** Moves drawn before a particle that finds no new feasible place is put elsewhere. */
const DRAWS = 100;

export function particleSwarmSampler(
  context: SamplerContext,
  options: Partial<ParticleSwarmOptions> = {},
): Sampler {
  const settings = { ...PARTICLE_SWARM_DEFAULTS, ...options };
  const unit = unitSpace(context.space);
  const places = positionSpace(unit);
  const count = settings.particles ?? 4 + Math.floor(3 * Math.log(places.size));
  return {
    name: "particle-swarm",
    ask({ trials, suggestion, feasible }) {
      const swarm = readSwarm(trials, suggestion, count, places, context.direction);
      const particle = nextToMove(swarm);
      const source = new RandomSource({ seed: context.seed, index: suggestion, stream: "particle-swarm" });
      const motion =
        particle.latest === null
          ? placed(unit, places, particle.index, context.seed, feasible, source)
          : pulled(unit, places, particle, swarm, settings, feasible, source);
      const elsewhere = motion === null;
      const { position, velocity } = motion ?? anywhere(unit, places, feasible, source);
      return {
        parameters: places.parametersAt(position),
        bookkeeping: storeMove(particle.index, { position, velocity }),
        note: `particle ${particle.index + 1} of ${count}, move ${particle.moves + 1}${elsewhere && particle.latest !== null ? ", put elsewhere" : ""}`,
      };
    },
  };
}

/** One that is not walking, else any: with more robots than particles they move on before they are told. */
function nextToMove(swarm: readonly Particle[]): Particle {
  const idle = swarm.filter(({ pending }) => !pending);
  return (idle.length > 0 ? idle : swarm).reduce((next, one) => (one.moves < next.moves ? one : next));
}

/**
 * The first placement: the particle's own point of an evenly spread set, pulled back into the region that may be explored; null
 * when it is not feasible.
 */
function placed(
  unit: UnitSpace,
  places: PositionSpace,
  index: number,
  seed: number,
  feasible: Feasibility,
  source: RandomSource,
): Motion | null {
  const spread = new SobolSequence(places.size, new RandomSource({ seed, index: 0, stream: "swarm-start" }));
  const position = new Float64Array(places.size);
  for (let i = 0; i <= index; i++) spread.next(position);
  if (feasible(places.parametersAt(position))) return born(places.size, source, position);
  const back = pulledBack(unit, places, position, feasible);
  return back === null ? null : born(places.size, source, back);
}

/** The position of a move that would leave the region that may be explored; null where there is none to stay in. */
function pulledBack(
  unit: UnitSpace,
  places: PositionSpace,
  position: Float64Array,
  { region }: Feasibility,
): Float64Array | null {
  const point = region?.pulledBack(encode(unit, places.parametersAt(position))) ?? null;
  return point === null ? null : places.positionOf(decode(unit, point));
}

/**
 * The next move; null when none of the draws leads to a new feasible place. The edge of the region that may be explored is a
 * wall: a particle that would leave it stops there and turns back at half its speed.
 */
function pulled(
  unit: UnitSpace,
  places: PositionSpace,
  particle: Particle,
  swarm: readonly Particle[],
  settings: ParticleSwarmOptions,
  feasible: Feasibility,
  source: RandomSource,
): Motion | null {
  const { latest } = particle;
  if (latest === null) return null;
  const best = bestOf(neighbours(particle, swarm, settings.topology).flatMap((one) => one.best ?? []));
  const own = (particle.best ?? best)?.position ?? latest.position;
  const neighbourhood = best === null || best === particle.best ? null : best.position;
  const from = latest.state === "aborted" ? { ...latest, velocity: latest.velocity.map(() => 0) } : latest;
  let last: Motion | null = null;
  for (let draw = 0; draw < DRAWS; draw++) {
    const motion = moved(from, own, neighbourhood, settings, source);
    const parameters = places.parametersAt(motion.position);
    if (parameterKey(parameters) !== latest.key && feasible(parameters)) return motion;
    last = motion;
  }
  const wall = last === null ? null : pulledBack(unit, places, last.position, feasible);
  if (last === null || wall === null || parameterKey(places.parametersAt(wall)) === latest.key) return null;
  const { position, velocity } = last;
  return {
    position: wall,
    velocity: velocity.map((speed, j) => (wall[j] === position[j] ? speed : -speed / 2)),
  };
}

function neighbours({ index }: Particle, swarm: readonly Particle[], topology: Topology): Particle[] {
  if (topology === "global") return [...swarm];
  const count = swarm.length;
  const around = new Set([(index + count - 1) % count, index, (index + 1) % count]);
  return swarm.filter((one) => around.has(one.index));
}

function anywhere(
  unit: UnitSpace,
  places: PositionSpace,
  feasible: Feasibility,
  source: RandomSource,
): Motion {
  if (feasible.region !== undefined) {
    const parameters = decode(unit, uniformFeasiblePoint(unit, feasible, source));
    return born(places.size, source, places.positionOf(parameters));
  }
  for (let attempt = 0; attempt < FEASIBILITY_ATTEMPTS; attempt++) {
    const motion = born(places.size, source);
    if (feasible(places.parametersAt(motion.position))) return motion;
  }
  refuseInfeasible(FEASIBILITY_ATTEMPTS);
}
