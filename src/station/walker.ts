/**
 * The two ways to walk behind one interface: the robot runs the gait from its parameters (`onboard-gait.ts`), or the
 * station runs it and streams joint targets (`streamed-gait.ts`).
 */
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";
import type { TargetFacts } from "../safety/target-limits.ts";
import type { WalkStart } from "./walk-start.ts";

export interface Walker {
  /** Power, and into the neutral stance. @param armed called once the robot has power and rises */
  arm(armed: () => void): void;
  /** From standing to walking. */
  start(walk: WalkStart): void;
  /** From walking into the neutral stance, where it stands. */
  rampOut(): void;
  /** Torque off, from the neutral stance. @param refused returns whether that is dealt with */
  disarm(disarmed: () => void, refused: () => boolean): void;
  /** A fresh frame has come, and what follows from it has been done. */
  onFrame(frame: TelemetryFrame): void;
  /** Nothing more moves the robot. To be called before a stop is written. */
  halt(): void;
  /** For the gate; null where nothing is streamed. */
  readonly targets: TargetFacts | null;
  /** In lockstep the robot's clock waits for this. */
  readonly underway: Promise<void> | null;
}
