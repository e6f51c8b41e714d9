/**
 * Cholesky factorisation A = L Lᵀ and the triangular algebra on it. Matrices are square, row-major Float64Arrays
 * with an explicit row stride; only the lower triangle is read or written. Every inner loop runs along rows, so
 * memory is walked in order; four rows are worked on at a time, so that each loaded row is used four times.
 */

/** Σ a[i] b[i] over `length` elements from the two offsets, with four independent sums. */
export function dot(
  a: Float64Array,
  aOffset: number,
  b: Float64Array,
  bOffset: number,
  length: number,
): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (const end = length - 3; i < end; i += 4) {
    s0 += a[aOffset + i]! * b[bOffset + i]!;
    s1 += a[aOffset + i + 1]! * b[bOffset + i + 1]!;
    s2 += a[aOffset + i + 2]! * b[bOffset + i + 2]!;
    s3 += a[aOffset + i + 3]! * b[bOffset + i + 3]!;
  }
  for (; i < length; i++) s0 += a[aOffset + i]! * b[bOffset + i]!;
  return s0 + s1 + (s2 + s3);
}

/** y[i] += factor · x[i] over `length` elements. */
function addScaled(
  y: Float64Array,
  yOffset: number,
  factor: number,
  x: Float64Array,
  xOffset: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) y[yOffset + i]! += factor * x[xOffset + i]!;
}

/**
 * Factorises the lower triangle of `a` (n × n) in place, from row `from` on; rows before it already hold L, which
 * makes this the extension of a factorisation by rows too. False when a pivot is not positive: `a` is then
 * partly overwritten.
 */
export function choleskyInPlace(a: Float64Array, n: number, stride = n, from = 0): boolean {
  let i = from;
  for (; i + 3 < n; i += 4) {
    const r0 = i * stride;
    const r1 = r0 + stride;
    const r2 = r1 + stride;
    const r3 = r2 + stride;
    for (let j = 0; j < i; j++) {
      const rj = j * stride;
      let s0 = a[r0 + j]!;
      let s1 = a[r1 + j]!;
      let s2 = a[r2 + j]!;
      let s3 = a[r3 + j]!;
      for (let k = 0; k < j; k++) {
        const l = a[rj + k]!;
        s0 -= a[r0 + k]! * l;
        s1 -= a[r1 + k]! * l;
        s2 -= a[r2 + k]! * l;
        s3 -= a[r3 + k]! * l;
      }
      const inverse = 1 / a[rj + j]!;
      a[r0 + j] = s0 * inverse;
      a[r1 + j] = s1 * inverse;
      a[r2 + j] = s2 * inverse;
      a[r3 + j] = s3 * inverse;
    }
    for (let row = i; row < i + 4; row++) if (!finishRow(a, row, i, stride)) return false;
  }
  for (; i < n; i++) if (!finishRow(a, i, 0, stride)) return false;
  return true;
}

/** Completes row `i`, whose first `done` elements are final. */
function finishRow(a: Float64Array, i: number, done: number, stride: number): boolean {
  const ri = i * stride;
  for (let j = done; j < i; j++) {
    const rj = j * stride;
    a[ri + j] = (a[ri + j]! - dot(a, ri, a, rj, j)) / a[rj + j]!;
  }
  const pivot = a[ri + i]! - dot(a, ri, a, ri, i);
  if (!(pivot > 0) || pivot === Number.POSITIVE_INFINITY) return false;
  a[ri + i] = Math.sqrt(pivot);
  return true;
}

/** Solves L x = b in place. */
export function solveLower(l: Float64Array, n: number, x: Float64Array, stride = n): void {
  for (let i = 0; i < n; i++) x[i] = (x[i]! - dot(l, i * stride, x, 0, i)) / l[i * stride + i]!;
}

/** Solves Lᵀ x = b in place. */
export function solveLowerTransposed(l: Float64Array, n: number, x: Float64Array, stride = n): void {
  for (let i = n - 1; i >= 0; i--) {
    const value = x[i]! / l[i * stride + i]!;
    x[i] = value;
    addScaled(x, 0, -value, l, i * stride, i);
  }
}

/**
 * Solves L X = B in place for many right-hand sides at once: `b` holds them as rows of a (n × columns) matrix, so
 * that one pass over L serves all columns.
 */
export function solveLowerMany(
  l: Float64Array,
  n: number,
  b: Float64Array,
  columns: number,
  stride = n,
): void {
  for (let i = 0; i < n; i++) {
    const row = i * columns;
    let k = 0;
    for (; k + 3 < i; k += 4) {
      const l0 = l[i * stride + k]!;
      const l1 = l[i * stride + k + 1]!;
      const l2 = l[i * stride + k + 2]!;
      const l3 = l[i * stride + k + 3]!;
      const b0 = k * columns;
      const b1 = b0 + columns;
      const b2 = b1 + columns;
      const b3 = b2 + columns;
      for (let c = 0; c < columns; c++) {
        b[row + c]! -= l0 * b[b0 + c]! + l1 * b[b1 + c]! + (l2 * b[b2 + c]! + l3 * b[b3 + c]!);
      }
    }
    for (; k < i; k++) addScaled(b, row, -l[i * stride + k]!, b, k * columns, columns);
    const inverse = 1 / l[i * stride + i]!;
    for (let c = 0; c < columns; c++) b[row + c]! *= inverse;
  }
}

/** log det A = 2 Σ log L_ii. */
export function logDeterminant(l: Float64Array, n: number, stride = n): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(l[i * stride + i]!);
  return 2 * sum;
}

/**
 * The lower triangle of A⁻¹ from L, written to `inverse`; `work` (n × n) is overwritten with L⁻¹.
 */
export function inverseFromCholesky(
  l: Float64Array,
  n: number,
  inverse: Float64Array,
  work: Float64Array,
): void {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    work.fill(0, row, row + n);
    let k = 0;
    for (; k + 3 < i; k += 4) {
      const l0 = l[row + k]!;
      const l1 = l[row + k + 1]!;
      const l2 = l[row + k + 2]!;
      const l3 = l[row + k + 3]!;
      const w0 = k * n;
      const w1 = w0 + n;
      const w2 = w1 + n;
      const w3 = w2 + n;
      for (let c = 0; c < k + 4; c++) {
        work[row + c]! -= l0 * work[w0 + c]! + l1 * work[w1 + c]! + (l2 * work[w2 + c]! + l3 * work[w3 + c]!);
      }
    }
    for (; k < i; k++) addScaled(work, row, -l[row + k]!, work, k * n, k + 1);
    const scale = 1 / l[row + i]!;
    for (let c = 0; c < i; c++) work[row + c]! *= scale;
    work[row + i] = scale;
  }
  inverse.fill(0, 0, n * n);
  let k = 0;
  for (; k + 3 < n; k += 4) {
    const w0 = k * n;
    const w1 = w0 + n;
    const w2 = w1 + n;
    const w3 = w2 + n;
    for (let i = 0; i < k + 4; i++) {
      const f0 = work[w0 + i]!;
      const f1 = work[w1 + i]!;
      const f2 = work[w2 + i]!;
      const f3 = work[w3 + i]!;
      const row = i * n;
      for (let c = 0; c <= i; c++) {
        inverse[row + c]! +=
          f0 * work[w0 + c]! + f1 * work[w1 + c]! + (f2 * work[w2 + c]! + f3 * work[w3 + c]!);
      }
    }
  }
  for (; k < n; k++) {
    for (let i = 0; i <= k; i++) addScaled(inverse, i * n, work[k * n + i]!, work, k * n, i + 1);
  }
}
