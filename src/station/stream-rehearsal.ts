/** How steady this computer could stream joint targets: the stream's timer runs, and nothing is sent. */
import type { Clock } from "../clock.ts";
import type { LinkDiagnostics } from "../robot/robot.ts";
import { SteadyTimer } from "./steady-timer.ts";
import { StreamTiming } from "./stream-timing.ts";

/** @param rate Hz. @returns ends it, with the figures of {@link StreamTiming} */
export function rehearseStream(rate: number, clock: Clock): () => LinkDiagnostics {
  const timing = new StreamTiming(rate);
  let last = Number.NaN;
  const timer = new SteadyTimer(clock, timing.period, (periods) => {
    const now = clock.now();
    timing.skipped(periods - 1);
    timing.sent(now - last);
    last = now;
  });
  timer.start();
  return () => {
    timer.stop();
    return timing.figures();
  };
}
