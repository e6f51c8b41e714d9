import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../../src/clock.ts";
import type { RobotClaim } from "../../src/station/robot-claim.ts";
import type { RobotRun } from "../../src/station/robot-run.ts";
import { RunDriver } from "../../src/station/run-driver.ts";

const CLAIM = { capabilities: { clock: "realtime" } } as Pick<RobotClaim, "robot" | "clock" | "capabilities">;

/** A driver that sees one run through, whose time is told by hand. */
function bench(context: TestContext) {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let now = 100;
  let forgotten = 0;
  const driver = new RunDriver({ now: () => now } as Clock, () => {
    forgotten++;
  });
  const run: { result: object | null } = { result: null };
  return {
    driver,
    /** Lets time go by until the driver has looked once more. */
    async wait(seconds: number): Promise<number> {
      now += seconds;
      context.mock.timers.tick(1000);
      await turn();
      return forgotten;
    },
    begin: (): Promise<void> => {
      run.result = null;
      return driver.drive(run as RobotRun, CLAIM);
    },
    async end(driven: Promise<void>): Promise<void> {
      run.result = {};
      driver.wake();
      await driven;
    },
  };
}

describe("run driver", () => {
  it("notices a report that the service has not decided on for half a minute", async (t) => {
    const { driver, wait, begin, end } = bench(t);
    const driven = begin();
    driver.reported();
    assert.equal(await wait(29), 0);
    assert.equal(await wait(2), 1);
    driver.decided();
    assert.equal(await wait(60), 1);
    await end(driven);
  });

  it("does not hold against a walk what an earlier one left undecided", async (t) => {
    const { driver, wait, begin, end } = bench(t);
    const first = begin();
    driver.reported();
    await end(first);
    await wait(60);
    const second = begin();
    assert.equal(await wait(5), 0);
    await end(second);
  });
});
