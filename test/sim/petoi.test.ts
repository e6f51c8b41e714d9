/** The pretended Petoi robot has the real one's habits, also those that bite. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { parsePetoiFaults } from "../../sim/petoi/faults.ts";
import { PetoiFirmware } from "../../sim/petoi/firmware.ts";
import { asCommand } from "../../sim/petoi/input.ts";

describe("the pretended Petoi robot", () => {
  let firmware: PetoiFirmware;
  let heard: string;
  const say = (text: string): void => firmware.onBytes(Buffer.from(text, "latin1"));
  const lines = (): string[] => heard.split("\r\n").filter((line) => !line.startsWith("ICM:"));
  const hears = async (line: string, seconds = 2): Promise<void> => {
    for (const end = performance.now() + 1000 * seconds; !lines().includes(line); await pause(5))
      assert.ok(performance.now() < end, `no "${line}" in ${JSON.stringify(lines())}`);
  };

  beforeEach(async () => {
    heard = "";
    firmware = new PetoiFirmware({
      bootTime: 0.02,
      write: (bytes) => {
        heard += Buffer.from(bytes).toString("latin1");
      },
    });
    firmware.reset();
    await hears("d");
    heard = "";
  });

  afterEach(() => firmware.off());

  it("takes all that waits for one command", () => {
    assert.deepEqual(asCommand("d\n"), { token: "d", text: "", length: 0 });
    assert.deepEqual(asCommand("d\nd\n"), { token: "d", text: "", length: 1 });
    assert.equal(asCommand("kup\nd\n").text, "up");
    assert.equal(asCommand("k up\r\n").text, "up");
    assert.deepEqual(asCommand("P~"), { token: "P", text: "", length: 0 });
  });

  it("answers two rests in a row as if it rested, and does not", async () => {
    say("kup\n");
    await hears("k");
    heard = "";
    say("d\nd\n");
    await hears("d");
    await pause(50);
    assert.equal(lines().includes("rest"), false);
    assert.equal(firmware.powered, true);
  });

  it("introduces itself", async () => {
    say("?\n");
    await hears("?");
    assert.deepEqual(lines().slice(-4, -1), ["Bittle X", "B10_250712", "?"]);
  });

  it("repeats the gait it took, hears nothing during a cycle, and forgets the gait over any question", async () => {
    say("kup\n");
    await hears("k");
    heard = "";
    say("r20 -3 5 -8 4 2 1 2 35 1 35 1\n");
    await hears("20\t-0.3\t5\t-8\t4\t2\t1\t2\t35\t1\t35\t1");
    assert.ok(lines().includes("sampleLen\t210"));
    await hears("0.70\t1.00");
    assert.equal(firmware.doing, "gait");
    const asked = performance.now();
    say("P~");
    await hears("P");
    assert.ok(performance.now() - asked > 300, "0.42 s a cycle");
    await pause(20);
    assert.equal(firmware.doing, "nothing");
    assert.match(lines().join("\n"), /Voltage: 8\.\d\d V\nP/);
  });

  it("pauses a gait without torque, but goes on holding a posture", async () => {
    say("kup\n");
    await hears("k");
    say("p\n");
    await hears("P");
    await pause(20);
    assert.equal(firmware.powered, true, "the posture is written to the servos again");
    say("r20 0 5 -8 4 1 2 2 35 1 35 1\n");
    await hears("r");
    heard = "";
    say("p\n");
    await hears("P");
    await pause(20);
    assert.equal(firmware.powered, false);
  });

  it("knows its faults by name", () => {
    assert.equal(parsePetoiFaults("reboot=3,lose-echo=0.1").reboot, 3);
    assert.throws(() => parsePetoiFaults("flip=1"), /fault of this robot/);
  });
});
