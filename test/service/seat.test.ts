/** Which tab holds a robot: taken, taken over, returned, and free when its tab is gone. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GaitsmithError } from "../../src/errors.ts";
import { PONG_PATIENCE, RELOAD_GRACE, Seat } from "../../src/service/seat.ts";

function bench() {
  const seen = { now: 100, changes: 0, gone: 0 };
  const seat = new Seat({
    robot: "rex",
    now: () => seen.now,
    onChange: () => seen.changes++,
    onGone: () => seen.gone++,
  });
  return { seat, seen };
}

const taken = (error: unknown) => error instanceof GaitsmithError && error.code === "SEAT_TAKEN";

describe("a robot's seat", () => {
  it("is the first tab's; another one has to take it, after which the first may do nothing", () => {
    const { seat, seen } = bench();
    seat.assertMayAct(null);
    const first = seat.acquire(null, false);
    assert.deepEqual(seat.acquire(first.token, false).token, first.token);
    seat.assertMayAct(first.token);
    assert.throws(() => seat.acquire(null, false), taken);
    assert.throws(() => seat.acquire("wrong", false), taken);
    assert.throws(() => seat.assertMayAct(null), taken);
    const second = seat.acquire(null, true);
    assert.equal(seat.holder, second.holder);
    assert.throws(() => seat.assertMayAct(first.token), taken);
    assert.equal(seat.release(first.token), false);
    assert.equal(seat.release(second.token), true);
    seat.assertMayAct(null);
    assert.deepEqual([seen.changes, seen.gone], [3, 0], "who gives it back is not gone");
  });

  it("is kept by pings that are answered, and lost without", () => {
    const { seat, seen } = bench();
    const { token } = seat.acquire(null, false);
    const [ours, other] = [{}, {}];
    assert.equal(seat.heard(other, null), false);
    assert.equal(seat.heard(other, "wrong"), false);
    assert.equal(seat.heard(ours, token), true);
    for (let k = 0; k < 10; k++) {
      seen.now += PONG_PATIENCE - 0.1;
      assert.equal(seat.heard(ours, null), true);
      seat.watch();
    }
    assert.notEqual(seat.holder, null);
    seen.now += PONG_PATIENCE + 0.1;
    seat.watch();
    assert.notEqual(seat.holder, null, "the grace begins");
    seen.now += RELOAD_GRACE + 0.1;
    seat.watch();
    assert.deepEqual([seat.holder, seen.gone], [null, 1]);
  });

  it("outlives a reload, and two connections of one tab", () => {
    const { seat, seen } = bench();
    const { token } = seat.acquire(null, false);
    const [before, after, again] = [{}, {}, {}];
    seat.heard(before, token);
    seat.closed(before);
    seen.now += RELOAD_GRACE - 0.1;
    seat.watch();
    seat.heard(after, token);
    seen.now += 1;
    seat.heard(again, token);
    seat.closed(after);
    seen.now += PONG_PATIENCE - 0.1;
    seat.watch();
    assert.deepEqual([seat.holder !== null, seen.gone], [true, 0]);
  });

  it("is lost by a program that never shows up on the stream", () => {
    const { seat, seen } = bench();
    seat.acquire(null, false);
    seen.now += RELOAD_GRACE + 0.1;
    seat.watch();
    assert.deepEqual([seat.holder, seen.gone], [null, 1]);
    seat.watch();
    assert.equal(seen.gone, 1);
  });
});
