import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ClockSync } from "../../src/links/clock-sync.ts";

/** Exchanges with a robot whose clock is `ahead` of ours and drifts; each way takes its own time. */
function exchange(
  sync: ClockSync,
  at: number,
  {
    ahead = 500,
    drift = 0,
    there = 1e-3,
    back = 1e-3,
  }: Partial<Record<"ahead" | "drift" | "there" | "back", number>>,
): void {
  const robot = (ours: number): number => ours * (1 + drift) + ahead;
  sync.add(at, robot(at + there), robot(at + there + 2e-4), at + there + 2e-4 + back);
}

test("the offset is right to within half the quickest round trip, whatever the queues", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.double({ min: 0, max: 0.2, noNaN: true }), fc.double({ min: 0, max: 0.2, noNaN: true })),
        {
          minLength: 4,
          maxLength: 100,
        },
      ),
      (queues) => {
        const sync = new ClockSync();
        queues.forEach(([there, back], index) => {
          exchange(sync, 0.5 * index, { there: 1e-3 + there, back: 1e-3 + back });
        });
        // Of several quick ones each may be wrong by half its own.
        assert.ok(Math.abs(sync.offset + 500) <= 0.201);
        assert.ok(sync.uncertainty >= 1e-3 - 1e-9 && sync.uncertainty <= 0.201);
      },
    ),
  );
});

test("drift is followed, from the quick exchanges among slow ones", () => {
  const sync = new ClockSync();
  for (let index = 0; index < 60; index++) {
    const slow = index % 4 !== 0;
    exchange(sync, 0.5 * index, { drift: 1e-4, there: slow ? 0.03 : 1e-3, back: 1e-3 });
  }
  const ours = 30;
  const tRobot = ours * (1 + 1e-4) + 500;
  assert.ok(Math.abs(sync.toOurs(tRobot) - ours) < 2e-4, `${sync.toOurs(tRobot) - ours}`);
  assert.ok(Math.abs(sync.drift + 1e-4) < 2e-5, `${sync.drift}`);
  assert.ok(Math.abs(sync.toRobot(sync.toOurs(tRobot)) - tRobot) < 1e-9, "there and back is the same moment");
});

test("a clock that was set is another clock: what was known of the old one is forgotten", () => {
  for (const ahead of [499, 501, 500.05]) {
    const sync = new ClockSync();
    for (let index = 0; index < 20; index++) exchange(sync, 0.5 * index, {});
    exchange(sync, 10, { ahead });
    assert.ok(Math.abs(sync.offset + ahead) < 1e-9, `${sync.offset}`);
  }
});

test("before the first exchange nothing is known, and stamps without sense change that in nothing", () => {
  const sync = new ClockSync();
  assert.ok(Number.isNaN(sync.toOurs(3)) && Number.isNaN(sync.offset) && Number.isNaN(sync.uncertainty));
  sync.add(1, 500, 499, 1.1);
  sync.add(1, 500, 501, 1.1);
  sync.add(1, Number.NaN, 501, 1.1);
  assert.ok(Number.isNaN(sync.toOurs(3)));
  exchange(sync, 1, {});
  assert.ok(Math.abs(sync.toOurs(503) - 3) < 1e-9);
  assert.equal(sync.drift, 0);
});
