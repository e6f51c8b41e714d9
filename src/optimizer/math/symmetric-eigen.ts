/**
 * Eigendecomposition A = B diag(d) Bᵀ of a small symmetric matrix (n ≤ a few dozen) by cyclic Jacobi rotations:
 * the most accurate of the classical methods, and simple. G. H. Golub and C. F. Van Loan, Matrix Computations,
 * section 8.5.
 */

export interface SymmetricEigen {
  /** Ascending. */
  readonly values: Float64Array;
  /** Row-major n × n; column j is the unit eigenvector of `values[j]`. */
  readonly vectors: Float64Array;
}

const MAX_SWEEPS = 60;

/** `matrix` is row-major n × n and symmetric; it is left as it was. */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const a = Float64Array.from(matrix.subarray(0, n * n));
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) if (rotate(a, v, n, p, q)) rotated = true;
    }
    if (!rotated) break;
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[i * n + i]! - a[j * n + j]! || i - j);
  const values = new Float64Array(n);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    values[to] = a[from * n + from]!;
    for (let i = 0; i < n; i++) vectors[i * n + to] = v[i * n + from]!;
  });
  return { values, vectors };
}

/** Annihilates a[p][q]; false when it is already negligible beside its diagonal elements. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): boolean {
  const off = a[p * n + q]!;
  const app = a[p * n + p]!;
  const aqq = a[q * n + q]!;
  const negligible = Math.abs(off) <= 1e-18 * Math.sqrt(Math.abs(app * aqq)) || Math.abs(off) < 1e-300;
  if (off === 0 || negligible) {
    a[p * n + q] = 0;
    a[q * n + p] = 0;
    return false;
  }
  const theta = (aqq - app) / (2 * off);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  a[p * n + p] = app - t * off;
  a[q * n + q] = aqq + t * off;
  a[p * n + q] = 0;
  a[q * n + p] = 0;
  for (let i = 0; i < n; i++) {
    if (i !== p && i !== q) {
      const aip = a[i * n + p]!;
      const aiq = a[i * n + q]!;
      a[i * n + p] = c * aip - s * aiq;
      a[p * n + i] = a[i * n + p]!;
      a[i * n + q] = s * aip + c * aiq;
      a[q * n + i] = a[i * n + q]!;
    }
    const vip = v[i * n + p]!;
    const viq = v[i * n + q]!;
    v[i * n + p] = c * vip - s * viq;
    v[i * n + q] = s * vip + c * viq;
  }
  return true;
}
