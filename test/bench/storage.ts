/**
 * What storing costs: `node test/bench/storage.ts [trials] [reports]`. The bar is 1 ms at p99 for a durable report;
 * beside it stands the same commit made with bare SQL, which nothing durable can undercut.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  EXAMPLE_METRICS,
  EXAMPLE_STUDY,
  exampleEnd,
  exampleReport,
  exampleTrial,
} from "../../src/conformance/example-study.ts";
import { openSqliteStorage } from "../../src/study/sqlite-storage.ts";

const BAR_MS = 1;
const trials = Number(process.argv[2] ?? 1000);
const reports = Number(process.argv[3] ?? 20);
const folder = mkdtempSync(join(tmpdir(), "gaitsmith-bench-"));

async function timed(into: number[], action: () => unknown): Promise<void> {
  const start = performance.now();
  await action();
  into.push(performance.now() - start);
}

function show(what: string, times: number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const figures = [0.5, 0.99, 0.999].map((share) => `p${share * 100} ${at(share).toFixed(3)} ms`);
  console.log(`${what.padEnd(24)} ${figures.join("   ")}   p99 / bar ${(at(0.99) / BAR_MS).toFixed(2)}`);
}

try {
  const bare = new DatabaseSync(join(folder, "bare.db"));
  bare.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE t (a, b, c)");
  const insert = bare.prepare("INSERT INTO t VALUES (?, ?, ?)");
  const bareTimes: number[] = [];
  const metrics = JSON.stringify(EXAMPLE_METRICS);
  for (let index = 0; index < 5000; index++)
    await timed(bareTimes, () => insert.run(index, index / 8, metrics));
  bare.close();

  const storage = await openSqliteStorage(join(folder, "studies.db"), { mode: "write" });
  await storage.createStudy(EXAMPLE_STUDY);
  const times = {
    start: [] as number[],
    report: [] as number[],
    finish: [] as number[],
    read: [] as number[],
  };
  for (let number = 0; number < trials; number++) {
    await timed(times.start, () =>
      storage.startTrial(EXAMPLE_STUDY.name, exampleTrial({ suggestion: number })),
    );
    for (let step = 1; step <= reports; step++)
      await timed(times.report, () =>
        storage.addReport(EXAMPLE_STUDY.name, number, exampleReport(step, 0.5)),
      );
    await timed(times.finish, () => storage.finishTrial(EXAMPLE_STUDY.name, number, exampleEnd()));
  }
  for (let count = 0; count < 5; count++) await timed(times.read, () => storage.trials(EXAMPLE_STUDY.name));
  await storage.close();

  console.log(`${trials} trials of ${reports} reports`);
  show("bare insert", bareTimes);
  show("start a trial", times.start);
  show("report", times.report);
  show("finish, synced to disk", times.finish);
  show("read all trials", times.read);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
