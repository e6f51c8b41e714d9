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
  sortStretch(values.slice(), order, 0, order.length - 1);
  return order;
}

/** Sorts a stretch of `keys` in place, and moves the elements of `order` along. */
function sortStretch(keys: Float64Array, order: Uint32Array, first: number, last: number): void {
  let low = first;
  let high = last;
  while (high - low >= SHORT) {
    const middle = partition(keys, order, low, high);
    // The shorter part by recursion, the longer one in this loop: the depth stays logarithmic.
    if (middle - low < high - middle) {
      sortStretch(keys, order, low, middle - 1);
      low = middle + 1;
    } else {
      sortStretch(keys, order, middle + 1, high);
      high = middle - 1;
    }
  }
  insertionSort(keys, order, low, high);
}

/** Puts one element where it belongs, smaller ones before and larger ones after it; returns its place. */
function partition(keys: Float64Array, order: Uint32Array, low: number, high: number): number {
  const middle = low + ((high - low) >> 1);
  exchangeIfLess(keys, order, middle, low);
  exchangeIfLess(keys, order, high, middle);
  exchangeIfLess(keys, order, middle, low);
  const pivot = keys[middle]!;
  // The outer two are sentinels; the pivot waits beside the upper one.
  exchange(keys, order, middle, high - 1);
  let i = low;
  let j = high - 1;
  for (;;) {
    do i++;
    while (keys[i]! < pivot);
    do j--;
    while (pivot < keys[j]!);
    if (i >= j) break;
    exchange(keys, order, i, j);
  }
  exchange(keys, order, i, high - 1);
  return i;
}

function insertionSort(keys: Float64Array, order: Uint32Array, low: number, high: number): void {
  for (let i = low + 1; i <= high; i++) {
    const moved = order[i]!;
    const key = keys[i]!;
    let j = i;
    while (j > low && key < keys[j - 1]!) {
      keys[j] = keys[j - 1]!;
      order[j] = order[j - 1]!;
      j--;
    }
    keys[j] = key;
    order[j] = moved;
  }
}

function exchangeIfLess(keys: Float64Array, order: Uint32Array, a: number, b: number): void {
  if (keys[a]! < keys[b]!) exchange(keys, order, a, b);
}

function exchange(keys: Float64Array, order: Uint32Array, a: number, b: number): void {
  const key = keys[a]!;
  keys[a] = keys[b]!;
  keys[b] = key;
  const held = order[a]!;
  order[a] = order[b]!;
  order[b] = held;
}
