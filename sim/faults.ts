/**
 * What goes wrong with robots, on purpose and on time: for tests of everything that must notice. Times are seconds after
 * the robot was placed on its start line.
 */
import type { ChannelLayout } from "../src/robot/telemetry-frame.ts";

/** What befalls a sensor or its way into a frame. */
export type SensorFault =
  | {
      /** No frame is sent; the robot goes on. */
      readonly kind: "silence";
      /** s */
      readonly duration: number;
    }
  | {
      /** A channel repeats its last value from then on. */
      readonly kind: "frozen";
      readonly channel: string;
    }
  | {
      /** A channel has no plausible value. */
      readonly kind: "not-a-number";
      readonly channel: string;
      /** s */
      readonly duration: number;
    }
  | {
      /** A channel jumps to a value and back. */
      readonly kind: "spike";
      readonly channel: string;
      readonly value: number;
      /** s */
      readonly duration: number;
    }
  | {
      /** A channel runs away from the truth from then on. */
      readonly kind: "drift";
      readonly channel: string;
      /** Of the channel's unit per second. */
      readonly rate: number;
    }
  | {
      /** A channel has the wrong sign from then on. */
      readonly kind: "inverted";
      readonly channel: string;
    };

/** What befalls the robot itself. */
export type BodyFault =
  /** The computer resets: torque off, parameter sets forgotten. */
  | { readonly kind: "reboot" }
  | {
      /** Somebody pushes the trunk. */
      readonly kind: "shove";
      /** Added to its velocity along the ground's axes, m/s. */
      readonly velocity: readonly [number, number, number];
      /** Added to its angular velocity in the trunk's own frame, rad/s: pushed hard enough, it is turned over. */
      readonly spin?: readonly [number, number, number];
    }
  | {
      /** Somebody picks it up by the trunk, from then on. */
      readonly kind: "lifted";
      /** Of the trunk above ground, m. */
      readonly height: number;
    }
  | {
      /** The motors of a leg have no torque any more. */
      readonly kind: "lame";
      /** Index of the leg. */
      readonly leg: number;
    }
  | {
      /** A gear seizes: its motor turns no more, whatever it is told. */
      readonly kind: "jammed";
      /** Index of the motor. */
      readonly motor: number;
    }
  | {
      /** A motor's windings are this hot, °C. */
      readonly kind: "heated";
      readonly motor: number;
      readonly temperature: number;
    }
  | {
      /** The battery is as good as empty. */
      readonly kind: "drained";
      /** What is left, 0 … 1. */
      readonly charge: number;
    };

export type Fault = {
  /** s after placing */
  readonly at: number;
  /** Only in the walk of this suggestion; default every walk. */
  readonly suggestion?: number;
} & (SensorFault | BodyFault);

/** Whether it befalls the body itself, not its computer or what its sensors say. */
export function isBodyFault(fault: Fault): fault is Fault & Exclude<BodyFault, { readonly kind: "reboot" }> {
  return !("channel" in fault) && fault.kind !== "silence" && fault.kind !== "reboot";
}

/** What the faults of one robot do, from placement to placement. */
export class FaultSchedule {
  readonly #faults: readonly Fault[];
  readonly #layout: ChannelLayout;
  readonly #frozen = new Map<number, number>();
  #present: Fault[] = [];

  constructor(faults: readonly Fault[], layout: ChannelLayout) {
    this.#faults = faults;
    this.#layout = layout;
    for (const fault of faults) this.#assertChannel(fault);
  }

  reset(suggestion: number): void {
    this.#frozen.clear();
    this.#present = this.#faults.filter((fault) => (fault.suggestion ?? suggestion) === suggestion);
  }

  /** Something befalls the robot in this walk that was not planned. */
  add(fault: Fault): void {
    this.#assertChannel(fault);
    this.#present.push(fault);
  }

  isSilent(time: number): boolean {
    return this.#present.some(
      (fault) => fault.kind === "silence" && time >= fault.at && time < fault.at + fault.duration,
    );
  }

  /** Faults that begin within the period that ends at `time`. */
  struck(time: number, period: number): readonly Fault[] {
    return this.#present.filter(({ at }) => at <= time && at > time - period);
  }

  /** Spoils what the sensors say. */
  spoil(values: Float64Array, time: number): void {
    for (const fault of this.#present) {
      if (!("channel" in fault) || time < fault.at) continue;
      const index = this.#layout.indexOf(fault.channel);
      switch (fault.kind) {
        case "not-a-number":
          if (time < fault.at + fault.duration) values[index] = Number.NaN;
          break;
        case "spike":
          if (time < fault.at + fault.duration) values[index] = fault.value;
          break;
        case "drift":
          values[index]! += fault.rate * (time - fault.at);
          break;
        case "inverted":
          values[index] = -values[index]!;
          break;
        case "frozen": {
          const held = this.#frozen.get(index) ?? values[index]!;
          this.#frozen.set(index, held);
          values[index] = held;
        }
      }
    }
  }

  #assertChannel(fault: Fault): void {
    if ("channel" in fault && !this.#layout.has(fault.channel))
      throw new RangeError(`fault in channel ${fault.channel}, which the robot lacks`);
  }
}
