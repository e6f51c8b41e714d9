/** How a robot behind a rosbridge server is told what to do: through our node, or through its own interfaces. */
import type { Command } from "../../robot/command.ts";
import type { ParameterSetOnWire } from "../../robot/parameters.ts";
import type {
  Acknowledgement,
  Capabilities,
  Lease,
  LinkDiagnostics,
  Placement,
  StopConfirmation,
  StopLevel,
} from "../../robot/robot.ts";
import type { AnnouncedFrame } from "./telemetry-intake.ts";

export interface Drive {
  /** What the robot is, as far as this side of the link can tell. */
  introduce(): Promise<Omit<Capabilities, "robotId" | "clock" | "layout" | "telemetryRate">>;
  /** Asks the robot itself for something that changes nothing; absent where only the server could be asked. */
  roundTrip?(): Promise<unknown>;
  acquireLease(owner: string, epoch?: number): Promise<Lease>;
  send(command: Command): Promise<Acknowledgement>;
  /** Written before this returns its promise, which never rejects. `tRobot` is ROS time. */
  stop(level: StopLevel): Promise<StopConfirmation>;
  /** Lockstep: null when the robot was silent, and its clock then, s. */
  advance(): Promise<AnnouncedFrame | { readonly silentUntil: number }>;
  place(placement: Placement): Promise<void>;
  carryOver(): unknown;
  walkedDistance(): Promise<number>;
  /** See `Robot.activeParameters`. */
  activeParameters(): Promise<ParameterSetOnWire | null>;
  /** A robot's time on the station's clock, s; NaN: not known. */
  toOurs(rosTime: number): number;
  /** The listener has returned from the frame with this stamp, ROS time, s. */
  onFrameSeen(stamp: number): void;
  /** The robot's clock seems to have been set. */
  onClockSet(): void;
  figures(): LinkDiagnostics;
  /** Gives the robot back; no more than this is sent. */
  leave(error: unknown): Promise<void>;
  /** The connection is gone. */
  lost(error: unknown): void;
}
