/**
 * The simulated quadruped as data: everything the MJCF generator and the drive train need. Variants are edits of this.
 *
 * The body follows the DLR bert as far as it is published (Raffin et al., arXiv 2209.07171 and the talk's slides): 3.1 kg,
 * eight joints about y, springs of 2.75 N·m/rad, 4 N·m motors that saturate near 4 rad/s, knees driven against the trunk
 * through parallel rods, feet 0.138 m under the hips. Masses of single links, damping, friction and spacing are assumed.
 */
import type { BodyGeometry } from "../src/gait/gait.ts";

export interface SpringModel {
  /** N·m/rad */
  readonly stiffness: number;
  /** N·m·s/rad */
  readonly damping: number;
}

/** A geared motor with a position loop, before the spring. Output-side units throughout. */
export interface MotorModel {
  /** N·m */
  readonly torqueLimit: number;
  /** Slew limit of the position target at the rated supply, rad/s. */
  readonly speedLimit: number;
  /** Position loop, N·m/rad and N·m·s/rad. */
  readonly kp: number;
  readonly kd: number;
  /** Rotor inertia through the gears, kg·m². */
  readonly armature: number;
  /** N·m·s/rad */
  readonly damping: number;
  /** What the unpowered gears hold, N·m: they do not let the legs fold under the robot's weight. */
  readonly holdingTorque: number;
  /** N·m/A */
  readonly torqueConstant: number;
  /** Ω */
  readonly windingResistance: number;
}

export interface RobotModel {
  /** Name prefixes of the legs, in the controller's order. */
  readonly legs: readonly ["FR", "FL", "RR", "RL"];
  readonly trunk: {
    /** Half sizes of the box, m. */
    readonly halfSize: readonly [number, number, number];
    /** kg */
    readonly mass: number;
  };
  /** Something carried on the trunk's back, kg. */
  readonly payload: number;
  /** Hips relative to the trunk's centre: ± these, m. */
  readonly hip: { readonly x: number; readonly y: number };
  readonly thigh: { readonly length: number; readonly radius: number; readonly mass: number };
  readonly shank: { readonly length: number; readonly radius: number; readonly mass: number };
  readonly foot: { readonly radius: number; readonly mass: number };
  readonly rotorMass: number;
  readonly joint: { readonly damping: number; readonly friction: number };
  readonly hipRange: readonly [number, number];
  readonly kneeRange: readonly [number, number];
  readonly stanceHeight: number;
  readonly spring: SpringModel;
  readonly motor: MotorModel;
  /** Legs whose springs and motors have only this share of their strength. */
  readonly lameness: Readonly<Partial<Record<"FR" | "FL" | "RR" | "RL", number>>>;
}

/** What the robot stands on. */
export interface Ground {
  /** Coulomb friction of foot and floor. */
  readonly friction: number;
  /** Slope along x, rad, positive uphill. */
  readonly slope: number;
  /** Half the height between valleys and peaks, m; 0 is a plane. */
  readonly roughness: number;
}

export const NOMINAL_ROBOT: RobotModel = {
  legs: ["FR", "FL", "RR", "RL"],
  trunk: { halfSize: [0.15, 0.05, 0.035], mass: 2.34 },
  payload: 0,
  hip: { x: 0.12, y: 0.08 },
  thigh: { length: 0.085, radius: 0.012, mass: 0.1 },
  shank: { length: 0.085, radius: 0.009, mass: 0.05 },
  foot: { radius: 0.012, mass: 0.001 },
  rotorMass: 0.02,
  joint: { damping: 0.02, friction: 0.02 },
  hipRange: [-1.6, 1.6],
  kneeRange: [-2.6, 0.05],
  stanceHeight: 0.138,
  spring: { stiffness: 2.75, damping: 0.05 },
  motor: {
    torqueLimit: 4,
    speedLimit: 4,
    kp: 60,
    kd: 1.5,
    armature: 0.008,
    damping: 0.02,
    holdingTorque: 0.8,
    torqueConstant: 0.5,
    windingResistance: 0.5,
  },
  lameness: {},
};

export const NOMINAL_GROUND: Ground = { friction: 0.8, slope: 0, roughness: 0 };

/** Joint names in the order of targets: FR_hip, FR_knee, FL_hip … */
export function jointNames(model: RobotModel): readonly string[] {
  return model.legs.flatMap((leg) => [`${leg}_hip`, `${leg}_knee`]);
}

/** The model as a gait controller sees it. */
export function bodyGeometry(model: RobotModel): BodyGeometry {
  return {
    legs: model.legs,
    leg: {
      thigh: model.thigh.length,
      shank: model.shank.length,
      hipRange: model.hipRange,
      kneeRange: model.kneeRange,
    },
    stanceHeight: model.stanceHeight,
    motorSpeed: model.motor.speedLimit,
  };
}

/** kg */
export function totalMass(model: RobotModel): number {
  const leg = model.thigh.mass + model.shank.mass + model.foot.mass + 2 * model.rotorMass;
  return model.trunk.mass + model.payload + model.legs.length * leg;
}
