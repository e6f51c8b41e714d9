/** `gaitsmith tune --take`: a robot goes from one program to the next, whether the first one answers or not. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { describeError } from "../../src/errors.ts";
import { readLatch } from "../../src/station/latch-file.ts";
import { readLease } from "../../src/station/lease-file.ts";
import { openLiar } from "../links/check/lying-line.ts";
import { type Started, serialConfig, simulatedConfig, start, workFolder } from "./gaitsmith.ts";
import { stateIn, stored, tuned, typed } from "./in-process.ts";
import { onTerminal } from "./on-terminal.ts";
import { IN_REAL_TIME, QUICKLY, walks } from "./walks-in-real-time.ts";

const ROBOT = "simulated-elastic-quadruped";
const QUIET = ["--trials", "30", "--no-recording", "--no-dashboard"];

/** Walks that last until somebody takes the robot. */
const LONG = [
  [/measure: 9 s/, "measure: 60 s"],
  [/duration: \{ high: 12 s, nominal: 10.5 s/, "duration: { high: 90 s, nominal: 60 s"],
  [/length: 6 m/, "length: 60 m"],
  [/lateral-distance: \{ high: 1.5 m/, "lateral-distance: { high: 20 m"],
] as const;

/** A study that walks in real time, and where its robot's lock is. */
async function holder(
  t: TestContext,
  folder: string,
): Promise<{ command: Started; stateDir: string; file: string; tune: string[] }> {
  const file = simulatedConfig(folder, [...IN_REAL_TIME, ...LONG]);
  const tune = ["tune", file, ...QUIET];
  const command = start(folder, ...tune);
  t.after(() => command.process.kill("SIGKILL"));
  const stateDir = join(folder, "studies.db-robots", ROBOT);
  await walks(folder);
  return { command, stateDir, file, tune };
}

async function leaseOf(stateDir: string, above = 0): Promise<{ pid: number; epoch: number; doing?: string }> {
  for (let k = 0; k < 400; k++) {
    const { holder: found } = readLease(stateDir) ?? {};
    if (found?.epoch !== undefined && found.epoch > above && found.owner.includes("station"))
      return found as { pid: number; epoch: number };
    await pause(50);
  }
  throw new Error("nobody took the lease");
}

/** What an error tells a person. */
const tells = (pattern: RegExp) => (error: unknown) => {
  assert.match(describeError(error), pattern);
  return true;
};

describe("taking a robot from another program", { timeout: 240_000 }, () => {
  it("goes from one to the next with the same study: one that answers is asked, one that is frozen is killed", async (t) => {
    const folder = workFolder(t);
    const { command, stateDir, file, tune } = await holder(t, folder);
    const first = await leaseOf(stateDir);
    assert.equal(first.doing, 'study "trot-speed"');
    await t.test("is refused without --take, without a confirmation and for another robot's id", async () => {
      await assert.rejects(tuned(folder, file), tells(/STORE_BUSY|ROBOT_BUSY/));
      const unconfirmed = await typed(folder, ...tune, "--take");
      assert.equal(unconfirmed.status, 2);
      assert.match(
        unconfirmed.stderr,
        /driven by gaitsmith station \d+ \(process \d+, study "trot-speed", since .*--take simulated-elastic/s,
      );
      const wrong = await typed(folder, ...tune, "--take", "rex");
      assert.match(wrong.stderr, /"rex" is not this robot/);
    });
    const taker = onTerminal(t, folder, ...tune, "--take");
    await t.test("is confirmed on a terminal by typing the robot's id, and nothing else", async () => {
      const no = onTerminal(t, folder, ...tune, "--take");
      await no.answer(/Type the robot's id to take it: /, "yes\r");
      assert.equal(await no.ended, 2);
      await taker.answer(/Type the robot's id to take it: /, `${ROBOT}\r`);
      await taker.saw(/given it back/);
    });
    await t.test("ends its walk without a latch, and is no evidence against the gait", async () => {
      const ended = await command.finished;
      assert.equal(ended.status, 130, ended.stderr);
      assert.match(ended.stdout, /stopped: .* took the robot/);
      assert.ok((await leaseOf(stateDir, first.epoch)).epoch > first.epoch);
      await taker.saw(/trial [1-9] walking/);
      assert.equal(readLatch(stateDir), null);
      // On a busy computer a walk may have been interrupted before.
      const ends = (await stored(folder)).trials.map(({ state, outcome }) => `${state} ${outcome}`);
      assert.match(ends.join(", "), /interrupted lease-taken/);
    });
    await t.test("kills a station that is frozen, whose service cannot have the robot back", async () => {
      const { pid, epoch } = await leaseOf(stateDir, first.epoch);
      process.kill(pid, "SIGSTOP");
      const third = onTerminal(t, folder, ...tune, "--take", ROBOT);
      // Killed by whoever loses patience first. If that was its own service, the next station may just have had the time to be asked.
      await taker.ended;
      assert.match(taker.said(), /ROBOT_BUSY|took the robot/);
      assert.ok((await leaseOf(stateDir, epoch)).epoch > epoch);
      await third.saw(/trial \d+ walking/);
      third.type("\x03");
      assert.equal(await third.ended, 130);
      assert.equal(readLatch(stateDir), null, "Ctrl-C is no e-stop");
    });
  });

  it("has one lease for a cable, whatever the robot is called; what was frozen cannot have it back", async (t) => {
    const folder = workFolder(t);
    stateIn(t, folder);
    const { path, close } = await openLiar({});
    t.after(close);
    const first = serialConfig(folder, path, "realtime", QUICKLY);
    const one = start(folder, "tune", first, ...QUIET);
    t.after(() => one.process.kill("SIGKILL"));
    const robots = join(folder, "state", "robots");
    await walks(folder);
    const other = simulatedConfig(workFolder(t), [
      [/kind: simulated.*/, "kind: serial"],
      [/clock: lockstep.*/, "clock: realtime"],
      [/variant: nominal.*/, `path: ${path}`],
      [/variation: mild.*/, "baud: 921600 Bd"],
      [/id: simulated-elastic-quadruped/, "id: same-cable"],
    ]);
    await assert.rejects(
      tuned(join(folder, "state"), other),
      tells(/driven by gaitsmith station[\s\S]*devices[\s\S]*ROBOT_BUSY/),
    );
    // Frozen, with its service: they can neither give the robot back nor do anything with it once they wake.
    const frozen = await leaseOf(join(robots, ROBOT));
    process.kill(frozen.pid, "SIGSTOP");
    one.process.kill("SIGSTOP");
    const second = start(folder, "tune", first, ...QUIET, "--store", "other.db", "--take", ROBOT);
    t.after(() => second.process.kill("SIGKILL"));
    await second.saw(/did not answer and was killed/);
    assert.ok((await leaseOf(join(robots, ROBOT), frozen.epoch)).epoch > frozen.epoch);
    one.process.kill("SIGCONT");
    const ended = await one.finished;
    assert.equal(ended.status, 1, ended.stderr);
    assert.match(ended.stderr, /driven by gaitsmith station[\s\S]*ROBOT_BUSY/);
    second.process.kill("SIGINT");
    assert.equal((await second.finished).status, 130);
  });
});
