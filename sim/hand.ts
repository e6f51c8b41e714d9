/**
 * A person's hands on the simulated robot: they hold its trunk in the air, tilt it, and move a joint. Springs and dampers between
 * hand and body, so that what the robot's sensors feel is what they would feel. For demonstrations and tests of what asks a person
 * to do that; a robot that nobody touches walks as it does without this file, bit for bit.
 */
import { GRAVITY, PHYSICS_STEP, standingHeight } from "./mjcf.ts";
import type { Physics } from "./physics.ts";

/** How far the feet are off the floor on the stand, m. */
const CLEARANCE = 0.12;
/** How firm the grip is: on the trunk N/m, N·s/m, N·m/rad, N·m·s/rad; on a joint N·m/rad, N·m·s/rad. */
const GRIP = {
  force: 8000,
  forceDamping: 250,
  torque: 60,
  torqueDamping: 1.5,
  joint: 12,
  jointDamping: 0.12,
} as const;

export interface TrunkAngles {
  /** rad, as the robot's inertial unit counts them */
  readonly roll: number;
  readonly pitch: number;
  readonly yaw: number;
}

export const LEVEL: TrunkAngles = { roll: 0, pitch: 0, yaw: 0 };

type Quaternion = readonly [number, number, number, number];

interface Movement<Value> {
  readonly from: Value;
  readonly to: Value;
  /** s, of the physics */
  readonly begins: number;
  readonly seconds: number;
}

export class Hand {
  readonly #physics: Physics;
  /** Where the trunk is held; null: nobody holds it. */
  #place: { readonly x: number; readonly y: number; readonly z: number } | null = null;
  #turn: Movement<TrunkAngles> = { from: LEVEL, to: LEVEL, begins: 0, seconds: 0 };
  #joint: (Movement<number> & { readonly joint: number }) | null = null;
  #touched = false;

  constructor(physics: Physics) {
    this.#physics = physics;
  }

  /** The robot is on a stand, its feet free, where it is now or at once after the next {@link reset}. */
  get lifted(): boolean {
    return this.#place !== null;
  }

  /** Takes the trunk up, level: its feet are free. */
  lift(): void {
    const physics = this.#physics;
    this.#place = { x: physics.position(0), y: physics.position(1), z: this.#standHeight };
    this.#turn = { from: LEVEL, to: LEVEL, begins: physics.time, seconds: 0 };
  }

  /** Lets go of everything. */
  release(): void {
    this.#place = null;
    this.#joint = null;
  }

  /** The robot was put on its start line: on the stand, if it is held. */
  reset(): void {
    this.#joint = null;
    if (this.#place === null) return;
    this.#physics.moveTrunk([0, 0, this.#standHeight], quaternionOf(LEVEL));
    this.#place = { x: 0, y: 0, z: this.#standHeight };
    this.#turn = { from: LEVEL, to: LEVEL, begins: 0, seconds: 0 };
  }

  /** Turns the lifted trunk. @param seconds how long that takes. @param after s until it begins */
  tilt(to: TrunkAngles, seconds: number, after = 0): void {
    if (this.#place === null) this.lift();
    this.#turn = { from: this.#angles, to, begins: this.#physics.time + after, seconds };
  }

  /** Moves a joint by so much and holds it there. @param joint its index. @param by rad */
  move(joint: number, by: number, seconds: number, after = 0): void {
    const from = this.#physics.jointPosition(joint);
    this.#joint = { joint, from, to: from + by, begins: this.#physics.time + after, seconds };
  }

  letGo(): void {
    this.#joint = null;
  }

  /** To be called before every step of the physics. */
  step(): void {
    if (this.#place === null && this.#joint === null) {
      if (this.#touched) this.#physics.applyForces(NOTHING, NOTHING, -1, 0);
      this.#touched = false;
      return;
    }
    this.#touched = true;
    const [force, torque] = this.#place === null ? [NOTHING, NOTHING] : this.#holdTrunk(this.#place);
    const [joint, onJoint] = this.#joint === null ? [-1, 0] : this.#holdJoint(this.#joint);
    this.#physics.applyForces(force, torque, joint, onJoint);
  }

  get #standHeight(): number {
    return standingHeight(this.#physics.robot) + CLEARANCE;
  }

  get #angles(): TrunkAngles {
    const { from, to } = this.#turn;
    const share = this.#share(this.#turn);
    const between = (axis: keyof TrunkAngles): number => from[axis] + share * (to[axis] - from[axis]);
    return { roll: between("roll"), pitch: between("pitch"), yaw: between("yaw") };
  }

  /** How much of a movement is done, 0 … 1, starting and ending at rest. */
  #share({ begins, seconds }: Movement<unknown>): number {
    const elapsed = Math.max(0, this.#physics.time - begins + PHYSICS_STEP);
    const t = seconds > 0 ? Math.min(1, elapsed / seconds) : 1;
    return t * t * (3 - 2 * t);
  }

  #holdTrunk(place: { readonly x: number; readonly y: number; readonly z: number }): [number[], number[]] {
    const physics = this.#physics;
    const weight = physics.mass * GRAVITY;
    const wish = [place.x, place.y, place.z];
    const force = ([0, 1, 2] as const).map(
      (axis) =>
        GRIP.force * (wish[axis]! - physics.position(axis)) -
        GRIP.forceDamping * physics.velocity(axis) -
        weight * physics.down[axis],
    );
    const error = rotationBetween(physics.orientation, quaternionOf(this.#angles));
    const torque = ([0, 1, 2] as const).map(
      (axis) => GRIP.torque * error[axis]! - GRIP.torqueDamping * physics.angularVelocity(axis),
    );
    return [force, torque];
  }

  #holdJoint(movement: Movement<number> & { readonly joint: number }): [number, number] {
    const { joint, from, to } = movement;
    const wish = from + this.#share(movement) * (to - from);
    const physics = this.#physics;
    return [
      joint,
      GRIP.joint * (wish - physics.jointPosition(joint)) - GRIP.jointDamping * physics.jointVelocity(joint),
    ];
  }
}

const NOTHING: readonly number[] = [0, 0, 0];

/** Of yaw, then pitch, then roll. */
function quaternionOf({ roll, pitch, yaw }: TrunkAngles): Quaternion {
  const [cr, sr] = [Math.cos(roll / 2), Math.sin(roll / 2)];
  const [cp, sp] = [Math.cos(pitch / 2), Math.sin(pitch / 2)];
  const [cy, sy] = [Math.cos(yaw / 2), Math.sin(yaw / 2)];
  return [
    cr * cp * cy + sr * sp * sy,
    sr * cp * cy - cr * sp * sy,
    cr * sp * cy + sr * cp * sy,
    cr * cp * sy - sr * sp * cy,
  ];
}

/** The rotation vector that takes one orientation to the other, in the frame of the first, rad. */
function rotationBetween(present: Quaternion, wish: Quaternion): [number, number, number] {
  const [a, b, c, d] = present;
  const [w, x, y, z] = wish;
  const real = a * w + b * x + c * y + d * z;
  const imaginary: [number, number, number] = [
    a * x - b * w - c * z + d * y,
    a * y + b * z - c * w - d * x,
    a * z - b * y + c * x - d * w,
  ];
  const sign = real < 0 ? -1 : 1;
  const norm = Math.hypot(...imaginary);
  const angle = 2 * Math.atan2(norm, Math.abs(real));
  const factor = norm > 1e-12 ? (sign * angle) / norm : 2 * sign;
  return imaginary.map((component) => factor * component) as [number, number, number];
}
