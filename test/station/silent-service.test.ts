/** A service that is frozen in the middle of a walk: its station stops the robot by itself, without a latch. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { requestEStop } from "../../src/station/estop-socket.ts";
import { BEAT_INTERVAL_MS, SILENCE_LIMIT_MS } from "../../src/station/messages.ts";
import { planOf, StationProcess, simulatedConfig, temporaryFolder } from "./station-process.ts";

/** Telemetry may be as late as it likes: this is about the service. */
const patient = { ...simulatedConfig.envelope["frame-age"], high: 30 };
const realtime = {
  ...simulatedConfig,
  link: { ...simulatedConfig.link, clock: "realtime" },
  envelope: {
    ...simulatedConfig.envelope,
    "frame-age": patient,
    "frame-gap": { ...simulatedConfig.envelope["frame-gap"], high: 1e4 },
  },
} as typeof simulatedConfig;

it("a silent service: the robot is stopped before its silence is forgotten, and an e-stop still reaches it", {
  timeout: 60_000,
}, async (t) => {
  const stateDir = join(temporaryFolder(), "robot");
  const station = new StationProcess(realtime, stateDir);
  t.after(() => station.child.kill("SIGKILL"));
  await station.until("ready");
  station.send({ kind: "run", plan: planOf(realtime) });
  await station.until("phase", ({ phase }) => phase === "settle");
  await pause(300);
  station.silence();
  // Nor does a frozen service acknowledge anything.
  station.send = () => {};
  const since = performance.now();
  await station.until("phase", ({ phase }) => phase === "safe-stop");
  const waited = performance.now() - since;
  // Not sooner than it may; that it is not much later is a figure for a quiet machine, not for this one.
  assert.ok(waited > SILENCE_LIMIT_MS - 2 * BEAT_INTERVAL_MS, `${waited} ms`);
  assert.ok(waited < 10 * SILENCE_LIMIT_MS, `${waited} ms`);
  t.diagnostic(`stopped after ${waited.toFixed(0)} ms`);
  const { outcome } = await station.until("outcome");
  assert.deepEqual([outcome.end, outcome.latched], ["interrupted", false]);
  assert.deepEqual(await requestEStop(stateDir, "to be sure"), { confirmed: true });
});
