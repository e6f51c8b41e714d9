/**
 * Indices that sort an array: quicksort with the median of three as pivot and insertion sort for short stretches
 * (R. Sedgewick, "Implementing quicksort programs", Comm. ACM 21, 1978).
 *
 * It is not stable, and that is the point beside its speed: which of several equal observations gets which bandwidth
 * hangs on the order of the sort, and Optuna leaves that to NumPy's sort, which is this one (on processors for which
 * NumPy has no vectorised one). So equal observations get the bandwidths they get there.
 */

/** Stretches of at most this many elements are sorted by insertion. */
const SHORT = 16;

/** @param values none of them NaN */
export function sortedOrder(values: Float64Array): Uint32Array {
  const order = new Uint32Array(values.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  sortStretch(values, order, 0, order.length - 1);
  return order;
}

function sortStretch(values: Float64Array, order: Uint32Array, first: number, last: number): void {
  let low = first;
  let high = last;
  while (high - low >= SHORT) {
    const middle = partition(values, order, low, high);
    // The shorter part by recursion, the longer one in this loop: the depth stays logarithmic.
    if (middle - low < high - middle) {
      sortStretch(values, order, low, middle - 1);
      low = middle + 1;
    } else {
      sortStretch(values, order, middle + 1, high);
      high = middle - 1;
    }
  }
  insertionSort(values, order, low, high);
}

/** Puts one element where it belongs, smaller ones before and larger ones after it; returns its place. */
function partition(values: Float64Array, order: Uint32Array, low: number, high: number): number {
  const middle = low + ((high - low) >> 1);
  exchangeIfLess(values, order, middle, low);
  exchangeIfLess(values, order, high, middle);
  exchangeIfLess(values, order, middle, low);
  const pivot = values[order[middle]!]!;
  // The outer two are sentinels; the pivot waits beside the upper one.
  exchange(order, middle, high - 1);
  let i = low;
  let j = high - 1;
  for (;;) {
    do i++;
    while (values[order[i]!]! < pivot);
    do j--;
    while (pivot < values[order[j]!]!);
    if (i >= j) break;
    exchange(order, i, j);
  }
  exchange(order, i, high - 1);
  return i;
}

function insertionSort(values: Float64Array, order: Uint32Array, low: number, high: number): void {
  for (let i = low + 1; i <= high; i++) {
    const moved = order[i]!;
    const value = values[moved]!;
    let j = i;
    while (j > low && value < values[order[j - 1]!]!) {
      order[j] = order[j - 1]!;
      j--;
    }
    order[j] = moved;
  }
}

function exchangeIfLess(values: Float64Array, order: Uint32Array, a: number, b: number): void {
  if (values[order[a]!]! < values[order[b]!]!) exchange(order, a, b);
}

function exchange(order: Uint32Array, a: number, b: number): void {
  const held = order[a]!;
  order[a] = order[b]!;
  order[b] = held;
}
