/**
 * CMA-ES over the unit cube, one suggestion at a time (N. Hansen; defaults as Optuna's CmaEsSampler: σ₀ = 1/6 of the
 * range, from the middle), begun at the seed gait when there is one.
 *
 * A generation closes when as many members as the population size have been told. While its last walks are still under
 * way further members are drawn from the same distribution, so that no robot waits. An interrupted member keeps its
 * generation open until it has been walked again, at the same point; an abandoned one's place is drawn anew.
 *
 * Int and stepped parameters take the level whose share of the interval holds the coordinate. Categorical and conditional
 * parameters have no place in a normal distribution: they are drawn uniformly, and nothing is learnt about them.
 */
import { Course, type CourseRules, type Stage } from "../cma-es/course.ts";
import { earlierSolutions, solutionsOf } from "../cma-es/earlier-solutions.ts";
import { evolution, type Variant } from "../cma-es/evolution.ts";
import {
  type Generation,
  generations,
  type MemberBookkeeping,
  NO_GENERATION,
  readMember,
} from "../cma-es/generation.ts";
import { CMA_ES_DEFAULTS, CMA_ES_RULES, type CmaEsOptions } from "../cma-es/options.ts";
import { firstRun, type Run } from "../cma-es/restarts.ts";
import {
  coordinatesOf,
  discreteAxes,
  drawFeasible,
  type SearchedSpace,
  searchedSpace,
  uniformCoordinates,
} from "../cma-es/searched-space.ts";
import { defaultPopulationSize } from "../cma-es/strategy.ts";
import { distributionAround } from "../cma-es/warm-start.ts";
import { RandomSource } from "../math/random-source.ts";
import type { AskRequest, Feasibility, Sampler, SamplerContext, Suggestion } from "../sampler.ts";
import { uniformFeasiblePoint } from "../space/feasible-point.ts";
import { contains, decode } from "../space/unit-space.ts";
import { latestBySuggestion } from "../suggested-trials.ts";
import type { JsonValue, ObservedTrial } from "../trial.ts";

export { CMA_ES_DEFAULTS, CMA_ES_RULES };

export function cmaEsSampler(context: SamplerContext, options: Partial<CmaEsOptions> = {}): Sampler {
  const all = { ...CMA_ES_DEFAULTS, ...options };
  const space = searchedSpace(context.space);
  return space.searched.length === 0 ? uniformSampler(context, space) : new CmaEsSampler(context, space, all);
}

function uniformSampler({ seed }: SamplerContext, { unit }: SearchedSpace): Sampler {
  return {
    name: "cma-es",
    ask({ suggestion, feasible }) {
      const source = new RandomSource({ seed, index: suggestion, stream: "cma-es" });
      const point = uniformFeasiblePoint(unit, feasible, source);
      return {
        parameters: decode(unit, point),
        bookkeeping: null,
        note: "no numeric parameter: at random",
      };
    },
  };
}

class CmaEsSampler implements Sampler {
  readonly name = "cma-es";
  readonly #context: SamplerContext;
  readonly #space: SearchedSpace;
  readonly #options: CmaEsOptions;
  readonly #variant: Variant;
  readonly #firstRun: Run;
  readonly #usualStart: Stage;

  // What follows is derived from the trials and kept to save the work.
  readonly #course = new Course();
  readonly #read = new WeakMap<object, MemberBookkeeping>();
  #warmStart: { readonly stage: Stage; readonly points: readonly Float64Array[] } | null = null;

  constructor(context: SamplerContext, space: SearchedSpace, options: CmaEsOptions) {
    const { populationSize, sigma, learningRateAdaptation, constants, margin } = options;
    this.#context = context;
    this.#space = space;
    this.#options = options;
    this.#variant = { learningRateAdaptation, constants, discrete: margin ? discreteAxes(space) : [] };
    const n = space.searched.length;
    const size = populationSize ?? defaultPopulationSize(n);
    this.#firstRun = firstRun(n, size, sigma);
    const mean =
      context.start === undefined ? new Float64Array(n).fill(0.5) : coordinatesOf(space, context.start);
    this.#usualStart = {
      state: evolution(mean, sigma, size, this.#variant),
      run: this.#firstRun,
      losses: [],
      parents: [],
      restartedBecause: null,
    };
  }

  ask({ trials, suggestion, feasible }: AskRequest): Suggestion {
    const latest = latestBySuggestion(trials);
    const own = latest.find((trial) => trial.suggestion === suggestion);
    if (own !== undefined && this.#isUnderWay(own, feasible)) {
      const { parameters, bookkeeping } = own;
      return { parameters, bookkeeping, note: "the same point again" };
    }
    const others = own === undefined ? latest : latest.filter((trial) => trial !== own);
    const byNumber = generations(others, (trial) => this.#bookkeepingOf(trial));
    const first = this.#start(trials, suggestion, byNumber.get(0) ?? NO_GENERATION);
    const { stage, generation } = this.#course.current(first, byNumber, this.#rules(feasible));
    const taken = new Set(byNumber.get(generation)?.members.map((one) => one.member));
    let member = 0;
    while (taken.has(member)) member++;
    const source = new RandomSource({ seed: this.#context.seed, index: suggestion, stream: "cma-es" });
    const { parameters, point } = drawFeasible(this.#space, stage.state, feasible, source);
    return {
      parameters,
      bookkeeping: toJson({ generation, member, point, parents: stage.parents }),
      note: describe(stage, member),
    };
  }

  /** Whether the suggestion has been drawn and its outcome is not known: then it stays what it is. */
  #isUnderWay(trial: ObservedTrial, feasible: Feasibility): boolean {
    return (
      (trial.state === "running" || trial.state === "interrupted") &&
      this.#bookkeepingOf(trial) !== null &&
      contains(this.#context.space, trial.parameters) &&
      feasible(trial.parameters)
    );
  }

  #bookkeepingOf({ role, bookkeeping }: ObservedTrial): MemberBookkeeping | null {
    if (role !== "suggested" || typeof bookkeeping !== "object" || bookkeeping === null) return null;
    const known = this.#read.get(bookkeeping);
    if (known !== undefined) return known;
    const member = readMember(bookkeeping, this.#space.searched.length);
    if (member !== null) this.#read.set(bookkeeping, member);
    return member;
  }

  /** The stage of the first generation. */
  #start(trials: readonly ObservedTrial[], suggestion: number, { recordedParents }: Generation): Stage {
    if (!this.#options.warmStart) return this.#usualStart;
    const { suggestions, points } =
      recordedParents[0] === undefined
        ? earlierSolutions(
            this.#space,
            trials,
            this.#context.direction,
            (trial) => trial.suggestion === suggestion || this.#bookkeepingOf(trial) !== null,
          )
        : solutionsOf(this.#space, trials, recordedParents[0]);
    if (points.length === 0) return this.#usualStart;
    const kept = this.#warmStart;
    if (
      kept !== null &&
      areEqual(kept.stage.parents, suggestions) &&
      kept.points.every((point, i) => areEqual(point, points[i]!))
    )
      return kept.stage;
    const { mean, sigma, covariance } = distributionAround(points);
    const size = this.#firstRun.populationSize;
    const stage = {
      ...this.#usualStart,
      state: evolution(mean, sigma, size, { ...this.#variant, covariance }),
      parents: suggestions,
    };
    this.#warmStart = { stage, points };
    return stage;
  }

  #rules(feasible: Feasibility): CourseRules {
    const { seed, direction } = this.#context;
    const { restarts, toleranceFun, toleranceX } = this.#options;
    return {
      direction,
      restarts,
      toleranceFun,
      toleranceX,
      firstRun: this.#firstRun,
      source: (run) => new RandomSource({ seed, index: run, stream: "cma-es-restart" }),
      restart: (run, source) =>
        evolution(
          uniformCoordinates(this.#space, feasible, source),
          run.sigma,
          run.populationSize,
          this.#variant,
        ),
    };
  }
}

function describe({ state, run, restartedBecause }: Stage, member: number): string {
  const restart = run.index === 0 ? "" : `restart ${run.index}, `;
  const why = restartedBecause === null ? "" : `; begun anew because ${restartedBecause}`;
  const place = `member ${member + 1} of ${run.populationSize}`;
  return `${restart}generation ${state.generation + 1}, ${place}, σ ${state.sigma.toPrecision(2)}${why}`;
}

function areEqual(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function toJson({ generation, member, point, parents }: MemberBookkeeping): JsonValue {
  return { generation, member, point, parents };
}
