/**
 * Writes a robot and its ground as MJCF. Every motor is a rotor hinge of its own on the trunk, coupled to its link
 * by a fixed tendon that acts as the series spring:
 *
 *     hip spring:   θ_hip − q_hip
 *     knee spring:  θ_knee − q_hip − q_knee      (the knee is driven against the trunk through parallel rods)
 *
 * A slope is a turned gravity, which is the same physics and leaves the floor where it is.
 */
import type { Ground, MotorModel, RobotModel } from "./robot-model.ts";
import { type HeightField, heightField } from "./terrain.ts";

/** Physics step, s. */
export const PHYSICS_STEP = 0.002;
/** m/s² */
export const GRAVITY = 9.81;

/** Torsional and rolling friction, as MuJoCo's defaults; without effect on condim-3 contacts. */
const SPIN_FRICTION = "0.005 0.0001";

export function mjcf(robot: RobotModel, ground: Ground): string {
  const field = ground.roughness > 0 ? heightField(ground.roughness) : null;
  const legs = robot.legs.map((name) => new LegWriter(robot, name, ground.friction));
  const lines = (part: (leg: LegWriter) => string): string => legs.map(part).join("\n");
  return `<mujoco model="elastic_quadruped">
<compiler angle="radian" autolimits="true"/>
<option timestep="${PHYSICS_STEP}" gravity="0 0 ${-GRAVITY}" integrator="implicitfast" cone="elliptic"
  impratio="10" jacobian="dense"/>
${field === null ? "" : `<asset>${heightFieldAsset(field)}</asset>`}
<worldbody>
${floor(ground, field)}
<body name="trunk" pos="0 0 ${standingHeight(robot)}">
<freejoint/>
<geom name="trunk" type="box" size="${robot.trunk.halfSize.join(" ")}" mass="${robot.trunk.mass}"
  contype="1" conaffinity="2"/>
${payload(robot)}
<site name="imu"/>
${lines((leg) => leg.bodies())}
</body>
</worldbody>
<tendon>
${lines((leg) => leg.springs())}
</tendon>
<actuator>
${lines((leg) => leg.motors())}
</actuator>
<sensor>
<accelerometer site="imu"/>
<gyro site="imu"/>
${lines((leg) => leg.touch())}
</sensor>
</mujoco>
`;
}

/** Height of the trunk's centre when the robot stands in its neutral stance on unloaded springs, m. */
export function standingHeight(robot: RobotModel): number {
  return robot.stanceHeight + robot.foot.radius;
}

function floor(ground: Ground, field: HeightField | null): string {
  const contact = `friction="${ground.friction} ${SPIN_FRICTION}" contype="2" conaffinity="1"`;
  if (field === null) return `<geom name="floor" type="plane" size="0 0 1" ${contact}/>`;
  // The field's mid-height is the level of the plane it replaces.
  return `<geom name="floor" type="hfield" hfield="ground" pos="${field.centreX} 0 ${-field.peak / 2}" ${contact}/>`;
}

function heightFieldAsset(field: HeightField): string {
  const size = `${field.halfLength} ${field.halfWidth} ${field.peak} 0.05`;
  const elevation = field.elevation.map((value) => value.toFixed(3)).join(" ");
  return `<hfield name="ground" nrow="${field.rows}" ncol="${field.columns}" size="${size}" elevation="${elevation}"/>`;
}

function payload(robot: RobotModel): string {
  if (robot.payload === 0) return "";
  const height = robot.trunk.halfSize[2] + 0.02;
  return `<geom name="payload" type="box" pos="0 0 ${height}" size="0.06 0.04 0.02" mass="${robot.payload}"
  contype="0" conaffinity="0"/>`;
}

/** The MJCF of one leg, in the parts where MJCF wants it. */
class LegWriter {
  readonly #robot: RobotModel;
  readonly #name: RobotModel["legs"][number];
  readonly #friction: number;
  /** Share of the full strength of springs and motors. */
  readonly #strength: number;

  constructor(robot: RobotModel, name: RobotModel["legs"][number], friction: number) {
    this.#robot = robot;
    this.#name = name;
    this.#friction = friction;
    this.#strength = robot.lameness[name] ?? 1;
  }

  bodies(): string {
    const { hip, thigh, shank, foot, hipRange, kneeRange } = this.#robot;
    const name = this.#name;
    const x = name[0] === "F" ? hip.x : -hip.x;
    const y = name[1] === "L" ? hip.y : -hip.y;
    return `${this.#rotor("hip", x, y)}
${this.#rotor("knee", x, y)}
<body name="${name}_thigh" pos="${x} ${y} 0">
${this.#hinge("hip", hipRange)}
<geom type="capsule" fromto="0 0 0 0 0 ${-thigh.length}" size="${thigh.radius}" mass="${thigh.mass}"
  contype="0" conaffinity="0"/>
<body name="${name}_shank" pos="0 0 ${-thigh.length}">
${this.#hinge("knee", kneeRange)}
<geom type="capsule" fromto="0 0 0 0 0 ${-shank.length}" size="${shank.radius}" mass="${shank.mass}"
  contype="0" conaffinity="0"/>
<geom name="${name}_foot" type="sphere" pos="0 0 ${-shank.length}" size="${foot.radius}" mass="${foot.mass}"
  friction="${this.#friction} ${SPIN_FRICTION}" condim="3" contype="1" conaffinity="2" solref="0.01 1"/>
<site name="${name}_foot" pos="0 0 ${-shank.length}" size="${foot.radius + 0.002}"/>
</body>
</body>`;
  }

  springs(): string {
    const spring = this.#robot.spring;
    const attributes = `stiffness="${spring.stiffness * this.#strength}" damping="${spring.damping}" springlength="0"`;
    const name = this.#name;
    return `<fixed name="${name}_hip_spring" ${attributes}>
<joint joint="${name}_hip_m" coef="1"/><joint joint="${name}_hip" coef="-1"/>
</fixed>
<fixed name="${name}_knee_spring" ${attributes}>
<joint joint="${name}_knee_m" coef="1"/><joint joint="${name}_hip" coef="-1"/><joint joint="${name}_knee" coef="-1"/>
</fixed>`;
  }

  motors(): string {
    return `${this.#motor("hip", this.#robot.motor)}\n${this.#motor("knee", this.#robot.motor)}`;
  }

  touch(): string {
    return `<touch name="${this.#name}_touch" site="${this.#name}_foot"/>`;
  }

  #rotor(joint: string, x: number, y: number): string {
    const { rotorMass, motor } = this.#robot;
    // Beside the trunk's middle plane, inside the trunk: their mass belongs to it, and they touch nothing.
    return `<body name="${this.#name}_${joint}_rotor" pos="${x} ${0.6 * y} 0.02">
<inertial pos="0 0 0" mass="${rotorMass}" diaginertia="1e-5 1e-5 1e-5"/>
<joint name="${this.#name}_${joint}_m" axis="0 1 0" armature="${motor.armature}" damping="${motor.damping}" solimpfriction="0.999 0.9999 0.001"/>
</body>`;
  }

  #hinge(joint: string, range: readonly [number, number]): string {
    const { damping, friction } = this.#robot.joint;
    return `<joint name="${this.#name}_${joint}" axis="0 1 0" damping="${damping}" frictionloss="${friction}"
  range="${range.join(" ")}"/>`;
  }

  #motor(joint: string, motor: MotorModel): string {
    const limit = motor.torqueLimit * this.#strength;
    return `<position name="${this.#name}_${joint}" joint="${this.#name}_${joint}_m" kp="${motor.kp}" kv="${motor.kd}"
  forcerange="${-limit} ${limit}"/>`;
  }
}
