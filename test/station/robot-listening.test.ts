/** Telemetry is listened to for as long as was asked for, whatever becomes of the robot's clock meanwhile. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { ManualClock } from "../../src/clock.ts";
import type { OpenedRobot } from "../../src/station/robot-claim.ts";
import { Listening } from "../../src/station/robot-listening.ts";

const PERIOD = 0.01;

for (const by of [0, 3600, -3600])
  it(`listens for two seconds to a robot whose clock is set by ${by} s after one`, {
    timeout: 10_000,
  }, async () => {
    let [count, listening]: [number, Listening | null] = [0, null];
    const advance = (): Promise<void> => {
      const tArrival = 50 + count * PERIOD;
      // Its frames are missing for half a second, too.
      const tRobot = 7 + count * PERIOD + (count >= 150 ? by : 0);
      if (count < 100 || count >= 150)
        listening!.hear({ seq: count, tRobot, tArrival, delay: 0.002, values: Float64Array.of(count) });
      count++;
      assert.ok(count < 1000, "it does not end");
      return Promise.resolve();
    };
    const opened = { robot: { advance }, clock: new ManualClock() } as unknown as OpenedRobot;
    listening = new Listening(opened);
    await listening.run(2, { lockstep: true, onFrame: () => {} });
    assert.equal(listening.frames, 151);
    assert.ok(Math.abs(listening.length - 2) < 1e-6, `${listening.length}`);
    assert.ok(Math.abs(listening.rate - 75) < 1e-3, `${listening.rate}`);
    assert.deepEqual([listening.lost, listening.longestGap], [50, 50]);
  });
