import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pedAnova } from "../../src/optimizer/conclusions/ped-anova.ts";
import type { Parameter, ParameterSet } from "../../src/optimizer/search-space.ts";
import { fixture } from "./fixture.ts";

interface PedAnovaFixture {
  readonly cases: readonly {
    readonly direction: "minimize" | "maximize";
    readonly target_quantile: number;
    readonly parameters: readonly Parameter[];
    readonly trials: readonly { readonly params: ParameterSet; readonly value: number }[];
    readonly divergence: Readonly<Record<string, number>>;
  }[];
}

describe("PED-ANOVA's divergences are Optuna's", () => {
  for (const one of fixture<PedAnovaFixture>("ped_anova.json").cases) {
    it(`${one.trials.length} trials of ${one.parameters.length} parameters, best ${one.target_quantile}, ${one.direction}`, () => {
      const sign = one.direction === "minimize" ? 1 : -1;
      const sorted = [...one.trials].sort((a, b) => sign * (a.value - b.value));
      const best = sorted.slice(0, Math.ceil(one.target_quantile * sorted.length));
      const found = pedAnova(
        { parameters: one.parameters },
        one.trials.map(({ params }) => params),
        best.map(({ params }) => params),
      );
      for (const [name, expected] of Object.entries(one.divergence)) {
        const actual = found.get(name)!;
        assert.ok(
          Math.abs(actual - expected) < 1e-9 * Math.max(1e-3, expected),
          `${name}: ${actual}, not ${expected}`,
        );
      }
    });
  }
});
