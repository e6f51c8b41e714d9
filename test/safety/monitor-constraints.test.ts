/** The constraint value that each limit leaves behind. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { channelName } from "../../src/robot/telemetry-frame.ts";
import { LIMIT_NAMES, type LimitName } from "../../src/safety/limit.ts";
import { ENVELOPE, monitorOf, PERIOD, walking, withLimit } from "./small-robot.ts";

describe("monitor: constraint values", () => {
  const at = (values: readonly number[], name: LimitName): number => values[LIMIT_NAMES.indexOf(name)]!;

  it("are −1 for every limit of a robot that has not walked", () => {
    assert.deepEqual(
      monitorOf().constraints(10, 0),
      LIMIT_NAMES.map(() => -1),
    );
  });

  it("come from the walk's extremes only, and from the worst joint", () => {
    const { monitor, source } = walking(ENVELOPE, "powered");
    const speed = (joint: string, value: number) => ({ [channelName.motorVelocity(joint)]: value });
    monitor.onFrame(source.next(speed("hip", 5)));
    monitor.watch("walking");
    monitor.onFrame(source.next(speed("hip", -3.5)));
    monitor.onFrame(source.next(speed("knee", 4)));
    monitor.onFrame(source.next({ [channelName.height]: 0.09 }));
    monitor.watch("powered");
    monitor.onFrame(source.next(speed("hip", 5)));
    const values = monitor.constraints(10, 0);
    assert.equal(values.length, LIMIT_NAMES.length);
    assert.equal(at(values, "motor-speed"), -0.5);
    assert.ok(Math.abs(at(values, "height") - -0.02 / 0.07) < 1e-12);
    assert.equal(at(values, "motor-torque"), -1);
    assert.equal(at(values, "joint-speed"), -1);
  });

  it("use the debounced value: what one sample shows is not the extreme", () => {
    const { monitor, source } = walking(
      withLimit("motor-speed", { debounce: { kind: "streak", frames: 2 } }),
    );
    for (const value of [4.8, 3, 4, 4.5, 3])
      monitor.onFrame(source.next({ [channelName.motorVelocity("hip")]: value }));
    assert.equal(at(monitor.constraints(10, 0), "motor-speed"), -0.5);
  });

  it("give the limit that ended the walk its time left, and freeze the rest", () => {
    const { monitor, source } = walking();
    monitor.onFrame(source.next({ [channelName.motorVelocity("hip")]: 4 }));
    monitor.onFrame(source.next({ [channelName.roll]: 1 }));
    monitor.onFrame(source.next({ [channelName.motorVelocity("hip")]: 50, [channelName.roll]: 1 }));
    const values = monitor.constraints(10, 7.5);
    assert.equal(at(values, "tilt"), 1.75);
    assert.equal(at(values, "motor-speed"), -0.5);
  });

  it("knows nothing of a joint whose window is not full", () => {
    const out = new Float64Array(LIMIT_NAMES.length);
    const { monitor, source } = walking(
      withLimit("motor-torque", { debounce: { kind: "window", seconds: 4 * PERIOD } }),
    );
    monitor.onFrame(source.next());
    monitor.readDebounced(out);
    assert.ok(Number.isNaN(at([...out], "motor-torque")));
    for (let count = 0; count < 4; count++)
      monitor.onFrame(source.next({ [channelName.motorTorque("knee")]: -3 }));
    monitor.readDebounced(out);
    assert.equal(at([...out], "motor-torque"), 3);
  });

  it("reads the debounced values now, NaN where nothing is watched or known", () => {
    const out = new Float64Array(LIMIT_NAMES.length);
    const { monitor, source } = walking(
      withLimit("battery-voltage", { debounce: { kind: "window", seconds: 1 } }),
    );
    monitor.onFrame(
      source.next({
        [channelName.motorVelocity("hip")]: -4,
        [channelName.motorVelocity("knee")]: 4.5,
        [channelName.height]: 0.1,
      }),
    );
    monitor.readDebounced(out);
    assert.equal(at([...out], "motor-speed"), 4.5);
    assert.equal(at([...out], "height"), 0.1);
    assert.ok(Number.isNaN(at([...out], "battery-voltage")));
    monitor.watch("telemetry");
    monitor.readDebounced(out);
    assert.ok(Number.isNaN(at([...out], "motor-speed")));
    assert.ok(at([...out], "frame-age") > 0);
  });
});
