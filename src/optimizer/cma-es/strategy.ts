/**
 * The constants of CMA-ES: N. Hansen, "The CMA evolution strategy: a tutorial" (arXiv 1604.00772), with the active
 * (negative) weights of equations 49–53, as the program cmaes 0.13.1 sets them or as pycma 4.4 does. Equation numbers are
 * the tutorial's.
 */

/**
 * Whose constants: pycma adapts the step size and the covariance somewhat faster. The two differ in c_σ and c_μ, through
 * c_μ in the negative weights, and below six members in c_1. Other habits of pycma, mirrored samples and a bounded step of
 * log σ, are not taken over.
 */
export type ConstantsOf = "cmaes" | "pycma";
export const CONSTANTS_OF: readonly ConstantsOf[] = ["cmaes", "pycma"];

export interface Strategy {
  /** n */
  readonly dimension: number;
  /** λ */
  readonly populationSize: number;
  /** μ, the number of members with positive weight at most. */
  readonly parents: number;
  /** w_i, best member first; positive ones sum to 1. */
  readonly weights: Float64Array;
  /** μ_eff */
  readonly varianceEffectiveParents: number;
  readonly cSigma: number;
  readonly dSigma: number;
  readonly cCovariance: number;
  readonly cRankOne: number;
  readonly cRankMu: number;
  /** E‖N(0, I)‖ */
  readonly expectedNorm: number;
}

/** λ = 4 + ⌊3 ln n⌋ (48). */
export function defaultPopulationSize(dimension: number): number {
  return 4 + Math.floor(3 * Math.log(dimension));
}

/** @param populationSize at least 4 */
export function strategy(
  dimension: number,
  populationSize = defaultPopulationSize(dimension),
  constants: ConstantsOf = "cmaes",
): Strategy {
  const n = dimension;
  const lambda = populationSize;
  const parents = Math.floor(lambda / 2);
  // (49)
  const raw = Float64Array.from({ length: lambda }, (_, i) => Math.log((lambda + 1) / 2) - Math.log(i + 1));
  const muEff = effectiveCount(raw.subarray(0, parents));
  const muEffMinus = effectiveCount(raw.subarray(parents));
  // (57), (58)
  const few = constants === "cmaes" ? 1 : Math.min(1, lambda / 6);
  const cRankOne = (few * 2) / ((n + 1.3) ** 2 + muEff);
  const gain = constants === "cmaes" ? muEff - 2 + 1 / muEff : muEff - 1.75 + 1 / muEff;
  const cRankMu = Math.min(1 - cRankOne - 1e-8, (2 * gain) / ((n + 2) ** 2 + muEff));
  // (50)–(53)
  const alpha = Math.min(
    1 + cRankOne / cRankMu,
    1 + (2 * muEffMinus) / (muEff + 2),
    (1 - cRankOne - cRankMu) / (n * cRankMu),
  );
  let positive = 0;
  let negative = 0;
  for (const w of raw) {
    if (w > 0) positive += w;
    else negative -= w;
  }
  // (55), (56)
  const cSigma = (muEff + 2) / (n + muEff + (constants === "cmaes" ? 5 : 3));
  return {
    dimension: n,
    populationSize: lambda,
    parents,
    weights: raw.map((w) => (w >= 0 ? w / positive : (alpha / negative) * w)),
    varianceEffectiveParents: muEff,
    cSigma,
    dSigma: 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma,
    cCovariance: (4 + muEff / n) / (n + 4 + (2 * muEff) / n),
    cRankOne,
    cRankMu,
    expectedNorm: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  };
}

/** (Σ w)² / Σ w² */
function effectiveCount(weights: Float64Array): number {
  let sum = 0;
  let squares = 0;
  for (const w of weights) {
    sum += w;
    squares += w * w;
  }
  return squares === 0 ? 0 : (sum * sum) / squares;
}
