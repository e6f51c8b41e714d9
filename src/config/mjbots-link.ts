/** An mjbots quad behind its WebSocket, as the `link` block of its config describes it. Everything in SI units. */

export interface MjbotsLinkConfig {
  readonly kind: "mjbots";
  readonly clock: "realtime";
  /** `ws://host:4778/control` */
  readonly url: string;
  /** How often the robot is asked for its state, Hz. */
  readonly telemetryRate: number;
  /** That it has none, and what takes its place, in the words of who wrote the config. */
  readonly deadMan: string;
  /** How long the study waits for a robot that is gone, s. */
  readonly reconnectWithin: number;
}
