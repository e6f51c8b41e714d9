import assert from "node:assert/strict";
import { test } from "node:test";
import { understoodGait } from "../../../src/links/petoi/gait-numbers.ts";
import { imuReading, introductionIn, voltageOf } from "../../../src/links/petoi/text.ts";

test("the link to a Petoi robot reads what the firmware prints, also where numbers touch", () => {
  const reading = imuReading("ICM:  -0.3   0.1  10.0-100.0  -5.5  90.0\t")!;
  assert.deepEqual(
    [reading.yaw, reading.pitch, reading.roll].map((angle) => Math.round((1800 / Math.PI) * angle) / 10),
    [-100, -5.5, 90],
  );
  assert.ok(Math.abs(reading.acceleration[2] - 9.80665) < 1e-9, "its ten is gravity");
  assert.notEqual(
    imuReading("ICM:-100.0-100.0-100.0 -100.0 -100.0 -100.0\tMCU:   1.0   1.0   1.0    1.0    1.0    1.0"),
    null,
  );
  for (const other of [
    "ICM:  1.0  2.0",
    "ICM:  1.0  2.0  3.0  4.0  5.0  6.0  7.0\t",
    "1.00\t1.00",
    "ICM:  nan   0.1  10.0   0.0  -5.5  90.0\t",
  ])
    assert.equal(imuReading(other), null, other);
  assert.equal(voltageOf("Voltage: 7.84 V"), 7.84);
  assert.equal(voltageOf("Voltage: V"), null);
  assert.deepEqual(
    understoodGait("20\t-0.3\t5\t-8\t4\t3\t1\t2\t35\t1\t35\t1"),
    [20, -3, 5, -8, 4, 3, 1, 2, 35, 1, 35, 1],
  );
  assert.equal(understoodGait("Amp\tside\tswitch\tShiftF\tShiftB\tdelay\tSupport\tSwing\tPhase"), null);
  const lines = ["g", "Bittle X", "ICM:   0.0   0.0   9.9    0.0    0.0    0.0\t", "B10_250712", "?"];
  assert.deepEqual(introductionIn(lines), { model: "Bittle X", version: "B10_250712" });
  assert.equal(introductionIn(["Bittle", "N_210101", "?"]), null, "an older board");
});
