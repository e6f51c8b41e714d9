/** What the station sees through with its robot, a trial or a jog, as whoever drives and stops it knows it. */
import type { RobotEvent } from "../robot/robot.ts";
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";
import type { Breach } from "../safety/monitor.ts";
import type { TrialPhase } from "./messages.ts";

export interface RobotRun {
  readonly phase: TrialPhase;
  /** Not null: it is over. */
  readonly result: object | null;
  /** The robot confirmed the safe stop. */
  readonly stopConfirmed: boolean;
  /** The robot owes an answer: a driver in lockstep waits before it moves the robot's clock. */
  readonly awaitingAnswer: Promise<void> | null;
  /** The service owes a decision: in lockstep the robot's clock stands still. */
  readonly awaitingDecision: boolean;
  onFrame(frame: TelemetryFrame, breach: Breach | null): void;
  /** @param now station clock, s */
  onTick(now: number): void;
  onRobotEvent(event: RobotEvent): void;
  linkLost(reason: string): void;
  /** Controlled, nothing latches. */
  stop(code: string, words: string): void;
  /** At once, nothing latches. */
  stopNow(code: string, words: string): void;
  /** Latched. */
  eStop(code: string, words: string, level: "settle" | "cut"): void;
}
