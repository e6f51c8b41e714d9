/**
 * What the firmware drives: motors with their position loops, gears, springs and links, battery and heat. One step is
 * one physics step; the drives slew their targets at that rate.
 */
import { Battery, type BatteryModel, LIPO_3S } from "./battery.ts";
import type { Conditions } from "./conditions.ts";
import type { BodyFault } from "./faults.ts";
import { Hand } from "./hand.ts";
import { GRAVITY, PHYSICS_STEP } from "./mjcf.ts";
import { MotorHeat, type MotorHeatModel, SMALL_MOTOR_HEAT } from "./motor-heat.ts";
import { Physics } from "./physics.ts";
import type { Ground, RobotModel } from "./robot-model.ts";

/** A hand that lifts the robot: stiffness, N/m, and damping, N·s/m, of its pull towards a height. */
const HAND = { stiffness: 300, damping: 40 };
/** Friction of a gear that has seized, N·m. */
const SEIZED = 50;

/** `follow`: position loop. `damp`: the loop's damping alone. `off`: no current, the gears hold what they can. */
export type DriveMode = "follow" | "damp" | "off";

/** What a walk leaves behind. */
export interface PlantResidue {
  /** 0 … 1 */
  readonly charge: number;
  /** °C, one per motor */
  readonly temperatures: readonly number[];
}

export class Plant {
  readonly physics: Physics;
  readonly battery: Battery;
  readonly heat: MotorHeat;
  readonly hand: Hand;
  /** Motors that do nothing, whatever they are told. */
  deadMotors: readonly number[] = [];
  readonly #motors: number;
  /** Motor-side targets as the firmware wishes them, rad. */
  readonly #wish: Float64Array;
  /** Motor-side targets after the slew limit, rad. */
  readonly #slewed: Float64Array;
  /** Targets on their way to the drives. */
  #delayLine: Float64Array[] = [];
  #mode: DriveMode = "off";
  #speedFactor = 1;
  #mechanicalWork = 0;
  #jouleHeat = 0;
  /** Motors without torque, and gears that have seized. */
  readonly #lame: Uint8Array;
  readonly #jammed: Uint8Array;
  /** To where somebody lifts the trunk, m; null: nobody does. */
  #lifted: number | null = null;

  static async load(
    robot: RobotModel,
    ground: Ground,
    battery: BatteryModel = LIPO_3S,
    heat: MotorHeatModel = SMALL_MOTOR_HEAT,
  ): Promise<Plant> {
    return new Plant(await Physics.load(robot, ground), battery, heat);
  }

  private constructor(physics: Physics, battery: BatteryModel, heat: MotorHeatModel) {
    this.physics = physics;
    this.#motors = physics.joints;
    this.battery = new Battery(battery);
    this.hand = new Hand(physics);
    this.heat = new MotorHeat(heat, this.#motors);
    this.#wish = new Float64Array(this.#motors);
    this.#slewed = new Float64Array(this.#motors);
    this.#lame = new Uint8Array(this.#motors);
    this.#jammed = new Uint8Array(this.#motors);
  }

  reset(conditions: Conditions, residue: PlantResidue): void {
    this.physics.reset(conditions);
    this.hand.reset();
    this.battery.reset(residue.charge);
    this.heat.reset(residue.temperatures);
    this.#mode = "off";
    this.#lame.fill(0);
    this.#jammed.fill(0);
    this.#lifted = null;
    this.#speedFactor = conditions.speed;
    this.#mechanicalWork = 0;
    this.#jouleHeat = 0;
    for (let motor = 0; motor < this.#motors; motor++) {
      this.#slewed[motor] = this.physics.motorPosition(motor);
      this.#wish[motor] = this.#slewed[motor]!;
    }
    const slots = Math.round(conditions.commandDelay / PHYSICS_STEP);
    this.#delayLine = Array.from({ length: slots }, () => Float64Array.from(this.#wish));
  }

  get mode(): DriveMode {
    return this.#mode;
  }

  set mode(mode: DriveMode) {
    // Drives that come back start from where the motor is, not from an old target.
    if (this.#mode !== "follow" && mode === "follow")
      for (let motor = 0; motor < this.#motors; motor++)
        this.#slewed[motor] = this.physics.motorPosition(motor);
    this.#mode = mode;
  }

  /**
   * The joint targets the firmware wants now. A hip motor turns its joint; a knee motor turns the shank against the
   * trunk, so its target is hip + knee.
   *
   * @param targets rad, link-side angles: hip, knee (relative to the thigh), leg by leg
   */
  setTargets(targets: Float64Array): void {
    for (let joint = 0; joint < this.#motors; joint += 2) {
      this.#wish[joint] = targets[joint]!;
      this.#wish[joint + 1] = targets[joint]! + targets[joint + 1]!;
    }
  }

  /** Motor-side target the drive is given, before its slew limit, rad. */
  motorTarget(motor: number): number {
    return this.#wish[motor]!;
  }

  /** Something befalls the body, until {@link reset}. A computer that resets is not its business. */
  befall(fault: BodyFault): void {
    switch (fault.kind) {
      case "shove":
        this.physics.shove(fault.velocity, fault.spin);
        return;
      case "lifted":
        this.#lifted = fault.height;
        return;
      case "lame":
        for (const motor of [2 * fault.leg, 2 * fault.leg + 1]) this.#lame[motor] = 1;
        return;
      case "jammed":
        this.#jammed[fault.motor] = 1;
        return;
      case "heated": {
        const { temperatures } = this.heat;
        temperatures[fault.motor] = fault.temperature;
        this.heat.reset(temperatures);
        return;
      }
      case "drained":
        this.battery.drain(fault.charge);
    }
  }

  /** Advances by one physics step. */
  step(): void {
    const { physics, battery, heat } = this;
    if (this.#lifted !== null) this.#lift(this.#lifted);
    const arrived = this.#pass(this.#wish);
    const strength = battery.strength;
    const slew = physics.robot.motor.speedLimit * this.#speedFactor * strength * PHYSICS_STEP;
    for (let motor = 0; motor < this.#motors; motor++) {
      const position = physics.motorPosition(motor);
      const powered =
        this.#lame[motor] === 0 &&
        this.#jammed[motor] === 0 &&
        !heat.isCutOut(motor) &&
        !this.deadMotors.includes(motor);
      const on = this.#mode !== "off" && powered;
      const holding = this.#jammed[motor] === 1 ? SEIZED : on ? 0 : physics.robot.motor.holdingTorque;
      physics.setMotorStrength(motor, on ? physics.motorTorqueLimit(motor) * strength : 0, holding);
      if (!on || this.#mode === "damp") this.#slewed[motor] = position;
      else {
        const change = arrived[motor]! - this.#slewed[motor]!;
        this.#slewed[motor]! += Math.min(slew, Math.max(-slew, change));
      }
      physics.setMotorTarget(motor, this.#slewed[motor]!);
    }
    this.hand.step();
    physics.step();
    this.#account();
  }

  /** Positive mechanical work and heat in the windings of all motors since {@link reset}, J. */
  get energy(): { readonly mechanical: number; readonly joule: number } {
    return { mechanical: this.#mechanicalWork, joule: this.#jouleHeat };
  }

  residue(): PlantResidue {
    return { charge: this.battery.charge, temperatures: this.heat.temperatures };
  }

  close(): void {
    this.physics.close();
  }

  #lift(height: number): void {
    const { physics } = this;
    const pull = HAND.stiffness * (height - physics.position(2)) - HAND.damping * physics.velocity(2);
    physics.pull(Math.max(0, physics.mass * GRAVITY + pull));
  }

  /** What leaves the delay line when `targets` enter it. */
  #pass(targets: Float64Array): Float64Array {
    const line = this.#delayLine;
    const oldest = line.shift();
    if (oldest === undefined) return targets;
    const arrived = Float64Array.from(oldest);
    oldest.set(targets);
    line.push(oldest);
    return arrived;
  }

  #account(): void {
    const { torqueConstant, windingResistance } = this.physics.robot.motor;
    let power = 0;
    for (let motor = 0; motor < this.#motors; motor++) {
      const torque = this.physics.motorTorque(motor);
      const mechanical = torque * this.physics.motorVelocity(motor);
      const joule = (torque / torqueConstant) ** 2 * windingResistance;
      this.heat.step(motor, PHYSICS_STEP, joule);
      this.#mechanicalWork += Math.max(0, mechanical) * PHYSICS_STEP;
      this.#jouleHeat += joule * PHYSICS_STEP;
      power += mechanical + joule;
    }
    this.battery.step(PHYSICS_STEP, power);
  }
}
