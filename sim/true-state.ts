/** What is really so, for judging and for tests. Nothing here reaches a telemetry frame but through a sensor model. */
import type { Physics } from "./physics.ts";

export interface TrueState {
  /** Seconds since the walk's reset. */
  readonly time: number;
  /** The trunk's centre from the start line, m: forward, left, up from the ground. */
  readonly x: number;
  readonly y: number;
  readonly height: number;
  /** rad; roll and pitch against gravity, yaw against the start line. */
  readonly roll: number;
  readonly pitch: number;
  readonly yaw: number;
  /** Angle between the trunk's vertical and gravity, rad. */
  readonly tilt: number;
}

/** Trunk angles against gravity as an ideal inertial unit has them. Rotation order yaw, pitch, roll. */
export function trunkAngles(physics: Physics): { roll: number; pitch: number; yaw: number; tilt: number } {
  const [x, y, z] = physics.down;
  const down = ([0, 1, 2] as const).map(
    (axis) => x * physics.rotation(0, axis) + y * physics.rotation(1, axis) + z * physics.rotation(2, axis),
  ) as [number, number, number];
  return {
    roll: Math.atan2(-down[1], -down[2]),
    pitch: Math.asin(Math.min(1, Math.max(-1, down[0]))),
    yaw: Math.atan2(physics.rotation(1, 0), physics.rotation(0, 0)),
    tilt: Math.acos(Math.min(1, Math.max(-1, -down[2]))),
  };
}

export function trueState(physics: Physics): TrueState {
  return {
    time: physics.time,
    x: physics.position(0),
    y: physics.position(1),
    height: physics.position(2),
    ...trunkAngles(physics),
  };
}
