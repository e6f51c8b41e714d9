/**
 * What goes wrong with robots, on purpose and on time: for tests of everything that must notice. Times are seconds after
 * the robot was placed on its start line.
 */
import type { ChannelLayout } from "../src/robot/telemetry-frame.ts";

export type Fault = {
  /** s after placing */
  readonly at: number;
  /** Only in the walk of this suggestion; default every walk. */
  readonly suggestion?: number;
} & (
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
  /** The computer resets: torque off, parameter sets forgotten. */
  | { readonly kind: "reboot" }
  | {
      /** Somebody pushes the trunk. */
      readonly kind: "shove";
      /** Added to its velocity along the ground's axes, m/s. */
      readonly velocity: readonly [number, number, number];
    }
);

/** What the faults of one robot do, from placement to placement. */
export class FaultSchedule {
  readonly #faults: readonly Fault[];
  readonly #layout: ChannelLayout;
  readonly #frozen = new Map<number, number>();
  #present: readonly Fault[] = [];

  constructor(faults: readonly Fault[], layout: ChannelLayout) {
    this.#faults = faults;
    this.#layout = layout;
    for (const fault of faults)
      if ("channel" in fault && !layout.has(fault.channel))
        throw new RangeError(`fault in channel ${fault.channel}, which the robot lacks`);
  }

  reset(suggestion: number): void {
    this.#frozen.clear();
    this.#present = this.#faults.filter((fault) => (fault.suggestion ?? suggestion) === suggestion);
  }

  isSilent(time: number): boolean {
    return this.#present.some(
      (fault) => fault.kind === "silence" && time >= fault.at && time < fault.at + fault.duration,
    );
  }

  /** Faults that happen once, within the period that ends at `time`. */
  struck(time: number, period: number): readonly Fault[] {
    return this.#present.filter(({ at }) => at <= time && at > time - period);
  }

  /** Spoils what the sensors say. */
  spoil(values: Float64Array, time: number): void {
    for (const fault of this.#present) {
      if (!("channel" in fault) || time < fault.at) continue;
      const index = this.#layout.indexOf(fault.channel);
      if (fault.kind === "not-a-number") {
        if (time < fault.at + fault.duration) values[index] = Number.NaN;
      } else {
        const held = this.#frozen.get(index) ?? values[index]!;
        this.#frozen.set(index, held);
        values[index] = held;
      }
    }
  }
}
