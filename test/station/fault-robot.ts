/**
 * The simulated robot with its telemetry spoilt on the way: what the station must survive. The robot itself stays whole, so
 * that what a stop does to it is real.
 */

import {
  openSimulatedRobot,
  type SimulatedRobot,
  type SimulatedRobotOptions,
} from "../../sim/simulated-robot.ts";
import { ManualClock } from "../../src/clock.ts";
import type { Cleared, Command } from "../../src/robot/command.ts";
import type {
  Acknowledgement,
  Capabilities,
  Lease,
  Placement,
  Robot,
  RobotEvent,
  StopConfirmation,
  StopLevel,
} from "../../src/robot/robot.ts";
import type { TelemetryFrame } from "../../src/robot/telemetry-frame.ts";

/** Changes a frame in place, or returns false to lose it. */
export type Spoil = (frame: TelemetryFrame, capabilities: Capabilities) => boolean;

export class FaultRobot implements Robot {
  readonly robot: SimulatedRobot;
  readonly clock: ManualClock;
  /** Every stop in order, with the robot time of the newest frame when it was written. */
  readonly stops: { readonly level: StopLevel; readonly after: number }[] = [];
  spoil: Spoil = () => true;
  /** The way of a frame to the listener: it may be late, come twice, or be overtaken. */
  way: (frame: TelemetryFrame, deliver: (frame: TelemetryFrame) => void) => void = (frame, deliver) =>
    deliver(frame);
  /** What the robot answers instead, if anything. */
  answer: (command: Command) => Acknowledgement | null = () => null;
  confirms = true;
  /** What it says of itself instead. */
  disguise: (capabilities: Capabilities) => Capabilities = (capabilities) => capabilities;
  /** Robot time of the newest frame, s. */
  newest = Number.NaN;
  #onEvent: (event: RobotEvent) => void = () => {};
  #capabilities: Capabilities | null = null;
  #returns: boolean;

  private constructor(robot: SimulatedRobot, clock: ManualClock, returns: boolean) {
    this.robot = robot;
    this.clock = clock;
    this.#returns = returns;
  }

  /** @param returns whether it claims to get back to its start line by itself */
  static async open(
    variant = "nominal",
    returns = true,
    options: Partial<SimulatedRobotOptions> = {},
  ): Promise<FaultRobot> {
    const clock = new ManualClock();
    const robot = await openSimulatedRobot({ variant, variation: "mild", stationClock: clock, ...options });
    return new FaultRobot(robot, clock, returns);
  }

  /** One that is there already. */
  static around(robot: SimulatedRobot, clock: ManualClock): FaultRobot {
    return new FaultRobot(robot, clock, true);
  }

  async open(): Promise<Capabilities> {
    this.#capabilities = this.disguise({ ...(await this.robot.open()), returnsByItself: this.#returns });
    return this.#capabilities;
  }

  acquireLease(owner: string): Promise<Lease> {
    return this.robot.acquireLease(owner);
  }

  onFrame(listener: (frame: TelemetryFrame) => void): void {
    this.robot.onFrame((frame) => {
      const spoilt = { ...frame, values: frame.values.slice() };
      if (!this.spoil(spoilt, this.#capabilities!)) return;
      this.newest = frame.tRobot;
      this.way(spoilt, listener);
    });
  }

  onEvent(listener: (event: RobotEvent) => void): void {
    this.#onEvent = listener;
    this.robot.onEvent(listener);
  }

  emit(event: RobotEvent): void {
    this.#onEvent(event);
  }

  async send(command: Cleared<Command>): Promise<Acknowledgement> {
    return this.answer(command) ?? this.robot.send(command);
  }

  async stop(level: StopLevel): Promise<StopConfirmation> {
    this.stops.push({ level, after: this.newest });
    const confirmation = await this.robot.stop(level);
    return this.confirms ? confirmation : { confirmed: false, level, tRobot: Number.NaN };
  }

  advance(): Promise<void> {
    return this.robot.advance();
  }

  place(placement: Placement): Promise<void> {
    return this.robot.place(placement);
  }

  carryOver(): unknown {
    return this.robot.carryOver();
  }

  close(): Promise<void> {
    return this.robot.close();
  }
}
