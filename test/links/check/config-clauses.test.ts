/** What the config asks of a robot is compared with what the robot says, whatever the robot does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageOf } from "../../../firmware-protocol/codec/message-table.ts";
import { readHardwareConfig } from "../../../src/config/read-hardware-config.ts";
import { Bench, type Subject } from "../../../src/links/serial/check/bench.ts";
import type { Verdict } from "../../../src/links/serial/check/clause.ts";
import { CONFIG_CLAUSES } from "../../../src/links/serial/check/config-clauses.ts";
import { Conversation } from "../../../src/links/serial/check/conversation.ts";
import { HostPulse } from "../../../src/links/serial/check/host-pulse.ts";
import { hardwareConfigPath } from "../../../src/paths.ts";
import { subjectOf } from "../../../src/processes/check-protocol.ts";
import { HELLO } from "../scripted-robot.ts";

const CONFIG = readHardwareConfig(hardwareConfigPath("teensy-elastic-quadruped.yaml"));
const SUBJECT = subjectOf(CONFIG);

const channel = (name: string, group = 0): MessageOf<"description"> => ({
  kind: "description",
  name,
  unit: "",
  source: "measured",
  joint: "",
  group,
  resolution: 0,
});

/** Judges channels that were described, without a line. */
async function judged(
  id: string,
  channels: readonly MessageOf<"description">[],
  change: Partial<Subject> = {},
): Promise<Verdict> {
  const pulse = new HostPulse(() => 0);
  const bench = new Bench({
    talk: new Conversation({ now: () => 0, write: () => {} }),
    subject: { ...SUBJECT, ...change },
    effort: { repetitions: 1, seconds: 1 },
    pulse,
    now: () => 0,
  });
  Object.assign(bench, { hello: HELLO, channels });
  try {
    return await CONFIG_CLAUSES.find((one) => one.id === id)!.run(bench);
  } finally {
    pulse.stop();
  }
}

test("a robot without channels is told, limit by limit, what it lacks", async () => {
  const { result, measured } = await judged("limits.channels", [channel("imu.roll")]);
  assert.equal(result, "fail");
  assert.match(measured, /motor-torque needs motor\.\*\.torque of 8 joints; /);
  assert.match(measured, /tilt needs imu\.pitch$/);
  assert.ok(measured.length < 500, measured);
});

test("a channel that the config does not ask for is missing", async () => {
  const { joints } = CONFIG.robot;
  const all = (group: (name: string) => number) =>
    [
      ...["imu.roll", "imu.pitch", "trunk.height", "battery.voltage", "pose.y", "odometry.y"],
      ...joints.flatMap((joint) => [
        ...["position", "velocity"].map((what) => `joint.${joint}.${what}`),
        ...["velocity", "torque", "temperature"].map((what) => `motor.${joint}.${what}`),
      ]),
    ].map((name) => channel(name, group(name)));
  assert.deepEqual(
    (
      await judged(
        "limits.channels",
        all(() => 0),
      )
    ).result,
    "pass",
  );
  const telemetry = { baud: 921600, groups: [0] };
  const aside = all((name) => (name === "battery.voltage" ? 3 : 0));
  assert.deepEqual(await judged("limits.channels", aside, { telemetry }), {
    result: "fail",
    measured: "battery-voltage needs battery.voltage",
  });
  assert.equal((await judged("limits.channels", aside)).result, "pass");
});

test("telemetry that does not fit the line fails with what fits", async () => {
  const channels = Array.from({ length: 60 }, (_, index) => channel(`channel.${index}`, index % 2));
  const fits = await judged("telemetry.fits", channels, { telemetry: { baud: 921600 } });
  assert.equal(fits.result, "pass");
  assert.match(fits.measured, /60 channels at 100 Hz take \d+ % of 921600 Bd/);
  const slow = await judged("telemetry.fits", channels, { telemetry: { baud: 115200 } });
  assert.equal(slow.result, "fail");
  assert.match(
    slow.measured,
    /take \d+ % of 115200 Bd .*what fits: these at \d+ Hz, group 0 alone at \d+ Hz/,
  );
  const wish = { baud: 115200, rate: 20 };
  assert.equal((await judged("telemetry.fits", channels, { telemetry: wish })).result, "pass");
  const lockstep = { baud: Number.POSITIVE_INFINITY };
  assert.equal((await judged("telemetry.fits", channels, { telemetry: lockstep })).result, "skipped");
});
