/** The way from the robot to the station: a delay line with jitter and loss. */
import type { Placement } from "../src/robot/robot.ts";
import type { TelemetryFrame } from "../src/robot/telemetry-frame.ts";
import { type RandomStream, randomStream } from "./random.ts";
import type { TelemetryModel } from "./sensor-model.ts";
import { wholeTicks } from "./time-ticks.ts";

export class TelemetryChannel {
  readonly #model: TelemetryModel;
  readonly #length: number;
  readonly #underway: TelemetryFrame[] = [];
  readonly #spare: TelemetryFrame[] = [];
  #random: RandomStream = randomStream("unplaced");
  #seq = 0;
  #lastArrival = Number.NEGATIVE_INFINITY;

  /** @param length values per frame */
  constructor(model: TelemetryModel, length: number) {
    this.#model = model;
    this.#length = length;
  }

  /** Starts a walk: nothing is underway. Frames go on being counted. */
  reset(key: Pick<Placement, "seed" | "suggestion">): void {
    this.#random = randomStream(key.seed, key.suggestion, "telemetry");
    this.#spare.push(...this.#underway.splice(0));
    this.#lastArrival = Number.NEGATIVE_INFINITY;
  }

  /** Sends a frame. @param tRobot when it was sampled, s; @param write fills in its values */
  send(tRobot: number, write: (values: Float64Array) => void): void {
    const frame = this.#spare.pop() ?? {
      seq: 0,
      tRobot: 0,
      tArrival: 0,
      values: new Float64Array(this.#length),
    };
    frame.seq = this.#seq;
    frame.tRobot = tRobot;
    write(frame.values);
    this.#seq = (this.#seq + 1) >>> 0;
    const lost = this.#random.uniform() < this.#model.loss;
    const delay = this.#model.latency - this.#model.jitter * Math.log(1 - this.#random.uniform());
    if (lost) {
      this.#spare.push(frame);
      return;
    }
    frame.tArrival = Math.max(this.#lastArrival, wholeTicks(tRobot + delay));
    this.#lastArrival = frame.tArrival;
    this.#underway.push(frame);
  }

  /** When the next frame arrives, s of robot time; Infinity when none is underway. */
  get nextArrival(): number {
    return this.#underway[0]?.tArrival ?? Number.POSITIVE_INFINITY;
  }

  /** Hands over the next frame. It is recycled once `deliver` has returned. */
  receive(deliver: (frame: TelemetryFrame) => void): void {
    const frame = this.#underway.shift();
    if (frame === undefined) return;
    deliver(frame);
    this.#spare.push(frame);
  }
}
