/** Leg odometry is calibrated in one place, and a study on hardware needs it to be. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { GaitsmithError } from "../../src/errors.ts";
import { hardwareConfigPath } from "../../src/paths.ts";
import { ChannelLayout } from "../../src/robot/telemetry-frame.ts";
import { assertOdometryCalibrated } from "../../src/service/odometry-calibration.ts";
import { speedItem } from "../../src/station/check-items/telemetry-items.ts";
import { odometryScaler } from "../../src/station/odometry-scale.ts";
import { simulatedConfig } from "./station-process.ts";

const LAYOUT = new ChannelLayout(
  ["pose.x", "odometry.x", "odometry.y", "odometry.yaw"].map((name) => ({
    name,
    unit: "",
    source: "measured",
  })),
);

test("every frame's odometry is multiplied once, and the link's own frame is left as it is", () => {
  const scaled = odometryScaler(LAYOUT, 1.5);
  const frame = { seq: 7, tRobot: 1, tArrival: 2, values: Float64Array.of(1, 2, -4, 0.5) };
  for (let again = 0; again < 3; again++) {
    const { seq, values } = scaled(frame);
    assert.deepEqual([seq, ...values], [7, 1, 3, -6, 0.5]);
  }
  assert.deepEqual([...frame.values], [1, 2, -4, 0.5]);
  // Where there is nothing to do, nothing is done.
  for (const scale of [null, 1]) assert.equal(odometryScaler(LAYOUT, scale)(frame), frame);
  assert.equal(odometryScaler(new ChannelLayout([LAYOUT.channels[0]!]), 2)(frame), frame);
});

test("the config's field is a plain ratio near one", () => {
  const text = readFileSync(hardwareConfigPath("simulated-elastic-quadruped.yaml"), "utf8");
  const read = (line: string): HardwareConfig =>
    readHardwareConfig("robot.yaml", text.replace("speed_source: pose", `speed_source: odometry${line}`));
  assert.equal(read("").odometryScale, null);
  assert.equal(read("\n  odometry_scale: 1.07 # measured").odometryScale, 1.07);
  for (const wrong of ["0", "-1", "40", "one"])
    assert.throws(() => read(`\n  odometry_scale: ${wrong}`), /odometry_scale/, wrong);
});

test("a study on hardware is refused without it, and check says so beforehand", () => {
  const real: HardwareConfig = {
    ...simulatedConfig,
    speedSource: "odometry",
    link: { kind: "serial", clock: "realtime", path: "/dev/ttyACM0", baud: 921_600 },
  };
  const person = { returnsByItself: false };
  assert.throws(
    () => assertOdometryCalibrated(real, person),
    (error) => error instanceof GaitsmithError && /first-run/.test(error.remedy ?? ""),
  );
  assertOdometryCalibrated({ ...real, odometryScale: 1.07 }, person);
  assertOdometryCalibrated({ ...real, speedSource: "pose" }, person);
  assertOdometryCalibrated({ ...real, link: simulatedConfig.link }, person);
  assertOdometryCalibrated(real, { returnsByItself: true });
  const capabilities = { layout: LAYOUT } as Parameters<typeof speedItem>[1];
  const never = speedItem(real, capabilities);
  assert.deepEqual([never.result, /never calibrated/.test(never.words)], ["warning", true]);
  const calibrated = speedItem({ ...real, odometryScale: 1.07 }, capabilities);
  assert.deepEqual([calibrated.result, calibrated.words], ["ok", "odometry, measured, times 1.07"]);
});
