/**
 * What storing costs: `npm run bench:storage -- [trials] [reports]`. The bar is 1 ms at p99 for a durable report with the median
 * pruner's decision on it (Optuna with SQLite: 9.7 ms, median), shown by the number of finished gaits that it compares with; beside
 * it stands the same commit made with bare SQL, which nothing durable can undercut. On a disk that others use too, a folder in memory
 * (`TMPDIR`) shows what the program itself costs; on a busy machine its processor time does.
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
import { createPruner } from "../../src/optimizer/catalogue.ts";
import { type CurveSource, peerCurves } from "../../src/optimizer/peer-curves.ts";
import type { Curve } from "../../src/optimizer/pruner.ts";
import type { Report } from "../../src/optimizer/trial.ts";
import { openSqliteStorage } from "../../src/study/sqlite-storage.ts";
import { type Cost, quantiles, stopwatch } from "./stopwatch.ts";

const BAR_MS = 1;
/** Numbers of peers at which the time of a report is shown: of the walks that had as many, or up to 50 fewer. */
const PEERS_SHOWN = [300, 1000];
const trials = Number(process.argv[2] ?? 1000);
const reports = Number(process.argv[3] ?? 20);
const folder = mkdtempSync(join(tmpdir(), "gaitsmith-bench-"));

async function timed(into: Cost[], action: () => unknown): Promise<void> {
  const cost = stopwatch();
  await action();
  into.push(cost());
}

function show(what: string, costs: readonly Cost[]): void {
  const wall = quantiles(costs.map((cost) => cost.wall));
  const busy = quantiles(costs.map((cost) => cost.processor));
  const figures = [0.5, 0.99, 0.999].map((share) => `p${share * 100} ${wall(share).toFixed(3)} ms`);
  console.log(
    `${what.padEnd(24)} ${figures.join("   ")}   p99 / bar ${(wall(0.99) / BAR_MS).toFixed(2)}   p99 of processor time ${busy(0.99).toFixed(3)} ms`,
  );
}

try {
  const bare = new DatabaseSync(join(folder, "bare.db"));
  bare.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE t (a, b, c)");
  const insert = bare.prepare("INSERT INTO t VALUES (?, ?, ?)");
  const bareTimes: Cost[] = [];
  const metrics = JSON.stringify(EXAMPLE_METRICS);
  for (let index = 0; index < 5000; index++)
    await timed(bareTimes, () => insert.run(index, index / 8, metrics));
  bare.close();

  const walked: CurveSource[] = [];
  const storage = await openSqliteStorage(join(folder, "studies.db"), { mode: "write" });
  await storage.createStudy(EXAMPLE_STUDY);
  const times = {
    start: [] as Cost[],
    report: [] as Cost[],
    decision: [] as Cost[],
    peers: [] as Cost[],
    finish: [] as Cost[],
    read: [] as Cost[],
  };
  const pruner = createPruner(
    "median",
    { startupTrials: 1, warmupSteps: 3, rule: "running-average" },
    { study: EXAMPLE_STUDY.name },
  );
  for (let number = 0; number <= trials; number++) {
    const parameters = { ...EXAMPLE_STUDY.seedGait, stride_frequency: 0.5 + (3 * number) / trials };
    const begun = exampleTrial({ suggestion: number, parameters });
    await timed(times.start, () => storage.startTrial(EXAMPLE_STUDY.name, begun));
    // Once a walk, as the study runner does.
    let peers: readonly Curve[] = [];
    await timed(times.peers, () => {
      peers = peerCurves(walked, reports);
    });
    const curve: Report[] = [];
    for (let step = 1; step <= reports; step++) {
      const report = exampleReport(step, 0.5 + number / trials);
      await timed(times.report, async () => {
        await storage.addReport(EXAMPLE_STUDY.name, number, report);
        curve.push({ step, value: report.value, time: report.time });
        const current: Curve = { number, suggestion: number, state: "running", reports: curve, rungs: [] };
        await timed(times.decision, () => pruner.decide({ direction: "maximize", current, peers }));
      });
    }
    await timed(times.finish, () => storage.finishTrial(EXAMPLE_STUDY.name, number, exampleEnd()));
    walked.push({ ...begun, number, state: "completed", reports: curve });
  }
  for (let count = 0; count < 5; count++) await timed(times.read, () => storage.trials(EXAMPLE_STUDY.name));
  await storage.close();

  console.log(`${trials} trials of ${reports} reports`);
  show("bare insert", bareTimes);
  show("start a trial", times.start);
  for (const count of PEERS_SHOWN.filter((one) => one <= trials)) {
    const among = (list: readonly Cost[]): readonly Cost[] =>
      list.slice(Math.max(0, count - 50) * reports, (count + 1) * reports);
    show(`report, ${count} peers`, among(times.report));
    show("  decision alone", among(times.decision));
  }
  show("every report", times.report);
  show("peers of a walk", times.peers);
  show("finish, synced to disk", times.finish);
  show("read all trials", times.read);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
