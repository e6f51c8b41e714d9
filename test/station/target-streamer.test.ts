/** One target after another, without a robot: what is sent when, and what is left out. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../src/clock.ts";
import type { Command } from "../../src/robot/command.ts";
import type { Acknowledgement, Robot } from "../../src/robot/robot.ts";
import { Gate } from "../../src/safety/gate.ts";
import { StreamTiming } from "../../src/station/stream-timing.ts";
import { TargetStreamer } from "../../src/station/target-streamer.ts";

/** A stream in lockstep at 100 Hz, to a joint that may go from −1 to 1 rad at 10 rad/s. */
class Bench {
  /** Of the next targets, rad. */
  wish = 0;
  healthy = true;
  judge: () => void = () => {};
  answer: () => Promise<Acknowledgement> = async () => ({ accepted: true, reason: "" });
  readonly sent: number[] = [];
  readonly periods: number[] = [];
  readonly events: string[] = [];
  readonly timing = new StreamTiming(100);
  readonly streamer: TargetStreamer;
  #now = 0;

  constructor() {
    const robot = {
      send: (command: Command) => {
        if (command.kind === "targets") this.sent.push(Math.round(1e6 * command.positions[0]!) / 1e6);
        return this.answer();
      },
    };
    const streamer: TargetStreamer = new TargetStreamer({
      robot: robot as unknown as Robot,
      gate: new Gate(() => ({
        mode: "walking",
        leased: true,
        latched: false,
        envelopeComplete: true,
        monitorHealthy: true,
        targets: streamer.facts,
        feasible: () => true,
      })),
      clock: new ManualClock(),
      kind: "lockstep",
      streaming: { rate: 100, timeout: 0.1 },
      limits: { low: Float64Array.of(-1), high: Float64Array.of(1), speed: Float64Array.of(10) },
      timing: this.timing,
      next: (periods) => {
        this.periods.push(periods);
        return Float64Array.of(this.wish);
      },
      events: {
        judge: () => this.judge(),
        healthy: () => this.healthy,
        late: (silence) => this.events.push(`late ${silence.toFixed(2)}`),
        barred: () => this.events.push("barred"),
        refused: (reason) => this.events.push(`refused ${reason}`),
        linkFailed: (reason) => this.events.push(`link ${reason}`),
      },
    });
    this.streamer = streamer;
    streamer.onFrame(0);
    streamer.start(Float64Array.of(0));
  }

  /** A frame so many periods after the last one. */
  async frame(periods = 1): Promise<void> {
    this.#now += 0.01 * periods;
    this.streamer.onFrame(this.#now);
    await this.streamer.underway;
  }
}

describe("the stream of joint targets", () => {
  it("sends the first target at once, then one per period, whatever the rate of the frames", async () => {
    const bench = new Bench();
    assert.deepEqual(bench.sent, [0]);
    for (let frame = 0; frame < 8; frame++) await bench.frame(0.5);
    assert.equal(bench.sent.length, 5);
    assert.deepEqual(bench.periods, [1, 1, 1, 1, 1]);
  });

  it("sends one target for now after a pause, moved on by all of it, and counts what was left out", async () => {
    const bench = new Bench();
    await bench.frame();
    await bench.frame(4);
    await bench.frame();
    assert.deepEqual(bench.periods, [1, 1, 4, 1]);
    assert.equal(bench.sent.length, 4);
    const { targets, targetsLate, targetsSkipped } = bench.timing.figures();
    assert.deepEqual([targets, targetsLate, targetsSkipped], [4, 1, 3]);
  });

  it("moves no faster than the limit allows, says so, and catches up", async () => {
    const bench = new Bench();
    bench.wish = 0.25;
    for (let frame = 0; frame < 3; frame++) await bench.frame();
    assert.deepEqual(bench.sent, [0, 0.1, 0.2, 0.25]);
    bench.wish = -0.1;
    await bench.frame(3);
    await bench.frame();
    assert.deepEqual(bench.sent.slice(4), [-0.05, -0.1], "three periods allow three times as much");
    assert.equal(bench.timing.figures()["targetsSlowed"], 3);
    assert.deepEqual(bench.events, []);
  });

  it("is silent while telemetry is not fresh, and ends when that takes longer than the robot waits", async () => {
    const bench = new Bench();
    await bench.frame();
    bench.healthy = false;
    for (let frame = 0; frame < 3; frame++) await bench.frame();
    assert.equal(bench.sent.length, 2);
    bench.healthy = true;
    await bench.frame();
    assert.equal(bench.sent.length, 3);
    await bench.frame(11);
    assert.deepEqual(bench.events, ["late 0.11"]);
    await bench.frame();
    assert.equal(bench.sent.length, 3, "nothing is sent afterwards");
  });

  it("sends nothing any more once it is halted, also by whom it asks before", async () => {
    const bench = new Bench();
    bench.streamer.halt();
    await bench.frame();
    assert.equal(bench.sent.length, 1);
    const other = new Bench();
    other.judge = () => other.streamer.halt();
    await other.frame();
    assert.equal(other.sent.length, 1);
  });

  it("ends at a target that the gate refuses", async () => {
    for (const wish of [Number.NaN, 1.2]) {
      const bench = new Bench();
      bench.wish = wish;
      await bench.frame();
      await bench.frame();
      assert.deepEqual([bench.sent, bench.events], [[0], ["barred"]]);
    }
  });

  it("tells what the robot and the link answer, unless it has been halted meanwhile", async () => {
    const bench = new Bench();
    bench.answer = async () => ({ accepted: false, reason: "no power" });
    await bench.frame();
    bench.answer = () => Promise.reject(new Error("gone"));
    await bench.frame();
    assert.deepEqual(bench.events, ["refused no power", "link gone"]);
    const halted = new Bench();
    halted.answer = async () => ({ accepted: false, reason: "no power" });
    const frame = halted.frame();
    halted.streamer.halt();
    await frame;
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(halted.events, []);
  });
});
