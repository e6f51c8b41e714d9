/** What a hardware config may say of each limit: its unit, its sides, and how it is written. */
import type { LimitName } from "../safety/limit.ts";
import type { Written } from "./schema-fields.ts";
import type { SiUnit } from "./units.ts";

/** Unit and sides of each limit. Speeds, torques and the sideways distance are magnitudes: one side holds for both. */
export const LIMIT_SHAPES: Readonly<
  Record<LimitName, { readonly si: SiUnit; readonly sides: "low" | "high" | "both"; readonly words: string }>
> = {
  tilt: { si: "rad", sides: "high", words: "Angle between the trunk's vertical and gravity" },
  height: { si: "m", sides: "both", words: "Trunk above the ground" },
  "joint-position": { si: "rad", sides: "both", words: "Joint angle, link side" },
  "joint-speed": { si: "rad/s", sides: "high", words: "Joint speed, link side, either direction" },
  "motor-speed": { si: "rad/s", sides: "high", words: "Motor speed before the spring, either direction" },
  "motor-torque": { si: "N·m", sides: "high", words: "Motor torque, either direction" },
  "motor-temperature": { si: "°C", sides: "high", words: "Motor temperature" },
  "battery-voltage": { si: "V", sides: "low", words: "Battery voltage under load" },
  "lateral-distance": { si: "m", sides: "high", words: "Sideways from the start line, either direction" },
  duration: { si: "s", sides: "high", words: "Length of a walk, ramps included" },
  "frame-age": { si: "s", sides: "high", words: "Age of the newest telemetry frame" },
  "frame-gap": { si: "", sides: "high", words: "Telemetry frames lost in a row" },
  "not-a-number": { si: "", sides: "high", words: "Implausible values in a row in one channel" },
  frozen: { si: "s", sides: "high", words: "How long a noisy channel repeats the very same value" },
  "battery-current": { si: "A", sides: "high", words: "Current drawn from the supply" },
};

/** What the file says of the range of one limit, or of one joint within it. */
export interface WrittenBounds {
  readonly low?: Written;
  readonly high?: Written;
  readonly nominal: Written;
  readonly soft_low?: Written;
  readonly soft_high?: Written;
}

/** What the file says of one limit that is watched. */
export interface WrittenLimit extends WrittenBounds {
  readonly debounce: string;
  readonly action: "settle" | "cut" | "warn";
  readonly outcome: "aborted" | "interrupted";
  readonly joints?: Readonly<Record<string, WrittenBounds>>;
}

/** What the file says of a limit that the robot has no sensor for. */
export interface WrittenUnwatched {
  readonly unwatched: string;
}

export const DEBOUNCE_PATTERN = "^(single|([1-9]\\d*) frames?|mean over (.+))$";
