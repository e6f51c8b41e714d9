/** A robot under the conformance suite, for one test: opened, its frames and events kept, and what every test does with it. */
import assert from "node:assert/strict";
import type { Command } from "../robot/command.ts";
import { type ParameterSetOnWire, parameterHash } from "../robot/parameters.ts";
import type { Acknowledgement, Capabilities, RobotEvent } from "../robot/robot.ts";
import { channelName, type TelemetryFrame } from "../robot/telemetry-frame.ts";
import type { RobotPlace, RobotUnderTest } from "./robot.ts";

/** Ramps of the walks, and from arming to standing, s. */
const USUAL = { ramp: 0.3, rise: 1.3 };

export class RobotBench {
  readonly place: RobotPlace;
  readonly robot: RobotUnderTest;
  readonly capabilities: Capabilities;
  readonly frames: TelemetryFrame[];
  readonly events: RobotEvent[];
  /** s */
  readonly ramp: number;
  readonly rise: number;

  static async open(place: RobotPlace): Promise<RobotBench> {
    const frames: TelemetryFrame[] = [];
    const events: RobotEvent[] = [];
    const { robot } = place;
    robot.onFrame((frame) => frames.push({ ...frame, values: frame.values.slice() }));
    robot.onEvent((event) => events.push(event));
    try {
      return new RobotBench(place, await robot.open(), frames, events);
    } catch (error) {
      await robot.close();
      await place.remove();
      throw error;
    }
  }

  private constructor(
    place: RobotPlace,
    capabilities: Capabilities,
    frames: TelemetryFrame[],
    events: RobotEvent[],
  ) {
    this.place = place;
    this.robot = place.robot;
    this.capabilities = capabilities;
    this.frames = frames;
    this.events = events;
    const { ramp, rise } = { ...USUAL, ...place.differs };
    this.ramp = ramp;
    this.rise = rise;
  }

  async close(): Promise<void> {
    await this.robot.close();
    await this.place.remove();
  }

  /** Lets this much of the robot's time go by. */
  async elapse(seconds: number): Promise<void> {
    const { robot, frames } = this;
    if (this.capabilities.clock === "realtime") {
      await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
      return;
    }
    await robot.advance();
    const end = frames.at(-1)!.tRobot + seconds;
    while (frames.at(-1)!.tRobot < end) await robot.advance();
  }

  async accept(command: Command): Promise<Acknowledgement> {
    const answer = await this.robot.send(command);
    assert.equal(answer.accepted, true, `${command.kind}: ${answer.reason}`);
    return answer;
  }

  async refuse(command: Command): Promise<void> {
    const answer = await this.robot.send(command);
    assert.equal(answer.accepted, false, `${command.kind} is accepted`);
    assert.notEqual(answer.reason, "", `${command.kind} is refused without a reason`);
  }

  staging(parameters: ParameterSetOnWire): Command {
    return { kind: "stage", parameters, rampIn: this.ramp, rampOut: this.ramp };
  }

  async lease(): Promise<void> {
    const { robot, capabilities } = this;
    await robot.acquireLease("conformance");
    if (capabilities.returnsByItself) await robot.place({ seed: 1, suggestion: 0, carryOver: null });
  }

  /** Where the joints are now, or may be, rad. */
  measured(): Float64Array {
    const { stance } = this.place.differs ?? {};
    if (stance !== undefined) return Float64Array.from(stance);
    const { layout, joints } = this.capabilities;
    return Float64Array.from(joints, (joint) => {
      const channel = layout.indexOf(channelName.jointPosition(joint));
      return this.frames.findLast(({ values }) => Number.isFinite(values[channel]!))!.values[channel]!;
    });
  }

  /** Sends the same targets at the robot's rate for this much of its time. */
  async stream(positions: Float64Array, seconds: number): Promise<void> {
    const { rate } = this.capabilities.targets!;
    for (let target = 0; target < seconds * rate; target++) {
      await this.accept({ kind: "targets", positions });
      await this.elapse(1 / rate);
    }
  }

  async walk(): Promise<void> {
    const { place, ramp, rise } = this;
    await this.lease();
    if (!this.capabilities.runsGait) {
      await this.elapse(0.1);
      const positions = this.measured();
      await this.accept({ kind: "arm" });
      await this.stream(positions, rise + 2 * ramp);
      return;
    }
    await this.accept({ kind: "arm" });
    await this.elapse(rise);
    await this.accept(this.staging(place.safe));
    await this.accept({ kind: "commit", hash: parameterHash(place.safe) });
    await this.accept({ kind: "start" });
    await this.elapse(2 * ramp);
  }
}
