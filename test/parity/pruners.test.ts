import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createPruner } from "../../src/optimizer/catalogue.ts";
import { crc32 } from "../../src/optimizer/math/crc32.ts";
import type { Curve, Pruner } from "../../src/optimizer/pruner.ts";
import { bracketOf, bracketWeights } from "../../src/optimizer/pruners/hyperband.ts";
import type { Direction, Report } from "../../src/optimizer/trial.ts";
import { fixture } from "./fixture.ts";

/** Optuna's arguments, by Optuna's names. */
type PrunerSettings = { readonly type: string } & Readonly<Record<string, unknown>>;
type Event =
  | readonly ["start" | "prune" | "fail", number]
  | readonly ["complete", number, number | null]
  | readonly ["report", number, number, number | null, boolean];
interface PrunerCase {
  readonly pruner: PrunerSettings;
  readonly direction: Direction;
  readonly study_name: string;
  readonly parallel: number;
  readonly events: readonly Event[];
}

interface MutableCurve extends Curve {
  state: Curve["state"];
  readonly reports: Report[];
  rungs: readonly number[];
}

/** `n_startup_trials` is our `startupTrials`. */
function ourName(name: string): string {
  return name.replace(/^n_/, "").replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Name and options of ours for Optuna's arguments. */
function ours({ type, ...settings }: PrunerSettings): { name: string } & Record<string, unknown> {
  const options = Object.entries(settings).map(([key, value]) => [
    ourName(key),
    key === "wrapped" && value !== null ? ours(value as PrunerSettings) : value,
  ]);
  return { name: type.replaceAll("_", "-"), ...Object.fromEntries(options) };
}

function prunerOf({ pruner, study_name: study }: PrunerCase): Pruner {
  const { name, ...options } = ours(pruner);
  return createPruner(name, options, { study });
}

/** Replays the log, every decision by a pruner that has seen nothing before, and counts the reports. */
function replay(study: PrunerCase): number {
  const started: MutableCurve[] = [];
  const ended: MutableCurve[] = [];
  let decided = 0;
  for (const event of study.events) {
    const number = event[1];
    if (event[0] === "start") {
      started[number] = { number, suggestion: number, state: "running", reports: [], rungs: [] };
      continue;
    }
    const current = started[number];
    assert.ok(current, `trial ${number} never started`);
    if (event[0] !== "report") {
      // A failed trial counts as nothing but a passer of rungs, as one that is running.
      if (event[0] !== "fail") current.state = event[0] === "complete" ? "completed" : "pruned";
      ended.push(current);
      continue;
    }
    const [, , step, value, expected] = event;
    current.reports.push({ step, value: value ?? Number.NaN, time: step });
    const running = started.filter((curve) => curve !== current && !ended.includes(curve));
    const { direction } = study;
    const decision = prunerOf(study).decide({ direction, current, peers: [...ended, ...running] });
    assert.equal(decision.prune, expected, `trial ${number} step ${step}: ${decision.reason}`);
    assert.ok(decision.reason.length > 0 && !decision.reason.includes("undefined"), decision.reason);
    current.rungs = decision.rungs ?? current.rungs;
    decided++;
  }
  return decided;
}

describe("pruners decide as Optuna's", () => {
  const { cases } = fixture<{ readonly cases: readonly PrunerCase[] }>("pruner_decisions.json");

  for (const [i, study] of cases.entries()) {
    it(`study ${i}: ${study.pruner.type}, ${study.direction}, ${study.parallel} at once`, () => {
      const reports = study.events.filter(([kind]) => kind === "report").length;
      assert.ok(reports > 0);
      assert.equal(replay(study), reports);
    });
  }

  it("with any cases at all", () => assert.ok(cases.length > 0));
});

interface BracketCase {
  readonly min_resource: number;
  readonly max_resource: number;
  readonly eta: number;
  readonly n_brackets: number;
  readonly budgets: readonly number[];
  readonly total: number;
  readonly bracket_of_trial_0_59: readonly number[];
  readonly crc32_of_gait_0: number;
}

describe("Hyperband's brackets are Optuna's", () => {
  for (const brackets of fixture<readonly BracketCase[]>("hyperband_brackets.json")) {
    const { min_resource: minResource, max_resource: maxResource, eta: reductionFactor } = brackets;
    it(`from ${minResource} to ${maxResource} by ${reductionFactor}`, () => {
      const weights = bracketWeights({ minResource, reductionFactor }, maxResource);
      assert.deepEqual(weights, brackets.budgets);
      assert.equal(weights.length, brackets.n_brackets);
      assert.equal(
        weights.reduce((sum, weight) => sum + weight, 0),
        brackets.total,
      );
      const expected = brackets.bracket_of_trial_0_59;
      assert.ok(expected.length > 0);
      const indices = expected.map((_, index) => index);
      assert.deepEqual(
        indices.map((index) => bracketOf("gait", index, weights)),
        expected,
      );
      const options = { minResource, maxResource, reductionFactor };
      const pruner = createPruner("hyperband", options, { study: "gait" });
      assert.deepEqual(
        indices.map((index) => pruner.bracketOf?.(index, [])),
        expected,
      );
      assert.equal(crc32("gait_0"), brackets.crc32_of_gait_0);
    });
  }
});
