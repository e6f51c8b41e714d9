/** A first day is left and gone on with, repeated, and skipped with a word why; what fails is not passed over in silence. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { readStepAnswer } from "../../../src/service/first-run/answers.ts";
import { type FirstRunRecord, recordPath, STEP_NAMES } from "../../../src/service/first-run/record.ts";
import { reportText } from "../../../src/service/first-run/words.ts";
import { bench, CONFIG, willing } from "./in-process.ts";

describe("a first run", () => {
  it("does every step of a sound robot, and keeps what it found", async (t) => {
    const robot = bench(t);
    const { record, stopped } = await robot.run(willing);
    assert.equal(stopped, false);
    assert.deepEqual(
      STEP_NAMES.map((name) => record.steps[name]?.verdict),
      Array(STEP_NAMES.length).fill("passed"),
      reportText(CONFIG, record),
    );
    const { encoders, jog, imu, air } = record.steps;
    for (const { findings } of [encoders!, jog!, air!]) assert.equal(findings.length, 8);
    for (const { findings } of [encoders!, jog!, imu!])
      assert.ok(findings.every(({ result }) => result === "ok"));
    // Knees are coupled to hips.
    for (const { value } of encoders!.findings)
      assert.ok(Number(value) > 0.15 && Number(value) < 0.4, `${value}`);
    // Limits that were left out in the air.
    assert.deepEqual(Object.keys(air!.relaxed ?? {}), ["height", "lateral-distance"]);
    assert.deepEqual(
      JSON.parse(readFileSync(recordPath(robot.stateDir), "utf8")),
      JSON.parse(JSON.stringify(record)),
    );
    // The distances of the three walks on the ground are those that odometry is compared with.
    assert.equal(record.steps.ground!.distances!.length, 3);
    assert.ok(record.steps.odometry!.odometry!.ok && record.steps.odometry!.odometry!.walks === 3);
    assert.deepEqual(record.steps.odometry!.distances, []);
    const again = await robot.run(() => assert.fail("everything is settled: nothing is asked"));
    assert.deepEqual(again.record.steps, record.steps);
  });

  it("goes on the next day with the step it was left at; --step does one anew, --restart all", async (t) => {
    const robot = bench(t);
    let steps = 0;
    const first = await robot.run((question) => {
      const begins = /begin/u.test(question);
      return begins && ++steps > 2 ? "q" : willing(question);
    });
    assert.equal(first.stopped, true);
    assert.deepEqual(Object.keys(first.record.steps), ["link", "encoders"]);
    const asked: string[] = [];
    robot.said.length = 0;
    const second = await robot.run((question) => {
      asked.push(question);
      return "q";
    });
    assert.equal(asked.length, 1);
    assert.ok(
      robot.said.some((words) => words.includes("3/7 Jog")),
      robot.said.join("\n"),
    );
    assert.deepEqual(second.record.steps, first.record.steps);
    robot.said.length = 0;
    await robot.run(willing, { step: "encoders" });
    assert.equal(robot.said.filter((words) => /\n\d\/7/.test(words)).length, 1);
    const anew = await robot.run(() => "q", { restart: true });
    assert.deepEqual(anew.record.steps, {});
  });

  it("skips with a word why", async (t) => {
    const robot = bench(t);
    const { record } = await robot.run((question) =>
      /begin/u.test(question) ? "s no time today" : willing(question),
    );
    for (const name of STEP_NAMES) {
      const { verdict, note } = record.steps[name]!;
      assert.deepEqual([verdict, note], ["skipped", "no time today"]);
    }
    assert.match(reportText(CONFIG, record), /2\. Encoders by hand: SKIPPED.*\n {3}note: no time today/);
  });

  it("does not go on from what failed before somebody says why", async (t) => {
    const robot = bench(t, [{ kind: "reversed-joint", joint: "FR_hip" }]);
    const answers = ["", "", "", "", "s", "s the encoder is turned round next week", "q"];
    const asked: string[] = [];
    const { record } = await robot.run((question) => {
      asked.push(question);
      return answers.shift() ?? "q";
    });
    // Link; encoders, and once more; no reason, a reason; no jog today.
    assert.deepEqual(
      asked.map((question) => /failed|begin/u.exec(question)?.[0]),
      ["begin", "begin", "failed", "begin", "failed", "failed", "begin"],
      asked.join("\n"),
    );
    const { verdict, note } = record.steps.encoders!;
    assert.deepEqual([verdict, note], ["failed", "the encoder is turned round next week"]);
    assert.equal(record.steps.jog, undefined);
  });

  it("needs a word typed before the robot gets torque with free legs", async (t) => {
    const robot = bench(t);
    const asked: string[] = [];
    await robot.run(
      (question) => {
        asked.push(question);
        return asked.length < 3 ? "" : "q";
      },
      { step: "air" },
    );
    assert.equal(asked.length, 3);
    assert.ok(robot.said.some((words) => /Only the word "free" begins it/.test(words)));
    assert.ok(!existsSync(recordPath(robot.stateDir)));
  });

  it("begins anew where the file of before cannot be read", async (t) => {
    const robot = bench(t);
    writeFileSync(recordPath(robot.stateDir), "{");
    const { record } = await robot.run(() => "q");
    assert.deepEqual(record.steps, {});
    writeFileSync(
      recordPath(robot.stateDir),
      JSON.stringify({ version: 2 } satisfies Partial<Record<keyof FirstRunRecord, unknown>>),
    );
    assert.deepEqual((await robot.run(() => "q")).record.steps, {});
  });
});

it("answers between steps are read as they are typed", () => {
  assert.deepEqual(readStepAnswer(""), { answer: "go-on" });
  assert.deepEqual(readStepAnswer(" s  cable is missing "), { answer: "skip", note: "cable is missing" });
  assert.deepEqual(readStepAnswer("R"), { answer: "redo" });
  assert.deepEqual(readStepAnswer("q"), { answer: "stop" });
  assert.deepEqual(readStepAnswer(null), { answer: "stop" });
  assert.deepEqual(readStepAnswer("free"), { answer: "go-on" });
});
