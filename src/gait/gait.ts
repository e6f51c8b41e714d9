/**
 * What a gait controller is: parameters → joint targets over time. Controllers are open loop: the same parameters
 * and time steps give the same targets, on the robot, in the simulator and in the firmware library.
 */

/** Values of a gait's parameters in SI units, by name. */
export type GaitParameters = Readonly<Record<string, number>>;

export interface GaitParameterSpec {
  readonly name: string;
  /** SI unit, "" for a ratio. */
  readonly unit: string;
  /** The range a new robot starts with. */
  readonly low: number;
  readonly high: number;
  readonly description: string;
  /**
   * By so much, in its unit, it has to change before the walk is expected to be another one; what a search knows beforehand.
   * Absent: nobody knows.
   */
  readonly lengthscale?: (body: BodyGeometry) => number;
}

/** A planar two-link leg hanging from its hip; both angles 0 when it hangs straight down. */
export interface LegGeometry {
  /** Length of the thigh and of the shank, m. */
  readonly thigh: number;
  readonly shank: number;
  /** Hip angle range, rad, positive swings the foot backward (rotation about +y). */
  readonly hipRange: readonly [number, number];
  /** Knee angle range, rad, relative to the thigh. */
  readonly kneeRange: readonly [number, number];
}

/** What a controller must know of the robot's body. */
export interface BodyGeometry {
  /** Leg names in the controller's order: FR, FL, RR, RL. */
  readonly legs: readonly [string, string, string, string];
  readonly leg: LegGeometry;
  /** Height of the hip above the foot in the neutral stance, m. */
  readonly stanceHeight: number;
  /** Fastest the motor can move its joint, rad/s; asking for more is saturation, not an error. */
  readonly motorSpeed: number;
}

export interface Feasibility {
  readonly feasible: boolean;
  /** One sentence per violation ("foot 3 mm beyond reach at mid-swing"); empty when feasible. */
  readonly reasons: readonly string[];
  /** Peak target speed over the motor's speed; above 1 the motors cannot follow exactly, which is allowed. */
  readonly saturation: number;
}

/** A running controller. Joint order is leg by leg in {@link BodyGeometry.legs}: hip, knee. */
export interface GaitController {
  /** Seconds since the start. */
  readonly time: number;
  /**
   * Advances by one control period and writes the joint targets.
   *
   * @param dt control period, s, > 0
   * @param targets rad, one per joint, overwritten
   */
  step(dt: number, targets: Float64Array): void;
}

/** A kind of gait: one file per algorithm. */
export interface Gait {
  readonly name: string;
  readonly parameters: readonly GaitParameterSpec[];
  /** Joint targets of the neutral stance, rad. */
  neutral(body: BodyGeometry): Float64Array;
  /** Whether every target over a full cycle is within reach and joint range. Pure and deterministic. */
  check(parameters: GaitParameters, body: BodyGeometry): Feasibility;
  start(parameters: GaitParameters, body: BodyGeometry): GaitController;
}
