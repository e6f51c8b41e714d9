/** The robots that have been driven from here, by their state folders. Loads nothing heavy: an e-stop uses it. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { robotStateDirs } from "../paths.ts";

export interface KnownRobot {
  readonly id: string;
  readonly stateDir: string;
}

/** The simulated ones of this study file, then the real ones. */
export function knownRobots(store: string): readonly KnownRobot[] {
  return [`${store}-robots`, robotStateDirs()].flatMap((folder) =>
    foldersIn(folder).map((id) => ({ id, stateDir: join(folder, id) })),
  );
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}
