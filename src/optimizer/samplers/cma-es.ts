/**
 * CMA-ES over the unit cube, one suggestion at a time (N. Hansen; defaults as Optuna's CmaEsSampler: σ₀ = 1/6 of the
 * range, from the middle), begun at the seed gait when there is one.
 *
 * A generation closes when as many members as the population size have been told. While its last walks are still under
 * way further members are drawn from the same distribution, so that no robot waits. Points outside the cube or infeasible
 * are drawn again. Int and stepped parameters take the level whose share of the interval holds the coordinate.
 * Categorical and conditional parameters have no place in a normal distribution and are drawn uniformly.
 */
import { type EvolutionState, evolution, sample, tell } from "../cma-es/evolution.ts";
import { isTold, type Member, type MemberBookkeeping, members, ranked } from "../cma-es/generation.ts";
import { RandomSource } from "../math/random-source.ts";
import type { AskRequest, Feasibility, Sampler, SamplerContext } from "../sampler.ts";
import { uniformFeasiblePoint } from "../space/feasible-point.ts";
import { decode, encode, pointFromUniform, type UnitSpace, unitSpace } from "../space/unit-space.ts";
import type { JsonValue } from "../trial.ts";

export interface CmaEsOptions {
  /** λ, at least 4; null: 4 + ⌊3 ln n⌋. */
  readonly populationSize: number | null;
  /** Initial step size as a share of each parameter's range. */
  readonly sigma: number;
}

export const CMA_ES_DEFAULTS: CmaEsOptions = { populationSize: null, sigma: 1 / 6 };

/** Draws from the distribution before, and as many after, coordinates are clamped into the cube. */
const DRAWS = 200;

/** The distribution of a generation, and what it was made from. */
interface Generation {
  readonly state: EvolutionState;
  readonly parents: readonly number[];
  /** Points told so far, ranked, for telling whether a kept state is still that of the trials. */
  readonly fingerprint: string;
}

export function cmaEsSampler(context: SamplerContext, options: Partial<CmaEsOptions> = {}): Sampler {
  return new CmaEsSampler(context, { ...CMA_ES_DEFAULTS, ...options });
}

class CmaEsSampler implements Sampler {
  readonly name = "cma-es";
  readonly #context: SamplerContext;
  readonly #unit: UnitSpace;
  /** Dimensions that the distribution covers. */
  readonly #searched: readonly number[];
  readonly #first: Generation;
  /** Distributions of generations 1, 2, … as far as computed: derived from the trials, kept to save the work. */
  readonly #kept: Generation[] = [];

  constructor(context: SamplerContext, { populationSize, sigma }: CmaEsOptions) {
    this.#context = context;
    this.#unit = unitSpace(context.space);
    this.#searched = this.#unit.dimensions.flatMap(({ kind }, i) =>
      kind !== "categorical" && this.#unit.parents[i] === -1 ? [i] : [],
    );
    const start = context.start === undefined ? null : encode(this.#unit, context.start);
    const mean = Float64Array.from(this.#searched, (i) => start?.[i] ?? 0.5);
    const size = populationSize === null ? undefined : Math.max(4, Math.round(populationSize));
    this.#first = { state: evolution(mean, sigma, size), parents: [], fingerprint: "" };
  }

  ask({ trials, suggestion, feasible }: AskRequest) {
    const source = new RandomSource({ seed: this.#context.seed, index: suggestion, stream: "cma-es" });
    if (this.#searched.length === 0) {
      const point = uniformFeasiblePoint(this.#unit, feasible, source);
      return {
        parameters: decode(this.#unit, point),
        bookkeeping: null,
        note: "no numeric parameter: at random",
      };
    }
    const all = members(trials, this.#searched.length).filter((member) => member.suggestion !== suggestion);
    const { state, parents } = this.#current(all);
    const { generation, strategy, sigma } = state;
    const taken = new Set(all.filter((one) => one.generation === generation).map((one) => one.member));
    let member = 0;
    while (taken.has(member)) member++;
    const point = this.#draw(state, feasible, source);
    const coordinates = this.#searched.map((i) => point[i]!);
    return {
      parameters: decode(this.#unit, point),
      bookkeeping: bookkeeping({ generation, member, point: coordinates, parents }),
      note: `generation ${generation + 1}, member ${member + 1} of ${strategy.populationSize}, σ ${sigma.toPrecision(2)}`,
    };
  }

  /** The distribution the next member is drawn from. */
  #current(all: readonly Member[]): Generation {
    const byGeneration = Map.groupBy(all, ({ generation }) => generation);
    let current = this.#first;
    for (let g = 0; ; g++) {
      const parents = chooseParents(byGeneration.get(g) ?? [], byGeneration.get(g + 1) ?? [], current.state);
      if (parents === null) {
        this.#kept.length = Math.min(this.#kept.length, g);
        return current;
      }
      current = this.#next(g, current, parents);
    }
  }

  #next(g: number, before: Generation, parents: readonly Member[]): Generation {
    const order = ranked(parents, this.#context.direction);
    const fingerprint = `${before.fingerprint}/${order.map(({ point }) => point.join()).join(";")}`;
    const kept = this.#kept[g];
    if (kept !== undefined && kept.fingerprint === fingerprint) return kept;
    const next: Generation = {
      state: tell(
        before.state,
        order.map(({ point }) => Float64Array.from(point)),
      ),
      parents: parents.map(({ suggestion }) => suggestion),
      fingerprint,
    };
    this.#kept[g] = next;
    this.#kept.length = g + 1;
    return next;
  }

  /** A feasible point in the cube; the coordinates outside the distribution are uniform. */
  #draw(state: EvolutionState, feasible: Feasibility, source: RandomSource): Float64Array {
    const uniform = new Float64Array(this.#unit.dimensions.length);
    for (let draw = 0; draw < 2 * DRAWS; draw++) {
      for (let i = 0; i < uniform.length; i++) uniform[i] = source.uniform();
      const point = pointFromUniform(this.#unit, uniform);
      const drawn = sample(state, source);
      const inside = drawn.every((value) => value >= 0 && value <= 1);
      if (!inside && draw < DRAWS) continue;
      this.#searched.forEach((i, k) => {
        point[i] = Math.min(1, Math.max(0, drawn[k]!));
      });
      if (feasible(decode(this.#unit, point))) return point;
    }
    return uniformFeasiblePoint(this.#unit, feasible, source);
  }
}

/**
 * The members a generation's successor is made from: those its first suggestion recorded, else the first told ones once
 * there are enough; null while the generation is open.
 */
function chooseParents(
  generation: readonly Member[],
  successors: readonly Member[],
  { strategy: { populationSize } }: EvolutionState,
): readonly Member[] | null {
  const told = generation.filter(isTold);
  for (const { parents } of successors) {
    const recorded = told.filter(({ suggestion }) => parents.includes(suggestion));
    if (recorded.length === populationSize) return recorded;
  }
  return told.length >= populationSize ? told.slice(0, populationSize) : null;
}

function bookkeeping({ generation, member, point, parents }: MemberBookkeeping): JsonValue {
  return { generation, member, point, parents };
}
