import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readHardwareConfig } from "../../../src/config/read-hardware-config.ts";
import { parameterUnits } from "../../../src/config/written-units.ts";
import { hardwareConfigPath } from "../../../src/paths.ts";
import type { ParameterSetOnWire } from "../../../src/robot/parameters.ts";
import {
  differences,
  differenceWords,
  parameterRows,
} from "../../../src/service/apply/parameter-comparison.ts";

const config = readHardwareConfig(hardwareConfigPath("simulated-elastic-quadruped.yaml"));
const set = (values: Record<string, number>, gait = "trot"): ParameterSetOnWire => ({
  gait,
  values: Object.entries(values),
});

describe("comparison of parameter sets", () => {
  it("shows both in the config's units, the change, and its share of the tuned range", () => {
    const step = config.space.parameters.find(({ name }) => name === "step_length");
    assert.ok(step?.kind === "float");
    const rows = parameterRows(
      set({ step_length: 0.05, swing_frequency: 2, old: 1 }),
      set({ swing_frequency: 2.5, step_length: 0.04, fresh: 3 }),
      { space: config.space, units: parameterUnits(config) },
    );
    assert.deepEqual(
      rows.map(({ name }) => name),
      ["swing_frequency", "step_length", "fresh", "old"],
    );
    const [, length, fresh, old] = rows;
    assert.ok(length !== undefined && length.unit === "mm");
    const figures = [length.current, length.proposed, length.change, length.share];
    for (const [index, wanted] of [50, 40, -10, -0.01 / (step.high - step.low)].entries())
      assert.ok(Math.abs((figures[index] ?? Number.NaN) - wanted) < 1e-9, String(figures[index]));
    assert.deepEqual([fresh?.current, fresh?.proposed, fresh?.change, fresh?.share], [null, 3, null, null]);
    assert.deepEqual([old?.current, old?.proposed], [1, null]);
  });

  it("holds values for the same when their bits are, in 64 or in 32 of them", () => {
    const told = set({ a: 0.1, b: 2 });
    assert.deepEqual(differences(told, set({ b: 2, a: 0.1 })), [], "in whatever order");
    assert.deepEqual(differences(told, set({ a: Math.fround(0.1), b: 2 })), []);
    const next = 0.1 + 2 ** -56;
    assert.notEqual(next, 0.1);
    assert.deepEqual(differences(told, set({ a: next, b: 2 })), [{ name: "a", wanted: 0.1, found: next }]);
    const nextFloat = Math.fround(0.1) + 2 ** -27;
    assert.equal(Math.fround(nextFloat), nextFloat);
    assert.equal(differences(told, set({ a: nextFloat, b: 2 })).length, 1);
    assert.equal(differences(set({ a: 0 }), set({ a: -0 })).length, 1);
    assert.equal(differences(told, set({ a: Number.NaN, b: 2 })).length, 1);
  });

  it("names what is missing, what is too much, another gait, and a robot that holds nothing", () => {
    const told = set({ a: 1, b: 2 });
    assert.deepEqual(differences(told, set({ a: 1, c: 3 })), [
      { name: "b", wanted: 2, found: null },
      { name: "c", wanted: null, found: 3 },
    ]);
    assert.deepEqual(differences(told, set({ a: 1, b: 2 }, "pace")), [
      { name: "gait", wanted: "trot", found: "pace" },
    ]);
    assert.deepEqual(differences(told, null), [{ name: "gait", wanted: "trot", found: null }]);
    assert.equal(differenceWords(differences(told, set({ a: 1.5, b: 2 }))), "a: the robot holds 1.5, not 1");
  });
});
