/** Which faults are tried and by which seed: another one every time, printed, and to be had again. */
import { randomStream } from "../../sim/random.ts";
import type { Fault } from "./fault.ts";
import type { Played } from "./play.ts";

/** `FAULT_SEED` of the environment, else any. */
export function seedOfTheDay(): number {
  const given = process.env["FAULT_SEED"];
  return given === undefined ? 1 + Math.floor(1e6 * Math.random()) : Number(given);
}

/** Those that `FAULT` of the environment names, else all, or as many of them as are asked for, drawn by the seed. */
export function chosenFaults<T extends Pick<Fault, "id">>(
  faults: readonly T[],
  seed = 0,
  count = faults.length,
): readonly T[] {
  const named = process.env["FAULT"]?.split(",");
  if (named !== undefined) return faults.filter(({ id }) => named.includes(id));
  const random = randomStream(seed, "which faults");
  return faults
    .map((fault) => ({ fault, draw: random.uniform() }))
    .sort((a, b) => a.draw - b.draw)
    .slice(0, count)
    .map(({ fault }) => fault);
}

/** What a computer that is too busy for walks in real time ends them with, fault or not. */
const BUSY =
  /^\d+ (interrupted|aborted) (not-a-number|frame-age|frame-gap|frozen|robot-fault|link-lost|service-silent)/;

/** It was not unsafe, and looks as if this computer had been too busy: walk it once more. */
export function mayBeBusy({ amiss, rows }: Played): boolean {
  return amiss.length > 0 && !amiss.some((one) => one.startsWith("UNSAFE")) && rows.some(isBusy);
}

/** @param row attempt, state and code of its reason */
export function isBusy(row: string): boolean {
  return BUSY.test(row);
}
