import assert from "node:assert/strict";
import { test } from "node:test";
import {
  choleskyInPlace,
  inverseFromCholesky,
  solveLower,
  solveLowerRows,
  solveLowerTransposed,
} from "../../src/optimizer/math/cholesky.ts";
import { RandomSource } from "../../src/optimizer/math/random-source.ts";

const SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 32, 33, 50];
const near = (actual: number, expected: number, what: string): void =>
  assert.ok(Math.abs(actual - expected) < 1e-10, `${what}: ${actual}, not ${expected}`);

/** B Bᵀ + identity, full. */
function positiveDefinite(n: number): Float64Array {
  const source = new RandomSource({ seed: n, index: 0, stream: "matrix" });
  const b = Array.from({ length: n }, () => Array.from({ length: n }, () => source.normal()));
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      a[i * n + j] = b[i]!.reduce((sum, v, k) => sum + (v * b[j]![k]!) / n, i === j ? 1 : 0);
  return a;
}

for (const n of SIZES) {
  test(`factor, inverse and solutions of ${n} × ${n}, whatever the remainder of the blocks`, () => {
    const a = positiveDefinite(n);
    const l = a.slice();
    assert.ok(choleskyInPlace(l, n));
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let product = 0;
        for (let k = 0; k <= j; k++) product += l[i * n + k]! * l[j * n + k]!;
        near(product, a[i * n + j]!, `L Lᵀ ${i} ${j}`);
      }
    }
    const inverse = new Float64Array(n * n);
    inverseFromCholesky(l, n, inverse, new Float64Array(n * n));
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let product = 0;
        for (let k = 0; k < n; k++) product += a[i * n + k]! * inverse[Math.max(k, j) * n + Math.min(k, j)]!;
        near(product, i === j ? 1 : 0, `A A⁻¹ ${i} ${j}`);
      }
    }
    const rows = Float64Array.from({ length: 5 * n }, (_, i) => Math.sin(i));
    const wanted = rows.slice();
    solveLowerRows(l, n, rows, 5);
    for (let row = 0; row < 5; row++) {
      const x = wanted.slice(row * n, (row + 1) * n);
      solveLower(l, n, x);
      x.forEach((value, i) => {
        near(rows[row * n + i]!, value, `row ${row}`);
      });
      solveLowerTransposed(l, n, x);
      for (let i = 0; i < n; i++) {
        const product = x.reduce((sum, value, k) => sum + a[i * n + k]! * value, 0);
        near(product, wanted[row * n + i]!, `A x ${row} ${i}`);
      }
    }
  });
}

test("a factor extended by rows is that of the whole matrix, and an indefinite matrix has none", () => {
  const n = 11;
  const a = positiveDefinite(n);
  const whole = a.slice();
  choleskyInPlace(whole, n);
  const grown = a.slice();
  assert.ok(choleskyInPlace(grown, 7, n));
  assert.ok(choleskyInPlace(grown, n, n, 7));
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) near(grown[i * n + j]!, whole[i * n + j]!, `${i} ${j}`);
  a[5 * n + 5] = -1;
  assert.equal(choleskyInPlace(a, n), false);
});
