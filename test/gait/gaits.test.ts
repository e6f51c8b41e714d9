import assert from "node:assert/strict";
import { test } from "node:test";
import { GaitsmithError } from "../../src/errors.ts";
import { findGait, GAIT_NAMES, gaitNamed } from "../../src/gait/gaits.ts";

test("every gait of the catalogue is found by its own name and has distinct parameters with a range", () => {
  for (const name of GAIT_NAMES) {
    const gait = gaitNamed(name);
    assert.equal(gait.name, name);
    assert.equal(new Set(gait.parameters.map((spec) => spec.name)).size, gait.parameters.length);
    for (const { low, high } of gait.parameters) assert.ok(low < high);
  }
  assert.ok(GAIT_NAMES.includes("foot-cpg:trot") && GAIT_NAMES.includes("joint-oscillators"));
});

test("an unknown gait is refused with the names that exist", () => {
  assert.equal(findGait("moonwalk"), undefined);
  assert.throws(
    () => gaitNamed("moonwalk"),
    (error) =>
      error instanceof GaitsmithError &&
      error.code === "CONFIG_INVALID" &&
      /foot-cpg:trot/.test(error.describe()),
  );
});
