import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Parameter } from "../../src/optimizer/search-space.ts";
import type { Dimension } from "../../src/optimizer/space/dimension.ts";
import { encode, type UnitSpace, unitSpace } from "../../src/optimizer/space/unit-space.ts";
import { parzenEstimator } from "../../src/optimizer/tpe/parzen-estimator.ts";
import { belowCount, recencyWeights } from "../../src/optimizer/tpe/weights.ts";
import { deviation, fixture } from "./fixture.ts";

type Distribution =
  | {
      readonly name: "FloatDistribution" | "IntDistribution";
      readonly attributes: {
        readonly low: number;
        readonly high: number;
        readonly log: boolean;
        readonly step: number | null;
      };
    }
  | {
      readonly name: "CategoricalDistribution";
      readonly attributes: { readonly choices: readonly (string | number | boolean | null)[] };
    };

/** One list of values per parameter: numbers, or indices of choices. */
type Columns = Readonly<Record<string, readonly number[]>>;

interface TpeFixture {
  readonly gamma: readonly (readonly [trials: number, below: number])[];
  readonly weights: readonly (readonly [trials: number, weights: readonly number[]])[];
  readonly cases: readonly {
    readonly space: Readonly<Record<string, Distribution>>;
    readonly multivariate: boolean;
    readonly observations: Columns;
    readonly query: Columns;
    readonly log_pdf: readonly number[];
  }[];
}

const TOLERANCE = 1e-9;
const { gamma, weights, cases } = fixture<TpeFixture>("tpe.json");

function parameter([name, distribution]: [string, Distribution]): Parameter {
  if (distribution.name === "CategoricalDistribution") {
    return { kind: "categorical", name, unit: "", choices: distribution.attributes.choices };
  }
  const { low, high, log, step } = distribution.attributes;
  if (distribution.name === "FloatDistribution")
    return { kind: "float", name, unit: "", low, high, log, step };
  return { kind: "int", name, unit: "", low, high, log, step: step ?? 1 };
}

function rows(unit: UnitSpace, columns: Columns): Float64Array[] {
  const count = Object.values(columns)[0]!.length;
  return Array.from({ length: count }, (_, row) =>
    encode(
      unit,
      Object.fromEntries(
        unit.space.parameters.map((one) => {
          const value = columns[one.name]![row]!;
          return [one.name, one.kind === "categorical" ? one.choices[value]! : value];
        }),
      ),
    ),
  );
}

/** Log of the range a continuous coordinate of the unit interval stands for (Optuna's densities are over that). */
function logRange({ kind, parameter }: Dimension): number {
  if (kind !== "continuous" || parameter.kind === "categorical") return 0;
  const { low, high, log } = parameter;
  return Math.log(log ? Math.log(high / low) : high - low);
}

describe("the Parzen estimator is Optuna 5's", () => {
  for (const [index, one] of cases.entries()) {
    const kinds = Object.entries(one.space).map(([name, { name: kind, attributes }]) => {
      const scale = "log" in attributes && attributes.log ? " log" : "";
      return `${name}: ${kind.replace("Distribution", "")}${scale}`;
    });
    const count = Object.values(one.observations)[0]!.length;
    const mode = one.multivariate ? "multivariate" : "univariate";
    it(`case ${index}, ${kinds.join(", ")}, ${mode}, ${count} observations`, () => {
      const unit = unitSpace({ parameters: Object.entries(one.space).map(parameter) });
      const all = [...unit.dimensions.keys()];
      const estimator = parzenEstimator(unit.dimensions, all, rows(unit, one.observations));
      const offset = unit.dimensions.reduce((sum, dimension) => sum + logRange(dimension), 0);
      const queries = rows(unit, one.query);
      assert.equal(queries.length, one.log_pdf.length);
      for (const [row, point] of queries.entries()) {
        const actual = estimator.logDensity(point) - offset;
        const expected = one.log_pdf[row]!;
        assert.ok(deviation(actual, expected) < TOLERANCE, `query ${row}: ${actual}, not ${expected}`);
      }
    });
  }

  it("counts as many trials good", () => {
    assert.ok(cases.length > 0 && gamma.length > 0);
    for (const [trials, below] of gamma) assert.equal(belowCount(trials), below, `${trials} trials`);
  });

  it("weighs trials by age", () => {
    assert.ok(weights.length > 0);
    for (const [trials, expected] of weights) {
      const actual = recencyWeights(trials);
      assert.equal(actual.length, expected.length);
      for (const [i, weight] of expected.entries()) {
        assert.ok(deviation(actual[i]!, weight) < 1e-12, `${trials} trials, weight ${i}: ${actual[i]}`);
      }
    }
  });
});
