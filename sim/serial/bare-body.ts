/**
 * The simulated robot without a program: motors, sensors, battery, faults and a stop button. What drives it is somewhere
 * else and hands it a drive mode and targets once per control period.
 */
import type { ClockKind, Placement } from "../../src/robot/robot.ts";
import type { ChannelLayout } from "../../src/robot/telemetry-frame.ts";
import { LIPO_3S } from "../battery.ts";
import { NOMINAL_RETURN, residueAtStart } from "../carry-over.ts";
import { type BodyFault, type Fault, FaultSchedule, isBodyFault, type SensorFault } from "../faults.ts";
import { CONTROL_PERIOD } from "../firmware.ts";
import { simulatedLayout } from "../layout.ts";
import { PHYSICS_STEP } from "../mjcf.ts";
import { SMALL_MOTOR_HEAT } from "../motor-heat.ts";
import { type DriveMode, Plant, type PlantResidue } from "../plant.ts";
import type { RobotModel } from "../robot-model.ts";
import { NOMINAL_SENSORS } from "../sensor-model.ts";
import { Sensors } from "../sensors.ts";
import { type TrueState, trueState } from "../true-state.ts";
import { variantNamed } from "../variants.ts";
import { drawConditions, type Variation } from "../variation.ts";

const STEPS_PER_PERIOD = Math.round(CONTROL_PERIOD / PHYSICS_STEP);
/** A battery below this share of its charge does not arm. */
const EMPTY = 0.02;
/** The supply must be below the brown-out voltage this long for the computer to reset, s. */
const BROWN_OUT_SECONDS = 0.05;

export interface BareBodyOptions {
  readonly variant: string;
  readonly variation: Variation;
  /**
   * In lockstep (the default) walks start on whole seconds, so that a walk's times are the same wherever in a session it
   * comes; in real time a clock does not jump.
   */
  readonly clock?: ClockKind;
  /** What goes wrong, see `faults.ts`. */
  readonly faults?: readonly Fault[];
  /** What its clock says at first, s; default 0. */
  readonly startTime?: number;
}

export class BareBody {
  readonly layout: ChannelLayout;
  /** Latest sample of all channels. */
  readonly channels: Float64Array;
  /** Joint angles as the motors hold them, rad: hip, and knee against the thigh. */
  readonly joints: Float64Array;
  readonly #options: BareBodyOptions;
  readonly #plant: Plant;
  readonly #sensors: Sensors;
  readonly #faults: FaultSchedule;
  readonly #motorPosition: number;
  /** Time at which the present walk's physics started, s. */
  #walkStart = 0;
  /** Control periods since the robot was placed. */
  #periods = 0;
  #underVoltage = 0;
  #button = false;
  /** Called after every control period: for whoever judges what the robot truly does. */
  onPeriod: (() => void) | null = null;

  /** @throws CONFIG_INVALID when there is no such variant */
  static async load(options: BareBodyOptions): Promise<BareBody> {
    const { robot, ground } = variantNamed(options.variant);
    return new BareBody(await Plant.load(robot, ground), options);
  }

  private constructor(plant: Plant, options: BareBodyOptions) {
    this.#plant = plant;
    this.#options = options;
    this.#walkStart = options.startTime ?? 0;
    this.#sensors = new Sensors(plant, NOMINAL_SENSORS);
    this.layout = simulatedLayout(this.robot);
    this.#faults = new FaultSchedule(options.faults ?? [], this.layout);
    this.channels = new Float64Array(this.layout.length);
    this.joints = new Float64Array(plant.physics.joints);
    this.#motorPosition = this.layout.channels.findIndex(
      ({ name }) => name.startsWith("motor.") && name.endsWith(".position"),
    );
    this.place({ seed: 0, suggestion: 0, carryOver: null });
  }

  get robot(): RobotModel {
    return this.#plant.physics.robot;
  }

  /** Its own clock, s. */
  get time(): number {
    return this.#walkStart + this.#periods * CONTROL_PERIOD;
  }

  get mode(): DriveMode {
    return this.#plant.mode;
  }

  /** @param targets rad, see {@link Plant.setTargets} */
  drive(mode: DriveMode, targets: Float64Array): void {
    const allowed = this.#button ? "off" : mode;
    if (this.#plant.mode !== allowed) this.#plant.mode = allowed;
    if (allowed === "follow") this.#plant.setTargets(targets);
  }

  /** One control period of physics, then a sample. @returns what reset the computer in it, or null */
  period(): "brown-out" | "software" | null {
    for (let step = 0; step < STEPS_PER_PERIOD; step++) this.#plant.step();
    this.#periods++;
    let reset: "brown-out" | "software" | null = this.#brownedOut() ? "brown-out" : null;
    for (const fault of this.#faults.struck(this.#sincePlaced, CONTROL_PERIOD)) {
      if (fault.kind === "reboot") reset ??= "software";
      else if (isBodyFault(fault)) this.#plant.befall(fault);
    }
    this.onPeriod?.();
    this.#sensors.sample();
    this.#read();
    return reset;
  }

  /** Back to the start line, without power. */
  place(placement: Placement): void {
    const { seed, suggestion, carryOver } = placement;
    this.#walkStart = this.#options.clock === "realtime" ? this.time : Math.ceil(this.time);
    this.#periods = 0;
    this.#underVoltage = 0;
    const motors = this.#plant.physics.joints;
    this.#plant.reset(
      drawConditions(this.#options.variation, seed, suggestion),
      residueAtStart(carryOver, motors, NOMINAL_RETURN, SMALL_MOTOR_HEAT, LIPO_3S),
    );
    this.#sensors.reset(placement);
    this.#faults.reset(suggestion);
    this.#sensors.sample();
    this.#read();
  }

  /** Something goes wrong in the next control period, in this walk. */
  befall(fault: SensorFault | BodyFault): void {
    this.#faults.add({ ...fault, at: this.#sincePlaced + CONTROL_PERIOD / 2 });
  }

  /** What the walk so far leaves behind. */
  carryOver(): PlantResidue {
    return this.#plant.residue();
  }

  /** Telemetry is not to be sent: a fault. */
  get silent(): boolean {
    return this.#faults.isSilent(this.#sincePlaced);
  }

  get empty(): boolean {
    return this.#plant.battery.charge < EMPTY || this.#underVoltage > 0;
  }

  /** A motor has cut out. */
  get hot(): boolean {
    const { heat } = this.#plant;
    return this.joints.some((_, motor) => heat.isCutOut(motor));
  }

  get buttonPressed(): boolean {
    return this.#button;
  }

  /** As a person presses and releases it. While it is pressed a contact keeps the motors without power. */
  pressButton(pressed: boolean): void {
    this.#button = pressed;
    if (pressed) this.#plant.mode = "off";
  }

  /** Where the robot really is. Not a sensor: for tests, plots and judges. */
  truth(): TrueState {
    return trueState(this.#plant.physics);
  }

  close(): void {
    this.#plant.close();
  }

  /** s */
  get #sincePlaced(): number {
    return this.#periods * CONTROL_PERIOD;
  }

  #brownedOut(): boolean {
    const { battery } = this.#plant;
    if (battery.voltage >= battery.model.brownOut) {
      this.#underVoltage = 0;
      return false;
    }
    const before = this.#underVoltage;
    this.#underVoltage += CONTROL_PERIOD;
    return before < BROWN_OUT_SECONDS && this.#underVoltage >= BROWN_OUT_SECONDS;
  }

  #read(): void {
    this.#sensors.read(this.channels, this.#button);
    this.#faults.spoil(this.channels, this.#sincePlaced);
    for (let joint = 0; joint < this.joints.length; joint++) {
      // A knee's motor turns the shank against the trunk.
      const hip = joint % 2 === 1 ? this.channels[this.#motorPosition + joint - 1]! : 0;
      this.joints[joint] = this.channels[this.#motorPosition + joint]! - hip;
    }
  }
}
