/**
 * PED-ANOVA on walks of a linear function of six parameters, of which three matter: shares by the quantile that counts as the best.
 * Shares of the variance: 0.76, 0.19, 0.05, 0, 0, 0. `node test/bench/importance.ts [studies]`.
 */
import { parameterImportance } from "../../src/optimizer/conclusions/importance.ts";
import { studyModel } from "../../src/optimizer/conclusions/study-model.ts";
import { walked } from "../optimizer/conclusions/walked-function.ts";
import { unitCube } from "../optimizer/unit-cube.ts";

const WEIGHTS = [4, 2, 1, 0, 0, 0];
/** 0.3 of the function's standard deviation over the cube. */
const NOISE = 0.3 * Math.sqrt(WEIGHTS.reduce((sum, weight) => sum + weight ** 2 / 12, 0));
const studies = Number(process.argv[2] ?? 40);
for (const walks of [30, 60, 150]) {
  const models = Array.from({ length: studies }, (_, seed) => {
    const trials = walked(
      unitCube(6),
      walks,
      (p, source) =>
        WEIGHTS.reduce((sum, weight, i) => sum + weight * Number(p[`x${i}`]), 0) + NOISE * source.normal(),
      seed,
    );
    return studyModel(trials, unitCube(6), "maximize")!;
  });
  for (const quantile of [0.1, 0.2, 0.3]) {
    const mean = WEIGHTS.map(() => 0);
    let right = 0;
    for (const model of models) {
      const found = parameterImportance(model, { quantile });
      for (const { parameter, importance } of found)
        mean[Number(parameter.slice(1))]! += importance / studies;
      if (found[0]?.parameter === "x0" && found[1]?.parameter === "x1") right++;
    }
    const shares = mean.map((share) => share.toFixed(2)).join(" ");
    console.log(
      `${walks} walks, best ${quantile}: ${shares}; the first two in order in ${right} of ${studies}`,
    );
  }
}
