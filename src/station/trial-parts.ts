/** What a trial's state machine is given. */
import type { Clock } from "../clock.ts";
import type { HardwareConfig } from "../config/hardware-config.ts";
import type { Metrics } from "../config/metrics.ts";
import type { ParameterSetOnWire } from "../robot/parameters.ts";
import type { Capabilities, Robot, StopLevel } from "../robot/robot.ts";
import type { SafetyMonitor } from "../safety/monitor.ts";
import type { Cooling, EndReason, TrialPhase } from "./messages.ts";
import type { MetricMeter } from "./metric-meter.ts";
import type { StreamTiming } from "./stream-timing.ts";

export type EventLevel = "info" | "warn" | "error";

export interface TrialPorts {
  phase(phase: TrialPhase, tRobot: number): void;
  /** @param time s measured so far */
  report(step: number, tRobot: number, time: number, metrics: Metrics): void;
  /** What happened, in words, for the recording. */
  event(level: EventLevel, name: string, words: string, tRobot: number): void;
  /** It waits for its motors to cool; said again every few seconds. */
  cooling?(cooling: Cooling): void;
  /** The stop is written: close the latch on disk. */
  latch(reason: EndReason, level: StopLevel): void;
  /** Something changed that a driver may be waiting for. */
  changed(): void;
}

export interface TrialParts {
  readonly config: HardwareConfig;
  readonly capabilities: Capabilities;
  readonly robot: Robot;
  readonly monitor: SafetyMonitor;
  readonly meter: MetricMeter;
  /** The station's clock, which stamps arrivals. */
  readonly clock: Clock;
  readonly ports: TrialPorts;
  /** Where joint targets are streamed: what becomes of their intervals, over all walks. */
  readonly streamTiming?: StreamTiming;
  leased(): boolean;
  latched(): boolean;
  feasible(parameters: ParameterSetOnWire): boolean;
}
