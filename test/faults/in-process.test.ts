/**
 * Every fault of the table once, with the robot in the station's own process: it is stopped in time, as what it truly does
 * shows, and its walk is filed as promised. `FAULT_SEED=7 FAULT=imu-stuck` repeats one.
 */
import assert from "node:assert/strict";
import { it } from "node:test";
import { faultsOver } from "./fault-table.ts";
import { playAlone, playTwice } from "./play.ts";
import { chosenFaults, seedOfTheDay } from "./seeds.ts";

const seed = seedOfTheDay();

for (const fault of chosenFaults(faultsOver("in process"), seed))
  it(`${fault.words} (${fault.id}, seed ${seed})`, async () => {
    const walk = () => playAlone(fault, "in process", seed);
    const { amiss, rows, errors } = await playTwice(walk, fault.clock === "realtime");
    assert.deepEqual(amiss, [], [...rows, ...errors].join("\n"));
  });
