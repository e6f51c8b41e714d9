/**
 * The simulated robot lent to the programs of another one: joint targets in, sensors out, in real time. It is our body and
 * not theirs: how theirs walks nobody should learn from it. And a person beside it, who puts it on its feet again.
 */
import { systemClock } from "../../src/clock.ts";
import type { Command } from "../../src/robot/command.ts";
import type { Acknowledgement } from "../../src/robot/robot.ts";
import { type ChannelLayout, channelName } from "../../src/robot/telemetry-frame.ts";
import { CONTROL_PERIOD, type FirmwareState } from "../firmware.ts";
import { Plant } from "../plant.ts";
import { NOMINAL_GROUND, type RobotModel } from "../robot-model.ts";
import { PERFECT_TELEMETRY } from "../sensor-model.ts";
import { SimulatedRobot } from "../simulated-robot.ts";
import type { TrueState } from "../true-state.ts";
import type { Variation } from "../variation.ts";

/** Beyond this tilt it lies, rad. */
const FALLEN = 1;
/** With less charge than this the pack is changed. */
const EMPTY = 0.45;

const AXES = ["x", "y", "z"] as const;

/** What its sensors say, SI. */
export interface SensorReading {
  /** When it was sampled, by {@link LentBody.rosTime}, s. */
  readonly time: number;
  readonly voltage: number;
  readonly attitude: readonly [roll: number, pitch: number, yaw: number];
  readonly angularVelocity: readonly number[];
  readonly acceleration: readonly number[];
  /** Link side, hip and knee, leg by leg: FR FL RR RL. */
  readonly positions: readonly number[];
  readonly velocities: readonly number[];
}

type Reader = (values: Float64Array) => Omit<SensorReading, "time">;

export class LentBody {
  readonly #robot: SimulatedRobot;
  readonly #plant: Plant;
  readonly #seed: number;
  readonly #read: Reader;
  #placements = 0;
  #start: TrueState | null = null;
  #closed = false;
  readonly #epoch = Date.now() / 1000;
  /** When the newest reading came, wall time, s. */
  #heardAt = systemClock.now();

  /** Standing, without torque. Every reading is handed to {@link onReading}'s listener, 100 a second. */
  static async open(model: RobotModel, variation: Variation, seed: number): Promise<LentBody> {
    const plant = await Plant.load(model, NOMINAL_GROUND);
    const robot = new SimulatedRobot(plant, {
      ...{ variant: "nominal", variation, clock: "realtime", stationClock: systemClock },
      telemetry: PERFECT_TELEMETRY,
      // What its motors wait for is its own program's business.
      streamed: { timeout: Number.POSITIVE_INFINITY },
    });
    const { layout, joints } = await robot.open();
    await robot.acquireLease("its own program");
    return new LentBody(robot, plant, seed, reader(layout, joints));
  }

  private constructor(robot: SimulatedRobot, plant: Plant, seed: number, read: Reader) {
    this.#robot = robot;
    this.#plant = plant;
    this.#seed = seed;
    this.#read = read;
  }

  onReading(listener: (reading: SensorReading) => void): void {
    this.#robot.onFrame(({ tRobot, values }) => {
      this.#heardAt = systemClock.now();
      if (!this.#closed) listener({ ...this.#read(values), time: this.#epoch + tRobot });
    });
  }

  /** As nodes on a robot have it, s since 1970. It goes on between two readings. */
  get rosTime(): number {
    const since = systemClock.now() - this.#heardAt;
    return this.#epoch + this.#robot.time + Math.min(CONTROL_PERIOD, Math.max(0, since));
  }

  /** s since it was switched on */
  get time(): number {
    return this.#robot.time;
  }

  /** `standing`: its motors follow. */
  get state(): FirmwareState {
    return this.#robot.state;
  }

  /** Torque on: it holds still where it is. @returns "" or why not */
  async arm(): Promise<string> {
    return (await this.#send({ kind: "arm" })).reason;
  }

  /** @param positions rad, hip and knee, leg by leg; kept to the joints' ranges */
  follow(positions: ArrayLike<number>): void {
    const { hipRange, kneeRange } = this.#plant.physics.robot;
    const kept = Float64Array.from(positions, (angle, joint) => {
      const [low, high] = joint % 2 === 0 ? hipRange : kneeRange;
      return Math.min(high, Math.max(low, angle));
    });
    void this.#send({ kind: "targets", positions: kept });
  }

  settle(): void {
    void this.#robot.stop("settle");
  }

  cut(): void {
    void this.#robot.stop("cut");
  }

  /** A tape is laid along its heading. */
  markStart(): void {
    this.#start = this.#robot.truth();
  }

  /** Along the tape, m; NaN before there is one. */
  get walked(): number {
    if (this.#start === null) return Number.NaN;
    const { x, y, yaw } = this.#start;
    const now = this.#robot.truth();
    return (now.x - x) * Math.cos(yaw) + (now.y - y) * Math.sin(yaw);
  }

  /** Of the trunk's centre above the floor, m. */
  get height(): number {
    return this.#robot.truth().height;
  }

  /** It lies on its side or its back, or its pack is nearly empty. */
  get needsAPerson(): boolean {
    return this.#robot.truth().tilt > FALLEN || this.#plant.battery.charge < EMPTY;
  }

  /** The person: on its feet on the start line, cool, with a full pack and without torque. */
  async putRight(): Promise<void> {
    await this.#robot.place({ seed: this.#seed, suggestion: ++this.#placements, carryOver: null });
  }

  /** Whatever runs into it changes its velocity by this, m/s: forward, left, up. */
  shove(velocity: readonly [number, number, number]): void {
    this.#plant.physics.shove(velocity);
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#robot.close();
  }

  /** There is no gate in a robot of somebody else's. */
  async #send(command: Command): Promise<Acknowledgement> {
    if (this.#closed) return { accepted: false, reason: "it is switched off" };
    const robot: { send(command: Command): Promise<Acknowledgement> } = this.#robot;
    return robot.send(command);
  }
}

function reader(layout: ChannelLayout, joints: readonly string[]): Reader {
  const several = (names: readonly string[]): ((values: Float64Array) => number[]) => {
    const indices = names.map((name) => layout.indexOf(name));
    return (values) => indices.map((index) => values[index]!);
  };
  const voltage = layout.indexOf(channelName.batteryVoltage);
  const attitude = several([channelName.roll, channelName.pitch, channelName.yaw]);
  const angularVelocity = several(AXES.map(channelName.angularVelocity));
  const acceleration = several(AXES.map(channelName.acceleration));
  const positions = several(joints.map(channelName.jointPosition));
  const velocities = several(joints.map(channelName.jointVelocity));
  return (values) => ({
    voltage: values[voltage]!,
    attitude: attitude(values) as [number, number, number],
    angularVelocity: angularVelocity(values),
    acceleration: acceleration(values),
    positions: positions(values),
    velocities: velocities(values),
  });
}
