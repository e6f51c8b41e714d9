/** The frame of a robot that does not number its telemetry: counted here, so that none seems lost. It is recycled. */
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";

/** @param channels how many. Nothing has been heard yet. */
export function countedFrame(channels: number): TelemetryFrame {
  return {
    seq: 0,
    tRobot: Number.NEGATIVE_INFINITY,
    tArrival: 0,
    values: new Float64Array(channels).fill(Number.NaN),
  };
}

/** The next one; its values are still those of the one before. @param tRobot s. @param tArrival station clock, s */
export function countFrame(frame: TelemetryFrame, tRobot: number, tArrival: number): void {
  frame.seq = (frame.seq + 1) >>> 0;
  frame.tRobot = tRobot;
  frame.tArrival = tArrival;
}
