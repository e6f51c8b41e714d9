import assert from "node:assert/strict";
import { it } from "node:test";
import { contains, decode, unitSpace } from "../../src/optimizer/space/unit-space.ts";
import { validateSpace } from "../../src/optimizer/space/validate-space.ts";

const stepped = (low: number, high: number, step: number) => ({
  parameters: [{ kind: "float", name: "p", unit: "", low, high, log: false, step } as const],
});

it("the last level of a step that is no binary fraction stays within the bound", () => {
  const space = stepped(0, 0.3, 0.1);
  assert.ok(3 * 0.1 > 0.3);
  const last = decode(unitSpace(space), Float64Array.of(1));
  assert.deepEqual(last, { p: 0.3 });
  assert.ok(contains(space, last));
});

it("a range of one step is wide enough for it, a narrower one is not", () => {
  assert.ok(0.3 - 0.2 < 0.1);
  validateSpace(stepped(0.2, 0.3, 0.1));
  assert.throws(() => validateSpace(stepped(0.2, 0.3, 0.1001)), /wider than the range/);
});
