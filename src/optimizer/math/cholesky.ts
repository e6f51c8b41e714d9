/**
 * Cholesky factorisation A = L Lᵀ and the triangular algebra on it. Matrices are row-major Float64Arrays with an
 * explicit row stride; of square ones only the lower triangle is read.
 *
 * All that costs n³ is one operation, the solution of L x = b for four right-hand sides that lie in rows: the rows of L itself are
 * found so (bordering), those of L⁻ᵀ too, and a block of covariances. It is made of dot products of four rows with two, where
 * each number loaded is used several times and every row is walked in order.
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

/**
 * Factorises the lower triangle of `a` (n × n) in place, from row `from` on; rows before it already hold L, which
 * makes this the extension of a factorisation by rows too. False when a pivot is not positive: `a` is then
 * partly overwritten.
 */
export function choleskyInPlace(a: Float64Array, n: number, stride = n, from = 0): boolean {
  let i = from;
  for (; i + 3 < n; i += 4) {
    solveFourRows(a, stride, a, i * stride, stride, 0, i);
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

/**
 * Solves L x = b in place for four b in rows of `x`, the first of them at `offset`: elements `from` to `to`, those before `from`
 * being zero.
 */
function solveFourRows(
  l: Float64Array,
  stride: number,
  x: Float64Array,
  offset: number,
  xStride: number,
  from: number,
  to: number,
): void {
  const x0 = offset;
  const x1 = x0 + xStride;
  const x2 = x1 + xStride;
  const x3 = x2 + xStride;
  let j = from;
  for (; j + 1 < to; j += 2) {
    const l0 = j * stride;
    const l1 = l0 + stride;
    let s00 = x[x0 + j]!;
    let s10 = x[x1 + j]!;
    let s20 = x[x2 + j]!;
    let s30 = x[x3 + j]!;
    let s01 = x[x0 + j + 1]!;
    let s11 = x[x1 + j + 1]!;
    let s21 = x[x2 + j + 1]!;
    let s31 = x[x3 + j + 1]!;
    for (let k = from; k < j; k++) {
      const b0 = l[l0 + k]!;
      const b1 = l[l1 + k]!;
      const a0 = x[x0 + k]!;
      s00 -= a0 * b0;
      s01 -= a0 * b1;
      const a1 = x[x1 + k]!;
      s10 -= a1 * b0;
      s11 -= a1 * b1;
      const a2 = x[x2 + k]!;
      s20 -= a2 * b0;
      s21 -= a2 * b1;
      const a3 = x[x3 + k]!;
      s30 -= a3 * b0;
      s31 -= a3 * b1;
    }
    const first = 1 / l[l0 + j]!;
    const between = l[l1 + j]!;
    const second = 1 / l[l1 + j + 1]!;
    x[x0 + j] = s00 *= first;
    x[x1 + j] = s10 *= first;
    x[x2 + j] = s20 *= first;
    x[x3 + j] = s30 *= first;
    x[x0 + j + 1] = (s01 - s00 * between) * second;
    x[x1 + j + 1] = (s11 - s10 * between) * second;
    x[x2 + j + 1] = (s21 - s20 * between) * second;
    x[x3 + j + 1] = (s31 - s30 * between) * second;
  }
  if (j === to) return;
  for (let row = x0; row <= x3; row += xStride) {
    x[row + j] = (x[row + j]! - dot(x, row + from, l, j * stride + from, j - from)) / l[j * stride + j]!;
  }
}

/** Solves L x = b in place. */
export function solveLower(l: Float64Array, n: number, x: Float64Array, stride = n, offset = 0): void {
  let i = 0;
  for (; i + 3 < n; i += 4) {
    const l0 = i * stride;
    const l1 = l0 + stride;
    const l2 = l1 + stride;
    const l3 = l2 + stride;
    let s0 = x[offset + i]!;
    let s1 = x[offset + i + 1]!;
    let s2 = x[offset + i + 2]!;
    let s3 = x[offset + i + 3]!;
    for (let k = 0; k < i; k++) {
      const v = x[offset + k]!;
      s0 -= l[l0 + k]! * v;
      s1 -= l[l1 + k]! * v;
      s2 -= l[l2 + k]! * v;
      s3 -= l[l3 + k]! * v;
    }
    s0 /= l[l0 + i]!;
    s1 = (s1 - l[l1 + i]! * s0) / l[l1 + i + 1]!;
    s2 = (s2 - l[l2 + i]! * s0 - l[l2 + i + 1]! * s1) / l[l2 + i + 2]!;
    s3 = (s3 - l[l3 + i]! * s0 - l[l3 + i + 1]! * s1 - l[l3 + i + 2]! * s2) / l[l3 + i + 3]!;
    x[offset + i] = s0;
    x[offset + i + 1] = s1;
    x[offset + i + 2] = s2;
    x[offset + i + 3] = s3;
  }
  for (; i < n; i++) x[offset + i] = (x[offset + i]! - dot(l, i * stride, x, offset, i)) / l[i * stride + i]!;
}

/** Solves Lᵀ x = b in place. */
export function solveLowerTransposed(l: Float64Array, n: number, x: Float64Array, stride = n): void {
  let i = n - 1;
  for (; i >= 3; i -= 4) {
    const l0 = i * stride;
    const l1 = l0 - stride;
    const l2 = l1 - stride;
    const l3 = l2 - stride;
    const v0 = x[i]! / l[l0 + i]!;
    const v1 = (x[i - 1]! - l[l0 + i - 1]! * v0) / l[l1 + i - 1]!;
    const v2 = (x[i - 2]! - l[l0 + i - 2]! * v0 - l[l1 + i - 2]! * v1) / l[l2 + i - 2]!;
    const v3 = (x[i - 3]! - l[l0 + i - 3]! * v0 - l[l1 + i - 3]! * v1 - l[l2 + i - 3]! * v2) / l[l3 + i - 3]!;
    x[i] = v0;
    x[i - 1] = v1;
    x[i - 2] = v2;
    x[i - 3] = v3;
    for (let k = 0; k < i - 3; k++) {
      x[k]! -= l[l0 + k]! * v0 + l[l1 + k]! * v1 + (l[l2 + k]! * v2 + l[l3 + k]! * v3);
    }
  }
  for (; i >= 0; i--) {
    const value = x[i]! / l[i * stride + i]!;
    x[i] = value;
    for (let k = 0; k < i; k++) x[k]! -= l[i * stride + k]! * value;
  }
}

/** Solves L x = b in place for many right-hand sides, the rows of `x` (count × n). */
export function solveLowerRows(l: Float64Array, n: number, x: Float64Array, count: number, stride = n): void {
  let row = 0;
  for (; row + 3 < count; row += 4) solveFourRows(l, stride, x, row * n, n, 0, n);
  for (; row < count; row++) solveLower(l, n, x, stride, row * n);
}

/** log det A = 2 Σ log L_ii. */
export function logDeterminant(l: Float64Array, n: number, stride = n): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(l[i * stride + i]!);
  return 2 * sum;
}

/**
 * The lower triangle of A⁻¹ = L⁻ᵀ L⁻¹ from L, written to `inverse` (what is above the diagonal is then meaningless); `work` (n × n)
 * is overwritten with L⁻ᵀ, whose row c solves L x = e_c.
 */
export function inverseFromCholesky(
  l: Float64Array,
  n: number,
  inverse: Float64Array,
  work: Float64Array,
): void {
  work.fill(0, 0, n * n);
  for (let i = 0; i < n; i++) work[i * n + i] = 1;
  let c = 0;
  for (; c + 3 < n; c += 4) solveFourRows(l, n, work, c * n, n, c, n);
  for (; c < n; c++) solveLower(l, n, work, n, c * n);
  let i = 0;
  for (; i + 3 < n; i += 4) {
    let k = 0;
    for (; k < i + 4; k += 2) multiplyFourByTwo(work, n, i, k, inverse);
  }
  for (; i < n; i++) {
    for (let k = 0; k <= i; k++) inverse[i * n + k] = dot(work, i * n + i, work, k * n + i, n - i);
  }
}

/** Rows i to i + 3 of U times rows c and c + 1 of it, over the columns from i on: U is upper triangular. */
function multiplyFourByTwo(u: Float64Array, n: number, i: number, c: number, product: Float64Array): void {
  const a0 = i * n;
  const a1 = a0 + n;
  const a2 = a1 + n;
  const a3 = a2 + n;
  const b0 = c * n;
  const b1 = b0 + n;
  let s00 = 0;
  let s10 = 0;
  let s20 = 0;
  let s30 = 0;
  let s01 = 0;
  let s11 = 0;
  let s21 = 0;
  let s31 = 0;
  for (let k = i; k < n; k++) {
    const x0 = u[b0 + k]!;
    const x1 = u[b1 + k]!;
    const y0 = u[a0 + k]!;
    s00 += y0 * x0;
    s01 += y0 * x1;
    const y1 = u[a1 + k]!;
    s10 += y1 * x0;
    s11 += y1 * x1;
    const y2 = u[a2 + k]!;
    s20 += y2 * x0;
    s21 += y2 * x1;
    const y3 = u[a3 + k]!;
    s30 += y3 * x0;
    s31 += y3 * x1;
  }
  product[a0 + c] = s00;
  product[a0 + c + 1] = s01;
  product[a1 + c] = s10;
  product[a1 + c + 1] = s11;
  product[a2 + c] = s20;
  product[a2 + c + 1] = s21;
  product[a3 + c] = s30;
  product[a3 + c + 1] = s31;
}
