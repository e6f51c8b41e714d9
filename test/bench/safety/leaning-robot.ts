/** What a robot reports that walks well, leans over again and again, and stands up when it is stopped. */
import { channelName } from "../../../src/robot/telemetry-frame.ts";

/** rad: beyond the limit of every robot. */
const LEAN = 1;

export class LeaningRobot {
  readonly #every: number;
  #leansAt: number;
  #seq = 0;

  /** @param every frames between being stopped and leaning again, on the average */
  constructor(every: number) {
    this.#every = every;
    this.#leansAt = 20 * every;
  }

  /** The next lean comes after half to one and a half times the average: not in step with anything. */
  stop(): void {
    if (this.#seq < this.#leansAt) return;
    this.#leansAt = this.#seq + Math.ceil(this.#every * (0.5 + Math.random()));
  }

  /** @param names of the channels */
  values(names: readonly string[], seq: number): Float64Array {
    this.#seq = seq;
    const leans = seq >= this.#leansAt;
    return Float64Array.from(names, (name, index) =>
      leans && name === channelName.roll ? LEAN : well(name, index, seq),
    );
  }
}

/** Nothing stands still, nothing is near a limit, nothing jumps. */
function well(name: string, index: number, seq: number): number {
  const swing = Math.sin(seq / 50 + index);
  switch (name) {
    case channelName.height:
      return 0.14 + 0.005 * swing;
    case channelName.poseX:
      return 0.5 * swing;
    case channelName.poseY:
      return 0.1 * swing;
    case channelName.batteryVoltage:
      return 12 + 0.05 * swing;
    case channelName.stopButton:
      return 0;
  }
  if (name.endsWith("temperature")) return 40 + swing;
  if (name.endsWith("_knee.position")) return -1.2 + 0.2 * swing;
  return 0.1 * swing;
}
