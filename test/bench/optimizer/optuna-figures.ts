/**
 * Optuna's figures, measured on two virtual CPUs of an AMD EPYC with one thread: version 5.0.0.dev at commit 1d8ce7bb, Python 3.11.
 */

/** Milliseconds of a whole suggestion of 10 float parameters, by finished trials; storage in memory, model warm. */
export const OPTUNA_MILLISECONDS: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  tpe: { 100: 3.3, 1000: 16 },
  gp: { 20: 39, 50: 71, 100: 95, 200: 111, 500: 470, 1000: 2700 },
};

/** In the order of {@link OPTUNA_FUNCTIONS}. */
type Row = readonly [number, number, number, number, number, number];

export const OPTUNA_FUNCTIONS = [
  "branin",
  "hartmann6",
  "rosenbrock5",
  "ackley5",
  "levy8",
  "rot_ellipsoid8",
] as const;

interface OptunaRegret {
  /** Our name of the sampler. */
  readonly sampler: string;
  readonly noise: number;
  readonly evaluations: number;
  /** Median over 11 seeds of the true regret of the trial with the best observation, which Optuna recommends. */
  readonly bestObserved: Row;
  /** The same of the visited point with the best posterior mean of Optuna's own model, where it was measured. */
  readonly bestMean?: Row;
}

export const OPTUNA_REGRETS: readonly OptunaRegret[] = [
  row("random", 0, 50, [0.7666, 1.718, 78.39, 6.543, 17.93, 0.9823]),
  row("tpe", 0, 50, [0.03731, 0.2622, 16.31, 3.619, 14.49, 0.6062]),
  row("cma-es", 0, 50, [0.5525, 0.8573, 12.52, 4.509, 2.725, 0.5508]),
  row("gp", 0, 50, [3.749e-5, 0.003997, 16.86, 2.232, 10.49, 0.4949]),
  row("random", 0, 100, [0.1958, 1.275, 70.23, 5.782, 17, 0.817]),
  row("tpe", 0, 100, [0.01792, 0.1443, 6.221, 2.127, 6.285, 0.2457]),
  row("cma-es", 0, 100, [0.005399, 0.2367, 5.511, 2.755, 2.036, 0.2539]),
  row("gp", 0, 100, [1.572e-5, 0.000105, 2.9, 2.151, 1.326, 0.06784]),
  row("random", 0, 200, [0.07482, 1.16, 62.39, 5.527, 15.97, 0.6694]),
  row("tpe", 0, 200, [0.004166, 0.03097, 4.028, 1.029, 2.814, 0.1398]),
  row("cma-es", 0, 200, [1.245e-5, 0.0599, 3.279, 0.7687, 0.4836, 0.08336]),
  row("random", 0.1, 50, [2.313, 1.718, 189.3, 6.543, 17.93, 1.757]),
  row("tpe", 0.1, 50, [1.42, 0.4393, 60.08, 3.296, 12.07, 1.348]),
  row("cma-es", 0.1, 50, [3.662, 0.8011, 56.66, 4.573, 6.814, 1.548]),
  row("gp", 0.1, 50, [0.4086, 0.05836, 73.41, 2.513, 9.421, 1.068]),
  row("random", 0.1, 100, [1.659, 1.275, 91.65, 5.782, 17.93, 1.398]),
  row("tpe", 0.1, 100, [1.42, 0.1192, 52.67, 2.58, 8.483, 1.01]),
  row("cma-es", 0.1, 100, [2.817, 0.2993, 79.76, 3.212, 3.907, 0.8242]),
  row(
    "gp",
    0.1,
    100,
    [0.7457, 0.03175, 47.99, 2.061, 4.128, 0.959],
    [0.317, 0.0226, 35.4, 2.076, 5.43, 0.582],
  ),
  row("random", 0.1, 200, [2.313, 1.19, 111.6, 5.527, 17.27, 1.357]),
  row("tpe", 0.1, 200, [1.212, 0.065, 26.16, 1.353, 7.02, 0.9936]),
  row("cma-es", 0.1, 200, [1.012, 0.04946, 71.98, 1.364, 3.168, 0.8094]),
  row("random", 0.3, 50, [2.313, 1.718, 192.9, 6.566, 22.36, 2.937]),
  row("tpe", 0.3, 50, [1.525, 0.383, 198.9, 3.809, 21.42, 1.851]),
  row("cma-es", 0.3, 50, [12.99, 0.7277, 144.9, 4.343, 14.06, 1.913]),
  row("gp", 0.3, 50, [5.997, 0.3795, 156.9, 2.966, 12.09, 2.148]),
  row("random", 0.3, 100, [2.313, 1.275, 192.5, 6.566, 23.08, 3.673]),
  row(
    "tpe",
    0.3,
    100,
    [3.517, 0.2165, 138.1, 2.653, 19.58, 1.903],
    [2.372, 0.1536, 67.9, 3.113, 14.15, 1.751],
  ),
  row("cma-es", 0.3, 100, [4.322, 0.5531, 95.8, 3.579, 8.959, 1.566]),
  row("gp", 0.3, 100, [4.723, 0.0496, 305.9, 2.426, 10.33, 2.514], [1.85, 0.0582, 101.9, 2.735, 5.93, 1.992]),
  row("random", 0.3, 200, [3.496, 1.19, 393.6, 5.744, 22.72, 2.032]),
  row("tpe", 0.3, 200, [4.302, 0.1427, 153.5, 1.97, 19.58, 1.646]),
  row("cma-es", 0.3, 200, [4.318, 0.09754, 110.9, 1.352, 6.397, 0.9219]),
];

function row(
  sampler: string,
  noise: number,
  evaluations: number,
  bestObserved: Row,
  bestMean?: Row,
): OptunaRegret {
  return { sampler, noise, evaluations, bestObserved, ...(bestMean === undefined ? {} : { bestMean }) };
}
