import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Curve, Pruner } from "../../src/optimizer/pruner.ts";
import { medianPruner } from "../../src/optimizer/pruners/median.ts";
import { percentilePruner } from "../../src/optimizer/pruners/percentile.ts";
import type { Direction, Report } from "../../src/optimizer/trial.ts";
import { fixture } from "./fixture.ts";

interface PrunerSettings {
  readonly type: string;
  readonly percentile: number;
  readonly n_startup_trials: number;
  readonly n_warmup_steps: number;
  readonly interval_steps: number;
  readonly n_min_trials: number;
}
type Event =
  | readonly ["start" | "prune", number]
  | readonly ["complete", number, number | null]
  | readonly ["report", number, number, number | null, boolean];
interface PrunerFixture {
  readonly cases: readonly {
    readonly pruner: PrunerSettings;
    readonly direction: Direction;
    readonly parallel: number;
    readonly events: readonly Event[];
  }[];
}

interface MutableCurve extends Curve {
  state: Curve["state"];
  readonly reports: Report[];
}

function prunerOf(settings: PrunerSettings): Pruner | null {
  const options = {
    startupTrials: settings.n_startup_trials,
    warmupSteps: settings.n_warmup_steps,
    intervalSteps: settings.interval_steps,
    minTrials: settings.n_min_trials,
    rule: "best-so-far",
    protectBest: 0,
  } as const;
  if (settings.type === "median") return medianPruner(options);
  if (settings.type === "percentile") {
    return percentilePruner("percentile", { ...options, percentile: settings.percentile });
  }
  return null;
}

/** Replays the log and counts the reports decided on. */
function replay(pruner: Pruner, direction: Direction, events: readonly Event[]): number {
  const curves: MutableCurve[] = [];
  let decided = 0;
  for (const event of events) {
    const number = event[1];
    if (event[0] === "start") curves[number] = { number, state: "running", reports: [] };
    const current = curves[number]!;
    if (event[0] === "complete") current.state = "completed";
    if (event[0] === "prune") current.state = "pruned";
    if (event[0] !== "report") continue;
    const [, , step, value, expected] = event;
    current.reports.push({ step, value: value ?? Number.NaN, time: step });
    const peers = curves.filter((curve) => curve !== current);
    const { prune, reason } = pruner.decide({ direction, current, peers });
    assert.equal(prune, expected, `trial ${number} step ${step}: ${reason}`);
    assert.ok(reason.length > 0);
    decided++;
  }
  return decided;
}

describe("pruners decide as Optuna's", () => {
  for (const [i, { pruner: settings, direction, parallel, events }] of fixture<PrunerFixture>(
    "pruner_decisions.json",
  ).cases.entries()) {
    const pruner = prunerOf(settings);
    if (pruner === null) continue;
    it(`study ${i}: ${settings.type}, ${direction}, ${parallel} at once`, () => {
      assert.ok(replay(pruner, direction, events) > 50);
    });
  }
});
