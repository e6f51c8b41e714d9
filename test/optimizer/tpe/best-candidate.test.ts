/** The best candidate is the one that judging all of them finds. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RandomSource } from "../../../src/optimizer/math/random-source.ts";
import type { Parameter } from "../../../src/optimizer/search-space.ts";
import { coordinateFromUniform, dimensionOf } from "../../../src/optimizer/space/dimension.ts";
import { bestCandidate } from "../../../src/optimizer/tpe/best-candidate.ts";
import { parzenEstimator } from "../../../src/optimizer/tpe/parzen-estimator.ts";

const common = { unit: "", low: 1, step: 1 } as const;
const PARAMETERS: readonly Parameter[] = [
  { ...common, kind: "int", name: "few levels", high: 4, log: false },
  { ...common, kind: "int", name: "many levels", high: 500, log: false },
  { ...common, kind: "int", name: "log levels", high: 500, log: true },
  { kind: "float", name: "x", unit: "", low: 0, high: 1, log: false, step: null },
  { kind: "categorical", name: "choice", unit: "", choices: ["trot", "pace"] },
];

describe("best candidate", () => {
  it("is the first with the largest l/g, though most are not judged by g", () => {
    const dimensions = PARAMETERS.map(dimensionOf);
    const from = new RandomSource({ seed: 1, index: 0, stream: "best candidate" });
    const anywhere = () =>
      Float64Array.from(dimensions, (dimension) => coordinateFromUniform(dimension, from.uniform()));
    for (const part of [[0], [1], [2], [3], [4], [0, 1, 2, 3, 4]]) {
      let judged = 0;
      let candidateCount = 0;
      for (let round = 0; round < 20; round++) {
        const estimate = (count: number) =>
          parzenEstimator(dimensions, part, Array.from({ length: count }, anywhere));
        const good = estimate(1 + (round % 5));
        const rest = estimate(3 * round);
        const points = Array.from({ length: 24 }, () => {
          const point = anywhere();
          good.draw(from, point);
          return point;
        });
        const scores = points.map((point) => good.logDensity(point) - rest.logDensity(point));
        const expected = points[scores.indexOf(Math.max(...scores))];
        const counted = {
          logPriorShare: rest.logPriorShare,
          logDensity(point: Float64Array) {
            judged++;
            return rest.logDensity(point);
          },
        };
        candidateCount += points.length;
        assert.equal(bestCandidate(good, counted, points), expected, `part ${part}, round ${round}`);
      }
      // In one dimension observations are everywhere, and the prior's share says little.
      if (part.length > 1) assert.ok(judged < candidateCount / 2, `${judged} of ${candidateCount}`);
    }
  });

  it("is the first of equals, also where a later one promised more", () => {
    const points = [0, 1, 2].map((i) => Float64Array.of(i));
    const listed = (values: readonly number[]) => (point: Float64Array) => values[point[0]!]!;
    const good = { logDensity: listed([2, 3, 0]) };
    const rest = { logDensity: listed([1, 2, 1]), logPriorShare: listed([1, 0, 0]) };
    assert.equal(bestCandidate(good, rest, points), points[0]);
  });
});
