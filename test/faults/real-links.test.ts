/**
 * Five faults over each real link, drawn by a seed that is printed: `FAULT_SEED=7 FAULT=cable-pulled` repeats one. All of them,
 * twenty times each, are `npm run test:proof -- --only faults`.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { WITHOUT_CC } from "../firmware-protocol/c-program.ts";
import type { Fault } from "./fault.ts";
import { faultsOver } from "./fault-table.ts";
import { play, playAlone, playTwice, stageFor } from "./play.ts";
import { chosenFaults, seedOfTheDay } from "./seeds.ts";
import type { Stage } from "./stages.ts";

const seed = seedOfTheDay();
const IN_REAL_TIME = 3;
const IN_LOCKSTEP = 2;

for (const link of ["serial", "rosbridge"] as const)
  describe(`faults over ${link}, seed ${seed}`, { skip: link === "serial" && WITHOUT_CC }, () => {
    const faults = faultsOver(link);
    const live = chosenFaults(
      faults.filter(({ clock }) => clock === "realtime"),
      seed,
      IN_REAL_TIME,
    );
    const others = chosenFaults(
      faults.filter(({ clock }) => clock !== "realtime"),
      seed,
      IN_LOCKSTEP,
    );

    // A robot that is being loaded stops every other in this process: all are, before the first one walks.
    describe("in real time", { concurrency: IN_REAL_TIME }, () => {
      const stages = new Map<Fault, Stage>();
      before(async () => {
        for (const fault of live) stages.set(fault, await stageFor(fault, link, seed));
      });
      after(() => Promise.all([...stages.values()].map((stage) => stage.close())));
      for (const fault of live)
        it(named(fault), () => keepsItsPromise(fault, () => play(stages.get(fault)!, fault, seed)));
    });

    describe("in lockstep", () => {
      for (const fault of others)
        it(named(fault), () => keepsItsPromise(fault, () => playAlone(fault, link, seed)));
    });
  });

function named({ id, words }: Fault): string {
  return `${words} (${id})`;
}

async function keepsItsPromise(fault: Fault, walk: () => ReturnType<typeof play>) {
  const { amiss, rows, errors } = await playTwice(walk, fault.clock === "realtime");
  assert.deepEqual(amiss, [], [...rows, ...errors].join("\n"));
}
