/*
 * The loops of src/optimizer/math/cholesky.ts in plain C, to time them against: factorisation, inverse from the factor, and
 * the solution for many right-hand sides. Arguments: n, right-hand sides, repetitions. Prints the fastest of each in ms.
 */
#define _POSIX_C_SOURCE 199309L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double milliseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static void cholesky(double *a, int n) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j <= i; j++) {
      double s = a[i * n + j];
      for (int k = 0; k < j; k++) s -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = i == j ? sqrt(s) : s / a[j * n + j];
    }
}

static void solve_row(const double *l, int n, double *x, int from) {
  for (int j = from; j < n; j++) {
    double s = x[j];
    for (int k = from; k < j; k++) s -= x[k] * l[j * n + k];
    x[j] = s / l[j * n + j];
  }
}

static void inverse_of(const double *l, int n, double *inverse, double *work) {
  memset(work, 0, sizeof(double) * (size_t)n * (size_t)n);
  for (int c = 0; c < n; c++) {
    work[c * n + c] = 1;
    solve_row(l, n, work + c * n, c);
  }
  for (int i = 0; i < n; i++)
    for (int c = 0; c <= i; c++) {
      double s = 0;
      for (int k = i; k < n; k++) s += work[i * n + k] * work[c * n + k];
      inverse[i * n + c] = s;
    }
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  const int n = atoi(arguments[1]), columns = atoi(arguments[2]), repetitions = atoi(arguments[3]);
  const size_t size = sizeof(double) * (size_t)n * (size_t)n;
  double *a = malloc(size), *l = malloc(size), *inverse = malloc(size), *work = malloc(size);
  double *rows = malloc(sizeof(double) * (size_t)n * (size_t)columns);
  if (!a || !l || !inverse || !work || !rows) return 1;
  for (int i = 0; i < n; i++)
    for (int j = 0; j <= i; j++) a[i * n + j] = exp(-abs(i - j) / 20.0) + (i == j ? 0.1 : 0);
  double best[3] = {1e300, 1e300, 1e300};
  volatile double kept = 0;
  for (int r = 0; r < repetitions; r++) {
    memcpy(l, a, size);
    const double t0 = milliseconds();
    cholesky(l, n);
    const double t1 = milliseconds();
    inverse_of(l, n, inverse, work);
    const double t2 = milliseconds();
    for (int i = 0; i < n * columns; i++) rows[i] = 0.5;
    const double t3 = milliseconds();
    for (int c = 0; c < columns; c++) solve_row(l, n, rows + c * n, 0);
    const double t4 = milliseconds();
    kept += inverse[n * n - 1] + rows[n * columns - 1];
    best[0] = fmin(best[0], t1 - t0);
    best[1] = fmin(best[1], t2 - t1);
    best[2] = fmin(best[2], t4 - t3);
  }
  printf("%.6f %.6f %.6f\n", best[0], best[1], best[2]);
  return isfinite(kept) ? 0 : 1;
}
