/** Where the e-stop socket of a robot is, and what a killed station leaves of it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { listenForEStop, requestEStop, requestHandOver, sendEStop } from "../../src/station/estop-socket.ts";
import { readLatch } from "../../src/station/latch-file.ts";
import { planOf, StationProcess, shortWalk, temporaryFolder } from "./station-process.ts";

const folder = temporaryFolder();
// What is put into the temporary folder by this test and its stations is all there is in it.
const temporary = join(folder, "tmp");
mkdirSync(temporary);
process.env["TMPDIR"] = temporary;

const places = {
  "a short path": join(folder, "robot"),
  "a path longer than a socket may have": join(folder, "a-rather-long-name-of-a-folder".repeat(4), "robot"),
};
const stations: StationProcess[] = [];
after(() => {
  for (const { child } of stations) child.kill("SIGKILL");
});

function start(stateDir: string): StationProcess {
  const station = new StationProcess(shortWalk, stateDir);
  stations.push(station);
  return station;
}

describe("the e-stop socket", () => {
  for (const [what, stateDir] of Object.entries(places)) {
    // Systems without /proc have no other way to a socket that deep than the temporary folder.
    const skip = what !== "a short path" && !existsSync("/proc/self/fd");

    it(`under ${what} lies beside the lock, and a killed station leaves nothing elsewhere`, {
      skip,
    }, async () => {
      const station = start(stateDir);
      await station.until("ready");
      assert.ok(existsSync(join(stateDir, "estop.sock")));
      station.child.kill("SIGKILL");
      await station.exited;
      assert.deepEqual(readdirSync(temporary), []);
      assert.equal(await sendEStop(stateDir, "nobody there"), false);
    });

    it(`under ${what} is the next station's, and no second one takes it from it`, async () => {
      const station = start(stateDir);
      await station.until("ready");
      const second = start(stateDir);
      assert.equal((await second.until("failed")).code, "ROBOT_BUSY");
      await second.exited;
      assert.equal(await sendEStop(stateDir, "still heard"), true);
      assert.equal((await station.until("latched")).reason.words, "still heard");
      assert.equal(readLatch(stateDir)?.code, "operator-stop", "an idle robot is latched too");
      await station.close();
      assert.equal(existsSync(join(stateDir, "estop.sock")), false);
      assert.deepEqual(readdirSync(temporary), []);
    });
  }

  it("takes anything but a plain request to hand over for an e-stop", async () => {
    const lines = [
      "",
      "x",
      "{}",
      '{"handOver": ""}',
      '{"handOver": 1}',
      '{"handOver": "me", "reason": "fire"}',
    ];
    const stateDir = join(folder, "anything");
    mkdirSync(stateDir);
    let stops = 0;
    const onEStop = async (): Promise<boolean> => ++stops > 0;
    const server = await listenForEStop(stateDir, {
      onEStop,
      onHandOver: () => assert.fail("it is given away"),
    });
    for (const [index, line] of lines.entries()) {
      const socket = connect(join(stateDir, "estop.sock"));
      socket.end(`${line}\n`);
      socket.resume();
      await once(socket, "close");
      assert.equal(stops, index + 1, line);
    }
    server.close();
  });

  it("hands over: the walk ends without a latch and says nothing of the gait, then the robot is free", async () => {
    const stateDir = join(folder, "handed-over");
    const station = start(stateDir);
    await station.until("ready");
    station.send({ kind: "run", plan: planOf(shortWalk) });
    await station.until("phase", ({ phase }) => phase === "measure");
    assert.equal(await requestHandOver(stateDir, "another program"), true);
    assert.match((await station.until("lease-taken")).words, /^another program took the robot$/);
    const { outcome } = await station.until("outcome");
    assert.deepEqual(
      [outcome.end, outcome.reason.code, outcome.latched],
      ["interrupted", "lease-taken", false],
    );
    await station.exited;
    assert.equal(existsSync(join(stateDir, "lock")), false);
    assert.equal(readLatch(stateDir), null);
    assert.equal(await requestHandOver(stateDir, "another program"), false);
  });

  it("stops at the level that is asked for, and says whether the robot confirmed it", async () => {
    for (const level of ["settle", "cut"] as const) {
      const stateDir = join(folder, level);
      const station = start(stateDir);
      await station.until("ready");
      station.send({ kind: "run", plan: planOf(shortWalk) });
      await station.until("phase", ({ phase }) => phase === "measure");
      assert.deepEqual(await requestEStop(stateDir, "smoke", level), { confirmed: true });
      const latched = await station.until("latched");
      assert.equal(latched.level, level);
      assert.equal(latched.id, readLatch(stateDir)?.id);
      await station.close();
    }
  });

  it("of a robot that was never driven is not there", async () => {
    assert.equal(await sendEStop(join(folder, "nobody".repeat(20)), "hello"), false);
  });
});
