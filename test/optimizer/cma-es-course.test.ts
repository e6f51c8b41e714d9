/**
 * The course of CMA-ES is read from the trials: any interleaving of asks, ends, kills and retries, with walks of other
 * kinds in between, and whoever asks.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type EvolutionState, evolution, sample, tell } from "../../src/optimizer/cma-es/evolution.ts";
import { RandomSource } from "../../src/optimizer/math/random-source.ts";
import type { ObservedTrial } from "../../src/optimizer/trial.ts";
import { CONTEXT, event, LivedStudy, latestOf, membership, POPULATION } from "./lived-study.ts";

const EVENTS = fc.array(event, { minLength: 80, maxLength: 240 });

/** Best first, in the design's words: rewards together, then aborted walks by survival; ties to the earlier. */
function rankedByDesign(members: readonly ObservedTrial[]): ObservedTrial[] {
  const rewarded = members.filter(({ state }) => state === "completed" || state === "pruned");
  const aborted = members.filter(({ state }) => state === "aborted");
  assert.equal(rewarded.length + aborted.length, members.length, "every parent's outcome is known");
  rewarded.sort((a, b) => b.value! - a.value! || a.suggestion - b.suggestion);
  aborted.sort((a, b) => b.walked - a.walked || a.suggestion - b.suggestion);
  return [...rewarded, ...aborted];
}

/** What a suggestion draws from its generation's distribution: again until inside, then clipped. */
function drawnFrom(state: EvolutionState, suggestion: number): number[] {
  const source = new RandomSource({ seed: CONTEXT.seed, index: suggestion, stream: "cma-es" });
  for (let draw = 0; ; draw++) {
    const [length, frequency, level] = [...sample(state, source)] as [number, number, number];
    const inside = [length, frequency].every((value) => value >= 0 && value <= 1);
    const clipped = [length, frequency].map((value) => Math.min(1, Math.max(0, value)));
    if (inside || draw >= 100) return [...clipped, level];
  }
}

/** Replays the generations from what is recorded and checks every member; the number of generations closed. */
function replay(trials: readonly ObservedTrial[]): number {
  const all = [...latestOf(trials).values()];
  const discrete = [{ index: 2, boundaries: Float64Array.of(0.2, 0.4, 0.6, 0.8) }];
  let state = evolution(new Float64Array(3).fill(0.5), 1 / 6, POPULATION, { discrete });
  for (let g = 0; ; g++) {
    const drawn = all.filter((trial) => membership(trial).generation === g);
    const kept = drawn.filter((trial) => trial.state !== "abandoned");
    const places = kept.map((trial) => membership(trial).member);
    assert.equal(new Set(places).size, places.length, "no place is taken twice");
    for (const trial of drawn) {
      const expected = drawnFrom(state, trial.suggestion);
      assert.deepEqual(membership(trial).point, expected, `suggestion ${trial.suggestion}, generation ${g}`);
    }
    const next = all.filter((trial) => membership(trial).generation === g + 1);
    if (next[0] === undefined) return g;
    const { parents } = membership(next[0]);
    assert.equal(parents.length, POPULATION);
    for (const trial of next) assert.deepEqual(membership(trial).parents, parents);
    const order = rankedByDesign(
      parents.map((suggestion) => all.find((one) => one.suggestion === suggestion)!),
    );
    for (const parent of order) assert.equal(membership(parent).generation, g);
    state = tell(
      state,
      order.map((trial) => Float64Array.from(membership(trial).point)),
    );
  }
}

describe("course of CMA-ES", () => {
  it("is that of the trials, whatever happened in whatever order", () => {
    let closed = 0;
    fc.assert(
      fc.property(EVENTS, (events) => {
        const study = new LivedStudy({});
        for (const one of events) study.live(one);
        closed += replay(study.trials);
      }),
      { numRuns: 25 },
    );
    assert.ok(closed > 8, `only ${closed} generations were closed`);
  });

  it("keeps nothing that the trials no longer say", () => {
    const revisions = fc.array(fc.tuple(fc.nat(100), fc.integer({ min: -3, max: 3 })), {
      minLength: 5,
      maxLength: 9,
    });
    fc.assert(
      fc.property(EVENTS, revisions, (events, changes) => {
        const study = new LivedStudy({ restarts: "ipop", toleranceX: 0.95 });
        for (const one of events) study.live(one);
        for (const [pick, grade] of changes) study.revise(pick, grade);
      }),
      { numRuns: 15 },
    );
  });

  for (const options of [
    { restarts: "ipop", toleranceX: 0.95 },
    { restarts: "bipop", toleranceX: 0.95 },
    { warmStart: true, learningRateAdaptation: true },
  ]) {
    it(`is the same for a fresh instance with ${JSON.stringify(options)}`, () => {
      let later = 0;
      fc.assert(
        fc.property(EVENTS, (events) => {
          const study = new LivedStudy(options);
          for (const one of events) study.live(one);
          later += study.notes.filter((note) => /restart|generation [2-9]/.test(note)).length;
        }),
        { numRuns: 15 },
      );
      console.log("later", later);
      assert.ok(later > 30, `only ${later} asks came after a first generation`);
    });
  }
});
