import assert from "node:assert/strict";
import { test } from "node:test";
import { BENCHMARK_FUNCTIONS } from "./functions.ts";

test("the benchmark functions have the values Optuna's figures were measured with", () => {
  assert.equal(BENCHMARK_FUNCTIONS.length, 6);
  for (const { name, size, value, checks } of BENCHMARK_FUNCTIONS) {
    assert.ok(checks.length > 0, name);
    for (const { x, f } of checks) {
      assert.equal(x.length, size, name);
      assert.ok(
        Math.abs(value(x) - f) <= 1e-9 * Math.max(1, Math.abs(f)),
        `${name}(${x}): ${value(x)}, not ${f}`,
      );
    }
  }
});
