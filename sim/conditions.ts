/**
 * What differs from one walk to the next although the parameters are the same: the ground underfoot, the springs'
 * warmth, how the robot was put on the start line. Everything here enters the physics; nothing knows the reward.
 */
export interface Conditions {
  /** Factor on the ground's friction. */
  readonly friction: number;
  /** Slope added to the ground's own, rad: uphill, and with the left side up. */
  readonly slopePitch: number;
  readonly slopeRoll: number;
  /** Factor on spring stiffness per leg, in the controller's order. */
  readonly springs: readonly [number, number, number, number];
  /** Factor on the motors' torque limit. */
  readonly torque: number;
  /** Factor on the motors' speed limit: supply, wear, lubrication. */
  readonly speed: number;
  /** Factor on the mass of the trunk: cables, gear. */
  readonly mass: number;
  /** From a target being computed to the drives following it, s. */
  readonly commandDelay: number;
  readonly start: {
    /** Misplacement on the start line, m and rad. */
    readonly x: number;
    readonly y: number;
    readonly yaw: number;
    /** Offset of every joint from the neutral stance, rad. */
    readonly joints: readonly number[];
  };
}

export const NOMINAL_CONDITIONS: Conditions = {
  friction: 1,
  slopePitch: 0,
  slopeRoll: 0,
  springs: [1, 1, 1, 1],
  torque: 1,
  speed: 1,
  mass: 1,
  commandDelay: 0,
  start: { x: 0, y: 0, yaw: 0, joints: [0, 0, 0, 0, 0, 0, 0, 0] },
};
