/**
 * The course of a search: which distribution each generation was drawn from, replayed from its members. What was replayed
 * is kept and used again as long as the trials still say the same, so that an answer costs one generation's work at most;
 * nothing kept can change an answer.
 */
import type { RandomSource } from "../math/random-source.ts";
import type { Direction } from "../trial.ts";
import { type EvolutionState, tell } from "./evolution.ts";
import {
  compareMembers,
  type Generation,
  lossOf,
  type Member,
  NO_GENERATION,
  parentsOf,
  ranked,
} from "./generation.ts";
import { nextRun, type RestartRule, type Run } from "./restarts.ts";
import { type GenerationLosses, stopReason } from "./stop.ts";

/** The distribution that a generation is drawn from. */
export interface Stage {
  readonly state: EvolutionState;
  readonly run: Run;
  /** Of this run's generations so far; stays empty when nothing is asked of it. */
  readonly losses: readonly GenerationLosses[];
  /** Suggestions it was made from. */
  readonly parents: readonly number[];
  /** Why the run before was given up, in the first generation of a restart. */
  readonly restartedBecause: string | null;
}

export interface CourseRules {
  readonly direction: Direction;
  readonly restarts: RestartRule;
  readonly toleranceFun: number;
  readonly toleranceX: number;
  readonly firstRun: Run;
  /** The state at the start of a restart. */
  readonly restart: (run: Run, source: RandomSource) => EvolutionState;
  /** Randomness of the restart with this index. */
  readonly source: (run: number) => RandomSource;
}

/** A stage that was computed, and all that it was computed from. */
interface Kept {
  readonly before: Stage;
  readonly order: readonly Member[];
  readonly losses: readonly number[];
  readonly next: Stage;
}

export class Course {
  /** For generations 1, 2, … */
  readonly #kept: Kept[] = [];

  /** The stage that the next member is drawn from, and its generation's number. */
  current(
    first: Stage,
    byNumber: ReadonlyMap<number, Generation>,
    rules: CourseRules,
  ): { readonly stage: Stage; readonly generation: number } {
    let stage = first;
    for (let g = 0; ; g++) {
      const parents = parentsOf(
        byNumber.get(g) ?? NO_GENERATION,
        byNumber.get(g + 1) ?? NO_GENERATION,
        stage.state.strategy.populationSize,
      );
      if (parents === null) return { stage, generation: g };
      const kept = this.#kept[g];
      if (kept !== undefined && kept.before === stage && stillHolds(kept, parents, rules.direction)) {
        stage = kept.next;
        continue;
      }
      const order = ranked(parents, rules.direction);
      const next = successor(stage, order, rules);
      this.#kept[g] = {
        before: stage,
        order,
        losses: order.map((one) => lossOf(one, rules.direction)),
        next,
      };
      stage = next;
    }
  }
}

/** Whether ranking the members gives what it gave then: the same points in the same order, with the same losses. */
function stillHolds({ order, losses }: Kept, members: readonly Member[], direction: Direction): boolean {
  if (order.length !== members.length) return false;
  const now = new Map(members.map((member) => [member.suggestion, member]));
  let previous: Member | null = null;
  for (const [rank, { suggestion, point }] of order.entries()) {
    const member = now.get(suggestion);
    if (member === undefined || lossOf(member, direction) !== losses[rank]) return false;
    if (member.point !== point && !member.point.every((value, i) => value === point[i])) return false;
    if (previous !== null && compareMembers(previous, member, direction) >= 0) return false;
    previous = member;
  }
  return true;
}

function successor(before: Stage, order: readonly Member[], rules: CourseRules): Stage {
  const state = tell(
    before.state,
    order.map(({ point }) => Float64Array.from(point)),
  );
  const parents = order.map(({ suggestion }) => suggestion).sort((a, b) => a - b);
  const next = { state, run: before.run, losses: before.losses, parents, restartedBecause: null };
  if (rules.restarts === "none") return next;
  const losses = [...before.losses, summary(order, rules.direction)];
  const reason = stopReason(state, losses, {
    toleranceFun: rules.toleranceFun,
    toleranceX: rules.toleranceX,
    initialSigma: before.run.sigma,
    generations: before.run.generations,
  });
  if (reason === null) return { ...next, losses };
  const source = rules.source(before.run.index + 1);
  const run = nextRun(rules.restarts, rules.firstRun, before.run, state.generation, source);
  return { ...next, state: rules.restart(run, source), run, losses: [], restartedBecause: reason };
}

function summary(order: readonly Member[], direction: Direction): GenerationLosses {
  const loss = (rank: number): number => lossOf(order[rank]!, direction);
  return { best: loss(0), median: loss(Math.floor(order.length / 2)), worst: loss(order.length - 1) };
}
