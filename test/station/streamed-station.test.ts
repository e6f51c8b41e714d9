/** A real station process that streams joint targets in real time. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import { readRecording } from "../../src/station/recording-reader.ts";
import { planOf, StationProcess, simulatedConfig, temporaryFolder } from "./station-process.ts";

const streamed: HardwareConfig = {
  ...simulatedConfig,
  link: { kind: "simulated", clock: "realtime", variant: "nominal", variation: "none", streamed: true },
  walk: { ...simulatedConfig.walk, measure: 2 },
};

test("in real time it walks, and says in the end how steady the stream was", async () => {
  const walk = async () => {
    const station = new StationProcess(streamed, temporaryFolder());
    await station.until("ready");
    const recording = join(temporaryFolder(), "walk.mcap");
    return { station, recording, outcome: await station.run(planOf(streamed, { recording })) };
  };
  let walked = await walk();
  // Where this computer is too busy, its being late may end a walk.
  if (walked.outcome.end === "interrupted") {
    await walked.station.close();
    walked = await walk();
  }
  const { station, recording, outcome } = walked;
  assert.deepEqual([outcome.end, outcome.reports], ["completed", 2], JSON.stringify(outcome.reason));
  const { metrics } = await station.until("report", ({ step }) => step === 2);
  assert.ok(metrics.forward_speed > 0.05 && metrics.forward_speed < 0.3, `${metrics.forward_speed}`);
  await station.close();
  const { text } = await station.until("log", ({ text }) => text.startsWith("link: "));
  const [, targets, rate] = /^link: (\d+) joint targets at ([\d.]+) Hz/.exec(text) ?? [];
  assert.ok(Number(targets) > 300 && Number(rate) > 80 && Number(rate) < 105, text);
  assert.match(text, /jitter of the targets [\d.]+ ms, at most [\d.]+ ms in 99 %/);

  // Every target is in the recording; the walk's length is that of its first and last.
  const times: number[] = [];
  for await (const item of readRecording(recording, ["targets"])) {
    if (item.kind !== "targets") continue;
    assert.equal(item.positions.length, streamed.robot.joints.length);
    assert.ok(item.positions.every(Number.isFinite));
    times.push(item.tRobot);
  }
  assert.equal(times.length, Number(targets));
});

test("when it freezes the robot comes to rest, and the walk is an accident", async () => {
  const station = new StationProcess(streamed, temporaryFolder());
  await station.until("ready");
  const ended = station.run(planOf(streamed));
  await station.until("report");
  station.child.kill("SIGSTOP");
  await pause(600);
  station.child.kill("SIGCONT");
  const outcome = await ended;
  assert.equal(outcome.end, "interrupted");
  // Whichever of them wakes first says so.
  assert.ok(
    ["targets-late", "robot-fault", "frame-age", "service-silent"].includes(outcome.reason.code),
    outcome.reason.code,
  );
  await station.close();
});
