/**
 * A process that stores trial after trial until somebody kills it. What it has been promised it says on stdout, a
 * line each, written at once: `started 3`, `report 3 2`, `finished 3`.
 */
import { writeSync } from "node:fs";
import {
  EXAMPLE_STUDY,
  exampleEnd,
  exampleReport,
  exampleTrial,
} from "../../src/conformance/example-study.ts";
import { openSqliteStorage } from "../../src/study/sqlite-storage.ts";

const STUDY = EXAMPLE_STUDY.name;
const say = (text: string): void => void writeSync(1, `${text}\n`);

const storage = await openSqliteStorage(process.argv[2] ?? "", { mode: "write" });
if ((await storage.study(STUDY)) === null) await storage.createStudy(EXAMPLE_STUDY);
const stored = await storage.trials(STUDY);
for (const trial of stored.filter(({ state }) => state === "running")) {
  await storage.finishTrial(STUDY, trial.number, exampleEnd({ state: "interrupted", value: null }));
  say(`finished ${trial.number}`);
}
for (let suggestion = stored.length; ; suggestion++) {
  const { number } = await storage.startTrial(STUDY, exampleTrial({ suggestion }));
  say(`started ${number}`);
  for (let step = 1; step <= 5; step++) {
    await storage.addReport(STUDY, number, exampleReport(step, number + step / 8));
    say(`report ${number} ${step}`);
  }
  await storage.finishTrial(STUDY, number, exampleEnd({ value: number + 5 / 8 }));
  say(`finished ${number}`);
}
