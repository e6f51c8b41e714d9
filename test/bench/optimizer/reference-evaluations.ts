/**
 * Evaluations to 1e-8 that the programs we follow need, σ₀ = 0.5: medians of 11 runs each, all of which arrived. pycma's
 * own constants differ from those of cmaes, see strategy.ts.
 */
export const REFERENCE_DIMENSIONS = [2, 5, 10, 20] as const;

export const REFERENCE_EVALUATIONS = [
  {
    name: "sphere",
    from: 1,
    evaluations: { cmaes: [234, 672, 1330, 2532], pycma: [216, 624, 1320, 2496] },
  },
  {
    name: "ellipsoid",
    from: 1,
    evaluations: { cmaes: [480, 1600, 3990, 13356], pycma: [426, 1432, 3990, 12780] },
  },
  {
    name: "rosenbrock",
    from: 0.1,
    evaluations: { cmaes: [480, 1800, 5050, 17100], pycma: [438, 1608, 5000, 16284] },
  },
] as const;
