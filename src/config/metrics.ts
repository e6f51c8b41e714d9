/**
 * The metrics: named physical quantities the station computes from telemetry, from the start of measuring to a
 * report's step. A reward expression may use these names and no others.
 */
export interface MetricSpec {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
}

export const METRICS = [
  {
    name: "forward_speed",
    unit: "m/s",
    description: "mean speed along the initial heading, from the configured measured source",
  },
  { name: "lateral_drift", unit: "m/s", description: "mean sideways speed, left positive" },
  { name: "yaw_drift", unit: "rad/s", description: "mean turning rate, left positive" },
  { name: "tilt_rms", unit: "rad", description: "root mean square of the trunk's tilt" },
  { name: "tilt_peak", unit: "rad", description: "largest tilt of the trunk" },
  { name: "height_mean", unit: "m", description: "mean trunk height" },
  { name: "mechanical_energy", unit: "J", description: "positive mechanical work of all motors" },
  { name: "joule_energy", unit: "J", description: "heat in the motor windings" },
  { name: "energy", unit: "J", description: "mechanical_energy + joule_energy" },
  {
    name: "cost_of_transport",
    unit: "",
    description: "energy / (mass · g · distance forward); large when it hardly moves",
  },
  { name: "torque_peak", unit: "N·m", description: "largest motor torque" },
  {
    name: "joint_motor_speed_ratio",
    unit: "",
    description: "peak link-side speed over peak motor-side speed, largest joint",
  },
  {
    name: "saturation",
    unit: "",
    description: "share of time a motor lags its target at its speed limit, NaN of a robot's own gait",
  },
  {
    name: "foot_slip",
    unit: "m/s",
    description: "mean speed of feet in contact relative to the ground, NaN where contacts are not measured",
  },
  { name: "battery_voltage", unit: "V", description: "mean battery voltage" },
  { name: "motor_temperature_peak", unit: "°C", description: "hottest motor" },
  { name: "duration", unit: "s", description: "time measured" },
] as const satisfies readonly MetricSpec[];

export type MetricName = (typeof METRICS)[number]["name"];

/** Value per metric; NaN where the robot cannot measure it. */
export type Metrics = Readonly<Record<MetricName, number>>;

const GRAVITY = 9.81;
/** Cost of transport is energy over at least this distance, m: a robot that stands still has a large one, not infinity. */
const SHORTEST_DISTANCE = 1e-3;

/**
 * @param energy J; NaN when it is not known, and so is the cost then
 * @param forward distance forwards, m
 * @param mass kg
 */
export function costOfTransport(energy: number, forward: number, mass: number): number {
  return energy / (mass * GRAVITY * Math.max(forward, SHORTEST_DISTANCE));
}
