/** What has gone over a socket, and what should not have. */
import { Durations } from "../durations.ts";

export class WireCounts {
  received = 0;
  sent = 0;
  /** Messages that were no JSON, no rosbridge message, or had a field of the wrong shape. */
  malformed = 0;
  /** rosbridge operations that nobody asked for. */
  unknown = 0;
  /** Writes that were refused because what was written before has not left yet, or nobody is connected. */
  withheld = 0;
  /** Most bytes that waited to leave. */
  mostBuffered = 0;
  /** From ping to pong, s. */
  readonly pings = new Durations();
}
