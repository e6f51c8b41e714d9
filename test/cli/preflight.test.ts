/** The preflight through the real command, over a serial line. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { openSerialPeer } from "../../sim/serial/serial-peer.ts";
import { openSimulatedRobot } from "../../sim/simulated-robot.ts";
import { ManualClock, systemClock } from "../../src/clock.ts";
import { documentOf, run, serialConfig, start, workFolder } from "./gaitsmith.ts";
import { stored, typed } from "./in-process.ts";
import { QUICKLY } from "./walks-in-real-time.ts";

const ONE = ["--trials", "1", "--no-dashboard", "--json"];

/** A robot behind a serial line, and its config with some changes. */
async function robot(
  t: TestContext,
  clock: "lockstep" | "realtime",
  ...changes: readonly (readonly [RegExp, string])[]
): Promise<{ readonly folder: string; readonly config: string }> {
  const folder = workFolder(t);
  const stationClock = clock === "lockstep" ? new ManualClock() : systemClock;
  const body = await openSimulatedRobot({ variant: "nominal", variation: "mild", clock, stationClock });
  const peer = await openSerialPeer(body, { clock: stationClock });
  t.after(() => peer.close());
  const short = [/measure: 9 s/, "measure: 1 s"] as const;
  return { folder, config: serialConfig(folder, peer.path, clock, [short, ...changes]) };
}

describe("the preflight of gaitsmith tune", { timeout: 120_000 }, () => {
  it("is a line when all is well, and is kept with the study", async (t) => {
    const { folder, config } = await robot(t, "realtime", ...QUICKLY);
    // The first gait of this sampler hardly moves: it is not the gait that is tried.
    const finished = await run(folder, "tune", config, ...ONE, "--sampler", "random");
    assert.equal(finished.status, 0, finished.stderr);
    assert.match(
      finished.stderr,
      // A line that a busy computer makes slow is warned of, in a table.
      /^preflight: (\d+ items ok \(round trip [\d.]+ ms, .*battery 12\.\d V, .*stop [\d.]+ ms\)|\d+ warn.*)$/m,
    );
    const { preflight, trials } = documentOf(finished);
    // A walk that a busy computer interrupted is followed by another.
    assert.equal(trials.at(-1)?.state, "completed");
    assert.ok(preflight !== undefined && Number.isFinite(Date.parse(preflight.at)));
    const shown = await stored(folder);
    assert.deepEqual(shown.preflight, preflight);
    assert.deepEqual(
      readdirSync(join(folder, "recordings", "trot-speed")),
      trials.map(({ number }) => `trial-000${number}.mcap`),
      "of what the preflight recorded nothing is left",
    );
  });

  it("refuses before any trial exists, with the table and every remedy, where nobody attends", async (t) => {
    const { folder, config } = await robot(
      t,
      "lockstep",
      [/minimum_battery: .*/, "minimum_battery: 20 V"],
      [/minimum_telemetry_rate: (.*)/, "minimum_telemetry_rate: $1\n  minimum_disk_space: 90000 TB"],
    );
    const { status, stderr } = await typed(folder, "tune", config, ...ONE);
    assert.equal(status, 1);
    assert.match(stderr, /^preflight: 2 refuse, \d+ ok$/m);
    assert.match(stderr, /^ {2}MISS {2}battery +the battery is at 12\.\d V, below 20\.0 V$/m);
    assert.match(stderr, /^ +→ Change or charge the battery\.$/m);
    assert.match(stderr, /^ {2}ok {4}recorder +[\d.]+ s of telemetry/m);
    assert.match(stderr, /^gaitsmith: preflight refuses .*: battery: .*; disk: /m);
    assert.match(stderr, /\(preflight, battery\)\n {2}battery: Change .* \[PREFLIGHT_REFUSED\]/);
    const shown = await stored(folder);
    assert.deepEqual(shown.trials, []);
    assert.deepEqual(
      shown.preflight?.items.filter(({ result }) => result === "missing").map(({ item }) => item),
      ["battery", "disk"],
    );
  });

  it("asks for the e-stop where somebody attends; it stops, is told, and latches nothing", async (t) => {
    const { folder, config } = await robot(t, "realtime");
    const command = start(
      folder,
      "tune",
      config,
      "--trials",
      "1",
      "--no-recording",
      "--confirm-next",
      "--port",
      "0",
    );
    t.after(() => command.process.kill("SIGKILL"));
    let said = "";
    command.process.stderr?.on("data", (chunk) => {
      said += chunk;
    });
    await command.saw(/\? Before trial 0 press the e-stop you would use/);
    const api = `${/page: (http\S+)/.exec(said)?.[1]}/api/v1`;
    const stopped = await fetch(`${api}/estop`, { method: "POST", body: "the red button" });
    assert.deepEqual(await stopped.json(), {
      taken: true,
      words: "the exercise: the station has cut the robot, and nothing is latched",
    });
    await command.saw(/closed by a stop: the red button, confirmed by the robot after [\d.]+ ms/);
    await command.saw(/e-stop by hand +the red button|e-stop by hand [\d.]+ ms/);
    await command.saw(/\? Trial 0 is next/);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    assert.equal((await fetch(`${api}/estop`, { method: "POST" })).status, 200);
    // This one latches, and somebody who attends is asked to clear it.
    await command.saw(/\? .*latch/i);
    command.process.kill("SIGINT");
    assert.equal((await command.finished).status, 3);
  });
});
