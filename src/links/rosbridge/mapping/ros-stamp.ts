/** Stamps in messages: `{secs, nsecs}` as ROS 1 writes them, `{sec, nanosec}` as ROS 2, `{sec, nsec}` as readers of bytes do. */
import { type FieldStep, valueAt } from "./field-path.ts";

/**
 * Seconds of ROS time are too large for a double to tell 0.1 µs apart. So whole seconds are taken off: those of the first
 * stamp. ROS time = {@link seconds} + what {@link read} gave.
 */
export class StampOrigin {
  /** Whole seconds of ROS time; NaN until the first stamp was read. */
  seconds = Number.NaN;

  /** @returns s since the origin; NaN where the message has no stamp there, or an unset one (zero) */
  read(message: unknown, steps: readonly FieldStep[]): number {
    const stamp = valueAt(message, steps);
    if (typeof stamp !== "object" || stamp === null) return Number.NaN;
    const parts = stamp as Readonly<Record<string, unknown>>;
    const seconds = parts["secs"] ?? parts["sec"];
    const nanoseconds = parts["nsecs"] ?? parts["nanosec"] ?? parts["nsec"];
    if (typeof seconds !== "number" || typeof nanoseconds !== "number") return Number.NaN;
    if (!Number.isSafeInteger(seconds) || seconds < 0) return Number.NaN;
    if (!Number.isInteger(nanoseconds) || nanoseconds < 0 || nanoseconds >= 1e9) return Number.NaN;
    if (seconds === 0 && nanoseconds === 0) return Number.NaN;
    if (Number.isNaN(this.seconds)) this.seconds = seconds;
    return seconds - this.seconds + nanoseconds / 1e9;
  }
}
