/** Codes of `fault` events and their names. */
import { FAULTS } from "./message-table.ts";

export type FaultName = keyof typeof FAULTS;

/** @returns its name in the table, or undefined for a code that this version does not know */
export function faultName(code: number): FaultName | undefined {
  return (Object.keys(FAULTS) as FaultName[]).find((name) => FAULTS[name].code === code);
}
