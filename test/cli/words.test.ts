import assert from "node:assert/strict";
import { it } from "node:test";
import { duration, interval, number } from "../../src/cli/words.ts";

it("says numbers with the digits people need", () => {
  assert.deepEqual([0.34567, 12.345, 1234.5, Number.NaN].map(number), ["0.346", "12.3", "1235", "–"]);
});

it("says durations in the largest fitting unit", () => {
  assert.deepEqual([4.4, 59.6, 200, 3900].map(duration), ["4 s", "1 min 00 s", "3 min 20 s", "1 h 05 min"]);
});

it("says an estimate with half its interval", () => {
  assert.equal(interval({ params: {}, mean: 0.345, ci95: [0.333, 0.357], n: 4 }), "0.345 ± 0.012");
});
