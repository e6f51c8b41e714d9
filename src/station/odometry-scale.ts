/** Leg odometry as calibrated: the one place where `telemetry.odometry_scale` is applied. */
import { type ChannelLayout, channelName, type TelemetryFrame } from "../robot/telemetry-frame.ts";

/**
 * @param scale factor from what odometry says to metres walked; null: never calibrated
 * @returns gives each frame with its odometry scaled. The frame given back is overwritten by the next one; the one that came in
 * is left as it is, since links keep values from frame to frame
 */
export function odometryScaler(
  layout: ChannelLayout,
  scale: number | null,
): (frame: TelemetryFrame) => TelemetryFrame {
  const scaled = [channelName.odometryX, channelName.odometryY]
    .map((name) => layout.indexOf(name))
    .filter((index) => index >= 0);
  if (scale === null || scale === 1 || scaled.length === 0) return (frame) => frame;
  const values = new Float64Array(layout.length);
  const own: TelemetryFrame = { seq: 0, tRobot: 0, tArrival: 0, delay: Number.NaN, values };
  return (frame) => {
    own.seq = frame.seq;
    own.tRobot = frame.tRobot;
    own.tArrival = frame.tArrival;
    own.delay = frame.delay ?? Number.NaN;
    values.set(frame.values);
    for (let index = 0; index < scaled.length; index++) values[scaled[index]!]! *= scale;
    return own;
  };
}
