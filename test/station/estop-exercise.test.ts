/** The e-stop is exercised without latching, and never at the cost of a real one. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { ManualClock } from "../../src/clock.ts";
import { EStopExercise } from "../../src/station/estop-exercise.ts";
import { sendEStop } from "../../src/station/estop-socket.ts";
import { latchPath } from "../../src/station/latch-file.ts";
import type { StationMessage } from "../../src/station/messages.ts";
import { planOf, StationProcess, shortWalk, temporaryFolder } from "./station-process.ts";

const stations: StationProcess[] = [];
after(() => {
  for (const { child } of stations) child.kill("SIGKILL");
});

async function station(): Promise<{ readonly it: StationProcess; readonly stateDir: string }> {
  const stateDir = temporaryFolder();
  const process = new StationProcess(shortWalk, stateDir);
  stations.push(process);
  await process.until("ready");
  return { it: process, stateDir };
}

const ASK = { robot: true, store: temporaryFolder(), recordings: null, walks: 1 };

describe("the exercise of a station", { concurrency: 2 }, () => {
  it("cuts over the link and through the socket, and latches nothing", async () => {
    const { it: one, stateDir } = await station();
    one.send({ kind: "preflight", ask: ASK });
    const { items } = await one.until("preflight-result");
    for (const name of ["stop", "e-stop"]) {
      const item = items.find(({ item }) => item === name);
      assert.deepEqual([item?.result, item?.unit], ["ok", "ms"], item?.words);
      assert.match(item?.words ?? "", /confirmed after [\d.]+ ms$/);
    }
    assert.equal(one.count("latched"), 0);
    assert.ok(!existsSync(latchPath(stateDir)));
    assert.equal((await one.run(planOf(shortWalk))).end, "completed", "and the robot walks");
    await one.close();
  });

  it("takes a person's e-stop once it was asked for, once; the next one is real", async () => {
    const { it: one, stateDir } = await station();
    one.send({ kind: "exercise-e-stop", open: true });
    assert.equal(await sendEStop(stateDir, "gaitsmith estop"), true);
    const { way, reason, confirmed, seconds } = await one.until("e-stop-exercised");
    assert.deepEqual([way, reason, confirmed], ["socket", "gaitsmith estop", true]);
    assert.ok(seconds >= 0 && seconds < 1);
    // The same press, by another way.
    one.send({ kind: "e-stop", reason: "the page" });
    await pause(1300);
    assert.equal(one.count("latched"), 0);
    assert.ok(!existsSync(latchPath(stateDir)));
    one.send({ kind: "e-stop", reason: "in earnest" });
    assert.equal((await one.until("latched")).reason.words, "in earnest");
    assert.ok(existsSync(latchPath(stateDir)));
    await one.close();
  });

  it("is over when it was given up", async () => {
    const { it: one, stateDir } = await station();
    one.send({ kind: "exercise-e-stop", open: true });
    one.send({ kind: "exercise-e-stop", open: false });
    one.send({ kind: "e-stop", reason: "in earnest" });
    await one.until("latched");
    assert.ok(existsSync(latchPath(stateDir)));
    await one.close();
  });

  it("is over when a walk begins: an e-stop in it latches, asked for or not", async () => {
    const { it: one, stateDir } = await station();
    one.send({ kind: "exercise-e-stop", open: true });
    one.decide = () => {
      void sendEStop(stateDir, "in earnest");
      return null;
    };
    const outcome = await one.run(planOf(shortWalk));
    assert.deepEqual([outcome.end, outcome.latched, outcome.reason.code], ["aborted", true, "operator-stop"]);
    assert.ok(existsSync(latchPath(stateDir)));
    await one.close();
  });

  it("is not what somebody claims it to be", async () => {
    const { it: one, stateDir } = await station();
    assert.equal(
      await sendEStop(stateDir, "marked by somebody", "00000000-0000-0000-0000-000000000000"),
      true,
    );
    assert.ok(existsSync(latchPath(stateDir)));
    await one.close();
  });
});

describe("the e-stop by the robot's own button", () => {
  function exercise() {
    const wall = new ManualClock();
    const told: StationMessage[] = [];
    const said: string[] = [];
    let cuts = 0;
    const one = new EStopExercise({
      wall,
      cut: async () => ++cuts > 0,
      tell: (message) => told.push(message),
      say: (words) => said.push(words),
    });
    return { one, wall, told, said, cuts: () => cuts };
  }

  it("is told when the button is up again, and until then is no news", async () => {
    const { one, wall, told, said, cuts } = exercise();
    one.ask();
    assert.equal(one.button(true), false);
    await one.take("the button", "button", null);
    wall.advance(60);
    for (let frame = 0; frame < 3; frame++) assert.equal(one.button(true), true);
    assert.deepEqual([told, said.length, cuts()], [[], 1, 1]);
    assert.equal(one.button(false), false);
    assert.deepEqual(told, [
      { kind: "e-stop-exercised", way: "button", reason: "the button", confirmed: true, seconds: 0 },
    ]);
    assert.equal(one.button(true), false, "pressed again it is a real one");
    assert.equal(one.take("the button", "button", null), null);
  });

  it("is told also when it is up before the robot has answered", async () => {
    const { one, told } = exercise();
    one.ask();
    const taken = one.take("the button", "button", null);
    one.button(false);
    assert.equal(await taken, true);
    assert.equal(told.length, 1);
  });

  it("that is still down when a walk begins is a real one", async () => {
    const { one } = exercise();
    one.ask();
    await one.take("the button", "button", null);
    one.close();
    assert.equal(one.button(true), false);
    assert.equal(one.take("the button", "button", null), null);
  });

  it("takes nothing without being asked", () => {
    const { one, cuts } = exercise();
    assert.equal(one.take("", "service", null), null);
    assert.equal(one.take("", "socket", "mark"), null);
    assert.equal(cuts(), 0);
  });
});
