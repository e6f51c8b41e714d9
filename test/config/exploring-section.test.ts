/** How a study's care is written, and what a robot gets that says nothing of it. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { driftCheckEveryOf, exploringOf } from "../../src/config/hardware-config.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { GaitsmithError } from "../../src/errors.ts";
import { hardwareConfigPath } from "../../src/paths.ts";

const TEXT = readFileSync(hardwareConfigPath("simulated-elastic-quadruped.yaml"), "utf8");
const SEED = "  seed: 1 #";
const USUAL = { maxChange: 0.3, start: { trials: 10, within: 0.15 } };

/** What the shipped file's study says of exploring with these lines added. */
function read(lines: string) {
  const config = readHardwareConfig("robot.yaml", TEXT.replace(SEED, `  ${lines}\n${SEED}`));
  return config.study!;
}

function complaint(lines: string): string {
  try {
    read(lines);
  } catch (error) {
    assert.ok(error instanceof GaitsmithError);
    return error.describe();
  }
  return assert.fail(`${lines} was not refused`);
}

describe("exploring, as written", () => {
  it("is off for a robot that is simulated in process, and on for any other", () => {
    const { study, link } = readHardwareConfig("robot.yaml", TEXT);
    assert.ok(study !== null);
    assert.equal(exploringOf({ link }, study), null);
    assert.equal(driftCheckEveryOf({ link }, study), 0);
    const real = { link: { kind: "serial", clock: "realtime", baud: 115200 } } as const;
    assert.deepEqual(exploringOf(real, study), USUAL);
    assert.equal(driftCheckEveryOf(real, study), 15);
    assert.equal(exploringOf(real, { ...study, exploring: null }), null);
  });

  it("reads shares, and fills in what is left out", () => {
    assert.deepEqual(read("exploring: {}").exploring, USUAL);
    assert.deepEqual(read("exploring: { max_change: 0.1 }").exploring, {
      maxChange: 0.1,
      start: { trials: 10, within: 0.1 },
    });
    assert.deepEqual(read("exploring: { max_change: 20 %, start: off }").exploring, {
      maxChange: 0.2,
      start: null,
    });
    assert.deepEqual(read("exploring: { start: { trials: 4, within: 5 % } }").exploring, {
      maxChange: 0.3,
      start: { trials: 4, within: 0.05 },
    });
    assert.equal(read("exploring: off").exploring, null);
    assert.equal(read("drift_check_every: 7").driftCheckEvery, 7);
  });

  it("refuses with line and remedy what cannot be meant", () => {
    const line = TEXT.slice(0, TEXT.indexOf(SEED)).split("\n").length;
    assert.match(complaint("exploring: on"), new RegExp(`robot.yaml:${line}:.*\`off\`, or a block`, "s"));
    assert.match(complaint("exploring: { max_change: 0 % }"), /no share of a parameter's range/);
    assert.match(complaint("exploring: { max_change: 3 cm }"), new RegExp(`robot.yaml:${line}`));
    assert.match(
      complaint("exploring: { max_change: 10 %, start: { within: 20 % } }"),
      /farther than later ones/,
    );
    assert.match(complaint("exploring: { max_chnage: 10 % }"), /Did you mean `max_change`/);
    assert.match(complaint("drift_check_every: -1"), /out of range/);
  });

  it("is written out in every shipped config of a real robot", () => {
    for (const file of readdirSync(hardwareConfigPath(".")).filter((name) => name.endsWith(".yaml"))) {
      const { study, link } = readHardwareConfig(hardwareConfigPath(file));
      if (link.kind === "simulated" || study === null) continue;
      assert.ok(study.exploring !== undefined && study.driftCheckEvery !== undefined, file);
    }
  });
});
