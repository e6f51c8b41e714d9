/**
 * What the finished walks showed, by step. A walk is compared with the same ones at each of its reports, and each step is looked
 * up once, when it is first asked for: so a decision costs a few operations per peer, however long their curves are.
 */
import type { Curve } from "../pruner.ts";
import type { Report } from "../trial.ts";

type Reports = readonly Report[];

/** The finished walks that reported at one step, in the same order in each list. */
export interface StepColumn {
  /** Indices into {@link FinishedPeers.curves}, ascending. */
  readonly rows: Int32Array;
  readonly values: Float64Array;
  readonly times: Float64Array;
  /** Of the times; ∞ and −∞ where no walk reported. */
  readonly earliest: number;
  readonly latest: number;
}

export class FinishedPeers {
  /** The reports of each finished walk, in order of step. */
  readonly curves: readonly Reports[];
  readonly #lengths: Int32Array;
  readonly #columns = new Map<number, StepColumn>();
  readonly #sums: RunningSums;

  constructor(curves: readonly Reports[]) {
    this.curves = curves;
    this.#lengths = Int32Array.from(curves, ({ length }) => length);
    this.#sums = new RunningSums(curves);
  }

  /** Whether these are the finished ones among the peers, with as many reports as then. */
  areThoseOf(peers: readonly Curve[]): boolean {
    let row = 0;
    for (const { state, reports } of peers) {
      if (state !== "completed") continue;
      if (this.curves[row] !== reports || this.#lengths[row] !== reports.length) return false;
      row++;
    }
    return row === this.curves.length;
  }

  at(step: number): StepColumn {
    let column = this.#columns.get(step);
    if (column === undefined) {
      column = columnOf(this.curves, step);
      this.#columns.set(step, column);
    }
    return column;
  }

  /** Of each curve the mean of its values up to the step, NaN ones left out; NaN where there is none. */
  meansUpTo(step: number): Float64Array {
    return this.#sums.meansUpTo(step);
  }
}

/** @returns who finds the finished walks among the peers of a question, and keeps them until a question has others */
export function finishedPeers(): (peers: readonly Curve[]) => FinishedPeers {
  let known = new FinishedPeers([]);
  return (peers) => {
    if (!known.areThoseOf(peers)) {
      known = new FinishedPeers(
        peers.flatMap(({ state, reports }) => (state === "completed" ? [reports] : [])),
      );
    }
    return known;
  };
}

function columnOf(curves: readonly Reports[], step: number): StepColumn {
  const rows = new Int32Array(curves.length);
  const values = new Float64Array(curves.length);
  const times = new Float64Array(curves.length);
  let count = 0;
  let earliest = Number.POSITIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < curves.length; row++) {
    const report = reportAt(curves[row]!, step);
    if (report === undefined) continue;
    const { value, time } = report;
    rows[count] = row;
    values[count] = value;
    times[count] = time;
    count++;
    if (time < earliest) earliest = time;
    if (time > latest) latest = time;
  }
  return {
    rows: rows.subarray(0, count),
    values: values.subarray(0, count),
    times: times.subarray(0, count),
    earliest,
    latest,
  };
}

/** Looked for first where it is when no step is missing. */
function reportAt(reports: Reports, step: number): Report | undefined {
  const first = reports[0];
  if (first === undefined || first.step > step) return undefined;
  const guess = reports[step - first.step];
  if (guess?.step === step) return guess;
  let low = 0;
  let high = reports.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (reports[middle]!.step < step) low = middle + 1;
    else high = middle;
  }
  const found = reports[low];
  return found?.step === step ? found : undefined;
}

/** Sums that go on from the step last asked for, since a walk asks for one after the other. */
class RunningSums {
  readonly #curves: readonly Reports[];
  readonly #read: Int32Array;
  readonly #sums: Float64Array;
  readonly #counts: Int32Array;
  #upTo = Number.NEGATIVE_INFINITY;

  constructor(curves: readonly Reports[]) {
    this.#curves = curves;
    this.#read = new Int32Array(curves.length);
    this.#sums = new Float64Array(curves.length);
    this.#counts = new Int32Array(curves.length);
  }

  meansUpTo(step: number): Float64Array {
    if (step < this.#upTo) for (const list of [this.#read, this.#sums, this.#counts]) list.fill(0);
    this.#upTo = step;
    for (let row = 0; row < this.#curves.length; row++) this.#readOn(row, step);
    return this.#sums.map((sum, row) => sum / this.#counts[row]!);
  }

  #readOn(row: number, step: number): void {
    const reports = this.#curves[row]!;
    let next = this.#read[row]!;
    for (; next < reports.length && reports[next]!.step <= step; next++) {
      const { value } = reports[next]!;
      if (Number.isNaN(value)) continue;
      this.#sums[row]! += value;
      this.#counts[row]! += 1;
    }
    this.#read[row] = next;
  }
}
