/**
 * One life of the service in a soak: goes on with the studies where they are, until it is killed or they are finished. SOAK_FOLDER,
 * SOAK_SEED and SOAK_TRIALS say with what.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { GaitsmithError } from "../../src/errors.ts";
import { openService, stateDirOf } from "../../src/processes/service.ts";
import type { RunnerEvent } from "../../src/service/study-runner-events.ts";
import { openLatch, readLatch } from "../../src/station/latch-file.ts";
import { note } from "./figures.ts";
import { randomNumbers } from "./random.ts";
import { soakConfig, soakStudies } from "./soak-config.ts";

/** Share of walks in which a person stops the study, or presses the e-stop, within so many ms. */
const STOPPED = 0.01;
const E_STOPPED = 0.01;
const WITHIN_MS = 400;
/** A study that ends with an error so often in a row does not recover. */
const ERRORS_ALLOWED = 20;

const { SOAK_FOLDER: folder = ".", SOAK_SEED: seed = "1", SOAK_TRIALS: trials = "100" } = process.env;
const store = join(folder, "studies.db");
const stateDir = stateDirOf(soakConfig, store);
const random = randomNumbers(Number(seed) + process.pid);
const happened = (what: string): void => appendFileSync(join(folder, "events.log"), `${what}\n`);

let walks = 0;
let errors = 0;
for (const study of soakStudies(Number(trials), Number(seed))) while (!(await goneOn(study)));

type Study = ReturnType<typeof soakStudies>[number];

/** @returns whether the study is finished */
async function goneOn(study: Study): Promise<boolean> {
  clearLatch();
  const running = await openService({
    config: soakConfig,
    study,
    store,
    recording: true,
    dashboard: null,
    operator: null,
    onRunner: (event) => meddle(event),
    onStation: (message) => {
      if (message.kind === "log" && message.level !== "debug")
        happened(`log: ${message.text.replaceAll(folder, "…").replace(/\d+/g, "#")}`);
    },
  });
  const meddle = (event: RunnerEvent): void => {
    if (event.kind !== "started") return;
    walks++;
    const drawn = random();
    if (drawn >= STOPPED + E_STOPPED) return;
    setTimeout(() => {
      happened(drawn < STOPPED ? "stopped by a person" : "e-stop");
      if (drawn < STOPPED) running.runner.stop("stopped by a person");
      else void running.eStop("e-stop by a person");
    }, WITHIN_MS * random());
  };
  try {
    const { state } = await running.run();
    errors = 0;
    return state === "finished";
  } catch (error) {
    if (!(error instanceof GaitsmithError) || ++errors > ERRORS_ALLOWED) throw error;
    happened(`study ended: ${error.code}`);
    return false;
  } finally {
    await running.close();
    note(join(folder, "service.jsonl"), walks);
  }
}

function clearLatch(): void {
  const latch = readLatch(stateDir);
  if (latch === null) return;
  happened(`latch cleared: ${latch.code}`);
  openLatch(stateDir, { id: latch.id, by: "soak", checked: "it is a simulated robot" }, new Date());
}
