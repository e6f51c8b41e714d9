/** A study over a serial line whose cable is pulled in mid-walk: service, station process, pseudo-terminal, in real time. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { systemClock } from "../../src/clock.ts";
import type { HardwareConfig, SerialLinkConfig, StudyConfig } from "../../src/config/hardware-config.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { hardwareConfigPath } from "../../src/paths.ts";
import { openService } from "../../src/processes/service.ts";
import { startPeer } from "./peer-process.ts";
import { until } from "./until.ts";

const folder = mkdtempSync(join(tmpdir(), "gaitsmith-replug-"));
process.env["GAITSMITH_STATE_DIR"] = folder;
after(() => rmSync(folder, { recursive: true }));

const SHIPPED = readHardwareConfig(hardwareConfigPath("simulated-elastic-quadruped.yaml"));
const TRIALS = 2;

async function openStudy(name: string, change: Partial<SerialLinkConfig> = {}) {
  const peer = await startPeer();
  const walk = { stand: 0.1, rampIn: 0.3, settle: 0, measure: 1, reportInterval: 0.5, rampOut: 0.3 };
  // Two busy processes share this computer with other tests: late frames are not under test here.
  const { envelope } = SHIPPED;
  const patient = { ...envelope, "frame-age": { ...envelope["frame-age"], high: 0.45 } };
  const link: SerialLinkConfig = {
    kind: "serial",
    clock: "realtime",
    path: peer.path,
    baud: 921600,
    ...change,
  };
  const config: HardwareConfig = { ...SHIPPED, link, walk, envelope: patient };
  const study: StudyConfig = {
    ...SHIPPED.study!,
    name,
    sampler: { name: "random", options: {} },
    pruner: { name: "none", options: {} },
    trials: TRIALS,
    baselineWalks: 1,
    confirm: { walks: 0, candidates: 1 },
  };
  const said: string[] = [];
  const phases: string[] = [];
  const walking: { resolve: () => void } = { resolve: () => {} };
  const running = await openService({
    config,
    study,
    store: join(folder, `${name}.db`),
    recording: false,
    dashboard: null,
    operator: null,
    onStation: (message) => {
      if (message.kind === "log") said.push(`${message.level}: ${message.text}`);
      if (message.kind !== "phase") return;
      phases.push(message.phase);
      if (message.phase === "measure") walking.resolve();
    },
  });
  return {
    peer,
    running,
    said,
    measuring: new Promise<void>((resolve) => {
      walking.resolve = resolve;
    }),
    close: async () => {
      await running.close();
      await peer[Symbol.asyncDispose]();
    },
  };
}

test("the walk is interrupted, the operator is told, and after replugging the study goes on to its end", async () => {
  const { peer, running, said, measuring, close } = await openStudy("replugged");
  try {
    const end = running.run();
    await Promise.race([measuring, end]);
    const pulled = await peer.ask("unplug");
    let now = pulled;
    while (now.state !== "off" && now.time < pulled.time + 3) now = await peer.ask("look");
    assert.equal(now.state, "off", "the robot stops by its own dead-man");
    await until(() => said.some((text) => /Plug the robot in/.test(text)), 30);
    await peer.ask("replug");
    assert.equal((await end).state, "finished");
    const trials = running.runner.trials;
    assert.equal(trials[0]!.state, "interrupted");
    assert.equal(trials[0]!.reason?.code, "link-lost");
    assert.equal(trials[1]!.suggestion, trials[0]!.suggestion);
    assert.equal(trials[1]!.attempt, 2);
    assert.deepEqual(
      trials.slice(1).map(({ state }) => state),
      trials.slice(1).map(() => "completed"),
      JSON.stringify(trials.map(({ reason }) => reason)),
    );
    assert.equal(new Set(trials.map(({ suggestion }) => suggestion)).size, TRIALS);
    assert.ok(said.includes("info: the robot is back"));
  } finally {
    await close();
  }
  assert.ok(
    said.some((text) => /link: \d+ telemetry frames/.test(text)),
    said.join("\n"),
  );
});

test("a robot that does not come back ends the study with its error, and no trial is burnt", async () => {
  const { peer, running, measuring, close } = await openStudy("unplugged", { reconnectWithin: 1 });
  try {
    const end = running.run();
    const refused = assert.rejects(end, {
      code: "LINK_UNAVAILABLE",
      message: /there is no .*; (no )?serial ports/,
    });
    await Promise.race([measuring, end]);
    await peer.ask("unplug");
    await refused;
    assert.deepEqual(
      running.runner.trials.map(({ state }) => state),
      ["interrupted"],
    );
  } finally {
    await close();
  }
});

test("a study that is stopped does not go on waiting for its robot", async () => {
  const { peer, running, said, measuring, close } = await openStudy("stopped");
  try {
    const end = running.run();
    await Promise.race([measuring, end]);
    await peer.ask("unplug");
    await until(() => said.some((text) => /Plug the robot in/.test(text)), 30);
    const before = systemClock.now();
    running.runner.stop("stopped by the operator");
    const { state, words } = await end;
    assert.deepEqual([state, words], ["stopped", "stopped by the operator"]);
    assert.ok(systemClock.now() - before < 10);
    assert.equal(running.runner.trials.length, 1);
  } finally {
    await close();
  }
});
