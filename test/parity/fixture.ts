/** Other systems' numbers, from `test/fixtures` or the folder named by PARITY_FIXTURES. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = process.env["PARITY_FIXTURES"] ?? join(import.meta.dirname, "../fixtures");

export function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as T;
}

/** |a − b| relative to the larger of |b| and 1. */
export function deviation(actual: number, expected: number): number {
  return Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
}
