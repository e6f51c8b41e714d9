/** The page's own arithmetic, without a browser. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { duration, figure, percent, scaleOf } from "../../src/dashboard/page/figures.ts";
import { gainOver } from "../../src/dashboard/page/gain.ts";
import { LIMIT_ORDER, nearness, readLimit, wayToLimit } from "../../src/dashboard/page/limits.ts";
import { applyEvent, emptyState, shownWalk } from "../../src/dashboard/page/page-state.ts";
import { StripWindow, WINDOW_S } from "../../src/dashboard/page/strip-window.ts";
import { LIMIT_NAMES } from "../../src/safety/limit.ts";
import { ScriptedDoor, studyOf } from "../service/scripted-door.ts";

/** A door whose events arrive as the page gets them: through JSON. */
function listening(trials = 0) {
  const door = new ScriptedDoor(trials);
  const state = emptyState();
  const wire = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  door.subscribe((event) => void applyEvent(state, wire(event)));
  applyEvent(state, wire({ kind: "study" as const, status: door.status }));
  applyEvent(state, wire({ kind: "robot" as const, robot: door.robot }));
  return { door, state };
}

describe("limits on the page", () => {
  it("knows every limit in the order of the live frames", () => {
    assert.deepEqual(LIMIT_ORDER, LIMIT_NAMES);
  });

  it("measures the way from nominal to the limit on the value's own side", () => {
    const bounds = { low: 10, high: null, nominal: 11.5, softLow: 10.5, softHigh: null, unit: "V" };
    assert.equal(wayToLimit(11.5, bounds), 0);
    assert.equal(wayToLimit(10, bounds), 1);
    assert.equal(wayToLimit(14, bounds), 0, "an open side has no limit");
    assert.equal(nearness(9.9, bounds), "over");
    assert.equal(nearness(10.5, bounds), "fine");
    assert.equal(nearness(10.49, bounds), "near", "where a warning is due");
    assert.equal(nearness(10.49, { ...bounds, softLow: null }), "fine", "and where none is");
    assert.equal(nearness(10.2, { ...bounds, softLow: null }), "near");
    const upwards = { low: null, high: 80, nominal: 40, softLow: null, softHigh: 65, unit: "°C" };
    assert.deepEqual([nearness(65, upwards), nearness(65.1, upwards)], ["fine", "near"]);
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), (value) => {
        const soft = { softLow: null, softHigh: null };
        const way = wayToLimit(value, { low: -2, high: 3, nominal: 0.5, unit: "", ...soft });
        assert.equal(way > 1, value < -2 || value > 3);
      }),
    );
  });

  it("judges joints with bounds of their own by these", () => {
    const { robot } = new ScriptedDoor();
    const channels = ["FR_hip", "FR_knee"].map((joint) => ({
      name: `joint.${joint}.position`,
      unit: "rad",
      source: "measured" as const,
      joint,
    }));
    const reading = readLimit({ ...robot, channels }, "joint-position", [0.9, -2.5], []);
    assert.equal(reading?.joint, "FR_knee");
    assert.ok(reading !== null && wayToLimit(reading.value, reading.bounds) < 1);
  });
});

describe("the page's state", () => {
  it("keeps the reports of one walk and starts over at a retry", () => {
    const { door, state } = listening(12);
    door.walk(12, 5);
    assert.equal(state.reports?.points.length, 5);
    assert.equal(state.reports?.points[1]?.threshold, null);
    door.walk(12, 2);
    assert.equal(state.reports?.points.length, 2);
  });

  it("shows the walk in progress, completed by the document, else the last one", () => {
    const { door, state } = listening(12);
    assert.equal(shownWalk(state), null);
    state.document = studyOf(12);
    assert.deepEqual([shownWalk(state)?.trial, shownWalk(state)?.running], [11, false]);
    door.walk(12, 3);
    assert.deepEqual([shownWalk(state)?.trial, shownWalk(state)?.running], [12, true]);
    const running = { ...door.study.trials.at(-1)!, intermediate_values: { "1": 0.1, "2": null } };
    state.document = { ...studyOf(12), trials: [...studyOf(12).trials, running] };
    state.reports = { trial: 12, points: [{ step: 3, value: 0.3, threshold: 0.2 }] };
    assert.deepEqual(
      shownWalk(state)?.points.map((point) => point.value),
      [0.1, null, 0.3],
    );
  });

  it("remembers a peak that was never drawn, until the next trial", () => {
    const { door, state } = listening(3);
    door.frame(1, { tilt: 0.78 });
    door.frame(1.1);
    assert.ok((state.furthest.get("tilt") ?? 0) > 0.9);
    door.walk(3, 0);
    door.frame(1.2);
    assert.ok((state.furthest.get("tilt") ?? 0) < 0.5);
  });

  it("takes missing values for what they are", () => {
    const { door, state } = listening(3);
    door.frame(1, { tilt: null, height: Number.NaN, "lateral-distance": null });
    assert.equal(state.strips.lines.height.at(-1), null);
    assert.equal(state.strips.lines["lateral-distance"].at(-1), null);
    assert.equal(state.furthest.get("height"), 0);
  });

  it("ignores studies and robots that are not shown", () => {
    const { door, state } = listening(3);
    assert.deepEqual(applyEvent(state, { kind: "trial", study: "other", trial: 1 }), []);
    assert.deepEqual(applyEvent(state, { kind: "trial", study: door.study.study, trial: 1 }), [
      "stale-document",
    ]);
    door.emit({
      kind: "frame",
      robot: "other",
      trial: 1,
      phase: "measure",
      tRobot: 1,
      values: [],
      margins: [],
    });
    assert.equal(state.frame, null);
  });
});

describe("strip window", () => {
  const { robot } = new ScriptedDoor();
  const frame = (tRobot: number) => ({ tRobot, values: [], margins: [] });

  it("holds ten seconds, more when frames are rare, never without bound", () => {
    const dense = new StripWindow();
    for (let k = 0; k < 3000; k++) dense.add(robot, frame(k / 100));
    assert.ok(Math.abs(dense.times.at(-1)! - dense.times[0]! - WINDOW_S) < 0.02);
    const rare = new StripWindow();
    for (let k = 0; k < 3000; k++) rare.add(robot, frame(k));
    assert.equal(rare.times.length, 150);
    assert.equal(rare.lines.tilt.length, 150);
  });

  it("starts anew when the robot's clock goes back", () => {
    const window = new StripWindow();
    for (const t of [5, 6, 7, 0.1]) window.add(robot, frame(t));
    assert.deepEqual(window.times, [0.1]);
  });
});

describe("figures", () => {
  it("reads like a person wrote it", () => {
    assert.deepEqual(
      [
        figure(0.31234),
        figure(-12.345),
        figure(1234.5),
        figure(null),
        figure(Number.NaN),
        figure(0),
        figure(1e-9),
      ],
      ["0.312", "−12.3", "1235", "–", "–", "0", "1.00e−9"],
    );
    assert.deepEqual([percent(0.234), percent(-0.0561), percent(0)], ["+23 %", "−5.6 %", "+0.0 %"]);
    assert.deepEqual(
      [duration(59.4), duration(254), duration(3725), duration(null)],
      ["59 s", "4 min 14 s", "1 h 02 min", "–"],
    );
    assert.deepEqual(scaleOf("m", [0.03, undefined, "x"]), { unit: "mm", factor: 1000 });
    assert.deepEqual(scaleOf("m", [0.03, 2]), { unit: "m", factor: 1 });
  });

  it("turns the gain around for a study that minimises, and gives none over zero", () => {
    const estimate = (mean: number, half: number) => ({
      params: {},
      mean,
      ci95: [mean - half, mean + half] as const,
      n: 3,
    });
    const up = gainOver(estimate(1.3, 0.03), estimate(1, 0.04), "maximize");
    assert.ok(up !== null && Math.abs(up.mean - 0.3) < 1e-12);
    assert.ok(Math.abs(up.low - 0.25) < 1e-12 && Math.abs(up.high - 0.35) < 1e-12);
    const down = gainOver(estimate(0.7, 0.03), estimate(1, 0.04), "minimize");
    assert.ok(down !== null && Math.abs(down.mean - 0.3) < 1e-12 && down.low < down.high);
    assert.equal(gainOver(estimate(1, 0.1), estimate(0, 0.1), "maximize"), null);
  });
});
