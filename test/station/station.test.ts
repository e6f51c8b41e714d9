/** The station as a process of its own, with a service's end of the channel in the test. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../../src/clock.ts";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import { GaitsmithError } from "../../src/errors.ts";
import { openRobot } from "../../src/processes/open-robot.ts";
import { LIMIT_NAMES } from "../../src/safety/limit.ts";
import { sendEStop } from "../../src/station/estop-socket.ts";
import { latchPath, readLatch } from "../../src/station/latch-file.ts";
import { type RecordedItem, readOutcome, readRecording } from "../../src/station/recording-reader.ts";
import { claimRobot } from "../../src/station/robot-claim.ts";
import { planOf, StationProcess, shortWalk, simulatedConfig, temporaryFolder } from "./station-process.ts";

const stations: StationProcess[] = [];
after(() => {
  for (const { child } of stations) child.kill("SIGKILL");
});

function start(
  config: HardwareConfig = shortWalk,
  stateDir = join(temporaryFolder(), "robot"),
): StationProcess {
  const station = new StationProcess(config, stateDir);
  stations.push(station);
  return station;
}

async function itemsOf(file: string): Promise<RecordedItem[]> {
  const items: RecordedItem[] = [];
  for await (const item of readRecording(file)) items.push(item);
  return items;
}

/** The error that keeps a station from having its robot. */
async function refused(config: HardwareConfig, stateDir = temporaryFolder()): Promise<GaitsmithError> {
  const ears = { onEStop: async () => false, onHandOver: () => {} };
  const claim = claimRobot({ config, stateDir, wall: systemClock, openRobot, ears, attach: () => {} });
  const error = await claim.then(
    () => assert.fail("the robot was had"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof GaitsmithError, String(error));
  return error;
}

/** A gait that falls or is stopped by a limit for certain: a trunk that must stay higher than it can stand. */
const breaching: HardwareConfig = {
  ...shortWalk,
  envelope: {
    ...shortWalk.envelope,
    height: { ...shortWalk.envelope.height, low: 0.139, nominal: 0.18 },
  },
};

describe("one station", () => {
  // Deeper than a socket's path may be.
  const stateDir = join(temporaryFolder(), "a-rather-long-name-of-a-folder".repeat(4), "robot");
  let station: StationProcess;
  before(() => {
    station = start(shortWalk, stateDir);
  });
  afterEach(() => {
    station.decide = () => ({ verdict: "go-on", reason: "" });
  });

  it("walks trial after trial, reports, decides and records", async () => {
    const folder = temporaryFolder();
    const ready = await station.until("ready");
    const began = performance.now();
    assert.deepEqual([ready.clock, ready.returnsByItself], ["lockstep", true]);
    for (const trial of [0, 1]) {
      const recording = join(folder, "recordings", `trial-${trial}.mcap`);
      const outcome = await station.run(planOf(shortWalk, { trial, suggestion: trial, recording }));
      assert.deepEqual([outcome.end, outcome.reports, outcome.recording], ["completed", 2, recording]);
    }
    assert.equal(station.count("report"), 4);
    assert.equal(station.count("outcome"), 2);
    assert.equal(station.count("failed"), 0);
    // At most thirty live frames a second, one unacknowledged.
    const seconds = (performance.now() - began) / 1000;
    assert.ok(station.count("live") > 0 && station.count("live") <= 1 + 30 * seconds);

    // Its end is written while the next walk may begin.
    while (!existsSync(join(folder, "recordings", "trial-1.mcap"))) await pause(20);
    const items = await itemsOf(join(folder, "recordings", "trial-1.mcap"));
    assert.equal(items.at(-1)?.kind, "outcome");
    const frames = items.filter((item) => item.kind === "frame");
    // 4.7 s at 100 Hz, a few of them lost on the air.
    assert.ok(frames.length > 440 && frames.length < 480, `${frames.length}`);
    assert.deepEqual(
      frames[0]?.channels.map(({ name }) => name),
      ready.channels.map(({ name }) => name),
    );
    const outcome = await readOutcome(join(folder, "recordings", "trial-1.mcap"));
    assert.equal(outcome?.trial, 1);

    // What was sent, each with its answer, and what was judged.
    const commands = items.filter((item) => item.kind === "command");
    assert.deepEqual(
      commands.map(({ command, words }) => `${command} ${words}`.trim()),
      ["arm", "stage foot-cpg:trot", `commit ${commands[2]?.words}`, "start", "stop neutral", "disarm"],
    );
    const answers = items.filter((item) => item.kind === "acknowledgement");
    assert.deepEqual(
      answers.map(({ id, command, accepted }) => [id, command, accepted]),
      commands.map(({ id, command }) => [id, command, true]),
    );
    assert.equal(answers[1]?.words, commands[2]?.words);
    const reports = items.filter((item) => item.kind === "report");
    const decisions = items.filter((item) => item.kind === "decision");
    assert.deepEqual(
      [reports, decisions].map((list) => list.map(({ step }) => step)),
      [
        [1, 2],
        [1, 2],
      ],
    );
    assert.ok((reports[1]?.metrics.forward_speed ?? 0) > 0.05);
    // At most thirty a second of robot time, from the first frame to the last.
    const margins = items.filter((item) => item.kind === "margins");
    assert.ok(margins.length > 90 && margins.length <= 30 * 4.8, `${margins.length}`);
    assert.deepEqual(margins[0]?.limits, LIMIT_NAMES);
  });

  it("repeats an outcome until it is acknowledged, and walks the same trial only once", async () => {
    station.acknowledge = false;
    const told = station.count("outcome");
    const outcome = await station.run(planOf(shortWalk, { trial: 2 }));
    while (station.count("outcome") < told + 3) await pause(50);
    station.send({ kind: "outcome-received", trial: 2, attempt: 1 });
    station.acknowledge = true;
    const walks = station.count("report");
    station.send({ kind: "run", plan: planOf(shortWalk, { trial: 2 }) });
    const before = station.count("outcome");
    while (station.count("outcome") === before) await pause(20);
    assert.equal(station.count("report"), walks);
    const last = station.messages.findLast((message) => message.kind === "outcome");
    assert.deepEqual(last?.kind === "outcome" && last.outcome, outcome);
    const retry = await station.run(planOf(shortWalk, { trial: 2, attempt: 2 }));
    assert.equal(retry.attempt, 2);
  });

  it("begins no walk while it looks at everything before a study", async () => {
    const store = temporaryFolder();
    station.send({ kind: "preflight", ask: { robot: true, store, recordings: store, walks: 1 } });
    station.send({ kind: "run", plan: planOf(shortWalk, { trial: 20 }) });
    while (station.count("preflight-result") === 0) await pause(20);
    const refused = station.messages.filter((message) => message.kind === "log");
    assert.match(refused.map(({ text }) => text).join("\n"), /trial 20 was refused: the station is busy/);
    assert.equal((await station.run(planOf(shortWalk, { trial: 20 }))).end, "completed");
  });

  it("stops when the service falls silent, and goes on when it is back", async () => {
    // The robot's clock stands still at the first report, and the service says nothing more.
    station.decide = () => {
      station.silence();
      return null;
    };
    const outcome = await station.run(planOf(shortWalk, { trial: 3 }));
    assert.deepEqual([outcome.end, outcome.reason.code], ["interrupted", "service-silent"]);
    assert.equal(outcome.latched, false);
    station.speak();
    station.decide = () => ({ verdict: "go-on", reason: "" });
    assert.equal((await station.run(planOf(shortWalk, { trial: 3, attempt: 2 }))).end, "completed");
  });

  it("leaves SIGINT to the service", async () => {
    station.decide = () => {
      station.child.kill("SIGINT");
      return { verdict: "go-on", reason: "" };
    };
    assert.equal((await station.run(planOf(shortWalk, { trial: 4 }))).end, "completed");
  });

  it("obeys a controlled stop in the middle of a walk", async () => {
    station.decide = () => {
      station.send({ kind: "stop", reason: "Ctrl-C" });
      return { verdict: "go-on", reason: "" };
    };
    const outcome = await station.run(planOf(shortWalk, { trial: 5 }));
    assert.deepEqual(
      [outcome.end, outcome.reason.code, outcome.reason.words],
      ["interrupted", "operator-stop", "Ctrl-C"],
    );
  });

  it("does not lose a walk to a disk that does not take its recording", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const outcome = await station.run(
      planOf(shortWalk, { trial: 6, recording: join(folder, "file", "trial.mcap") }),
    );
    assert.deepEqual([outcome.end, outcome.recording], ["completed", null]);
    await station.until("log", ({ text }) => /recording failed/.test(text));
  });

  it("lets one program drive a robot, and names it to the other", async () => {
    const second = start(shortWalk, stateDir);
    const failure = await second.until("failed");
    assert.equal(failure.code, "ROBOT_BUSY");
    assert.match(failure.what, new RegExp(`process ${station.child.pid}\\b`));
    assert.equal(await second.exited, 0);
    assert.equal((await station.run(planOf(shortWalk, { trial: 7 }))).end, "completed");
  });

  it("is killed, and the next one takes over its lock", async () => {
    station.child.kill("SIGKILL");
    await station.exited;
    assert.ok(existsSync(join(stateDir, "lock")));
    station = start(shortWalk, stateDir);
    await station.until("ready");
  });

  it("hears an e-stop over its own socket while the service says nothing", async () => {
    let taken: Promise<boolean> | null = null;
    station.decide = () => {
      taken = sendEStop(stateDir, "the big red button");
      return null;
    };
    const outcome = await station.run(planOf(shortWalk, { trial: 8 }));
    assert.deepEqual([outcome.end, outcome.latched], ["aborted", true]);
    assert.equal(await taken, true);
    assert.match(readFileSync(latchPath(stateDir), "utf8"), /big red button/);
    await station.close();
    assert.equal(await station.exited, 0);
    assert.equal(await sendEStop(stateDir, "nobody there"), false);
  });
});

describe("stations", { concurrency: 2 }, () => {
  it("stops within one frame of a breach, and the recording shows it", async () => {
    const recording = join(temporaryFolder(), "breach.mcap");
    const station = start(breaching);
    await station.until("ready");
    const outcome = await station.run(planOf(breaching, { recording }));
    await station.close();
    assert.deepEqual([outcome.end, outcome.reason.code], ["aborted", "height"]);

    const items = await itemsOf(recording);
    const index = items.findIndex((item) => item.kind === "event" && item.name === "stop-sent");
    const sent = items[index];
    const breach = items.slice(0, index).findLast((item) => item.kind === "frame");
    assert.ok(sent?.kind === "event" && breach?.kind === "frame");
    // The frame before the stop is the one that shows the breach, and no other came between.
    assert.equal(sent.frame, breach.seq);
    assert.equal(sent.tStation, breach.tArrival);
    const height = breach.channels.findIndex(({ name }) => name === "trunk.height");
    const streak = items
      .slice(0, index)
      .filter((item) => item.kind === "frame")
      .slice(-3);
    assert.ok(streak.every((frame) => frame.values[height]! < 0.139));
    const rampIn = items.find((item) => item.kind === "event" && item.words === "ramp-in");
    assert.ok(rampIn?.kind === "event");
    assert.equal(breach.tRobot - rampIn.tRobot, outcome.reason.time);
    const confirmed = items.find((item) => item.kind === "event" && item.name === "stop-confirmed");
    assert.ok(confirmed?.kind === "event");
    // Robot time of the stop's effect: not later than the frame's way here and one frame.
    assert.ok(confirmed.tRobot - breach.tArrival <= 0.01, `${confirmed.tRobot - breach.tArrival}`);
  });

  it("stops and records how when the service dies", async () => {
    const recording = join(temporaryFolder(), "orphan.mcap");
    const stateDir = join(temporaryFolder(), "robot");
    const station = start(simulatedConfig, stateDir);
    await station.until("ready");
    station.decide = () => {
      station.child.disconnect();
      return null;
    };
    station.send({ kind: "run", plan: planOf(simulatedConfig, { recording }) });
    assert.equal(await station.exited, 0);
    const outcome = await readOutcome(recording);
    assert.deepEqual(
      [outcome?.end, outcome?.reason.code, outcome?.reports],
      ["interrupted", "service-died", 1],
    );
    assert.equal(existsSync(join(stateDir, "lock")), false);
  });

  for (const signal of ["SIGTERM", "SIGHUP"] as const)
    it(`stops the robot first on ${signal}, then exits`, async () => {
      const station = start(simulatedConfig);
      await station.until("ready");
      station.decide = () => {
        station.child.kill(signal);
        return null;
      };
      const outcome = await station.run(planOf(simulatedConfig));
      assert.deepEqual([outcome.end, outcome.reason.code], ["interrupted", signal.toLowerCase()]);
      assert.equal(await station.exited, 0);
    });

  it("keeps an e-stop that came before it knew its robot, and does not claim that robot", async () => {
    const stateDir = join(temporaryFolder(), "robot");
    // What is written beside the robot's folder by mistake is found here.
    const cwd = temporaryFolder();
    const before = [{ kind: "e-stop", reason: "too early" }] as const;
    const station = new StationProcess(shortWalk, stateDir, { before, cwd });
    stations.push(station);
    const { id, reason } = await station.until("latched");
    assert.equal(reason.words, "too early");
    const end = await Promise.race([station.until("failed"), station.until("ready")]);
    assert.deepEqual([end.kind, end.kind === "failed" && end.code], ["failed", "ROBOT_LATCHED"]);
    await station.exited;
    const latch = readLatch(stateDir);
    assert.deepEqual([latch?.id, latch?.words], [id, "too early"]);
    assert.deepEqual(readdirSync(cwd), []);
  });

  it("latches on an e-stop over the channel, and a latched robot cannot be started", async () => {
    const stateDir = join(temporaryFolder(), "robot");
    const station = start(simulatedConfig, stateDir);
    await station.until("ready");
    station.decide = () => {
      station.send({ kind: "e-stop", reason: "smoke" });
      return null;
    };
    const outcome = await station.run(planOf(simulatedConfig));
    assert.deepEqual([outcome.end, outcome.reason.code, outcome.latched], ["aborted", "operator-stop", true]);
    assert.equal((await station.until("latched")).reason.words, "smoke");
    assert.equal(readLatch(stateDir)?.words, "smoke");
    station.send({ kind: "run", plan: planOf(simulatedConfig, { trial: 1 }) });
    assert.equal((await station.until("failed")).code, "ROBOT_LATCHED");
    await station.exited;

    const failure = await refused(simulatedConfig, stateDir);
    assert.equal(failure.code, "ROBOT_LATCHED");
    assert.match(failure.message, /smoke/);
    assert.equal(failure.where, latchPath(stateDir));
  });

  it("walks a robot that lives in real time, where the walk goes on while a report is decided", async () => {
    const config: HardwareConfig = {
      ...shortWalk,
      link: { kind: "simulated", clock: "realtime", variant: "nominal", variation: "mild" },
      // A machine that runs tests is not quiet: what is late here is not what is tested.
      envelope: {
        ...shortWalk.envelope,
        "frame-age": { ...shortWalk.envelope["frame-age"], high: 1.5 },
      },
    };
    const station = start(config);
    assert.equal((await station.until("ready")).clock, "realtime");
    station.decide = (report) => {
      const { trial, attempt, step } = report;
      setTimeout(
        () => station.send({ kind: "decision", trial, attempt, step, verdict: "go-on", reason: "" }),
        200,
      );
      return null;
    };
    const outcome = await station.run(planOf(config));
    assert.deepEqual([outcome.end, outcome.reports], ["completed", 2], outcome.reason.words);
    await station.close();
  });
});

describe("before a robot is driven", () => {
  it("a lock that cannot be written is told with its place", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const failure = await refused(shortWalk, join(file, "robot"));
    assert.equal(failure.code, "STATE_FAILED");
    assert.equal(failure.where, join(file, "robot", "lock"));
    assert.match(failure.message, /lock of the robot cannot be written: ENOTDIR/);
    assert.match(failure.remedy ?? "", /room on the disk/);
  });

  it("it is said why when there is no such robot, when a limit is not set, and when joints differ", async () => {
    const wrong = { ...shortWalk, link: { ...shortWalk.link, variant: "flying" } } as HardwareConfig;
    assert.equal((await refused(wrong)).code, "CONFIG_INVALID");
    const { tilt: _, ...rest } = shortWalk.envelope;
    const unset = { ...shortWalk, envelope: rest } as unknown as HardwareConfig;
    const failure = await refused(unset);
    assert.equal(failure.code, "CONFIG_INVALID");
    assert.match(failure.message, /limit tilt is not set/);
    const joints = {
      ...shortWalk,
      robot: { ...shortWalk.robot, joints: shortWalk.robot.joints.toReversed() },
    };
    assert.equal((await refused(joints)).code, "ROBOT_MISMATCH");
  });
});
