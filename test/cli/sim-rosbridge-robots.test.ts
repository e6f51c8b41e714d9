/** Robots behind rosbridge that have their own ways, pretended in another terminal and tuned with their shipped configs. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { startText } from "../../src/cli/start-report.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { checkStart } from "../../src/processes/check-robot.ts";
import type { StudyDocument } from "../../src/study/study-document.ts";
import { start, workFolder } from "./gaitsmith.ts";
import { stored, typed } from "./in-process.ts";
import { type Change, pretended, shortConfig } from "./pretended.ts";

/** The shipped config with the pretended robot's address, and changed where a short test on a busy machine needs it. */
function configFor(folder: string, file: string, url: string, ...changes: readonly Change[]): string {
  return shortConfig(
    folder,
    file,
    ...changes,
    [/^ {2}url: .*$/m, `  url: ${url}`],
    [/measure: 5 s/, "measure: 1 s"],
    [/report_interval: 5 s/, "report_interval: 1 s"],
    [/frame-age: \{ high: 200 ms/, "frame-age: { high: 450 ms"],
    [/frame-gap: \{ high: 15/, "frame-gap: { high: 45"],
  );
}

/** `gaitsmith sim`, and how far its robot came so far, m. */
async function pretendedRobot(t: TestContext, folder: string, robot: string) {
  const { introduction, said } = await pretended(t, folder, "--rosbridge", "0", "--robot", robot);
  return {
    url: introduction["url"]!,
    walked: () => Array.from(said().matchAll(/It walked (\S+) m/g), ([, metres]) => Number(metres)),
  };
}

let checks: Promise<unknown> = Promise.resolve();

/** What `gaitsmith check` finds and says; one at a time, since each tries to record in the folder of its process. */
function checked(folder: string, file: string): Promise<{ readonly ready: boolean; readonly said: string }> {
  const check = checks.then(async () => {
    const config = readHardwareConfig(file);
    const before = process.cwd();
    process.chdir(folder);
    try {
      const found = await checkStart(config, new AbortController().signal);
      return { ready: found.ready, said: startText(config.robot.name, found) };
    } finally {
      process.chdir(before);
    }
  });
  checks = check.catch(() => {});
  return check;
}

/** What the person does: presses the e-stop when asked to, puts the robot on its start line, and types what the tape says. */
async function operate(page: string, robot: string, walked: () => readonly number[], signal: AbortSignal) {
  const typed: number[] = [];
  const url = `${page}/api/v1/robots/${robot}/prompt`;
  let measured = 0;
  for (; !signal.aborted; await pause(100)) {
    const asked = await fetch(url).catch(() => null);
    const { open } = ((await asked?.json()) ?? { open: null }) as {
      readonly open: { readonly kind: string; readonly number: number } | null;
    };
    if (open === null) continue;
    if (open.kind === "exercise-e-stop") {
      await fetch(`${page}/api/v1/estop`, { method: "POST", body: "the red button" });
      continue;
    }
    const answer: Record<string, string> = { answer: "continue" };
    if (open.kind === "distance-walked") {
      // The tape is read when the robot has come to rest.
      if (walked().length === measured) continue;
      measured = walked().length;
      typed.push(walked().at(-1)!);
      answer["distance"] = `${walked().at(-1)} m`;
    }
    await fetch(`${url}/${open.number}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(answer),
    });
  }
  return typed;
}

const PAGE = ["--port", "0", "--no-recording"];

async function tuned(folder: string, config: string, robot: string, walked: () => readonly number[]) {
  const study = start(folder, "tune", config, "--trials", "3", "--sampler", "random", ...PAGE);
  let said = "";
  study.process.stderr!.on("data", (text) => {
    said += text;
  });
  await study.saw(/page: \S+/);
  const over = new AbortController();
  const typed = operate(/page: (\S+)/.exec(said)![1]!, robot, walked, over.signal);
  const { status, stderr } = await study.finished;
  over.abort();
  assert.equal(status, 0, stderr);
  assert.match(stderr, /closed by a stop: the red button, confirmed by the robot after [\d.]+ ms/);
  const { trials } = await stored(folder);
  const completed = trials.filter(({ state }) => state === "completed");
  assert.ok(completed.length >= 2, stderr);
  return { completed, typed: await typed };
}

// Robots of different names have their locks in one folder.
const state = mkdtempSync(join(tmpdir(), "gaitsmith-state-"));
process.env["GAITSMITH_STATE_DIR"] = state;
after(() => rmSync(state, { recursive: true, force: true }));

/** From walking at half speed into it to walking at half speed out of it, s. */
const SECONDS = 0.25 + 0.5 + 1 + 0.25;

function assertWalked(completed: StudyDocument["trials"], distances: readonly number[]): void {
  for (const { number, value } of completed)
    assert.ok(
      distances.some((metres) => Math.abs(metres / SECONDS - value!) < 0.01),
      `trial ${number}: ${value! * SECONDS} m, the tape said ${distances.join(", ")} m`,
    );
}

describe("gaitsmith sim --rosbridge --robot", { concurrency: 2, timeout: 240_000 }, () => {
  it("mini-pupper is checked and tuned with the shipped config, and a person who measures", async (t) => {
    const folder = workFolder(t);
    const { url, walked } = await pretendedRobot(t, folder, "mini-pupper");
    const config = configFor(folder, "mini-pupper.yaml", url);
    const check = await checked(folder, config);
    assert.ok(check.ready, check.said);
    assert.match(check.said, /joint targets +50 Hz; without one for 0.5 s/);
    const { completed, typed } = await tuned(folder, config, "mini-pupper", walked);
    assertWalked(completed, typed);
  });

  it("episodic is checked and tuned with the shipped config, and says how far it came", async (t) => {
    const folder = workFolder(t);
    const { url, walked } = await pretendedRobot(t, folder, "episodic");
    // Gaits that do not fall: a fall latches, and a person has to look.
    const config = configFor(
      folder,
      "episodic-ros1.yaml",
      url,
      [/low: 5 deg, high: 35 deg/, "low: 10 deg, high: 20 deg"],
      [/low: 0.5 Hz, high: 4 Hz/, "low: 1 Hz, high: 2 Hz"],
      [/low: 0, high: 1, seed: 0.5/, "low: 0.45, high: 0.55, seed: 0.5"],
      [/low: 1 cm, high: 6 cm/, "low: 2 cm, high: 4 cm"],
    );
    const check = await checked(folder, config);
    assert.ok(check.ready, check.said);
    const { completed } = await tuned(folder, config, "episodic-ros1", walked);
    assertWalked(completed, walked());
  });
});

describe("gaitsmith sim --rosbridge --robot with what does not go together", () => {
  it("mini-pupper-with-champ is no robot to begin a study with, and check says why", async (t) => {
    const folder = workFolder(t);
    const { url } = await pretendedRobot(t, folder, "mini-pupper-with-champ");
    const odometry = [
      "    topics:\n      /odom/raw:\n        type: nav_msgs/Odometry\n        rate: 50 Hz\n        source: measured\n        channels:",
      "          odometry.x: pose.pose.position.x\n          odometry.y: pose.pose.position.y",
      "          odometry.yaw: { field: pose.pose.orientation, angle: yaw }\n",
    ];
    const config = configFor(
      folder,
      "mini-pupper.yaml",
      url,
      [/ {4}topics:\n/, odometry.join("\n")],
      [/speed_source: operator/, "speed_source: odometry"],
    );
    const { ready, said } = await checked(folder, config);
    assert.equal(ready, false, said);
    assert.match(
      said,
      /MISS .*link\.telemetry\.topics\.\/odom\/raw\n +\/odom\/raw is called measured, but CHAMP/,
    );
    assert.match(said, /→ Take the speed from motion capture .*type the distance/);
    assert.match(said, /MISS .*link\.control\.targets\n +\/quadruped_controller_node publishes/);
  });

  for (const [args, words] of [
    [["--robot", "spot"], /no robot "spot".*mini-pupper.*episodic/s],
    [["--robot", "mini-pupper", "--ros", "1"], /mini-pupper runs ROS 2.*Leave out --ros/s],
    [["--robot", "episodic", "--clock", "lockstep"], /does not stand still/],
    [["--robot", "episodic", "--variant", "rigid"], /a body of its own/],
  ] as const)
    it(`refuses ${args.join(" ")}`, async (t) => {
      const { status, stderr } = await typed(workFolder(t), "sim", "--rosbridge", "0", ...args);
      assert.equal(status, 2, stderr);
      assert.match(stderr, words);
    });
});
