/** Links of robots people own: what their configs must say, and what they must not. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { GaitsmithError } from "../../src/errors.ts";
import { hardwareConfigPath } from "../../src/paths.ts";

function withChange(file: string, from: string | RegExp, to: string): string {
  const text = readFileSync(hardwareConfigPath(file), "utf8");
  const changed = text.replace(from, to);
  assert.notEqual(changed, text, `${from} stands nowhere`);
  return changed;
}

function refused(file: string, from: string | RegExp, to: string, expected: RegExp): void {
  const text = withChange(file, from, to);
  assert.throws(
    () => readHardwareConfig(file, text),
    (error: unknown) => {
      assert.ok(error instanceof GaitsmithError && error.code === "CONFIG_INVALID");
      assert.match(error.describe(), expected);
      return true;
    },
  );
}

for (const file of ["petoi-bittle.yaml", "mjbots-quad.yaml"])
  describe(file, () => {
    it("is sound", () => {
      const { link, gait } = readHardwareConfig(hardwareConfigPath(file));
      assert.ok("deadMan" in link && link.deadMan.startsWith("none: "));
      assert.deepEqual([gait.name, gait.body], ["own", null]);
    });

    it("is refused without a word on the dead-man that the robot lacks, and with an empty one", () => {
      refused(file, /^ {2}dead_man: .*$/m, "", /dead_man/);
      refused(file, /^ {2}dead_man: .*$/m, "  dead_man: own", /who or what stops the robot/);
      refused(file, /^ {2}dead_man: .*$/m, '  dead_man: "none: nobody"', /who or what stops the robot/);
    });

    it("is refused with another gait", () => {
      refused(file, "name: own", "name: foot-cpg:trot", /gait/);
    });
  });

describe("the gait of a Petoi robot", () => {
  const file = "petoi-bittle.yaml";

  it("has twelve numbers, no more, no fewer", () => {
    refused(file, "    side_ratio: 0 ", "    #", /`side_ratio` is missing/);
    refused(
      file,
      "    side_ratio: 0 ",
      "    side_ratio: 0\n    amplitud: 5 ",
      /amplitud.*no such parameter\b[\s\S]*`amplitude`/,
    );
  });

  it("has whole numbers in the firmware's range", () => {
    refused(file, "seed: 20, step: 1 }", "seed: 20 }", /whole numbers only/);
    refused(file, "{ low: 8, high: 35,", "{ low: 8, high: 120,", /takes 0 to 60/);
    refused(file, "phase_right_front: 1\n", "phase_right_front: -1\n", /takes 0 to 100/);
  });

  it("is not longer than the robot may be deaf", () => {
    refused(file, "longest_cycle: 0.7 s", "longest_cycle: 0.6 s", /hears no stop/);
  });

  it("names its device", () => {
    refused(file, /^ {2}id: \{.*$/m, "", /which serial device/);
  });
});

describe("the link of an mjbots quad", () => {
  it("needs an address and a rate that the robot has", () => {
    refused("mjbots-quad.yaml", "url: ws://", "url: http://", /ws:\/\//);
    refused("mjbots-quad.yaml", "telemetry_rate: 50 Hz", "telemetry_rate: 1000 Hz", /400 Hz/);
  });
});
