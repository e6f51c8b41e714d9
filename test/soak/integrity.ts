/** What must be true of a study file after everything that happened to it. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openSqliteStorage } from "../../src/study/sqlite-storage.ts";
import { type Finished, run } from "../cli/gaitsmith.ts";

export interface Integrity {
  readonly studies: number;
  readonly trials: number;
  readonly suggestions: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** By the reason's code. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly recordings: number;
  /** Everything that must not be, in words. */
  readonly wrong: readonly string[];
}

/** @param folder of the study file; @param wanted suggestions of each study by name */
export async function integrityOf(folder: string, wanted: ReadonlyMap<string, number>): Promise<Integrity> {
  const store = join(folder, "studies.db");
  const wrong: string[] = [];
  // Looked for first: whoever reads the study leaves an empty log of SQLite beside it.
  wrong.push(...strays(folder));
  const outcomes: Record<string, number> = {};
  const reasons: Record<string, number> = {};
  let [trials, suggestions] = [0, 0];
  const storage = await openSqliteStorage(store, { mode: "read" });
  for (const [name, count] of wanted) {
    const stored = await storage.trials(name);
    const asked = new Map<number, typeof stored>();
    for (const [index, trial] of stored.entries()) {
      trials++;
      outcomes[trial.state] = (outcomes[trial.state] ?? 0) + 1;
      const reason = trial.reason?.code ?? "none";
      reasons[reason] = (reasons[reason] ?? 0) + 1;
      if (trial.number !== index) wrong.push(`${name}: trial ${trial.number} stands at ${index}`);
      if (trial.state === "running") wrong.push(`${name}: trial ${index} has no outcome`);
      if (trial.reason === null || trial.finishedAt === null)
        wrong.push(`${name}: trial ${index} has no reason`);
      asked.set(trial.suggestion, [...(asked.get(trial.suggestion) ?? []), trial]);
    }
    suggestions += asked.size;
    if (asked.size !== count) wrong.push(`${name}: ${asked.size} of ${count} suggestions were walked`);
    for (const [suggestion, walks] of asked) {
      // Told once: whatever came before was interrupted.
      const told = walks.filter(({ state }) => state !== "interrupted");
      if (told.length !== 1 || told[0] !== walks.at(-1))
        wrong.push(`${name}: suggestion ${suggestion} was told ${told.length} times`);
    }
    const shown: Finished = await run(folder, "show", "studies.db", "--study", name, "--json");
    if (shown.status !== 0) wrong.push(`${name} does not open: ${shown.stderr}`);
    else if ((JSON.parse(shown.stdout) as { trials: unknown[] }).trials.length !== stored.length)
      wrong.push(`${name} is shown with other trials`);
  }
  await storage.close();
  wrong.push(...optunaProblems(store));
  const recordings = [...wanted.keys()].flatMap((name) => list(join(folder, "recordings", name)));
  for (const name of recordings) if (!name.endsWith(".mcap")) wrong.push(`${name} was left`);
  const counts = { studies: wanted.size, trials, suggestions, recordings: recordings.length };
  return { ...counts, outcomes, reasons, wrong };
}

/** Rows that Optuna would stumble over: they must all be none. */
const NONE: Readonly<Record<string, string>> = {
  "completed trials without a value": `SELECT count(*) n FROM trials t WHERE state = 'COMPLETE'
     AND (SELECT count(*) FROM trial_values v WHERE v.trial_id = t.trial_id) <> 1`,
  "trials that are told and have no list of constraints": `SELECT count(*) n FROM trials t WHERE state IN ('COMPLETE', 'PRUNED')
     AND NOT EXISTS (SELECT 1 FROM trial_system_attributes a WHERE a.trial_id = t.trial_id AND a.key = 'constraints')`,
  "lengths of lists of constraints but one": `SELECT count(DISTINCT json_array_length(value_json)) - 1 n
     FROM trial_system_attributes WHERE key = 'constraints'`,
  "trials still running": "SELECT count(*) n FROM trials WHERE state IN ('RUNNING', 'WAITING')",
  "ends without a time": `SELECT count(*) n FROM trials WHERE state IN ('COMPLETE', 'PRUNED', 'FAIL')
     AND (datetime_start IS NULL OR datetime_complete IS NULL OR datetime_complete < datetime_start)`,
  "numbers that occur twice":
    "SELECT count(*) n FROM (SELECT 1 FROM trials GROUP BY study_id, number HAVING count(*) > 1)",
  "reports without an intermediate value": `SELECT count(*) n FROM gaitsmith_reports r WHERE NOT EXISTS
     (SELECT 1 FROM trial_intermediate_values v WHERE v.trial_id = r.trial_id AND v.step = r.step)`,
  "trials without parameters":
    "SELECT count(*) n FROM trials t WHERE NOT EXISTS (SELECT 1 FROM trial_params p WHERE p.trial_id = t.trial_id)",
};

function optunaProblems(store: string): string[] {
  const database = new DatabaseSync(store, { readOnly: true });
  try {
    const wrong: string[] = [];
    const [check] = database.prepare("PRAGMA integrity_check").all();
    if (check?.["integrity_check"] !== "ok") wrong.push(`SQLite: ${JSON.stringify(check)}`);
    for (const row of database.prepare("PRAGMA foreign_key_check").all())
      wrong.push(`orphan: ${JSON.stringify(row)}`);
    for (const [what, query] of Object.entries(NONE)) {
      const n = Number(database.prepare(query).get()?.["n"] ?? 0);
      if (n > 0) wrong.push(`${n} ${what}`);
    }
    return wrong;
  } finally {
    database.close();
  }
}

/** Locks, sockets and temporary files that nobody holds any more. */
function strays(folder: string): string[] {
  const robots = join(folder, "studies.db-robots");
  const state = list(robots).flatMap((robot) => list(join(robots, robot)));
  return [...state, ...list(folder)]
    .filter((name) => /^lock|\.sock$|\.part$|-reserve$|-(wal|shm)$/.test(name))
    .map((name) => `${name} was left`);
}

/** Trials in the study file so far. */
export function trialsIn(folder: string): number {
  const store = join(folder, "studies.db");
  if (!existsSync(store)) return 0;
  const database = new DatabaseSync(store, { readOnly: true });
  try {
    return Number(database.prepare("SELECT count(*) n FROM trials").get()?.["n"] ?? 0);
  } catch {
    // Killed before it had any tables.
    return 0;
  } finally {
    database.close();
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
