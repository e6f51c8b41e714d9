/**
 * Hyperparameters of a large data set are fitted on an evenly spread part of it: they are a handful of numbers
 * and hardly gain from the rest, while the cost grows with the cube.
 */
import type { ProcessData } from "./fit.ts";

export const LARGEST_FIT = 250;

/** At most {@link LARGEST_FIT} of the observations, evenly spaced and with the latest among them. */
export function subsample(data: ProcessData): ProcessData {
  const n = data.y.length;
  if (n <= LARGEST_FIT) return data;
  const { size } = data.shape;
  const x = new Float64Array(LARGEST_FIT * size);
  const y = new Float64Array(LARGEST_FIT);
  const knownVariance = new Float64Array(LARGEST_FIT);
  for (let i = 0; i < LARGEST_FIT; i++) {
    const from = n - 1 - Math.floor((i * n) / LARGEST_FIT);
    x.set(data.x.subarray(from * size, (from + 1) * size), i * size);
    y[i] = data.y[from]!;
    knownVariance[i] = data.knownVariance[from]!;
  }
  return { shape: data.shape, x, y, knownVariance };
}
