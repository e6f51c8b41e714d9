/**
 * Hyperparameters of a large data set are fitted on an evenly spread part of it: they are a handful of numbers
 * and hardly gain from the rest, while the cost grows with the cube.
 */
import type { ProcessData } from "./fit.ts";

/** At most `largest` of the observations, evenly spaced and with the latest among them. */
export function subsample(data: ProcessData, largest: number): ProcessData {
  const n = data.y.length;
  if (n <= largest) return data;
  const { size } = data.shape;
  const x = new Float64Array(largest * size);
  const y = new Float64Array(largest);
  const knownVariance = new Float64Array(largest);
  for (let i = 0; i < largest; i++) {
    const from = n - 1 - Math.floor((i * n) / largest);
    x.set(data.x.subarray(from * size, (from + 1) * size), i * size);
    y[i] = data.y[from]!;
    knownVariance[i] = data.knownVariance[from]!;
  }
  return { shape: data.shape, x, y, knownVariance };
}
