/** When a value that repeats itself is suspicious, to the very step. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ChannelLayout, channelName } from "../../src/robot/telemetry-frame.ts";
import { TelemetryTrust } from "../../src/safety/telemetry-trust.ts";
import { nextDown } from "./next-number.ts";

const SPEEDS = { link: () => Number.POSITIVE_INFINITY, motor: () => Number.POSITIVE_INFINITY };
const DT = 1 / 64;

function trustIn(...channels: readonly (readonly [string, string?])[]) {
  const layout = new ChannelLayout(
    channels.map(([name, joint]) => ({
      ...{ name, unit: "", source: "measured" as const },
      ...(joint === undefined ? {} : { joint }),
    })),
  );
  const trust = new TelemetryTrust(layout, SPEEDS);
  const see = (...values: readonly number[]) => trust.judge(Float64Array.from(values), { dt: DT }, true);
  return { trust, see };
}

describe("a frozen value", () => {
  it("is that of the channel which has repeated itself longest, the first of several, or none", () => {
    const { trust, see } = trustIn([channelName.roll], [channelName.pitch], [channelName.poseX]);
    see(0, 0, 0);
    assert.deepEqual([trust.frozen, trust.frozenChannel], [0, -1]);
    see(1, 0, 1);
    assert.deepEqual([trust.frozen, trust.frozenChannel], [DT, 1]);
    see(1, 0, 1);
    assert.deepEqual([trust.frozen, trust.frozenChannel], [2 * DT, 1]);
    see(1, 1, 1);
    assert.deepEqual([trust.frozen, trust.frozenChannel], [2 * DT, 0], "two of them: the first");
    see(2, 2, 2);
    assert.deepEqual([trust.frozen, trust.frozenChannel], [0, -1]);
  });

  it("of an inertial channel is borne with for as long as is said, and no longer", () => {
    const { trust, see } = trustIn([channelName.roll], [channelName.poseX]);
    for (let frame = 0; frame < 4; frame++) see(0, 0);
    assert.equal(trust.inertialTrusted(3 * DT), true);
    assert.equal(trust.inertialTrusted(nextDown(3 * DT)), false);
  });

  it("of a joint counts while its target moves by a thousandth of a radian", () => {
    for (const [moved, frozen] of [
      [1e-3, 2 * DT],
      [-1e-3, 2 * DT],
      [nextDown(1e-3), 0],
    ] as const) {
      const { trust, see } = trustIn(
        [channelName.jointPosition("hip"), "hip"],
        [channelName.motorTarget("hip"), "hip"],
      );
      for (const target of [0, moved, 0]) see(0.5, target);
      assert.equal(trust.frozen, frozen, `${moved}`);
    }
  });
});
