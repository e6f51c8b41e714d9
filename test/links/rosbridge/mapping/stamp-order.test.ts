/** Stamps of a clock that goes on, of one that is set, of one that stands still, and of two that take turns. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { StampOrder, type StampVerdict } from "../../../../src/links/rosbridge/mapping/stamp-order.ts";

const HOUR = 3600;
const PERIOD = 0.01;
/** A new clock is believed after this, s. */
const PROMISED = 0.5;

/** Messages every 10 ms, the first one at 100 s of our clock. @param stampOf null: this one has not come */
function judged(order: StampOrder, count: number, stampOf: (now: number, index: number) => number | null) {
  return Array.from({ length: count }, (_, index): StampVerdict | null => {
    const now = 100 + index * PERIOD;
    const stamp = stampOf(now, index);
    return stamp === null ? null : order.judge(stamp, now);
  });
}

const steps = (verdicts: readonly (StampVerdict | null)[]): [StampVerdict | null, number][] => {
  const runs: [StampVerdict | null, number][] = [];
  for (const verdict of verdicts) {
    const last = runs.at(-1);
    if (last?.[0] === verdict) last[1]++;
    else runs.push([verdict, 1]);
  }
  return runs;
};

describe("the order of stamps", () => {
  for (const [name, by, refusal] of [
    ["ahead", HOUR, "ahead"],
    ["ahead by what a robot that gets its date from the network is wrong by", 1.7e9, "ahead"],
    ["back", -HOUR, "repeated"],
    ["back by a little more than half a second", -0.6, "repeated"],
  ] as const)
    it(`takes a clock that was set ${name} for the robot's after half a second, and then again`, () => {
      const order = new StampOrder(true);
      // There at 1 s, and right again at 2 s.
      const verdicts = judged(order, 300, (now, index) => now + (index >= 100 && index < 200 ? by : 0));
      const waited = Math.round(PROMISED / PERIOD);
      const other = refusal === "ahead" ? "repeated" : "ahead";
      const back =
        by === -0.6
          ? [["in order", 199 - waited]]
          : [
              ["in order", 99 - waited],
              [other, waited],
              ["new clock", 1],
              ["in order", 99 - waited],
            ];
      assert.deepEqual(steps(verdicts), [["in order", 100], [refusal, waited], ["new clock", 1], ...back]);
    });

  it("tells by how much the clock was set, whatever time has passed", () => {
    const order = new StampOrder(true);
    judged(order, 100, (now, index) => (index < 30 ? now : now - 7));
    assert.ok(Math.abs(order.set + 7) < 1e-9, `${order.set}`);
  });

  it("is out for no longer than the clock was set back by", () => {
    const verdicts = judged(new StampOrder(true), 200, (now, index) => now - (index < 100 ? 0 : 0.205));
    assert.deepEqual(steps(verdicts), [
      ["in order", 100],
      ["repeated", 20],
      ["in order", 80],
    ]);
  });

  it("is not held to a stray that was the first of all, though more of its kind come", () => {
    const verdicts = judged(new StampOrder(true), 300, (now, index) => now + (index % 50 === 0 ? HOUR : 0));
    // Once half a second of it has come, it is the others that are astray.
    assert.deepEqual(steps(verdicts.slice(0, 101)), [
      ["in order", 1],
      ["repeated", 49],
      ["in order", 1],
      ["new clock", 1],
      ["in order", 48],
      ["ahead", 1],
    ]);
  });

  it("passes over strays, ahead or old, however many", () => {
    const verdicts = judged(new StampOrder(true), 500, (now, index) =>
      index % 7 === 3 ? now + HOUR : index % 7 === 5 ? now - HOUR : now,
    );
    verdicts.forEach((verdict, index) => {
      const expected = index % 7 === 3 ? "ahead" : index % 7 === 5 ? "repeated" : "in order";
      assert.equal(verdict, expected, `message ${index}`);
    });
  });

  it("keeps to the first of two clocks that take turns", () => {
    const verdicts = judged(new StampOrder(true), 400, (now, index) => now + (index % 2) * HOUR);
    assert.deepEqual(new Set(verdicts.filter((_, index) => index % 2 === 1)), new Set(["ahead"]));
    assert.deepEqual(new Set(verdicts.filter((_, index) => index % 2 === 0)), new Set(["in order"]));
  });

  it("is not led astray by a first stamp that is one", () => {
    const verdicts = judged(new StampOrder(true), 100, (now, index) => (index === 0 ? now + HOUR : now));
    assert.deepEqual(steps(verdicts), [
      ["in order", 1],
      ["repeated", 50],
      ["new clock", 1],
      ["in order", 48],
    ]);
  });

  it("never believes a clock that stands still, goes back, or goes another way than ours", () => {
    for (const wrong of [
      () => 50,
      (now: number) => 200 - now,
      (_: number, index: number) => 50 + 5 * index,
      (_: number, index: number) => (index % 2 === 0 ? 50 : 40) + index * PERIOD,
    ]) {
      // What goes ahead by seconds from message to message is past 100 s at some time: it is ahead then.
      const verdicts = judged(new StampOrder(true), 800, (now, index) =>
        index === 0 ? now : wrong(now, index),
      );
      assert.ok(!verdicts.slice(1).some((verdict) => verdict === "new clock" || verdict === "in order"));
    }
  });

  it("believes a clock whose messages come twice, or hardly ever", () => {
    const twice = judged(new StampOrder(true), 200, (now, index) =>
      index < 100 ? now : 10 + Math.floor(index / 2) * 2 * PERIOD,
    );
    assert.equal(twice.filter((verdict) => verdict === "new clock").length, 1);
    const rare = new StampOrder(true);
    assert.deepEqual(
      [100, 110, 20, 30, 40].map((stamp, index) => rare.judge(stamp, 10 * index)),
      ["in order", "in order", "repeated", "new clock", "in order"],
    );
  });

  it("does not take for another clock what was underway for long, or was missing", () => {
    const order = new StampOrder(true);
    const late = [
      [100, 100],
      // Late by 0.9 s, and the next one is not.
      [100.01, 100.91],
      [100.92, 100.92],
      // Nothing came for a minute, then all at once.
      [100.93, 160],
      [101, 160],
      [160, 160.9],
    ] as const;
    for (const [stamp, now] of late) assert.equal(order.judge(stamp, now), "in order", `${stamp} at ${now}`);
  });

  it("takes whatever comes first after it has begun anew", () => {
    const order = new StampOrder(true);
    assert.equal(order.judge(1000, 0), "in order");
    order.beginAnew();
    assert.equal(order.judge(5, 0.01), "in order");
    assert.equal(order.judge(4.99, 0.02), "repeated");
  });

  it("takes a clock that nobody sets as it comes: ahead by any time, and never back", () => {
    const verdicts = judged(new StampOrder(false), 300, (now, index) =>
      index < 100 ? now : index < 200 ? now + HOUR : now,
    );
    assert.deepEqual(steps(verdicts), [
      ["in order", 200],
      ["repeated", 100],
    ]);
  });

  it("is back in order half a second after whatever has happened to the clock", () => {
    const event = fc.record({
      by: fc.double({ min: -1e5, max: 1e5, noNaN: true }),
      lasts: fc.integer({ min: 1, max: 120 }),
      lost: fc.double({ min: 0, max: 0.5, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), (events) => {
        const order = new StampOrder(true);
        let now = 1e6;
        let ahead = 0;
        for (const { by, lasts, lost } of events) {
          ahead += by;
          for (let count = 0; count < lasts; count++) {
            now += PERIOD;
            if ((count * 0.618) % 1 >= lost) order.judge(now + ahead, now);
          }
        }
        let waited = 0;
        let verdict: StampVerdict = "repeated";
        while (verdict === "repeated" || verdict === "ahead") {
          now += PERIOD;
          waited += PERIOD;
          verdict = order.judge(now + ahead, now);
          assert.ok(waited <= PROMISED + 2.5 * PERIOD, `${verdict} after ${waited} s`);
        }
      }),
      { numRuns: 500 },
    );
  });
});
