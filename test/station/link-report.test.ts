import assert from "node:assert/strict";
import { test } from "node:test";
import { linkReport } from "../../src/station/link-report.ts";

test("a link on which nothing was lost is no warning, even where a busy computer made it repeat itself", () => {
  const times = { roundTripMedian: 0.0012, roundTrip99: 0.004, delayMedian: Number.NaN, delay99: Number.NaN };
  assert.deepEqual(linkReport({ telemetry: 900, broken: 0, ...times }), {
    level: "info",
    text: "link: 900 telemetry frames, nothing lost, round trip 1.2 ms, at most 4.0 ms in 99 %",
  });
  assert.deepEqual(linkReport({ telemetry: 900, repeated: 2 }), {
    level: "info",
    text: "link: 900 telemetry frames, 2 requests repeated",
  });
});

test("what was lost is a warning, with who lost it", () => {
  const figures = {
    telemetry: 900,
    telemetryMissed: 3,
    repeated: 1,
    "robot.framesBroken": 2,
    otherSchema: 1,
  };
  assert.deepEqual(linkReport(figures), {
    level: "warn",
    text:
      "link: 900 telemetry frames, the robot's message table is not ours, 3 telemetry frames missed, " +
      "1 request repeated, 2 broken frames at the robot",
  });
});

test("a few frames in thousands and a few late periods in hundreds are told and no warning", () => {
  const figures = {
    telemetry: 9000,
    broken: 1,
    "robot.framesReceived": 5000,
    "robot.framesBroken": 5,
    "robot.loopOverruns": 90,
  };
  assert.deepEqual(linkReport(figures), {
    level: "info",
    text: "link: 9000 telemetry frames, 1 broken frame, 5 broken frames at the robot, 90 late control periods",
  });
  for (const more of [
    { broken: 10 },
    { "robot.framesBroken": 6 },
    { "robot.loopOverruns": 91 },
    { telemetryMissed: 91 },
  ])
    assert.equal(linkReport({ ...figures, ...more }).level, "warn", JSON.stringify(more));
  assert.equal(linkReport({ ...figures, telemetryMissed: 45 }).level, "info");
  for (const [stale, level] of [
    [5, "info"],
    [6, "warn"],
  ] as const)
    assert.equal(
      linkReport({ telemetry: 9000, keepalives: 500, "robot.keepalivesStale": stale }).level,
      level,
    );
  assert.equal(linkReport({ telemetry: 9000, eventsMissed: 1 }).level, "warn");
});

test("a stream of joint targets is told with its rate and jitter, and is a warning where more is late than matters", () => {
  const stream = {
    targets: 1000,
    targetsRate: 99.96,
    targetsJitterMedian: 0.0001,
    targetsJitter99: 0.0012,
    targetsLate: 0,
    targetsSkipped: 0,
    targetsSlowed: 0,
  };
  const steady = "jitter of the targets 0.1 ms, at most 1.2 ms in 99 %";
  assert.deepEqual(linkReport(stream), {
    level: "info",
    text: `link: 1000 joint targets at 100.0 Hz, nothing lost, ${steady}`,
  });
  assert.deepEqual(linkReport({ telemetry: 900, ...stream, targetsLate: 10, targetsSkipped: 1 }), {
    level: "info",
    text: `link: 900 telemetry frames, 1000 joint targets at 100.0 Hz, 10 late joint targets, 1 joint target skipped, ${steady}`,
  });
  for (const more of [{ targetsLate: 11 }, { targetsSkipped: 11 }, { targetsSlowed: 11 }])
    assert.equal(linkReport({ ...stream, ...more }).level, "warn", JSON.stringify(more));
  assert.equal(
    linkReport({ ...stream, targets: 0, targetsRate: Number.NaN }).text.split(",")[0],
    "link: 0 joint targets",
  );
});
