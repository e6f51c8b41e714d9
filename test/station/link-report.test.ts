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
      "1 requests repeated, 2 broken frames at the robot",
  });
});
