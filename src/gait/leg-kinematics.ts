/**
 * A planar two-link leg that hangs from its hip. x points forward and z up, both from the hip; angles turn about +y, so
 * a positive hip angle swings the leg backward and a negative knee angle folds the shank forward of the thigh's line:
 *
 *     foot = −thigh · (sin h, cos h) − shank · (sin(h + k), cos(h + k))
 *
 * Hip h and knee k are both 0 when the leg hangs straight; k is relative to the thigh. They are *joint* angles, on the
 * link side. Where a motor drives the knee against the trunk (bert's parallel drive), the motor's angle is h + k: that
 * is the robot's own business, and the simulated robot converts in `sim/plant.ts`.
 */
import type { LegGeometry } from "./gait.ts";

export interface FootPosition {
  /** Forward of the hip, m. */
  x: number;
  /** Above the hip, m: negative. */
  z: number;
}

export interface LegAngles {
  /** rad */
  hip: number;
  /** rad, relative to the thigh; negative folds. */
  knee: number;
}

/** Where the foot is for given joint angles. */
export function forwardKinematics(leg: LegGeometry, angles: LegAngles, foot: FootPosition): void {
  const shankAngle = angles.hip + angles.knee;
  foot.x = -leg.thigh * Math.sin(angles.hip) - leg.shank * Math.sin(shankAngle);
  foot.z = -leg.thigh * Math.cos(angles.hip) - leg.shank * Math.cos(shankAngle);
}

/**
 * Joint angles that put the foot at (x, z), with the knee folded (k ≤ 0). A point out of reach is answered with the
 * nearest the leg can do in that direction.
 *
 * @returns how far the point is out of reach, m; 0 within reach
 */
export function inverseKinematics(leg: LegGeometry, x: number, z: number, angles: LegAngles): number {
  const { thigh, shank } = leg;
  const distance = Math.hypot(x, z);
  const cosine = (distance * distance - thigh * thigh - shank * shank) / (2 * thigh * shank);
  const knee = -Math.acos(Math.min(1, Math.max(-1, cosine)));
  const direction = Math.atan2(-x, -z);
  angles.hip = direction - Math.atan2(shank * Math.sin(knee), thigh + shank * Math.cos(knee));
  angles.knee = knee;
  return Math.max(0, distance - (thigh + shank), Math.abs(thigh - shank) - distance);
}
