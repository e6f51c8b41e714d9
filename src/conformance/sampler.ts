/**
 * What every implementation of `Sampler` must do, as a suite for node:test. Call it at the top of a test file:
 *
 *     samplerConformance("my sampler", (context) => mySampler(context));
 */
import assert from "node:assert/strict";
import { GaitsmithError } from "../errors.ts";
import type { RandomSource } from "../optimizer/math/random-source.ts";
import type { AskRequest, Feasibility, Sampler, SamplerContext, Suggestion } from "../optimizer/sampler.ts";
import type { SearchSpace } from "../optimizer/search-space.ts";
import { uniformFeasiblePoint } from "../optimizer/space/feasible-point.ts";
import { linearFeasibility } from "../optimizer/space/linear-constraint.ts";
import { contains, decode, unitSpace } from "../optimizer/space/unit-space.ts";
import type { ObservedTrial } from "../optimizer/trial.ts";
import { REWARDS, SAYING_LITTLE, STRANGE } from "./peculiar-histories.ts";
import { goodWalk, nextSuggestion, outcomeOf, randomWalk, trialsOf, type Walk } from "./random-history.ts";
import { float, randomSpace, SPACES_BY_KIND } from "./random-space.ts";
import { NODE_TEST, type Registrar } from "./registrar.ts";
import { between, everyRound, oneOf } from "./rounds.ts";

export interface SamplerTraits {
  /** It comes to an end: SAMPLER_EXHAUSTED is an answer too, though never the first. False unless told. */
  readonly finite?: boolean;
  /** Its suggestions hang on the study's seed. True unless told; false for a grid walked in order. */
  readonly seeded?: boolean;
  /** Random spaces and histories that each check goes through; 20 unless told, fewer for a sampler that fits a model. */
  readonly rounds?: number;
  readonly register?: Registrar;
}

/** One question and what was answered; null at the end of a finite sampler. */
interface Asked {
  readonly request: AskRequest;
  readonly answer: Suggestion | null;
}

interface Study {
  readonly trials: readonly ObservedTrial[];
  readonly asked: readonly Asked[];
}

const anything: Feasibility = () => true;
const nothing: Feasibility = () => false;

/** @param create a new sampler that has seen nothing */
export function samplerConformance(
  name: string,
  create: (context: SamplerContext) => Sampler,
  { finite = false, seeded = true, rounds = 20, register = NODE_TEST }: SamplerTraits = {},
): void {
  /** Asks, and looks at the answer. */
  function ask(sampler: Sampler, { space }: SamplerContext, request: AskRequest): Suggestion | null {
    let suggestion: Suggestion;
    try {
      suggestion = sampler.ask(request);
    } catch (error) {
      if (finite && request.trials.length > 0 && hasCode(error, "SAMPLER_EXHAUSTED")) return null;
      throw error;
    }
    const { parameters } = suggestion;
    assert.ok(contains(space, parameters), `outside of its space: ${JSON.stringify({ parameters, space })}`);
    assert.ok(request.feasible(parameters), `not feasible: ${JSON.stringify(parameters)}`);
    return suggestion;
  }

  /** A study of these walks, or as many as the sampler has something to propose for. */
  function live(context: SamplerContext, walks: readonly Walk[], feasible = anything): Study {
    const sampler = create(context);
    const trials: ObservedTrial[] = [];
    const asked: Asked[] = [];
    for (const walk of walks) {
      const request = { trials: [...trials], suggestion: nextSuggestion(trials), feasible };
      const answer = ask(sampler, context, request);
      asked.push({ request, answer });
      if (answer === null) break;
      trials.push(...trialsOf(trials, answer, walk, context.constraintCount));
    }
    return { trials, asked };
  }

  /** What a fresh sampler says after these trials. */
  function askFresh(context: SamplerContext, trials: readonly ObservedTrial[], feasible = anything) {
    return ask(create(context), context, { trials, suggestion: nextSuggestion(trials), feasible });
  }

  function everyStudy(
    check: (context: SamplerContext, walks: readonly Walk[], source: RandomSource) => void,
  ) {
    everyRound(rounds, (source) => {
      const context = randomContext(source, randomSpace(source));
      check(context, randomWalks(source, context), source);
    });
  }

  register.describe(`${name} is a sampler`, () => {
    for (const [kind, space] of Object.entries(SPACES_BY_KIND)) {
      register.it(`stays inside a space of ${kind}`, () => {
        everyRound(Math.ceil(rounds / 5), (source) => {
          const context = randomContext(source, space);
          live(context, randomWalks(source, context));
        });
      });
    }

    register.it("stays inside any space, whatever has happened", () => {
      everyStudy((context, walks) => live(context, walks));
    });

    register.it("suggests only what is feasible", () => {
      everyRound(rounds, (source) => {
        const space = { parameters: [...randomSpace(source).parameters, float("a"), float("b")] };
        const feasible = linearFeasibility(space, [
          { coefficients: { a: 1, b: 1 }, bound: between(source, 0.3, 1) },
          { coefficients: { a: -1, b: 0.5 }, bound: 0.2 },
        ]);
        const context = randomContext(source, space);
        live(context, randomWalks(source, context), feasible);
      });
    });

    register.it("finds what is feasible where that is little", () => {
      const choices = Array.from({ length: 40 }, (_, i) => i);
      const needle: SearchSpace = {
        parameters: [{ kind: "categorical", name: "p", unit: "", choices }, float("a")],
      };
      const band: SearchSpace = { parameters: [float("a"), float("b")] };
      const walks = [1, 2, 3, 4, 5, 6].map(goodWalk);
      live(plainContext(needle), walks, ({ p, a }) => p === 17 && Number(a) < 0.3);
      live(plainContext(band), walks, ({ a, b }) => Math.abs(Number(a) - Number(b)) < 0.01);
    });

    register.it("throws SPACE_INFEASIBLE when nothing is feasible, also once it has walked", () => {
      for (const space of [SPACES_BY_KIND["floats"]!, SPACES_BY_KIND["a bit of everything"]!]) {
        const context = plainContext(space);
        const { trials } = live(
          context,
          Array.from({ length: 12 }, (_, i) => goodWalk(i % 5)),
        );
        assert.throws(
          () => create(context).ask({ trials: [], suggestion: 0, feasible: nothing }),
          infeasible,
        );
        const request = { trials, suggestion: nextSuggestion(trials), feasible: nothing };
        assert.throws(
          () => create(context).ask(request),
          (error) => infeasible(error) || (finite && hasCode(error, "SAMPLER_EXHAUSTED")),
        );
      }
    });

    register.it("answers the same again, from a fresh instance, and over trials read anew", () => {
      everyStudy((context, walks) => {
        const { asked } = live(context, walks);
        const backwards = create(context);
        for (const { request, answer } of asked.toReversed()) {
          const readAnew = { ...request, trials: structuredClone(request.trials) };
          assert.deepEqual(ask(create(context), context, readAnew), answer, "a fresh instance differs");
          assert.deepEqual(ask(backwards, context, request), answer, "it remembers a later question");
          assert.deepEqual(ask(backwards, context, readAnew), answer, "it differs the second time");
        }
      });
    });

    register.it("changes nothing that it is given", () => {
      everyStudy((context, walks) => {
        const { trials } = live(context, walks);
        const before = structuredClone([trials, context]);
        askFresh(context, trials);
        assert.deepEqual([trials, context], before);
      });
    });

    if (seeded) {
      register.it("begins differently with another seed", () => {
        const seeds = [1, 2, 2 ** 32 + 1, -1, Number.MAX_SAFE_INTEGER];
        const studies = seeds.map((seed) => {
          const { trials } = live({ ...plainContext(SPACES_BY_KIND["a bit of everything"]!), seed }, FEW);
          return JSON.stringify(trials.map(({ parameters }) => parameters));
        });
        assert.equal(new Set(studies).size, seeds.length, "two seeds give the same study");
      });
    }

    register.it("says in one line what it did, and keeps its books in plain JSON", () => {
      everyStudy((context, walks) => {
        for (const { answer } of live(context, walks).asked) {
          if (answer === null) continue;
          const { note, bookkeeping } = answer;
          assert.ok(/^[^\n\r]*\S[^\n\r]*$/.test(note) && !/NaN|undefined/.test(note), JSON.stringify(note));
          const stored = JSON.stringify(bookkeeping) as string | undefined;
          assert.ok(stored !== undefined, "there is no bookkeeping; null would do");
          assert.deepEqual(JSON.parse(stored), bookkeeping, "the bookkeeping is not plain JSON");
        }
      });
    });

    register.it("takes interrupted and abandoned walks to say nothing about the objective", () => {
      everyStudy((context, walks, source) => {
        const spoilt = walks.map((walk, i) => {
          const state = (["interrupted", "completed", "abandoned"] as const)[i % 3]!;
          return { ...walk, state, value: i % 7, repeated: false };
        });
        const { trials } = live(context, spoilt);
        const otherwise = trials.map((trial): ObservedTrial => {
          if (trial.state === "completed") return trial;
          const { reports, walked } = outcomeOf(randomWalk(source, 0), 0);
          const constraints = Array.from({ length: context.constraintCount }, () => -source.uniform());
          return { ...trial, reports, walked, constraints };
        });
        assert.deepEqual(askFresh(context, otherwise), askFresh(context, trials));
      });
    });

    for (const [words, spoil] of Object.entries(SAYING_LITTLE)) {
      register.it(`survives a history of ${words}`, () => {
        for (const kind of ["floats", "a bit of everything"]) {
          const context = plainContext(SPACES_BY_KIND[kind]!);
          const { trials } = live(context, MANY);
          askFresh(
            context,
            trials.map((trial) => ({ ...trial, ...spoil(trials[0]!) })),
          );
        }
      });
    }

    register.it("takes rewards of any size, and none", () => {
      for (const rewards of REWARDS) {
        const context = plainContext(SPACES_BY_KIND["a bit of everything"]!);
        askFresh(context, live(context, rewards.map(goodWalk)).trials);
      }
    });

    register.it("takes outcomes told in any order, and trials that are not its own", () => {
      everyStudy((context, walks, source) => {
        const own = live(context, walks).trials;
        const strangers = own.map((trial, i): ObservedTrial => {
          const role = oneOf(source, [
            "enqueued",
            "seed-gait",
            "drift-check",
            "replicate",
            "suggested",
          ] as const);
          const parameters = anyParameters(context.space, source);
          const bookkeeping = STRANGE[i % STRANGE.length]!;
          return { ...trial, role, parameters, bookkeeping, suggestion: nextSuggestion(own) + i };
        });
        const all = [...own, ...strangers];
        const order = source.permutation(all.length);
        askFresh(
          context,
          Array.from(order, (i, number) => ({ ...all[i]!, number })),
        );
      });
    });
  });
}

function plainContext(space: SearchSpace): SamplerContext {
  return { space, direction: "maximize", seed: 1, constraintCount: 1 };
}

function randomContext(source: RandomSource, space: SearchSpace): SamplerContext {
  const context = {
    space,
    direction: oneOf(source, ["maximize", "minimize"] as const),
    seed: Math.round(between(source, -(2 ** 40), 2 ** 40)),
    constraintCount: source.integer(4),
  };
  return source.integer(2) === 0 ? context : { ...context, start: anyParameters(space, source) };
}

function randomWalks(source: RandomSource, { constraintCount }: SamplerContext): Walk[] {
  return Array.from({ length: 1 + source.integer(14) }, () => randomWalk(source, constraintCount));
}

function anyParameters(space: SearchSpace, source: RandomSource): ObservedTrial["parameters"] {
  const unit = unitSpace(space);
  return decode(unit, uniformFeasiblePoint(unit, anything, source));
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof GaitsmithError && error.code === code;
}

const infeasible = (error: unknown): boolean => hasCode(error, "SPACE_INFEASIBLE");

const FEW = [1, 3, 2, 5, 4, 6].map(goodWalk);
const MANY = Array.from({ length: 16 }, (_, i) => goodWalk((i * 7) % 16));
