/** Principal axes of a covariance matrix: C = B D² Bᵀ. */
import { symmetricEigen } from "../math/symmetric-eigen.ts";

export interface Axes {
  /** B, row-major n × n, eigenvectors as columns. */
  readonly directions: Float64Array;
  /** D, square roots of the eigenvalues, ascending. */
  readonly lengths: Float64Array;
}

/** What an eigenvalue is lifted to that rounding or negative weights have pushed below zero. */
const LEAST_EIGENVALUE = 1e-8;

/**
 * The axes of a symmetric row-major n × n matrix, and the matrix itself: the nearest one without negative eigenvalues.
 */
export function principalAxes(
  matrix: Float64Array,
  n: number,
): { readonly axes: Axes; readonly covariance: Float64Array } {
  const { values, vectors } = symmetricEigen(matrix, n);
  const lengths = values.map((v) => Math.sqrt(v < 0 ? LEAST_EIGENVALUE : v));
  const axes = { directions: vectors, lengths };
  return { axes, covariance: values[0]! < 0 ? recompose(axes) : matrix };
}

/** C^(−1/2) y = B D⁻¹ Bᵀ y */
export function whiten({ directions, lengths }: Axes, y: Float64Array): Float64Array {
  const n = y.length;
  const out = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    let along = 0;
    for (let i = 0; i < n; i++) along += directions[i * n + j]! * y[i]!;
    along /= lengths[j]!;
    for (let i = 0; i < n; i++) out[i]! += directions[i * n + j]! * along;
  }
  return out;
}

/** C^(−1/2) A C^(−1/2) of a symmetric A, row-major n × n. */
export function whitenMatrix(axes: Axes, matrix: Float64Array): Float64Array {
  const n = axes.lengths.length;
  const half = new Float64Array(n * n);
  for (let i = 0; i < n; i++) half.set(whiten(axes, matrix.subarray(i * n, (i + 1) * n)), i * n);
  const out = new Float64Array(n * n);
  const column = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) column[i] = half[i * n + j]!;
    out.set(whiten(axes, column), j * n);
  }
  return out;
}

function recompose({ directions, lengths }: Axes): Float64Array {
  const n = lengths.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) {
        matrix[i * n + j]! += directions[i * n + k]! * lengths[k]! ** 2 * directions[j * n + k]!;
      }
    }
  }
  return matrix;
}
