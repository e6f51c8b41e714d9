/** How much telemetry comes, and whether forward speed comes with it. */
import type { HardwareConfig } from "../../config/hardware-config.ts";
import type { Capabilities } from "../../robot/robot.ts";
import { speedChannels } from "../metric-meter.ts";
import type { Listening } from "../robot-listening.ts";
import { type CheckItem, itemsOf } from "./check-item.ts";
import { failureItem } from "./robot-items.ts";

const item = itemsOf("telemetry");

export function telemetryItems(
  { frames, rate, lost, longestGap }: Listening,
  { telemetryRate }: Capabilities,
  { preflight, envelope }: HardwareConfig,
): CheckItem[] {
  if (frames < 2)
    return [
      item(
        "rate",
        "missing",
        frames === 0 ? "no telemetry came" : "one frame came",
        "Check that the robot's program runs and publishes, and the topic that makes the frames.",
      ),
    ];
  const slow = rate < preflight.minimumTelemetryRate * telemetryRate;
  const limit = envelope["frame-gap"].high;
  const gap = longestGap > limit;
  return [
    item(
      "rate",
      slow ? "missing" : "ok",
      `${rate.toFixed(1)} Hz of ${telemetryRate} Hz`,
      slow ? "Check the link: distance, interference, baud rate, what else uses it." : "",
      { value: rate, unit: "Hz", limit: preflight.minimumTelemetryRate * telemetryRate },
    ),
    item(
      "frames lost",
      gap ? "missing" : "ok",
      `${lost} of ${frames + lost}, at most ${longestGap} in a row, limit ${limit}`,
      gap ? "Check the link, or allow more in limits.frame-gap." : "",
      { value: longestGap, limit },
    ),
  ];
}

export function speedItem(
  { speedSource, odometryScale, source }: HardwareConfig,
  { layout }: Capabilities,
): CheckItem {
  const name = "speed source";
  if (speedSource === "operator") return item(name, "ok", "a person types the distance after each walk");
  if (speedSource === "robot") return item(name, "ok", "the robot says the distance after each walk");
  try {
    speedChannels(layout, speedSource);
    if (speedSource === "odometry" && odometryScale === null)
      return item(
        name,
        "warning",
        "odometry, measured, and never calibrated against a measured distance",
        `Run npx gaitsmith first-run ${source.file} before the first study: a study on hardware is refused until then.`,
      );
    const scale = speedSource === "odometry" ? `, times ${odometryScale}` : "";
    return item(name, "ok", `${speedSource}, measured${scale}`);
  } catch (error) {
    return { ...failureItem(error), group: "telemetry", item: name };
  }
}
