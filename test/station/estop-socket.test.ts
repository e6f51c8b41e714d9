/** Where the e-stop socket of a robot is, and what a killed station leaves of it. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { sendEStop } from "../../src/station/estop-socket.ts";
import { StationProcess, shortWalk, temporaryFolder } from "./station-process.ts";

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
      await station.close();
      assert.equal(existsSync(join(stateDir, "estop.sock")), false);
      assert.deepEqual(readdirSync(temporary), []);
    });
  }

  it("of a robot that was never driven is not there", async () => {
    assert.equal(await sendEStop(join(folder, "nobody".repeat(20)), "hello"), false);
  });
});
