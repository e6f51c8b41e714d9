/** What `gaitsmith check` finds out about a robot before a study. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { SimulatedRobotOptions } from "../../sim/simulated-robot.ts";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import { fail } from "../../src/errors.ts";
import { channelName } from "../../src/robot/telemetry-frame.ts";
import { gaitParameters } from "../../src/service/feasibility.ts";
import type { CheckItem } from "../../src/station/check-items/check-item.ts";
import { checkRobot, type RobotCheck } from "../../src/station/robot-check.ts";
import { FaultRobot, type Spoil } from "./fault-robot.ts";
import { simulatedConfig } from "./station-process.ts";

const opened: FaultRobot[] = [];
after(() => Promise.all(opened.map((robot) => robot.close())));

interface Doing {
  readonly spoil?: Spoil;
  readonly change?: (robot: FaultRobot) => void;
  readonly config?: HardwareConfig;
  readonly options?: Partial<SimulatedRobotOptions>;
}

async function checked({
  spoil,
  change,
  config = simulatedConfig,
  options = {},
}: Doing = {}): Promise<RobotCheck & { readonly robot: FaultRobot }> {
  const robot = await FaultRobot.open("nominal", true, options);
  opened.push(robot);
  if (spoil !== undefined) robot.spoil = spoil;
  change?.(robot);
  const openRobot = async () => ({ robot, clock: robot.clock });
  const seedGait = gaitParameters(config, config.seedGait);
  return { ...(await checkRobot({ config, openRobot, seedGait, seconds: 4 })), robot };
}

const missing = ({ items }: RobotCheck): CheckItem[] => items.filter(({ result }) => result === "missing");

/** The only thing that is missing, which has a remedy. */
async function only(doing: Doing): Promise<CheckItem> {
  const check = await checked(doing);
  const [item, ...others] = missing(check);
  assert.deepEqual([others, check.ready], [[], false]);
  assert.ok(item !== undefined && item.remedy !== "", item?.words);
  return item;
}

describe("the check of a robot", () => {
  it("finds a whole robot ready, with a value of every channel, and moves nothing", async () => {
    const check = await checked();
    assert.deepEqual([missing(check), check.ready], [[], true]);
    assert.ok(check.channels.length > 70 && check.channels.every(({ value }) => value !== null));
    assert.deepEqual(
      check.channels.filter(({ source }) => source === "commanded").length,
      simulatedConfig.robot.joints.length,
    );
    assert.deepEqual(check.robot.stops, []);
    assert.equal(check.robot.robot.state, "off");
  });

  it("finds how joint targets are streamed, and offers no parameters to a robot that only follows them", async () => {
    const check = await checked({ options: { streamed: { timeout: 0.2 } } });
    assert.deepEqual([missing(check), check.ready], [[], true]);
    const found = (name: string): string | undefined => check.items.find(({ item }) => item === name)?.words;
    assert.match(found("joint targets") ?? "", /^100 Hz; without one for 0\.2 s/);
    assert.match(found("seed gait") ?? "", /gaitsmith runs the gait/);
    assert.equal(found("stream of this computer"), undefined, "in lockstep no time goes by");
    assert.equal(check.robot.robot.state, "off");
  });

  it("names a channel without plausible values, and what preflight holds against it", async () => {
    const name = channelName.motorTemperature("FL_knee");
    const check = await checked({
      spoil: (frame, { layout }) => {
        frame.values[layout.indexOf(name)] = Number.NaN;
        return true;
      },
    });
    assert.deepEqual(
      missing(check).map(({ item }) => item),
      ["joints", "motor-temperature", name],
    );
    assert.equal(check.channels.find((channel) => channel.name === name)?.value, null);
  });

  it("says that telemetry is slow or has gaps", async () => {
    let count = 0;
    const check = await checked({ spoil: () => count++ % 2 === 0 });
    const words = missing(check).map(({ item, words: found }) => `${item}: ${found}`);
    assert.match(words.join("\n"), /^rate: (49|50)\.\d Hz of 100 Hz$/m);
    let frames = 0;
    const gap = await only({ spoil: () => ++frames < 200 || frames > 220 });
    assert.match(`${gap.item}: ${gap.words}`, /^frames lost: .* at most 2\d in a row, limit 8$/);
  });

  it("says that none came", async () => {
    const check = await checked({
      change: (robot) => {
        robot.spoil = () => false;
        // A silent robot must not hold a check for ever.
        robot.advance = () => new Promise((resolve) => setTimeout(resolve, 50));
      },
    });
    assert.match(
      missing(check)
        .map(({ words }) => words)
        .join("\n"),
      /^no telemetry came$/m,
    );
  });

  it("repeats what the robot says against the seed gait", async () => {
    const refused = await only({
      change: (robot) => {
        robot.answer = () => ({ accepted: false, reason: "step_length is too long" });
      },
    });
    assert.match(refused.words, /refused: step_length is too long/);
    const misheard = await only({
      change: (robot) => {
        robot.answer = () => ({ accepted: true, reason: "", hash: "00000000" });
      },
    });
    assert.match(misheard.words, /understood something else \(00000000/);
  });

  it("names a limit without its channel, and repeats why another goes unwatched", async () => {
    const { envelope } = simulatedConfig;
    const open = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, nominal: 0 };
    const config = {
      ...simulatedConfig,
      robot: { ...simulatedConfig.robot, joints: [...simulatedConfig.robot.joints] },
      envelope: {
        ...envelope,
        "motor-torque": { ...envelope["motor-torque"], ...open, unwatched: "no torque sensor" },
      },
    };
    const check = await checked({ config });
    assert.ok(check.ready);
    const note = check.items.find(({ item }) => item === "motor-torque");
    assert.deepEqual([note?.result, note?.words], ["warning", "not watched: no torque sensor"]);
  });

  it("gives the error of a robot that cannot be reached, with its remedy", async () => {
    const item = await only({
      change: (robot) => {
        robot.open = () =>
          fail("LINK_UNAVAILABLE", { what: "nobody is there", where: "the attic", remedy: "Go and look." });
      },
    });
    assert.deepEqual(
      [item.item, item.words, item.remedy],
      ["LINK_UNAVAILABLE", "nobody is there (the attic)", "Go and look."],
    );
  });

  it("passes on what the link found out", async () => {
    const item = await only({
      change: (robot) =>
        Object.assign(robot, {
          findings: () => [
            { severity: "error", where: "/imu", what: "nobody publishes it", remedy: "Start the driver." },
            { severity: "warning", where: "/odom", what: "slow", remedy: "" },
          ],
        }),
    });
    assert.deepEqual([item.item, item.words], ["/imu", "nobody publishes it"]);
  });
});
