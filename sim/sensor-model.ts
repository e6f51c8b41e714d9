/**
 * Everything that is imperfect about the robot's senses and its radio, as numbers. Noise is given as a standard
 * deviation per sample at the telemetry rate.
 */
export interface SensorModel {
  readonly imu: {
    /** White noise and the spread of the constant bias per walk, rad/s and m/s². */
    readonly gyroNoise: number;
    readonly gyroBias: number;
    readonly accelerationNoise: number;
    readonly accelerationBias: number;
    /** Roll and pitch estimates wander by this much, rad, over this long, s, and are noisy, rad. */
    readonly tiltWander: number;
    readonly tiltWanderTime: number;
    readonly angleNoise: number;
  };
  readonly encoder: {
    /** Ticks per turn of the joint. */
    readonly ticks: number;
    /** Jitter of the reading, rad. */
    readonly noise: number;
  };
  readonly torque: { readonly noise: number; readonly quantum: number };
  readonly current: { readonly noise: number; readonly quantum: number };
  readonly temperature: { readonly noise: number; readonly quantum: number };
  readonly voltage: { readonly noise: number; readonly quantum: number };
  /** Force at which a foot switch closes, and at which it opens again, N. */
  readonly contact: { readonly close: number; readonly open: number };
  /** Motion capture or tags. */
  readonly pose: {
    /** m and rad */
    readonly positionNoise: number;
    readonly positionQuantum: number;
    readonly yawNoise: number;
    /** Frames are this much older than the rest of the telemetry, s. */
    readonly latency: number;
    /** Spread of the camera's own misalignment with the walkway, rad per walk. */
    readonly alignment: number;
  };
}

export interface TelemetryModel {
  /** Hz. The control rate is a whole multiple. */
  readonly rate: number;
  /** From sampling to arrival: at least this, s. */
  readonly latency: number;
  /** Added to it, exponentially distributed with this mean, s. Frames never overtake one another. */
  readonly jitter: number;
  /** Share of frames that never arrive. */
  readonly loss: number;
}

const DEGREE = Math.PI / 180;

export const NOMINAL_SENSORS: SensorModel = {
  imu: {
    gyroNoise: 0.01,
    gyroBias: 0.004,
    accelerationNoise: 0.08,
    accelerationBias: 0.05,
    tiltWander: 0.4 * DEGREE,
    tiltWanderTime: 2,
    angleNoise: 0.05 * DEGREE,
  },
  encoder: { ticks: 16_384, noise: 0.0002 },
  torque: { noise: 0.02, quantum: 0.005 },
  current: { noise: 0.04, quantum: 0.01 },
  temperature: { noise: 0.15, quantum: 0.1 },
  voltage: { noise: 0.01, quantum: 0.01 },
  contact: { close: 1.5, open: 0.75 },
  pose: {
    positionNoise: 0.0015,
    positionQuantum: 0.001,
    yawNoise: 0.4 * DEGREE,
    latency: 0.03,
    alignment: 0.5 * DEGREE,
  },
};

export const NOMINAL_TELEMETRY: TelemetryModel = { rate: 100, latency: 0.015, jitter: 0.003, loss: 0.005 };

/** A wire: every frame arrives at once. */
export const PERFECT_TELEMETRY: TelemetryModel = { rate: 100, latency: 0, jitter: 0, loss: 0 };
