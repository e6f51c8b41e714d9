/** A CMA-ES study for property tests that lives through events, and in which every answer is checked as it is given. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { createSampler } from "../../src/optimizer/catalogue.ts";
import type { Sampler, SamplerContext } from "../../src/optimizer/sampler.ts";
import type { ParameterSet, SearchSpace } from "../../src/optimizer/search-space.ts";
import type { JsonValue, ObservedTrial, TrialState } from "../../src/optimizer/trial.ts";
import { trialAt } from "./trial-at.ts";

export const SPACE: SearchSpace = {
  parameters: [
    { kind: "float", name: "length", unit: "m", low: 0, high: 1, log: false, step: null },
    { kind: "float", name: "frequency", unit: "Hz", low: 0.5, high: 4, log: true, step: null },
    { kind: "int", name: "level", unit: "", low: 1, high: 5, log: false, step: 1 },
  ],
};
export const POPULATION = 7;
export const CONTEXT: SamplerContext = { space: SPACE, direction: "maximize", seed: 11, constraintCount: 1 };

export interface Membership {
  readonly generation: number;
  readonly member: number;
  readonly point: readonly number[];
  readonly parents: readonly number[];
}
export const membership = ({ bookkeeping }: ObservedTrial): Membership =>
  bookkeeping as unknown as Membership;

/** What may happen next; `pick` chooses among what there is, `grade` the outcome's worth. */
export type Event =
  | { readonly kind: "ask"; readonly fresh: boolean }
  | { readonly kind: "end"; readonly pick: number; readonly as: TrialState; readonly grade: number }
  | { readonly kind: "retry"; readonly pick: number }
  | { readonly kind: "kill" }
  | { readonly kind: "other"; readonly role: ObservedTrial["role"]; readonly grade: number };

export const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant("ask" as const), fresh: fc.boolean() }) },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("end" as const),
      pick: fc.nat(20),
      as: fc.constantFrom<TrialState>(
        "completed",
        "completed",
        "completed",
        "pruned",
        "pruned",
        "aborted",
        "aborted",
        "interrupted",
        "abandoned",
      ),
      grade: fc.integer({ min: -3, max: 3 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("retry" as const), pick: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "kill" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("other" as const),
      role: fc.constantFrom<ObservedTrial["role"]>("replicate", "enqueued", "seed-gait"),
      grade: fc.integer({ min: -3, max: 3 }),
    }),
  },
);

function outcome(as: TrialState, grade: number): Partial<ObservedTrial> {
  if (as === "aborted") return { state: as, value: null, walked: 3 + grade, constraints: [1.5], breached: 0 };
  if (as === "interrupted" || as === "abandoned") return { state: as, value: null, walked: 1 };
  return { state: as, value: grade / 10, walked: as === "pruned" ? 5 : 11, constraints: [-1] };
}

/** A study that lives through the events; every answer is checked against a fresh instance's. */
export class LivedStudy {
  readonly trials: ObservedTrial[] = [];
  /** Of every answer. */
  readonly notes: string[] = [];
  readonly #options: Readonly<Record<string, unknown>>;
  #warm: Sampler;

  constructor(options: Readonly<Record<string, unknown>>) {
    this.#options = { populationSize: POPULATION, ...options };
    this.#warm = this.fresh();
  }

  fresh(): Sampler {
    return createSampler("cma-es", this.#options, CONTEXT);
  }

  live(one: Event): void {
    const { trials } = this;
    if (one.kind === "ask") this.#ask(one.fresh);
    if (one.kind === "end") {
      const running = trials.filter(({ state }) => state === "running");
      const chosen = running[one.pick % Math.max(1, running.length)];
      if (chosen !== undefined) trials[chosen.number] = { ...chosen, ...outcome(one.as, one.grade) };
    }
    if (one.kind === "retry") {
      const waiting = [...latestOf(trials).values()].filter(({ state }) => state === "interrupted");
      const chosen = waiting[one.pick % Math.max(1, waiting.length)];
      if (chosen === undefined) return;
      const request = { trials: [...trials], suggestion: chosen.suggestion, feasible: () => true };
      const { parameters, bookkeeping } = this.#warm.ask(request);
      assert.deepEqual(
        parameters,
        chosen.parameters,
        "an interrupted walk is walked again at the same point",
      );
      assert.deepEqual(bookkeeping, chosen.bookkeeping);
      this.#add({ ...chosen, state: "running", value: null, walked: 0 });
    }
    if (one.kind === "kill") {
      for (const trial of trials) {
        if (trial.state === "running") trials[trial.number] = { ...trial, ...outcome("interrupted", 0) };
      }
      this.#warm = this.fresh();
    }
    if (one.kind === "other") {
      // As a replicate might, it carries the bookkeeping of the trial that it repeats: still it is no member.
      const like = trials.at(-1) ?? this.#template({ length: 0.5, frequency: 1, level: 2 }, null);
      const suggestion = this.#nextSuggestion();
      this.#add({ ...like, ...outcome("completed", one.grade), breached: null, role: one.role, suggestion });
    }
  }

  /** Changes the outcome of a finished walk, as a study scored anew would, and asks. */
  revise(pick: number, grade: number): void {
    const done = this.trials.filter(({ state }) => state === "completed" || state === "aborted");
    const chosen = done[pick % Math.max(1, done.length)];
    if (chosen === undefined) return;
    this.trials[chosen.number] = { ...chosen, ...outcome(grade > 2 ? "aborted" : "completed", grade) };
    const suggestion = this.#nextSuggestion();
    const request = { trials: [...this.trials], suggestion, feasible: () => true };
    assert.deepEqual(this.#warm.ask(request), this.fresh().ask(request), "nothing outdated is kept");
  }

  #ask(fresh: boolean): void {
    const suggestion = this.#nextSuggestion();
    const request = { trials: [...this.trials], suggestion, feasible: () => true };
    const answer = this.#warm.ask(request);
    assert.deepEqual(this.fresh().ask(request), answer, "fresh and warm instance agree");
    // Not every time: to read them costs more than to ask.
    if (suggestion % 4 === 0) {
      const rebuilt = JSON.parse(JSON.stringify(this.trials)) as ObservedTrial[];
      assert.deepEqual(this.#warm.ask({ ...request, trials: rebuilt }), answer, "also over trials read anew");
    }
    if (this.#options["warmStart"] !== true || this.trials.some(({ role }) => role === "suggested")) {
      const own = this.trials.filter(
        ({ role, suggestion }) => role === "suggested" || this.#source(suggestion),
      );
      assert.deepEqual(
        this.fresh().ask({ ...request, trials: own }),
        answer,
        "walks of other kinds say nothing",
      );
    }
    if (fresh) this.#warm = this.fresh();
    const { parameters, bookkeeping, note } = answer;
    this.notes.push(note);
    this.#add({ ...this.#template(parameters, bookkeeping), suggestion });
  }

  #template(parameters: ParameterSet, bookkeeping: JsonValue): ObservedTrial {
    return trialAt(0, parameters, { state: "running", walked: 0, bookkeeping });
  }

  /** Whether a warm start was made from it. */
  #source(suggestion: number): boolean {
    const first = this.trials.find(({ role }) => role === "suggested");
    return first !== undefined && membership(first).parents.includes(suggestion);
  }

  #add(trial: ObservedTrial): void {
    this.trials.push({ ...trial, number: this.trials.length });
  }

  #nextSuggestion(): number {
    return this.trials.reduce((highest, trial) => Math.max(highest, trial.suggestion), -1) + 1;
  }
}

/** The latest trial of each suggestion. */
export function latestOf(trials: readonly ObservedTrial[]): Map<number, ObservedTrial> {
  return new Map(trials.filter(({ role }) => role === "suggested").map((trial) => [trial.suggestion, trial]));
}
