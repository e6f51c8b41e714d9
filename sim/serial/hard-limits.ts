/** What a simulated robot enforces by itself, whatever its host wants: far beyond any limit that a walk is judged by. */
import type { MessageOf } from "../../firmware-protocol/codec/message-table.ts";
import type { Capabilities } from "../../src/robot/robot.ts";
import { channelName } from "../../src/robot/telemetry-frame.ts";

type Limit = MessageOf<"limit">;

interface HardLimit extends Limit {
  readonly channel: number;
  /** Frames in a row. */
  readonly frames: number;
}

/** It lies on its side or its nose, rad. */
const OVERTURNED = 1.2;
/** °C */
const TOO_HOT = 100;

/** Of the channels that the robot has. */
function builtIn({ layout, joints }: Capabilities): readonly HardLimit[] {
  const tilt = (channel: string) => ({
    name: channel,
    joint: "",
    unit: "rad",
    low: -OVERTURNED,
    high: OVERTURNED,
    action: "cut" as const,
    channel: layout.indexOf(channel),
    frames: 10,
  });
  const temperature = (joint: string) => ({
    name: "motor-temperature",
    joint,
    unit: "°C",
    low: Number.NEGATIVE_INFINITY,
    high: TOO_HOT,
    action: "settle" as const,
    channel: layout.indexOf(channelName.motorTemperature(joint)),
    frames: 20,
  });
  return [tilt(channelName.roll), tilt(channelName.pitch), ...joints.map(temperature)]
    .filter(({ channel }) => channel >= 0)
    .map((limit) => ({ kind: "limit", ...limit }));
}

export class HardLimits {
  readonly #builtIn: readonly HardLimit[];
  readonly #inForce: { low: number; high: number; streak: number }[];

  constructor(capabilities: Capabilities) {
    this.#builtIn = builtIn(capabilities);
    this.#inForce = this.#builtIn.map(({ low, high }) => ({ low, high, streak: 0 }));
  }

  get count(): number {
    return this.#builtIn.length;
  }

  /** As after a reset. */
  forget(): void {
    for (const [index, { low, high }] of this.#builtIn.entries())
      this.#inForce[index] = { low, high, streak: 0 };
  }

  /** @returns null when there is no such limit */
  at(index: number): Limit | null {
    const limit = this.#builtIn[index];
    if (limit === undefined) return null;
    const { name, joint, unit, action } = limit;
    const { low, high } = this.#inForce[index]!;
    return { kind: "limit", name, joint, unit, low, high, action };
  }

  /** @returns the field that is wrong, or null when it is done. @param index of a limit that there is */
  narrow(index: number, low: number, high: number): "low" | "high" | null {
    const limit = this.#builtIn[index]!;
    if (!(low >= limit.low)) return "low";
    if (!(high <= limit.high && high > low)) return "high";
    this.#inForce[index] = { low, high, streak: 0 };
    return null;
  }

  /** To be told every sample while the robot has power; a reading that is lost breaks no streak and adds to none. */
  crossedBy(values: ArrayLike<number>): (Limit & { readonly value: number }) | null {
    for (const [index, { channel, frames }] of this.#builtIn.entries()) {
      const limit = this.#inForce[index]!;
      const value = values[channel]!;
      if (Number.isNaN(value)) continue;
      limit.streak = value < limit.low || value > limit.high ? limit.streak + 1 : 0;
      if (limit.streak === frames) return { ...this.at(index)!, value };
    }
    return null;
  }
}
