import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock, systemClock } from "../../src/clock.ts";
import { SteadyTimer } from "../../src/station/steady-timer.ts";

/** Lets the event loop turn a few times. */
async function turns(count = 3): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test("times at which it is due do not drift, however late it wakes, and lateness never makes a burst", async () => {
  const clock = new ManualClock();
  const woken: [number, number][] = [];
  const timer = new SteadyTimer(clock, 0.0005, (periods) => woken.push([clock.now(), periods]));
  timer.start();
  await turns();
  assert.equal(woken.length, 0, "not before it is due");
  // Due at 0.5, 1, 1.5, … ms.
  for (const step of [0.0007, 0.0002, 0.0002, 0.0014, 0.0001, 0.0004]) {
    clock.advance(step);
    await turns();
  }
  timer.stop();
  assert.deepEqual(
    woken.map(([at, periods]) => [Math.round(1e7 * at) / 1e4, periods]),
    [
      [0.7, 1],
      [1.1, 1],
      [2.5, 3],
      [3, 1],
    ],
  );
  clock.advance(1);
  await turns();
  assert.equal(woken.length, 4, "stopped");
});

test("who is woken may stop it", async () => {
  const clock = new ManualClock();
  let woken = 0;
  const timer: SteadyTimer = new SteadyTimer(clock, 0.0005, () => {
    woken++;
    timer.stop();
  });
  timer.start();
  for (let step = 0; step < 5; step++) {
    clock.advance(0.0005);
    await turns();
  }
  assert.equal(woken, 1);
});

test("in real time as many periods become due as have gone by", async () => {
  let periods = 0;
  const began = systemClock.now();
  const timer = new SteadyTimer(systemClock, 0.004, (count) => {
    assert.ok(systemClock.now() - began >= 0.004 * (periods + count) - 1e-6, "never early");
    periods += count;
  });
  timer.start();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const blocked = systemClock.now();
  while (systemClock.now() - blocked < 0.05) void 0;
  await turns();
  timer.stop();
  // One more may have become due since it was looked at last.
  const due = Math.floor((systemClock.now() - began) / 0.004);
  assert.ok(periods === due || periods === due - 1, `${periods} of ${due}`);
});
