/**
 * Whether the tests of the safety room notice every mutation of it: each comparison turned, each branch taken out, one at a
 * time. Takes long, so it is walked only when it is asked for: `npm run test:proof -- --only "safety mutants"`.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/paths.ts";
import type { Claim } from "./claims.ts";

/** Where `stryker.config.json` has the report written. */
const REPORT = join(packageRoot, "coverage", "mutation.json");

/** The part of the report that is read: https://github.com/stryker-mutator/mutation-testing-elements, schema 1. */
interface MutationReport {
  readonly files: Readonly<
    Record<string, { readonly mutants: readonly { readonly status: MutantStatus }[] }>
  >;
}

type MutantStatus =
  | "Killed"
  | "Timeout"
  | "Survived"
  | "NoCoverage"
  | "RuntimeError"
  | "CompileError"
  | "Ignored"
  | "Pending";

export async function everySafetyMutantIsKilled(): Promise<Claim[]> {
  // Its exit status says no more than the report does.
  spawnSync("npm", ["run", "--silent", "test:mutation"], { cwd: packageRoot, stdio: "inherit" });
  return [mutationClaim(JSON.parse(readFileSync(REPORT, "utf8")) as MutationReport)];
}

export function mutationClaim({ files }: MutationReport): Claim {
  const statuses = Object.values(files).flatMap(({ mutants }) => mutants.map(({ status }) => status));
  const count = (...wanted: readonly MutantStatus[]): number =>
    statuses.filter((status) => wanted.includes(status)).length;
  const killed = count("Killed", "Timeout");
  const ignored = count("Ignored");
  return {
    name: "mutants of the safety room: all killed",
    bar: "every mutant of src/safety, but for those that are the same program",
    holds: killed > 0 && killed + ignored === statuses.length,
    measured: {
      files: Object.keys(files).length,
      mutants: statuses.length,
      killed: count("Killed"),
      timed_out: count("Timeout"),
      survived: count("Survived", "NoCoverage"),
      equivalent: ignored,
    },
  };
}
