/**
 * Every fault of the processes, the disk and the terminal once, with the robot in the station's own process and the real
 * command: `FAULT_SEED=7 FAULT=service-killed` repeats one.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { playCommand } from "./command.ts";
import { PROCESS_FAULTS } from "./kinds/processes.ts";
import { sideBySide } from "./play.ts";
import { chosenFaults, seedOfTheDay } from "./seeds.ts";
import { openStage } from "./stages.ts";

const seed = seedOfTheDay();
/** Each waits more than it computes. */
const AT_ONCE = 4;
const walk = sideBySide();

describe(`faults of processes, seed ${seed}`, { concurrency: AT_ONCE }, () => {
  for (const fault of chosenFaults(PROCESS_FAULTS, seed))
    it(`${fault.words} (${fault.id})`, async () => {
      const stage = await openStage("in process");
      const { amiss, rows, errors } = await walk(() => playCommand(stage, fault, seed));
      await stage.close();
      assert.deepEqual(amiss, [], [...rows, ...errors].join("\n"));
    });
});
