/** What each limit allows, walked densely around its bounds. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { channelName } from "../../src/robot/telemetry-frame.ts";
import type { LimitName } from "../../src/safety/limit.ts";
import { type Breach, WATCHED_FROM, type Watch } from "../../src/safety/monitor.ts";
import { above, below, NOT_NUMBERS, oneFrame, PERIOD, walking } from "./small-robot.ts";

const WATCHES: Watch[] = ["telemetry", "powered", "walking"];

interface Edge {
  readonly limit: LimitName;
  readonly channel: string;
  readonly inside: readonly number[];
  readonly outside: readonly number[];
  readonly judged?: (value: number) => number;
}

const both = (limit: LimitName, channel: string, low: number, high: number): Edge => ({
  limit,
  channel,
  inside: [low, above(low), (low + high) / 2, below(high), high],
  outside: [low - 100, below(low), above(high), high + 100],
});
const magnitude = (limit: LimitName, channel: string, high: number): Edge => ({
  limit,
  channel,
  inside: [0, below(high), high, -high, -below(high)],
  outside: [above(high), high * 100, -above(high), -high * 100],
  judged: Math.abs,
});

const EDGES: Edge[] = [
  both("height", channelName.height, 0.07, 0.22),
  magnitude("joint-speed", channelName.jointVelocity("hip"), 25),
  magnitude("joint-speed", channelName.jointVelocity("knee"), 25),
  magnitude("motor-speed", channelName.motorVelocity("hip"), 5),
  magnitude("motor-speed", channelName.motorVelocity("knee"), 5),
  magnitude("motor-torque", channelName.motorTorque("hip"), 4),
  magnitude("motor-torque", channelName.motorTorque("knee"), 4),
  {
    limit: "motor-temperature",
    channel: channelName.motorTemperature("knee"),
    inside: [-1000, -40, 0, below(80), 80],
    outside: [above(80), 1000],
  },
  {
    limit: "battery-voltage",
    channel: channelName.batteryVoltage,
    inside: [10, above(10), 1000],
    outside: [below(10), 0, -5],
  },
  {
    limit: "battery-current",
    channel: channelName.batteryCurrent,
    inside: [-40, 0, below(15), 15],
    outside: [above(15), 1000],
  },
];

describe("monitor: bounds", () => {
  for (const { limit, channel, inside, outside, judged = (value: number) => value } of EDGES) {
    it(`${limit} of ${channel} allows its range, bounds included, and nothing else`, () => {
      for (const value of inside) assert.equal(oneFrame({ [channel]: value }), null, `${value}`);
      for (const value of outside) {
        const breach = oneFrame({ [channel]: value });
        assert.equal(breach?.limit.name, limit, `${value}`);
        assert.equal(breach?.channel, channel);
        assert.equal(breach?.value, judged(value));
      }
    });

    it(`${limit} of ${channel} is checked from ${WATCHED_FROM[limit]} on`, () => {
      for (const watch of WATCHES) {
        const expected = WATCHES.indexOf(watch) >= WATCHES.indexOf(WATCHED_FROM[limit]);
        assert.equal(oneFrame({ [channel]: outside[0]! }, watch) !== null, expected, watch);
      }
    });

    it(`${limit} of ${channel} leaves what is no number to its own limit`, () => {
      for (const value of NOT_NUMBERS) assert.equal(oneFrame({ [channel]: value }), null);
    });
  }

  it("joint positions have bounds of their own, within what a joint can move between frames", () => {
    const position = (joint: string, value: number): LimitName | undefined => {
      const { monitor, source } = walking();
      const start = joint === "knee" ? -1 : 0;
      let breach: Breach | null = null;
      // A quarter of a radian per frame is fast, but not impossible.
      for (let step = 1; step <= 8; step++)
        breach ??= monitor.onFrame(
          source.next({ [channelName.jointPosition(joint)]: start + (step / 8) * (value - start) }),
        );
      return breach?.limit.name;
    };
    for (const [joint, low, high] of [
      ["hip", -1, 1],
      ["knee", -2, 0.5],
    ] as const) {
      for (const value of [low, above(low), below(high), high])
        assert.equal(position(joint, value), undefined);
      for (const value of [below(low), above(high)]) assert.equal(position(joint, value), "joint-position");
    }
  });

  it("tilt is the angle of the trunk's vertical, whichever way it leans", () => {
    const tilted = (roll: number, pitch: number): boolean =>
      oneFrame({ [channelName.roll]: roll, [channelName.pitch]: pitch })?.limit.name === "tilt";
    for (const angle of [0.8 - 1e-9, -0.8 + 1e-9]) {
      assert.equal(tilted(angle, 0), false);
      assert.equal(tilted(0, angle), false);
    }
    for (const angle of [0.8 + 1e-9, -0.8 - 1e-9, Math.PI, -Math.PI]) {
      assert.equal(tilted(angle, 0), true);
      assert.equal(tilted(0, angle), true);
    }
    // acos(cos 0.6 · cos 0.6) = 0.82
    assert.equal(tilted(0.6, 0.6), true);
    assert.equal(tilted(-0.55, 0.55), false);
    assert.equal(oneFrame({ [channelName.roll]: 1 }, "telemetry"), null);
    assert.equal(oneFrame({ [channelName.pitch]: 1 }, "powered")?.limit.name, "tilt");
  });

  it("tilt needs both of its angles", () => {
    for (const value of NOT_NUMBERS) {
      assert.equal(oneFrame({ [channelName.roll]: value, [channelName.pitch]: 1 }), null);
      assert.equal(oneFrame({ [channelName.pitch]: value, [channelName.roll]: 1 }), null);
    }
  });

  it("duration counts from the start of the walk, in robot time", () => {
    const { monitor, source } = walking();
    const start = source.tRobot;
    assert.equal(monitor.walkStart, start);
    for (let count = 1; count <= 12 / PERIOD; count++) assert.equal(monitor.onFrame(source.next()), null);
    assert.equal(source.tRobot, start + 12);
    const breach = monitor.onFrame(source.next());
    assert.equal(breach?.limit.name, "duration");
    assert.equal(breach?.channel, null);
  });
});
