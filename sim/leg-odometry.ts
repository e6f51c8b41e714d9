/**
 * Where the robot thinks it has walked: feet that press on the ground stand still, so the trunk moves against them.
 * Fed with measured numbers only: link-side encoders, foot switches and the inertial unit's angles. A foot is a
 * sphere and rolls: while the shank turns, the point of contact moves along.
 *
 * The scheme is that of Bloesch et al. (RSS 2012) without its filter: the mean over the feet in contact.
 */

import type { BodyGeometry } from "../src/gait/gait.ts";
import { forwardKinematics } from "../src/gait/leg-kinematics.ts";

export interface OdometryGeometry {
  readonly body: BodyGeometry;
  /** Hips from the trunk's centre, m. */
  readonly hipX: number;
  readonly hipY: number;
  readonly footRadius: number;
}

export class LegOdometry {
  readonly #geometry: OdometryGeometry;
  readonly #legs: number;
  /** Each foot from the trunk's centre, along the ground's axes at the trunk's heading: x, y. */
  readonly #previous: Float64Array;
  readonly #previousShank: Float64Array;
  readonly #previousContact: Uint8Array;
  readonly #foot = { x: 0, z: 0 };
  #known = false;
  x = 0;
  y = 0;

  constructor(geometry: OdometryGeometry) {
    this.#geometry = geometry;
    this.#legs = geometry.body.legs.length;
    this.#previous = new Float64Array(2 * this.#legs);
    this.#previousShank = new Float64Array(this.#legs);
    this.#previousContact = new Uint8Array(this.#legs);
  }

  reset(): void {
    this.#known = false;
    this.x = 0;
    this.y = 0;
  }

  /**
   * One sample of what was measured.
   *
   * @param angles link side, rad: hip, knee, leg by leg
   * @param contacts above 0 where a foot presses
   */
  update(
    angles: ArrayLike<number>,
    contacts: ArrayLike<number>,
    roll: number,
    pitch: number,
    yaw: number,
  ): void {
    const { body, hipX, hipY, footRadius } = this.#geometry;
    const [cosYaw, sinYaw] = [Math.cos(yaw), Math.sin(yaw)];
    let [dx, dy, standing] = [0, 0, 0];
    for (let leg = 0; leg < this.#legs; leg++) {
      const hip = angles[2 * leg]!;
      const knee = angles[2 * leg + 1]!;
      forwardKinematics(body.leg, { hip, knee }, this.#foot);
      const front = body.legs[leg]!.startsWith("F");
      const left = body.legs[leg]!.endsWith("L");
      const along = (front ? hipX : -hipX) + this.#foot.x;
      const across = left ? hipY : -hipY;
      // Level the trunk's frame: first roll about x, then pitch about y; then turn to the ground's axes.
      const levelY = across * Math.cos(roll) - this.#foot.z * Math.sin(roll);
      const levelZ = across * Math.sin(roll) + this.#foot.z * Math.cos(roll);
      const levelX = along * Math.cos(pitch) + levelZ * Math.sin(pitch);
      const groundX = levelX * cosYaw - levelY * sinYaw;
      const groundY = levelX * sinYaw + levelY * cosYaw;
      const shank = hip + knee + pitch;
      const contact = contacts[leg]! > 0 ? 1 : 0;
      if (this.#known && contact === 1 && this.#previousContact[leg] === 1) {
        // A sphere that turns forward by δ rolls forward by radius · δ.
        const roll = footRadius * (shank - this.#previousShank[leg]!);
        dx += roll * cosYaw - (groundX - this.#previous[2 * leg]!);
        dy += roll * sinYaw - (groundY - this.#previous[2 * leg + 1]!);
        standing++;
      }
      this.#previous[2 * leg] = groundX;
      this.#previous[2 * leg + 1] = groundY;
      this.#previousShank[leg] = shank;
      this.#previousContact[leg] = contact;
    }
    this.#known = true;
    if (standing === 0) return;
    this.x += dx / standing;
    this.y += dy / standing;
  }
}
