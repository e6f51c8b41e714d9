import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GaitsmithError } from "../../../src/errors.ts";
import { landscapeSlice } from "../../../src/optimizer/conclusions/landscape-slice.ts";
import { studyModel } from "../../../src/optimizer/conclusions/study-model.ts";
import { unitCube } from "../unit-cube.ts";
import { POOR_STUDIES, walked } from "./walked-function.ts";

const bowl = (x: number, y: number, z: number): number =>
  1 - (x - 0.3) ** 2 - 2 * (y - 0.6) ** 2 + 0.5 * (x - 0.5) * (z - 0.5);
const THROUGH = { x0: 0.3, x1: 0.6, x2: 0.9 };

describe("landscape slice", () => {
  const trials = walked(unitCube(3), 90, (p, source) => {
    const [x, y, z] = [0, 1, 2].map((i) => Number(p[`x${i}`])) as [number, number, number];
    const edge = x - 0.75;
    const rest = edge > 0 ? ({ state: "aborted", constraints: [1.6], breached: 0 } as const) : null;
    return rest ?? { value: bowl(x, y, z) + 0.03 * source.normal(), constraints: [Math.max(-1, 2 * edge)] };
  });

  for (const direction of ["maximize", "minimize"] as const) {
    it(`is the function on the plane through the gait (${direction})`, () => {
      const model = studyModel(trials, unitCube(3), direction)!;
      const slice = landscapeSlice(model, { x: "x0", y: "x1", columns: 9, rows: 7, through: THROUGH });
      assert.equal(slice.mean.length, 7);
      assert.deepEqual(slice.xValues, [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1]);
      for (const [row, y] of slice.yValues.entries()) {
        assert.equal(slice.mean[row]!.length, 9);
        for (const [column, x] of slice.xValues.entries()) {
          if (Number(x) > 0.75) continue;
          const error = slice.mean[row]![column]! - bowl(Number(x), Number(y), 0.9);
          if (Math.abs(Number(x) - 0.4) < 0.3 && Math.abs(Number(y) - 0.5) < 0.4)
            assert.ok(Math.abs(error) < 0.1, `at ${x}, ${y}: off by ${error}`);
          assert.ok(Math.abs(error) < 4 * slice.deviation[row]![column]!, `${error}`);
        }
      }
    });
  }

  it("is less certain where nobody could walk, and knows the cliff", () => {
    const model = studyModel(trials, unitCube(3), "maximize")!;
    const { deviation, safety } = landscapeSlice(model, {
      x: "x0",
      y: "x1",
      columns: 5,
      rows: 3,
      through: THROUGH,
    });
    assert.ok(deviation[1]![4]! > 1.5 * deviation[1]![1]!);
    assert.ok(safety[1]![1]! > 0.9 && safety[1]![4]! < 0.2, `${safety[1]}`);
  });

  it("needs two parameters of the space", () => {
    const model = studyModel(trials, unitCube(3), "maximize")!;
    for (const [x, y] of [
      ["x0", "x0"],
      ["x0", "speed"],
    ] as const)
      assert.throws(
        () => landscapeSlice(model, { x, y, through: THROUGH }),
        (error) => error instanceof GaitsmithError && error.code === "SPACE_INVALID",
      );
  });

  for (const [name, poor] of Object.entries(POOR_STUDIES)) {
    it(`is finite wherever there is a model: ${name}`, () => {
      const model = studyModel(poor, unitCube(2), "maximize");
      if (model === null) return assert.ok(!/walks? /.test(name));
      const slice = landscapeSlice(model, {
        x: "x0",
        y: "x1",
        columns: 3,
        rows: 2,
        through: { x0: 0.5, x1: 0.5 },
      });
      const numbers = [slice.mean, slice.deviation, slice.safety].flat(2);
      assert.equal(numbers.length, 18);
      assert.ok(numbers.every(Number.isFinite));
    });
  }
});
