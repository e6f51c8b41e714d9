/** Whole studies under pruners that remember: they go on after a crash as if nothing had happened. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../src/clock.ts";
import { METRICS, type Metrics } from "../../src/config/metrics.ts";
import { createPruner, createSampler } from "../../src/optimizer/catalogue.ts";
import { nextConfirmation } from "../../src/optimizer/confirmation.ts";
import { RandomSource } from "../../src/optimizer/math/random-source.ts";
import type { SearchSpace } from "../../src/optimizer/search-space.ts";
import { StudyRunner } from "../../src/service/study-runner.ts";
import type { WalkingStation } from "../../src/service/study-runner-parts.ts";
import type { WalkOutcome } from "../../src/station/messages.ts";
import { compileReward } from "../../src/study/reward.ts";
import type { Storage } from "../../src/study/storage.ts";
import type { StudyDefinition, TrialRecord } from "../../src/study/trial-record.ts";
import { sqlitePlace } from "../study/sqlite-place.ts";

const REPORTS = 9;
const TRIALS = 40;
const SPACE: SearchSpace = {
  parameters: ["frequency", "length"].map((name) => {
    return { kind: "float", name, unit: "", low: 0, high: 1, log: false, step: null };
  }),
};

type Choice = { readonly name: string; readonly options: Readonly<Record<string, unknown>> };

function definitionOf(sampler: Choice, pruner: Choice): StudyDefinition {
  return {
    name: `${sampler.name} under ${pruner.name}`,
    direction: "maximize",
    space: SPACE,
    seedGait: { frequency: 0.2, length: 0.2 },
    reward: "forward_speed",
    constraintNames: ["tilt"],
    sampler,
    pruner,
    seed: 4,
    robotId: "scripted",
    configHash: "",
  };
}

class PowerCut extends Error {}

/** Walks by the book: every number hangs on the suggestion. Every `lifetime` reports the power is cut. */
function scriptedWalks(lifetime: number): WalkingStation {
  let left = lifetime;
  return {
    stop: () => {},
    async run({ trial, attempt, parameters, suggestion, recording }, decide): Promise<WalkOutcome> {
      const noise = new RandomSource({ seed: 9, index: suggestion, stream: "scripted-walk" });
      const { frequency = Number.NaN, length = Number.NaN } = parameters;
      const speed = 1 - (frequency - 0.7) ** 2 - (length - 0.4) ** 2;
      const outcome = (end: WalkOutcome["end"], reports: number, words: string): WalkOutcome => ({
        trial,
        attempt,
        end,
        reason: { code: end, words, time: reports, channel: null, value: null, limit: null },
        truncated: false,
        constraints: [-0.5],
        breached: null,
        reports,
        walked: reports + 2,
        measured: reports,
        distance: null,
        carryOver: null,
        recording,
        latched: false,
      });
      for (let step = 1; step <= REPORTS; step++) {
        if (left-- === 0) throw new PowerCut();
        const value = speed + (0.2 * noise.normal()) / step;
        const metrics = Object.fromEntries(METRICS.map(({ name }) => [name, value])) as Metrics;
        const report = { kind: "report", trial, attempt, step, tRobot: step, time: step, metrics } as const;
        const { verdict, reason } = await decide(report);
        if (verdict === "stop") return outcome("pruned", step, reason);
      }
      return outcome("completed", REPORTS, "walked to the end");
    },
  };
}

async function runnerOf(
  definition: StudyDefinition,
  storage: Storage,
  walks: WalkingStation,
): Promise<StudyRunner> {
  const { direction, seed, space, seedGait } = definition;
  const { sampler: asked, pruner } = definition;
  const context = { space, direction, seed, constraintCount: 1, start: seedGait };
  const sampler = createSampler(asked.name, asked.options, context);
  return new StudyRunner({
    definition,
    plan: {
      trials: TRIALS,
      robotTime: null,
      baselineWalks: 2,
      confirm: { walks: 3, candidates: 2 },
      prune: true,
    },
    walk: { planned: REPORTS + 2, reports: REPORTS },
    storage,
    sampler: {
      ask: async (trials, suggestion) => sampler.ask({ trials, suggestion, feasible: () => true }),
      confirm: async (trials, top) => nextConfirmation(trials, space, direction, { top }),
      conclude: async () => ({ champion: null, baseline: null }),
    },
    pruner: createPruner(pruner.name, pruner.options, { study: definition.name }),
    reward: await compileReward(definition.reward),
    clock: new ManualClock(new Date(1)),
    station: async () => walks,
    gaitParameters: (parameters) => parameters as Readonly<Record<string, number>>,
    recordingOf: () => null,
    recordingPath: (recording) => recording,
    adoptOutcome: async () => null,
    onEvent: () => {},
  });
}

/** Runs a study to its end; whenever the power is cut, everything is opened anew. @returns its trials as stored */
async function study(definition: StudyDefinition, lifetime: number): Promise<TrialRecord[]> {
  const place = sqlitePlace();
  try {
    const first = await place.open();
    await first.createStudy(definition);
    await first.close();
    for (;;) {
      const storage = await place.open();
      const runner = await runnerOf(definition, storage, scriptedWalks(lifetime));
      const end = await runner.run().catch((error: unknown) => {
        if (error instanceof PowerCut) return null;
        throw error;
      });
      const trials = await storage.trials(definition.name);
      await storage.close();
      if (end !== null) return trials;
    }
  } finally {
    await place.remove();
  }
}

/** What must not depend on crashes. */
function told(trials: readonly TrialRecord[]) {
  return trials
    .filter(({ state }) => state !== "interrupted")
    .map(({ suggestion, role, state, parameters, reports, rungs, value, reason }) => {
      const values = reports.map((report) => report.value);
      return { suggestion, role, state, parameters, values, rungs, value, reason: reason?.words };
    });
}

const CMA_ES = { name: "cma-es", options: {} };
const CASES: readonly [Choice, Choice][] = [
  [CMA_ES, { name: "successive-halving", options: { minResource: 2, reductionFactor: 2 } }],
  [CMA_ES, { name: "hyperband", options: {} }],
  [
    { name: "gp", options: { startupTrials: 4 } },
    { name: "hyperband", options: { protectBest: 2 } },
  ],
  [
    { name: "random", options: {} },
    { name: "patient", options: { patience: 1, wrapped: { name: "hyperband" } } },
  ],
];

describe("a study that the power is cut in", () => {
  for (const [sampler, pruner] of CASES) {
    it(`continues as the uninterrupted one: ${sampler.name} under ${pruner.name}`, async () => {
      const definition = definitionOf(sampler, pruner);
      const whole = await study(definition, Number.POSITIVE_INFINITY);
      assert.equal(whole.length, TRIALS);
      assert.ok(whole.some(({ state, rungs }) => state === "pruned" && rungs.length > 0));
      assert.ok(whole.some(({ state, role }) => state === "completed" && role === "suggested"));
      for (const trial of whole) {
        if (trial.role !== "suggested") assert.deepEqual([trial.state, trial.rungs], ["completed", []]);
      }
      const broken = await study(definition, 37);
      const cuts = broken.length - TRIALS;
      assert.ok(cuts >= 4, `${cuts} power cuts`);
      assert.deepEqual(told(broken), told(whole));
    });
  }
});
