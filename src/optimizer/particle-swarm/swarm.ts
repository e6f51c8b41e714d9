/**
 * The swarm as the trials show it. Every suggestion stores which particle it moved, and where that came to be with which
 * velocity; so where each particle is, and the best place it knows, can be read from the trials in whatever order they were
 * told.
 */
import { parameterKey } from "../space/parameter-key.ts";
import { latestBySuggestion } from "../suggested-trials.ts";
import { type Direction, isTold, type JsonValue, type ObservedTrial } from "../trial.ts";
import type { Motion } from "./motion.ts";
import type { PositionSpace } from "./random-keys.ts";
import { isBetter, type Rank, ranks } from "./rank.ts";

/** A place walked, and how well. */
export interface Memory {
  readonly position: Float64Array;
  readonly rank: Rank;
}

export interface Particle {
  readonly index: number;
  /** Moves suggested so far, the first placement included. */
  readonly moves: number;
  /** Its last move, or null before its first. */
  readonly latest: (Motion & { readonly state: ObservedTrial["state"]; readonly key: string }) | null;
  /** Its best place walked so far; ties go to the earlier one. */
  readonly best: Memory | null;
  /** Its last move is still walking, or waits to be walked again. */
  readonly pending: boolean;
}

interface Move extends Motion {
  readonly particle: number;
  readonly trial: ObservedTrial;
}

/**
 * @param suggestion the one asked for; what a trial of it stored is left out
 * @param count particles in the swarm
 */
export function readSwarm(
  trials: readonly ObservedTrial[],
  suggestion: number,
  count: number,
  places: PositionSpace,
  direction: Direction,
): Particle[] {
  const rank = ranks(trials, direction);
  const moves = Map.groupBy(movesOf(trials, suggestion, places.size), ({ particle }) => particle);
  const outside = walkedOutside(trials, places, rank);
  return Array.from({ length: count }, (_, index) => {
    const own = moves.get(index) ?? [];
    const last = own.at(-1);
    const walked = own.flatMap(({ position, trial }): Memory[] => {
      const known = isTold(trial) ? rank.get(parameterKey(trial.parameters)) : undefined;
      return known === undefined ? [] : [{ position, rank: known }];
    });
    return {
      index,
      moves: own.length,
      latest:
        last === undefined
          ? null
          : { ...last, state: last.trial.state, key: parameterKey(last.trial.parameters) },
      // The seed gait and what was enqueued belong to no particle: the first one remembers them, the others hear of it.
      best: bestOf(index === 0 ? [...outside, ...walked] : walked),
      pending: last !== undefined && !isTold(last.trial),
    };
  });
}

export function bestOf(memories: readonly Memory[]): Memory | null {
  return memories.reduce<Memory | null>(
    (best, one) => (best === null || isBetter(one.rank, best.rank) ? one : best),
    null,
  );
}

/** Moves in order of suggestion, the latest trial of each. An abandoned move never happened: the particle moves anew. */
function movesOf(trials: readonly ObservedTrial[], suggestion: number, size: number): Move[] {
  return latestBySuggestion(trials)
    .filter((trial) => trial.suggestion !== suggestion && trial.state !== "abandoned")
    .flatMap((trial) => readMove(trial, size) ?? []);
}

/** Walks of the seed gait and enqueued ones, by number. */
function walkedOutside(
  trials: readonly ObservedTrial[],
  places: PositionSpace,
  rank: ReadonlyMap<string, Rank>,
): Memory[] {
  return trials
    .filter((trial) => (trial.role === "seed-gait" || trial.role === "enqueued") && isTold(trial))
    .sort((a, b) => a.number - b.number)
    .flatMap(({ parameters }) => {
      const known = rank.get(parameterKey(parameters));
      return known === undefined ? [] : [{ position: places.positionOf(parameters), rank: known }];
    });
}

export function storeMove(particle: number, { position, velocity }: Motion): JsonValue {
  return { particle, position: [...position], velocity: [...velocity] };
}

/** Null when another sampler, or another search space, stored it. */
function readMove(trial: ObservedTrial, size: number): Move | null {
  const { bookkeeping } = trial;
  if (typeof bookkeeping !== "object" || bookkeeping === null || Array.isArray(bookkeeping)) return null;
  const { particle, position, velocity } = bookkeeping as { readonly [key: string]: JsonValue };
  if (typeof particle !== "number" || !isVector(position, size) || !isVector(velocity, size)) return null;
  if (position.some((x) => x < 0 || x > 1)) return null;
  return { particle, trial, position: Float64Array.from(position), velocity: Float64Array.from(velocity) };
}

function isVector(value: JsonValue | undefined, size: number): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.length === size &&
    value.every((one) => typeof one === "number" && Number.isFinite(one))
  );
}
