/** The last seconds of a robot's state, as the strip charts draw them. */

import type { LimitName } from "../../safety/limit.ts";
import type { RobotStatus } from "../../service/live-events.ts";
import { LIMIT_ORDER } from "./limits.ts";

/** What the strips show: one line each, in this order, with the limit whose lines are drawn. */
export const STRIPS = [
  "tilt",
  "height",
  "motor-speed",
  "joint-speed",
  "motor-torque",
  "motor-temperature",
  "battery-voltage",
  "lateral-distance",
] as const satisfies readonly LimitName[];

export type StripName = (typeof STRIPS)[number];

/** Seconds of robot time shown. */
export const WINDOW_S = 10;
/** A simulated robot may be many times faster than the frames: this many are shown even when they take longer. */
const FEWEST = 150;
const MOST = 2000;

interface LiveFrame {
  readonly tRobot: number;
  readonly values: readonly (number | null)[];
  readonly margins: readonly (number | null)[];
}

export class StripWindow {
  readonly times: number[] = [];
  readonly lines: Readonly<Record<StripName, (number | null)[]>> = {
    tilt: [],
    height: [],
    "motor-speed": [],
    "joint-speed": [],
    "motor-torque": [],
    "motor-temperature": [],
    "battery-voltage": [],
    "lateral-distance": [],
  };
  #channels: RobotStatus["channels"] | null = null;
  #readers: Readonly<Record<StripName, (frame: LiveFrame) => number | null>> | null = null;

  add(robot: RobotStatus, frame: LiveFrame): void {
    if (this.#readers === null || this.#channels !== robot.channels) {
      this.#channels = robot.channels;
      this.#readers = readersOf(robot);
    }
    // The robot's clock went back: it was restarted, or a simulated one stands at the next start line.
    if (frame.tRobot < (this.times.at(-1) ?? 0)) this.#drop(this.times.length);
    this.times.push(frame.tRobot);
    for (const name of STRIPS) this.lines[name].push(this.#readers[name](frame));
    const old = this.times.findIndex((time) => time >= frame.tRobot - WINDOW_S);
    this.#drop(Math.max(Math.min(old, this.times.length - FEWEST), this.times.length - MOST, 0));
  }

  #drop(count: number): void {
    if (count === 0) return;
    this.times.splice(0, count);
    for (const name of STRIPS) this.lines[name].splice(0, count);
  }
}

/** Straight from the channels, where a debounced value would hide the peaks; from the limit's value else. */
function readersOf(robot: RobotStatus): Record<StripName, (frame: LiveFrame) => number | null> {
  const indexOf = (name: string): number => robot.channels.findIndex((channel) => channel.name === name);
  const margin =
    (name: StripName) =>
    ({ margins }: LiveFrame): number | null =>
      margins[LIMIT_ORDER.indexOf(name)] ?? null;
  const largest = (strip: StripName, prefix: string, suffix: string) => {
    const found = robot.channels.flatMap(({ name }, index) =>
      name.startsWith(prefix) && name.endsWith(suffix) ? [index] : [],
    );
    if (found.length === 0) return margin(strip);
    return ({ values }: LiveFrame): number | null => {
      let most: number | null = null;
      for (const index of found) {
        const value = values[index] ?? null;
        if (value !== null && (most === null || Math.abs(value) > most)) most = Math.abs(value);
      }
      return most;
    };
  };
  const single = (strip: StripName, channel: string) => {
    const index = indexOf(channel);
    return index < 0 ? margin(strip) : ({ values }: LiveFrame): number | null => values[index] ?? null;
  };
  const roll = indexOf("imu.roll");
  const pitch = indexOf("imu.pitch");
  return {
    tilt:
      roll < 0 || pitch < 0
        ? margin("tilt")
        : ({ values }) => {
            const [r, p] = [values[roll] ?? null, values[pitch] ?? null];
            return r === null || p === null ? null : Math.acos(Math.cos(r) * Math.cos(p));
          },
    height: single("height", "trunk.height"),
    "motor-speed": largest("motor-speed", "motor.", ".velocity"),
    "joint-speed": largest("joint-speed", "joint.", ".velocity"),
    "motor-torque": largest("motor-torque", "motor.", ".torque"),
    "motor-temperature": largest("motor-temperature", "motor.", ".temperature"),
    "battery-voltage": single("battery-voltage", "battery.voltage"),
    "lateral-distance": margin("lateral-distance"),
  };
}
