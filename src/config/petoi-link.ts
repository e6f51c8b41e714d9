/** A Petoi robot on a serial line, as the `link` block of its config describes it. Everything in SI units. */
import type { UsbIdentity } from "./hardware-config.ts";

export interface PetoiLinkConfig {
  readonly kind: "petoi";
  readonly clock: "realtime";
  /** Device path; absent when `id` says which. */
  readonly path?: string;
  /** The device by what it is: its name in `/dev/serial/by-id/`, or its USB descriptors. */
  readonly id?: string | UsbIdentity;
  /** Bits per second. */
  readonly baud: number;
  /** What it answers to `?`; another model is refused. Absent: any. */
  readonly model?: string;
  /** Frames a second while it stands, Hz; while it walks it reports once a cycle. */
  readonly telemetryRate: number;
  /** Longest cycle of a gait that is walked, s: for so long the robot hears no stop. */
  readonly longestCycle: number;
  /** That it has none, and what takes its place, in the words of who wrote the config. */
  readonly deadMan: string;
  /** How long the study waits for a device that was unplugged, s. */
  readonly reconnectWithin: number;
}
