/** `gaitsmith recording` on the recording of a real walk, and on what is none. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it, type TestContext } from "node:test";
import { LIMIT_NAMES } from "../../src/safety/limit.ts";
import { type RecordedItem, readRecording } from "../../src/station/recording-reader.ts";
import { planOf, StationProcess, shortWalk, temporaryFolder } from "../station/station-process.ts";
import { run, workFolder } from "./gaitsmith.ts";
import { typed } from "./in-process.ts";

let recording = "";
const items: RecordedItem[] = [];

/** Fields of a CSV file that holds no quotes. */
function rows(text: string): string[][] {
  assert.ok(text.endsWith("\r\n"));
  return text
    .trimEnd()
    .split("\r\n")
    .map((line) => line.split(","));
}

const command = (t: TestContext, ...args: string[]): ReturnType<typeof typed> =>
  typed(workFolder(t), "recording", ...args);

describe("gaitsmith recording", () => {
  before(async () => {
    recording = join(temporaryFolder(), "walk.mcap");
    const station = new StationProcess(shortWalk, temporaryFolder());
    station.decide = ({ step }) => ({ verdict: "go-on", reason: "fast", value: step / 10, threshold: 0.05 });
    await station.until("ready");
    await station.run(planOf(shortWalk, { recording }));
    await station.close();
    for await (const item of readRecording(recording)) items.push(item);
  });

  it("prints robot, trial, topics with rates, commands, reports, events, limits and outcome", async (t) => {
    const { stdout, stderr, status } = await run(workFolder(t), "recording", recording);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^trial 0 on simulated-elastic-quadruped \(config [0-9a-f]+\)$/m);
    assert.match(stdout, /^parameters {2}.*step_length 0\.\d+/m);
    assert.match(stdout, /^ {2}\/imu +sensor_msgs\/Imu +4\d\d {2}9\d\.\d Hz {2}4\.\d+ s$/m);
    const commands = stdout.match(
      /^ {2}\+\d\.\d{3} s {2}(arm|stage|commit|start|stop|disarm) .*accepted after/gm,
    );
    assert.equal(commands?.length, 6, stdout);
    assert.match(stdout, /^ {2}\+\d\.\d{3} s {2}report 2 {2}reward 0\.2 {2}go-on, asked for 0\.05 {2}fast$/m);
    assert.match(stdout, /^ {2}\+\d\.\d{3} s {2}info {2}phase +ramp-in$/m);
    assert.match(
      stdout,
      /^ {2}motor-torque +… 3\.9 N·m +closest 0\.\d+ at \+\d\.\d+ s \(\d+ % of the way left\)$/m,
    );
    assert.match(
      stdout,
      /^outcome {2}completed \(finished\): walked the whole plan; walked 3\.5\d s, 2 reports$/m,
    );
    assert.doesNotMatch(stdout, /damaged|joint_targets/);
  });

  it("prints the same as one document", async (t) => {
    const { stdout } = await command(t, recording, "--json");
    const document = JSON.parse(stdout);
    assert.deepEqual(
      [document.trial, document.condition.cut_off, document.outcome.end],
      [0, false, "completed"],
    );
    const frames = document.topics.find(({ topic }: { topic: string }) => topic === "/gaitsmith/frame");
    assert.equal(frames.messages, items.filter(({ kind }) => kind === "frame").length);
    const names = document.limits.filter(({ joint }: { joint: string }) => joint === "");
    assert.deepEqual(
      names.map(({ name }: { name: string }) => name),
      LIMIT_NAMES,
    );
    const [stage] = document.commands.filter((one: { command: string }) => one.command === "stage");
    const plan = planOf(shortWalk);
    assert.deepEqual(stage.values, { ...plan.parameters, ramp_in: 0.5, ramp_out: 0.5 });
    assert.equal(
      stage.answer,
      document.commands.find((one: { command: string }) => one.command === "commit").words,
    );
    assert.ok(document.reports[1].metrics.forward_speed > 0.05);
  });

  it("exports every channel with names and units, NaN as an empty field", async (t) => {
    const folder = workFolder(t);
    const { stderr, status } = await typed(folder, "recording", recording, "--csv", "frames.csv");
    assert.equal(status, 0, stderr);
    const [header, ...lines] = rows(readFileSync(join(folder, "frames.csv"), "utf8"));
    const frames = items.filter((item) => item.kind === "frame");
    assert.equal(lines.length, frames.length);
    assert.deepEqual(header?.slice(0, 5), [
      "time [s]",
      "t_robot [s]",
      "t_arrival [s]",
      "seq",
      "imu.roll [rad]",
    ]);
    for (const at of [0, 100, lines.length - 1]) {
      const { tRobot, tArrival, seq, values } = frames[at]!;
      const numbers = [tRobot, tArrival, seq, ...values];
      assert.deepEqual(
        lines[at]!.slice(1),
        numbers.map((value) => (Number.isNaN(value) ? "" : String(value))),
      );
    }
  });

  it("exports one topic, and a part of the time", async (t) => {
    const { stdout, stderr } = await command(
      t,
      ...[recording, "--csv", "-", "--topic", "/joint_states", "--from", "1", "--to", "1.5s"],
    );
    const [header, ...lines] = rows(stdout);
    assert.equal(stderr.trim(), `${lines.length} lines of /joint_states`);
    assert.ok(header?.includes("position.FR_hip") && header.includes("effort.RL_knee"));
    assert.ok(lines.length > 40 && lines.length <= 51, `${lines.length}`);
    const times = lines.map(([time]) => Number(time));
    assert.ok(times.every((time) => time >= 1 && time <= 1.5));
  });

  it("says that a recording is cut off, and makes a whole one of it", async (t) => {
    const folder = workFolder(t);
    const whole = readFileSync(recording);
    writeFileSync(join(folder, "walk.mcap.part"), whole.subarray(0, Math.floor(0.7 * whole.length)));
    const cut = await typed(folder, "recording", "walk.mcap");
    assert.equal(cut.status, 0, cut.stderr);
    assert.match(cut.stdout, /^damaged: it is cut off: \d+ of \d+ bytes can be read$/m);
    assert.match(cut.stdout, /^outcome {2}unknown/m);
    const repaired = await typed(folder, "recording", "walk.mcap", "--repair", "walk.mcap");
    assert.equal(repaired.status, 0, repaired.stderr);
    assert.match(repaired.stderr, /^walk\.mcap: \d+ messages over [2-4]\.\d+ s \(\d+ of \d+ bytes\)$/m);
    // What was repaired is left alone.
    assert.ok(existsSync(join(folder, "walk.mcap.part")));
    const { stdout } = await typed(folder, "recording", "walk.mcap");
    assert.match(stdout, /^repaired: it is cut off/m);
    assert.doesNotMatch(stdout, /^damaged/m);
    const again = await typed(folder, "recording", "walk.mcap.part", "--repair", "walk.mcap");
    assert.equal(again.status, 2);
    assert.match(again.stderr, /not overwritten/);
  });

  it("says of what is no recording why, and what to do", async (t) => {
    const folder = workFolder(t);
    mkdirSync(join(folder, "folder"));
    writeFileSync(join(folder, "empty"), "");
    writeFileSync(join(folder, "text"), "speed\n1\n");
    const cases = { nothing: /no such file/, folder: /a folder/, empty: /is empty/, text: /not a recording/ };
    for (const [file, words] of Object.entries(cases)) {
      const { status, stdout, stderr } = await typed(folder, "recording", file);
      assert.deepEqual([status, stdout], [1, ""]);
      assert.match(stderr, words);
      assert.match(stderr, new RegExp(`\\(${file}\\)\n {2}\\w.*\\. \\[RECORDING_UNREADABLE\\]\n$`));
    }
  });

  it("refuses what it cannot do", async (t) => {
    const wrong = [
      [["--topic", "/imu"], /none was asked for/],
      [["--csv", "-", "--topic", "/speed"], /no messages on \/speed[\s\S]*\/joint_states/],
      [["--csv", "-", "--from", "soon"], /--from soon is no time/],
      [["--csv", recording], /the recording itself/],
    ] as const;
    for (const [args, words] of wrong) {
      const { status, stderr } = await command(t, recording, ...args);
      assert.equal(status, 2);
      assert.match(stderr, words);
    }
    const { status, stderr } = await command(t, recording, "--csv", "/nowhere/file.csv");
    assert.equal(status, 1);
    assert.match(stderr, /cannot be written.*\/nowhere\/file\.csv[\s\S]*\[RECORDING_FAILED\]/);
  });
});
