/**
 * Clauses about how well a robot keeps time. Where the robot is simulated on the computer that checks it, and is not meant to be slow, they
 * say how busy that computer is.
 */
export const OF_TIME: ReadonlySet<string> = new Set([
  "telemetry.rate",
  "telemetry.jitter",
  "telemetry.loss",
  "stop.latency",
  "estop.latency",
  "request.time",
  "clock.drift",
]);
