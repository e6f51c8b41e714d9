import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeFrame } from "../../firmware-protocol/codec/frame.ts";
import { encodeMessage } from "../../firmware-protocol/codec/payload.ts";
import { encodeSamples } from "../../firmware-protocol/codec/samples.ts";
import { openSerialPeer } from "../../sim/serial/serial-peer.ts";
import { openSimulatedRobot } from "../../sim/simulated-robot.ts";
import { ManualClock } from "../../src/clock.ts";
import { SerialRobot } from "../../src/links/serial/serial-robot.ts";
import {
  type DescribedChannel,
  planTelemetry,
  rateRefused,
  wireBytes,
} from "../../src/links/serial/telemetry-plan.ts";
import type { TelemetryFrame } from "../../src/robot/telemetry-frame.ts";

/** 60 channels: group 0 with 20 of 32 bits, group 3 with 40 of 16 bits. */
const CHANNELS = Array.from({ length: 60 }, (_, index): DescribedChannel => {
  const channel = { name: `channel.${index}`, unit: "rad", source: "measured" } as const;
  return index < 20 ? { channel, group: 0, resolution: 0 } : { channel, group: 3, resolution: 1e-3 };
});

test("the room a frame takes is what it takes", () => {
  for (const channels of [CHANNELS, CHANNELS.slice(0, 20), CHANNELS.slice(20), []]) {
    const resolutions = channels.map(({ resolution }) => resolution);
    const { type, payload } = encodeMessage({
      kind: "telemetry",
      seq: 0x01010101,
      time: 1e9,
      challenge: 1,
      set: 1,
      state: "walking",
      samples: encodeSamples(new Float64Array(channels.length).fill(1.1), resolutions),
    });
    const wire = encodeFrame({ type, flags: 0, seq: 0, session: 0, time: 0, payload });
    assert.equal(wire.length, wireBytes(channels));
  }
});

test("what the robot sends by itself is asked for when it fits", () => {
  const plan = planTelemetry(CHANNELS, 200, { baud: 921600 });
  assert.deepEqual([plan.rate, plan.groups, plan.isDefault, plan.channels.length], [200, 0b1001, true, 60]);
  assert.ok(Math.abs(plan.share - (10 * 200 * wireBytes(CHANNELS)) / 921600) < 1e-12);
});

test("what does not fit is refused with what does", () => {
  const bytes = wireBytes(CHANNELS);
  const fastest = Math.floor((0.8 * 115200) / (10 * bytes));
  assert.throws(() => planTelemetry(CHANNELS, 200, { baud: 115200 }), {
    code: "LINK_TOO_SLOW",
    message: new RegExp(
      `60 channels at 200 Hz take \\d+ % of 115200 Bd.*these at ${fastest} Hz, group 0 alone at \\d+ Hz, group 3 alone`,
    ),
    remedy: new RegExp(`or ${Math.ceil((10 * bytes * 200) / 0.8)} Bd`),
  });
  assert.equal(planTelemetry(CHANNELS, 200, { baud: 115200, rate: fastest }).rate, fastest);
  assert.throws(() => planTelemetry(CHANNELS, 200, { baud: 115200, rate: fastest + 1 }), {
    code: "LINK_TOO_SLOW",
  });
  const some = planTelemetry(CHANNELS, 200, { baud: 2_000_000, groups: [3] });
  assert.deepEqual([some.groups, some.isDefault, some.channels[0]?.channel.name], [8, false, "channel.20"]);
  assert.throws(() => planTelemetry(CHANNELS, 200, { baud: 921600, groups: [0, 5] }), {
    code: "ROBOT_MISMATCH",
    message: /no channels of group 5; it has 0, 3/,
  });
});

test("a group of channels at a slower rate and in 16 bits gives the same values, to within their steps", async () => {
  const at = async (link: object, sixteenBit: boolean) => {
    const clock = new ManualClock();
    const body = await openSimulatedRobot({ variant: "nominal", variation: "mild", stationClock: clock });
    const peer = await openSerialPeer(body, { clock, sixteenBit });
    const robot = new SerialRobot({
      link: { kind: "serial", clock: "lockstep", path: peer.path, baud: 9600, ...link },
      robotId: "simulated-elastic-quadruped",
      clock: new ManualClock(),
    });
    const frames: TelemetryFrame[] = [];
    robot.onFrame((frame) => frames.push({ ...frame, values: frame.values.slice() }));
    const capabilities = await robot.open();
    await robot.acquireLease("test");
    await robot.place({ seed: 1, suggestion: 0, carryOver: null });
    for (let frame = 0; frame < 40; frame++) await robot.advance();
    const { malformed } = await robot.diagnostics();
    await robot.close();
    await peer.close();
    assert.equal(malformed, 0);
    return { capabilities, frames };
  };
  const whole = await at({}, false);
  const rate = whole.capabilities.telemetryRate / 2;
  const part = await at({ telemetryRate: rate, telemetryGroups: [0] }, true);
  assert.equal(part.capabilities.telemetryRate, rate);
  const { layout } = part.capabilities;
  assert.ok(!layout.has("motor.FR_hip.target") && layout.has("joint.FR_hip.position"));
  assert.ok(part.frames.length >= 19 && part.frames.length <= 21, `${part.frames.length}`);
  for (const frame of part.frames) {
    const same = whole.frames.find(({ tRobot }) => Math.abs(tRobot - frame.tRobot) < 1e-6);
    assert.ok(same !== undefined);
    layout.channels.forEach(({ name }, index) => {
      const value = same.values[whole.capabilities.layout.indexOf(name)]!;
      assert.ok(Math.abs(frame.values[index]! - value) <= 5.1e-3, `${name} ${frame.values[index]} ${value}`);
    });
  }
});

test("a rate that is none of the robot's is refused with those near it", () => {
  assert.throws(() => rateRefused(33, 33.33333206176758, 100), {
    code: "ROBOT_MISMATCH",
    message: /at 33 Hz: .* it sends 33\.33 Hz$/,
    remedy: "Choose a rate that divides it, for example 33.33 Hz or 25 Hz.",
  });
  assert.throws(() => rateRefused(150, 100, 100), { remedy: /for example 100 Hz\.$/ });
});
