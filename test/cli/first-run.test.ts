/** The first day with a robot behind its serial port, on a terminal: a person's hands and answers are scripted. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { Miswiring } from "../../sim/miswiring.ts";
import { openSerialPeer } from "../../sim/serial/serial-peer.ts";
import { openSimulatedRobot, type SimulatedRobot } from "../../sim/simulated-robot.ts";
import { ManualClock } from "../../src/clock.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import type { FirstRunRecord } from "../../src/service/first-run/record.ts";
import { run, SIMULATED, simulatedConfig, workFolder } from "./gaitsmith.ts";
import { COMMAND, programOnTerminal } from "./on-terminal.ts";

/** A robot at the end of a serial port, in lockstep so that a busy computer spoils nothing, and the config for it. */
async function robotBehindPort(t: TestContext, folder: string, miswired: readonly Miswiring[] = []) {
  const clock = new ManualClock();
  const body = await openSimulatedRobot({
    variant: "nominal",
    variation: "none",
    stationClock: clock,
    miswired,
  });
  const peer = await openSerialPeer(body, { clock });
  t.after(() => peer.close());
  const file = join(folder, "robot.yaml");
  const link = `link:\n  kind: serial\n  clock: lockstep\n  path: ${peer.path}\n  baud: 921600 Bd\n`;
  const text = readFileSync(SIMULATED, "utf8")
    .replace(/^link:\n(?: .*\n)+/m, link)
    .replace("measure: 9 s", "measure: 2 s")
    .replace("speed_source: pose", "speed_source: odometry");
  writeFileSync(file, text);
  return { body, file };
}

/** The command on a terminal, with somebody who does and answers what each question asks for. */
async function firstDay(
  t: TestContext,
  folder: string,
  args: readonly string[],
  answer: (question: string, step: string) => Promise<string>,
) {
  // Wide, so that no question is broken over two lines.
  const terminal = programOnTerminal(t, folder, process.execPath, [COMMAND, "first-run", ...args], 400);
  let over = false;
  void terminal.ended.then(() => {
    over = true;
  });
  let answered = 0;
  while (!over) {
    const said = terminal.said();
    const questions = [...said.matchAll(/^\? (.*)$/gm)].map(([, question]) => question!.trim());
    const question = questions[answered];
    // A line is whole once its end is there.
    if (question === undefined || !said.slice(said.lastIndexOf(question)).includes("\n")) {
      await pause(20);
      continue;
    }
    answered++;
    const step = [...said.matchAll(/^\d\/7 (.*)$/gm)].at(-1)?.[1]?.trim() ?? "";
    const line = await answer(question, step);
    // Sooner it would be taken for typed before.
    await pause(300);
    if (!over) terminal.type(`${line}\r`);
  }
  const path = join(folder, "state", "robots", "simulated-elastic-quadruped", "first-run.json");
  const record = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as FirstRunRecord) : null;
  return { status: await terminal.ended, said: terminal.said(), record };
}

/** Somebody's hands, doing what is asked. */
async function obey(body: SimulatedRobot, question: string, step: string): Promise<string> {
  const { hand } = body;
  const moves = async (seconds: number): Promise<void> => {
    const until = body.time + seconds;
    for (let k = 0; k < 500 && body.time < until; k++) await pause(20);
  };
  const [, joint] = /^Move (\S+) /.exec(question) ?? [];
  if (joint !== undefined) {
    hand.letGo();
    await moves(0.5);
    hand.move(body.joints.indexOf(joint), 0.35, 0.4);
    await moves(0.6);
  } else if (/^Hold it level/.test(question)) {
    hand.lift();
    await moves(1);
  } else if (/^Level it/.test(question)) {
    hand.tilt({ roll: 0, pitch: 0, yaw: 0 }, 0.8);
    await moves(1);
  } else if (/^Tilt its nose/.test(question)) {
    await moves(0.4);
    hand.tilt({ roll: 0, pitch: 0.5, yaw: 0 }, 0.8);
    await moves(1.2);
  } else if (/its left side down/.test(question)) {
    await moves(0.4);
    hand.tilt({ roll: -0.5, pitch: 0, yaw: 0 }, 0.8);
    await moves(1.2);
  } else if (/to the left on the spot/.test(question)) {
    await moves(0.4);
    hand.tilt({ roll: 0, pitch: 0, yaw: 0.8 }, 0.8);
    await moves(1.2);
  } else if (/^How far/.test(question)) {
    // A tape measure.
    return `${(100 * body.truth().x).toFixed(1)} cm`;
  } else if (/^type free/.test(question)) {
    hand.lift();
    return "free";
  } else if (/begin/.test(question)) {
    // Walks on the ground begin there, everything else in somebody's hands.
    hand.letGo();
    if (/^(?:Three walks|Leg odometry)/.test(step)) hand.release();
    else hand.lift();
  }
  return "";
}

describe("gaitsmith first-run", { concurrency: 3, timeout: 240_000 }, () => {
  it("goes through every step over a serial port, is left for a day, and goes on", async (t) => {
    const folder = workFolder(t);
    const { body, file } = await robotBehindPort(t, folder, [{ kind: "odometry", scale: 1.3 }]);
    let begun = 0;
    const monday = await firstDay(t, folder, [file], async (question, step) => {
      if (/begin/.test(question) && ++begun > 2) return "q";
      return obey(body, question, step);
    });
    assert.equal(monday.status, 0, monday.said);
    const { steps } = monday.record!;
    assert.deepEqual(
      [steps.link?.verdict, steps.encoders?.verdict, steps.jog?.verdict, steps.imu],
      ["passed", "passed", "not-possible", undefined],
      monday.said,
    );
    assert.match(monday.said, /e-stop +a cut was confirmed after \d/);

    const tuesday = await firstDay(t, folder, [file, "--json"], (question, step) =>
      obey(body, question, step),
    );
    assert.equal(tuesday.status, 0, tuesday.said);
    assert.doesNotMatch(tuesday.said, /FAILED/);
    assert.match(tuesday.said, /begun \d{4}-\d\d-\d\d/);
    const record = tuesday.record!;
    assert.deepEqual(
      [record.steps.imu, record.steps.air, record.steps.ground, record.steps.odometry].map(
        (step) => step?.verdict,
      ),
      ["passed", "passed", "passed", "passed"],
      tuesday.said,
    );
    assert.ok(tuesday.said.includes(JSON.stringify(record).slice(0, 100)));
    assert.equal(record.steps.encoders!.at, steps.encoders!.at);
    assert.deepEqual(Object.keys(record.steps.air!.relaxed!), ["height", "lateral-distance"]);
    for (const recording of [...record.steps.air!.recordings!, ...record.steps.ground!.recordings!])
      assert.ok(existsSync(recording), recording);

    // Typed distances are the truth: odometry that counts 1.3 m for one is found out, up to the feet that slip.
    const { odometry } = record.steps.odometry!;
    assert.ok(odometry?.ok === true, JSON.stringify(odometry));
    const line = new RegExp(`${odometry.line!.split(" #")[0]!.replace(".", "\\.")} # .*3 measured walks`);
    assert.match(tuesday.said, line);
    // With the line written, a walk's odometry agrees with the tape measure.
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace(/^( *)speed_source: .*$/m, `$&\n$1${odometry.line}`),
    );
    const { odometryScale } = readHardwareConfig(file);
    for (const { odometry: told, measured } of record.steps.ground!.distances!)
      assert.ok(Math.abs((told * odometryScale!) / measured - 1) < 0.1, `${told} m, measured ${measured} m`);
  });

  it("stops at a robot whose legs are exchanged, and Ctrl-C ends", async (t) => {
    const folder = workFolder(t);
    const { body, file } = await robotBehindPort(t, folder, [
      { kind: "swapped-joints", joints: ["FR_hip", "FL_hip"] },
      { kind: "reversed-joint", joint: "RR_knee" },
    ]);
    const day = await firstDay(t, folder, [file, "--step", "encoders"], async (question, step) =>
      /failed/.test(question) ? "\x03" : obey(body, question, step),
    );
    assert.equal(day.status, 130, day.said);
    assert.match(day.said, /MISS +FR_hip +swapped: the channel of FL_hip moved/);
    assert.match(day.said, /MISS +FL_hip +swapped: the channel of FR_hip moved/);
    assert.match(day.said, /MISS +RR_knee +reversed/);
    assert.equal(day.record!.steps.encoders!.verdict, "failed");
  });

  it("shows a newcomer the simulated robot, whose own hand does what is asked", async (t) => {
    const folder = workFolder(t);
    const file = simulatedConfig(folder, [[/measure: 9 s/, "measure: 1 s"]]);
    const { status, stdout, stderr } = await run(folder, "first-run", file, "--yes", "--json");
    assert.equal(status, 0, stderr);
    const { steps } = JSON.parse(stdout) as FirstRunRecord;
    assert.deepEqual([...new Set(Object.values(steps).map(({ verdict }) => verdict))], ["passed"]);
    writeFileSync(file, `${readFileSync(file, "utf8")}\n# somebody was here\n`);
    const later = await run(folder, "first-run", file, "--yes");
    assert.equal(later.status, 0, later.stderr);
    assert.match(later.stdout + later.stderr, /passed, \d{4}-\d\d-\d\d; the config has changed since/);
    const misspelt = await run(folder, "first-run", SIMULATED, "--step", "nothing");
    assert.equal(misspelt.status, 2);
    assert.match(misspelt.stderr, /there is no step "nothing"/);
  });
});
