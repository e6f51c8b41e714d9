/** Where the jogged joint is to be: out, held, and back, starting and ending every move at rest. */
import type { JogPlan } from "./messages.ts";

/** The robot holds still under power for so long before its joint moves: it finds its weight, s. */
export const JOG_SETTLE = 0.6;
/** After it has come back, s. */
export const JOG_REST = 0.4;

export type JogPart = "settle" | "out" | "hold" | "back" | "rest" | "over";

/** @param elapsed s since the robot has power */
export function jogPart(elapsed: number, { travel, hold }: JogPlan): JogPart {
  const ends = [
    ["settle", JOG_SETTLE],
    ["out", JOG_SETTLE + travel],
    ["hold", JOG_SETTLE + travel + hold],
    ["back", JOG_SETTLE + 2 * travel + hold],
    ["rest", JOG_SETTLE + 2 * travel + hold + JOG_REST],
  ] as const;
  return ends.find(([, end]) => elapsed < end - 1e-9)?.[0] ?? "over";
}

/** @returns rad from where the joint was. @param elapsed s since the robot has power */
export function jogOffset(elapsed: number, plan: JogPlan): number {
  const { amplitude, travel, hold } = plan;
  const out = minimumJerk((elapsed - JOG_SETTLE) / travel);
  const back = minimumJerk((elapsed - JOG_SETTLE - travel - hold) / travel);
  return amplitude * (out - back);
}

/** From 0 to 1 with neither speed nor acceleration at either end (Flash and Hogan 1985). */
function minimumJerk(share: number): number {
  const t = Math.min(1, Math.max(0, share));
  return t * t * t * (10 + t * (6 * t - 15));
}
