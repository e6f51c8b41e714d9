/** Jogs in a real station process: e-stop, a service that dies, and robots that cannot be jogged. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import { sendEStop } from "../../src/station/estop-socket.ts";
import { readLatch } from "../../src/station/latch-file.ts";
import { JOG } from "./jog-bench.ts";
import { StationProcess, simulatedConfig, temporaryFolder } from "./station-process.ts";

const held: HardwareConfig = {
  ...simulatedConfig,
  link: {
    ...{ kind: "simulated", clock: "realtime", variant: "nominal", variation: "none" },
    ...{ streamed: true, onStand: true },
  },
};

test("an e-stop over the station's socket ends a jog and latches", async () => {
  const folder = temporaryFolder();
  const station = new StationProcess(held, folder);
  const { jogProblem } = await station.until("ready");
  assert.equal(jogProblem, null);
  station.send({ kind: "jog", plan: { ...JOG, hold: 30 } });
  await pause(1500);
  assert.equal(await sendEStop(folder, "enough"), true);
  const { outcome } = await station.until("jogged");
  assert.deepEqual([outcome.end, outcome.latched], ["stopped", true]);
  assert.equal(readLatch(folder)?.code, "operator-stop");
  await station.close();
});

test("a service that falls silent ends a jog, and nothing latches", async () => {
  const folder = temporaryFolder();
  const station = new StationProcess(held, folder);
  await station.until("ready");
  station.send({ kind: "jog", plan: { ...JOG, hold: 30 } });
  await pause(1500);
  station.silence();
  const { outcome } = await station.until("jogged");
  assert.deepEqual([outcome.end, outcome.latched, readLatch(folder)], ["stopped", false, null]);
  station.speak();
  // It is no broken station: the next jog is done.
  station.send({ kind: "jog", plan: { ...JOG, jog: 1 } });
  const { outcome: next } = await station.until("jogged", ({ outcome }) => outcome.jog === 1);
  assert.equal(next.joint, JOG.joint);
  await station.close();
});

test("a robot that runs its gait by itself says why it is not jogged", async () => {
  const station = new StationProcess(simulatedConfig, temporaryFolder());
  const { jogProblem } = await station.until("ready");
  assert.match(jogProblem ?? "", /runs its gait by itself/);
  station.send({ kind: "jog", plan: JOG });
  const { code } = await station.until("failed");
  assert.equal(code, "ROBOT_MISMATCH");
  await station.exited;
});
