/** Which faults are tried and by which seed: another one every time, printed, and to be had again. */
import type { Fault } from "./fault.ts";

/** `FAULT_SEED` of the environment, else any. */
export function seedOfTheDay(): number {
  const given = process.env["FAULT_SEED"];
  return given === undefined ? 1 + Math.floor(1e6 * Math.random()) : Number(given);
}

/** Those that `FAULT` of the environment names, else all. */
export function chosenFaults<T extends Pick<Fault, "id">>(faults: readonly T[]): readonly T[] {
  const named = process.env["FAULT"]?.split(",");
  return named === undefined ? faults : faults.filter(({ id }) => named.includes(id));
}
