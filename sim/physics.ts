/** One compiled MuJoCo world with the quadruped in it. Reused from walk to walk; `close` frees its memory. */

import { neutralStance } from "../src/gait/neutral-stance.ts";
import type { Conditions } from "./conditions.ts";
import { GRAVITY, mjcf, PHYSICS_STEP, standingHeight } from "./mjcf.ts";
import { compileModel, loadMujoco, type MainModule, type MjData, type MjModel } from "./mujoco.ts";
import { bodyGeometry, type Ground, jointNames, type RobotModel } from "./robot-model.ts";

/**
 * MuJoCo's arrays as live views. Growing the WebAssembly memory (another model being compiled) detaches them, so
 * they are fetched anew whenever that has happened.
 */
interface Views {
  readonly qpos: Float64Array;
  readonly qvel: Float64Array;
  readonly applied: Float64Array;
  readonly ctrl: Float64Array;
  readonly actuatorForce: Float64Array;
  readonly sensors: Float64Array;
  readonly bodyRotation: Float64Array;
  readonly footPosition: Float64Array;
  readonly forceRange: Float64Array;
  readonly frictionLoss: Float64Array;
  readonly appliedForce: Float64Array;
}

export class Physics {
  readonly robot: RobotModel;
  readonly ground: Ground;
  /** Number of joints, and of motors: one each. */
  readonly joints: number;
  readonly #mujoco: MainModule;
  readonly #model: MjModel;
  readonly #data: MjData;
  readonly #linkPosition: Int32Array;
  readonly #linkVelocity: Int32Array;
  readonly #rotorPosition: Int32Array;
  readonly #rotorVelocity: Int32Array;
  readonly #footSites: Int32Array;
  readonly #trunkBody: number;
  readonly #nominal: {
    readonly friction: Float64Array;
    readonly stiffness: Float64Array;
    readonly forceLimit: Float64Array;
    readonly trunkMass: number;
    readonly trunkInertia: Float64Array;
  };
  readonly #torqueLimit: Float64Array;
  #views: Views;
  #down: readonly [number, number, number] = [0, 0, -1];
  #steps = 0;
  #closed = false;

  static async load(robot: RobotModel, ground: Ground): Promise<Physics> {
    const mujoco = await loadMujoco();
    return new Physics(mujoco, robot, ground);
  }

  private constructor(mujoco: MainModule, robot: RobotModel, ground: Ground) {
    this.robot = robot;
    this.ground = ground;
    this.#mujoco = mujoco;
    this.#model = compileModel(mujoco, mjcf(robot, ground));
    this.#data = new mujoco.MjData(this.#model);
    const names = jointNames(robot);
    this.joints = names.length;
    const id = (kind: { value: number }, name: string): number =>
      mujoco.mj_name2id(this.#model, kind.value, name);
    const addresses = (table: Int32Array, suffix: string): Int32Array =>
      Int32Array.from(names, (name) => table[id(mujoco.mjtObj.mjOBJ_JOINT, name + suffix)]!);
    this.#linkPosition = addresses(this.#model.jnt_qposadr, "");
    this.#linkVelocity = addresses(this.#model.jnt_dofadr, "");
    this.#rotorPosition = addresses(this.#model.jnt_qposadr, "_m");
    this.#rotorVelocity = addresses(this.#model.jnt_dofadr, "_m");
    this.#footSites = Int32Array.from(robot.legs, (leg) => id(mujoco.mjtObj.mjOBJ_SITE, `${leg}_foot`));
    this.#trunkBody = id(mujoco.mjtObj.mjOBJ_BODY, "trunk");
    this.#nominal = {
      friction: Float64Array.from(this.#model.geom_friction as Float64Array),
      stiffness: Float64Array.from(this.#model.tendon_stiffness as Float64Array),
      forceLimit: Float64Array.from(
        { length: this.joints },
        (_, motor) => (this.#model.actuator_forcerange as Float64Array)[2 * motor + 1]!,
      ),
      trunkMass: (this.#model.body_mass as Float64Array)[this.#trunkBody]!,
      trunkInertia: Float64Array.from(
        (this.#model.body_inertia as Float64Array).subarray(3 * this.#trunkBody, 3 * this.#trunkBody + 3),
      ),
    };
    this.#torqueLimit = Float64Array.from(this.#nominal.forceLimit);
    this.#views = this.#bind();
  }

  /** Puts the robot on the start line in its neutral stance, at rest, under the given conditions, at time 0. */
  reset(conditions: Conditions): void {
    const mujoco = this.#mujoco;
    this.#applyConditions(conditions);
    mujoco.mj_resetData(this.#model, this.#data);
    this.#steps = 0;
    const { start } = conditions;
    const { qpos } = this.#fresh();
    qpos[0] = start.x;
    qpos[1] = start.y;
    qpos[2] = standingHeight(this.robot) + this.ground.roughness;
    qpos[3] = Math.cos(start.yaw / 2);
    qpos[6] = Math.sin(start.yaw / 2);
    const neutral = neutralStance(bodyGeometry(this.robot));
    for (let joint = 0; joint < this.joints; joint++)
      qpos[this.#linkPosition[joint]!] = neutral[joint]! + start.joints[joint]!;
    for (let joint = 0; joint < this.joints; joint++) {
      const hip = joint % 2 === 1 ? qpos[this.#linkPosition[joint - 1]!]! : 0;
      qpos[this.#rotorPosition[joint]!] = qpos[this.#linkPosition[joint]!]! + hip;
    }
    mujoco.mj_forward(this.#model, this.#data);
  }

  /** Advances by {@link PHYSICS_STEP}. */
  step(): void {
    this.#mujoco.mj_step(this.#model, this.#data);
    this.#steps++;
  }

  /** Seconds since {@link reset}. */
  get time(): number {
    return this.#steps * PHYSICS_STEP;
  }

  /** kg, of everything that moves. */
  get mass(): number {
    return (this.#model.body_mass as Float64Array).reduce((sum, mass) => sum + mass, 0);
  }

  // ------------------------------------------------------------------------------------------------- motors

  /** Position target of a motor's own loop, rad, motor side. */
  setMotorTarget(motor: number, angle: number): void {
    this.#fresh().ctrl[motor] = angle;
  }

  /** What a motor may exert at full strength under these conditions, N·m. */
  motorTorqueLimit(motor: number): number {
    return this.#torqueLimit[motor]!;
  }

  /**
   * @param torque what the motor may exert now, N·m
   * @param holding friction of its gears, N·m
   */
  setMotorStrength(motor: number, torque: number, holding: number): void {
    const { forceRange, frictionLoss } = this.#fresh();
    forceRange[2 * motor] = -torque;
    forceRange[2 * motor + 1] = torque;
    frictionLoss[this.#rotorVelocity[motor]!] = holding;
  }

  motorTorque(motor: number): number {
    return this.#fresh().actuatorForce[motor]!;
  }

  motorPosition(motor: number): number {
    return this.#fresh().qpos[this.#rotorPosition[motor]!]!;
  }

  motorVelocity(motor: number): number {
    return this.#fresh().qvel[this.#rotorVelocity[motor]!]!;
  }

  jointPosition(joint: number): number {
    return this.#fresh().qpos[this.#linkPosition[joint]!]!;
  }

  jointVelocity(joint: number): number {
    return this.#fresh().qvel[this.#linkVelocity[joint]!]!;
  }

  // -------------------------------------------------------------------------------------------------- trunk

  /** Coordinate of the trunk's centre, m: 0 forward, 1 left, 2 up, from the start line on the ground. */
  position(axis: 0 | 1 | 2): number {
    return this.#fresh().qpos[axis]!;
  }

  /** Velocity of the trunk's centre in the ground's frame, m/s. */
  velocity(axis: 0 | 1 | 2): number {
    return this.#fresh().qvel[axis]!;
  }

  /**
   * @param velocity added to the trunk's, along the ground's axes, m/s
   * @param spin added to its angular velocity, in the trunk's frame, rad/s
   */
  shove(
    velocity: readonly [number, number, number],
    spin: readonly [number, number, number] = [0, 0, 0],
  ): void {
    const { qvel } = this.#fresh();
    for (let axis = 0; axis < 3; axis++) {
      qvel[axis]! += velocity[axis]!;
      qvel[3 + axis]! += spin[axis]!;
    }
  }

  /** A hand at the trunk, from now until {@link reset}. @param force upward, N; 0: none */
  pull(force: number): void {
    this.#fresh().appliedForce[6 * this.#trunkBody + 2] = force;
  }

  /** Puts the trunk there at once, at rest. @param rotation quaternion, real part first */
  moveTrunk(
    place: readonly [number, number, number],
    rotation: readonly [number, number, number, number],
  ): void {
    const { qpos, qvel } = this.#fresh();
    qpos.set([...place, ...rotation], 0);
    qvel.fill(0, 0, 6);
    this.#mujoco.mj_forward(this.#model, this.#data);
  }

  /**
   * What hands do to it from now on.
   *
   * @param force on the trunk along the ground's axes, N. @param torque in the trunk's frame, N·m
   * @param joint −1 for none. @param onJoint N·m
   */
  applyForces(force: readonly number[], torque: readonly number[], joint: number, onJoint: number): void {
    const { applied } = this.#fresh();
    applied.fill(0);
    applied.set(force, 0);
    applied.set(torque, 3);
    if (joint >= 0) applied[this.#linkVelocity[joint]!] = onJoint;
  }

  /** Of the trunk's frame in the ground's: a unit quaternion, real part first. */
  get orientation(): readonly [number, number, number, number] {
    const { qpos } = this.#fresh();
    return [qpos[3]!, qpos[4]!, qpos[5]!, qpos[6]!];
  }

  /** Row-major rotation from the trunk's frame to the ground's. */
  rotation(row: 0 | 1 | 2, column: 0 | 1 | 2): number {
    return this.#fresh().bodyRotation[9 * this.#trunkBody + 3 * row + column]!;
  }

  /** Specific force at the trunk's centre, in the trunk's frame, m/s²: what an accelerometer feels. */
  acceleration(axis: 0 | 1 | 2): number {
    return this.#fresh().sensors[axis]!;
  }

  /** In the trunk's frame, rad/s. */
  angularVelocity(axis: 0 | 1 | 2): number {
    return this.#fresh().sensors[3 + axis]!;
  }

  /** Force that presses on a foot, N. */
  footForce(leg: number): number {
    return this.#fresh().sensors[6 + leg]!;
  }

  /** Coordinate of a foot's centre in the ground's frame, m. */
  footPosition(leg: number, axis: 0 | 1 | 2): number {
    return this.#fresh().footPosition[3 * this.#footSites[leg]! + axis]!;
  }

  /** Direction of gravity in the ground's frame, a unit vector. */
  get down(): readonly [number, number, number] {
    return this.#down;
  }

  /** Kinetic and potential energy as MuJoCo counts them, J: for tests of the physics. */
  mechanicalEnergy(): { kinetic: number; potential: number } {
    this.#mujoco.mj_energyPos(this.#model, this.#data);
    this.#mujoco.mj_energyVel(this.#model, this.#data);
    const energy = this.#data.energy as Float64Array;
    return { potential: energy[0]!, kinetic: energy[1]! };
  }

  /** Frees what WebAssembly holds. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#data.delete();
    this.#model.delete();
  }

  #applyConditions(conditions: Conditions): void {
    const model = this.#model;
    const friction = model.geom_friction as Float64Array;
    for (let index = 0; index < friction.length; index += 3)
      friction[index] = this.#nominal.friction[index]! * conditions.friction;
    const stiffness = model.tendon_stiffness as Float64Array;
    for (let joint = 0; joint < this.joints; joint++)
      stiffness[joint] = this.#nominal.stiffness[joint]! * conditions.springs[joint >> 1]!;
    (model.body_mass as Float64Array)[this.#trunkBody] = this.#nominal.trunkMass * conditions.mass;
    const inertia = model.body_inertia as Float64Array;
    for (let axis = 0; axis < 3; axis++)
      inertia[3 * this.#trunkBody + axis] = this.#nominal.trunkInertia[axis]! * conditions.mass;
    const pitch = this.ground.slope + conditions.slopePitch;
    const roll = conditions.slopeRoll;
    this.#down = [-Math.sin(pitch) * Math.cos(roll), -Math.sin(roll), -Math.cos(pitch) * Math.cos(roll)];
    const option = model.opt;
    (option.gravity as Float64Array).set(this.#down.map((component) => GRAVITY * component));
    option.delete();
    for (let motor = 0; motor < this.joints; motor++) {
      this.#torqueLimit[motor] = this.#nominal.forceLimit[motor]! * conditions.torque;
      this.setMotorStrength(motor, this.#torqueLimit[motor]!, 0);
    }
  }

  #fresh(): Views {
    if (this.#views.qpos.byteLength === 0) this.#views = this.#bind();
    return this.#views;
  }

  #bind(): Views {
    const { qpos, qvel, qfrc_applied, ctrl, actuator_force, sensordata, xmat, site_xpos, xfrc_applied } =
      this.#data;
    const { actuator_forcerange, dof_frictionloss } = this.#model;
    return {
      qpos,
      qvel,
      applied: qfrc_applied,
      ctrl,
      actuatorForce: actuator_force,
      sensors: sensordata,
      bodyRotation: xmat,
      footPosition: site_xpos,
      forceRange: actuator_forcerange,
      frictionLoss: dof_frictionloss,
      appliedForce: xfrc_applied,
    };
  }
}
