/**
 * The example firmware and `hardware-configs/teensy-elastic-quadruped.yaml` describe one robot: the station takes it, over a
 * line, by the functions that it uses for any robot.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { MessageOf } from "../../firmware-protocol/codec/message-table.ts";
import { PseudoTerminal } from "../../sim/serial/pseudo-terminal.ts";
import { systemClock } from "../../src/clock.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { gaitNamed } from "../../src/gait/gaits.ts";
import { messagesOf } from "../../src/links/serial/command-messages.ts";
import type { Introduction } from "../../src/links/serial/introduction.ts";
import { SerialRobot } from "../../src/links/serial/serial-robot.ts";
import { planTelemetry } from "../../src/links/serial/telemetry-plan.ts";
import { hardwareConfigPath } from "../../src/paths.ts";
import { ChannelLayout, channelName } from "../../src/robot/telemetry-frame.ts";
import { speedChannels } from "../../src/station/metric-meter.ts";
import { claimRobot } from "../../src/station/robot-claim.ts";
import { compileExample, ExampleRobot, type ExampleSensors } from "./c-example-robot.ts";
import { WITHOUT_CC } from "./c-program.ts";

const CONFIG = readHardwareConfig(hardwareConfigPath("teensy-elastic-quadruped.yaml"));
const { baud } = CONFIG.link.kind === "serial" ? CONFIG.link : assert.fail("it is on a serial line");

const LYING: ExampleSensors = {
  motor: Array(8).fill(0),
  link: Array(8).fill(0),
  thermistor: Array(8).fill(0.5),
  acceleration: [0, 0, 9.81],
  turning: [0, 0, 0],
  voltage: 12,
  button: false,
};

describe("the example firmware and its hardware config", { skip: WITHOUT_CC }, () => {
  const program = WITHOUT_CC ? "" : compileExample();
  let robot: ExampleRobot;
  let introduction: Introduction;

  before(async () => {
    robot = new ExampleRobot(program);
    await robot.sense(LYING);
    introduction = await robot.introduce(CONFIG.robot.id);
  });

  after(() => robot.close());

  it("are claimed by the station over a serial line", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gaitsmith-example-"));
    const board = new ExampleRobot(program);
    await board.sense(LYING);
    const line = await PseudoTerminal.open((bytes) => void board.receive(bytes));
    board.onBytes = (bytes) => line.write(bytes);
    const clock = setInterval(() => void board.tick(), 10);
    try {
      const link = { kind: "serial", clock: CONFIG.link.clock, path: line.path, baud } as const;
      const claim = await claimRobot({
        config: CONFIG,
        stateDir: folder,
        wall: systemClock,
        openRobot: async () => ({
          robot: new SerialRobot({ link, robotId: CONFIG.robot.id, clock: systemClock }),
          clock: systemClock,
        }),
        ears: { onEStop: async () => true, onHandOver: () => {} },
        attach: () => {},
      });
      assert.deepEqual(claim.monitor.problems, []);
      assert.equal(claim.capabilities.robotId, CONFIG.robot.id);
      await claim.release();
    } finally {
      clearInterval(clock);
      line.close();
      await board.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("agree on where forward speed is measured, and it is measured", () => {
    const layout = new ChannelLayout(introduction.channels.map(({ channel }) => channel));
    const { x, y, yaw } = speedChannels(layout, CONFIG.speedSource);
    for (const index of [x, y, yaw]) assert.equal(layout.channels[index]!.source, "measured");
    for (const leg of CONFIG.gait.body!.legs) assert.ok(layout.has(channelName.contact(leg)));
    assert.ok(layout.has(channelName.stopButton));
  });

  it("leave room on the line for everything that it reports", () => {
    const { channels, hello } = introduction;
    const { share } = planTelemetry(channels, hello.telemetryRate, { baud });
    assert.ok(share < 0.3, `${share}`);
    assert.throws(() => planTelemetry(channels, hello.telemetryRate, { baud: 115_200 }), {
      code: "LINK_TOO_SLOW",
    });
  });

  it("agree on the gait's parameters", async () => {
    const offered = new Map<string, MessageOf<"parameter">>();
    for (let index = 0; index < introduction.hello.parameters; index++) {
      const answer = await robot.ask({ kind: "get-parameter", index });
      assert.ok(answer.kind === "parameter");
      if (answer.gait === CONFIG.gait.name) offered.set(answer.name, answer);
    }
    assert.deepEqual(
      [...offered.keys()],
      gaitNamed(CONFIG.gait.name).parameters.map(({ name }) => name),
    );
    for (const parameter of CONFIG.space.parameters) {
      assert.ok(parameter.kind === "float");
      const { low, high } = offered.get(parameter.name)!;
      assert.ok(low <= parameter.low && parameter.high <= high, `${parameter.name}: ${low} … ${high}`);
    }
  });

  it("agree that every corner of the tuned space can be walked", async () => {
    const lease = await robot.ask({ kind: "acquire-lease", owner: "test" });
    assert.ok(lease.kind === "lease");
    robot.session = lease.epoch & 0xffff;
    const gait = gaitNamed(CONFIG.gait.name);
    const tuned = CONFIG.space.parameters;
    for (let corner = 0; corner < 2 ** tuned.length; corner++) {
      const values = tuned.map((parameter, index): [string, number] => {
        assert.ok(parameter.kind === "float");
        return [parameter.name, (corner >> index) & 1 ? parameter.high : parameter.low];
      });
      const { rampIn, rampOut } = CONFIG.walk;
      const parameters = { gait: gait.name, values };
      for (const part of messagesOf({ kind: "stage", parameters, rampIn, rampOut })) {
        const answer = await robot.ask(part);
        assert.equal(answer.kind, "staged", JSON.stringify([values, answer]));
      }
      assert.ok(gait.check(Object.fromEntries(values), CONFIG.gait.body!).feasible);
    }
  });

  it("have the firmware's limits outside the config's", async () => {
    const { envelope, robot: described } = CONFIG;
    const seen = new Set<string>();
    for (let index = 0; index < introduction.hello.limits; index++) {
      const limit = await robot.ask({ kind: "get-limit", index });
      assert.ok(limit.kind === "limit");
      const { name, joint, low, high } = limit;
      seen.add(`${name} ${joint}`.trim());
      const words = `${name} ${joint}: ${low} … ${high}`;
      if (name === "roll" || name === "pitch") {
        assert.ok(high > envelope.tilt.high && low < -envelope.tilt.high, words);
        continue;
      }
      const inner = envelope[name as keyof typeof envelope];
      const bounds = inner.joints?.[joint] ?? inner;
      assert.ok(high > bounds.high || high === Number.POSITIVE_INFINITY, words);
      // What is judged in either direction has its bound on both sides.
      const least = name === "motor-torque" ? -bounds.high : bounds.low;
      assert.ok(low < least || low === Number.NEGATIVE_INFINITY, words);
    }
    const perJoint = ["joint-position", "motor-torque", "motor-temperature"];
    const wanted = perJoint.flatMap((name) => described.joints.map((joint) => `${name} ${joint}`));
    assert.deepEqual([...seen].sort(), [...wanted, "battery-voltage", "pitch", "roll"].sort());
  });
});
