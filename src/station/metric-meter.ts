/**
 * Turns telemetry into the metrics of `config/metrics.ts`, from the start of measuring to now. Only measured channels
 * count: a robot's wishes are refused here once more. Nothing is allocated per frame.
 */
import type { HardwareConfig } from "../config/hardware-config.ts";
import { costOfTransport, type Metrics } from "../config/metrics.ts";
import { fail } from "../errors.ts";
import { type ChannelLayout, channelName, type TelemetryFrame } from "../robot/telemetry-frame.ts";
import { FootSlip } from "./foot-slip.ts";

/** A motor is at its speed limit from this share of it on. */
const AT_SPEED_LIMIT = 0.95;
/** It lags when it is this far from its target, rad. */
const LAG = 0.05;

export interface SpeedChannels {
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
}

/**
 * The channels that forward speed comes from; −1 where the distance is told after the walk.
 *
 * @throws ROBOT_MISMATCH when the robot lacks one, or when it is a wish and not a measurement
 */
export function speedChannels(layout: ChannelLayout, source: HardwareConfig["speedSource"]): SpeedChannels {
  if (source === "robot" || source === "operator") return { x: -1, y: -1, yaw: -1 };
  const names =
    source === "pose"
      ? { x: channelName.poseX, y: channelName.poseY, yaw: channelName.poseYaw }
      : { x: channelName.odometryX, y: channelName.odometryY, yaw: channelName.odometryYaw };
  const index = (name: string): number => {
    const channel = layout.channels[layout.indexOf(name)];
    if (channel?.source === "measured") return layout.indexOf(name);
    fail("ROBOT_MISMATCH", {
      what:
        channel === undefined
          ? `the robot does not report ${name}, which forward speed is to come from`
          : `${name} is commanded, not measured: the optimiser would maximise its own wish`,
      where: "telemetry.speed_source",
      remedy:
        "Name a measured source of forward speed: an external pose, or odometry from link-side encoders.",
    });
  };
  return { x: index(names.x), y: index(names.y), yaw: index(names.yaw) };
}

interface JointChannels {
  readonly jointVelocity: number;
  readonly motorVelocity: number;
  readonly motorPosition: number;
  readonly target: number;
  readonly torque: number;
  readonly temperature: number;
}

export class MetricMeter {
  readonly #config: HardwareConfig;
  readonly #speed: SpeedChannels;
  readonly #joints: readonly JointChannels[];
  readonly #hasTorques: boolean;
  /** Every motor's target, speed and position is reported, and the body says how fast it can be. */
  readonly #hasTargets: boolean;
  readonly #slip: FootSlip | null;
  readonly #roll: number;
  readonly #pitch: number;
  readonly #height: number;
  readonly #voltage: number;
  readonly #peakJointSpeed: Float64Array;
  readonly #peakMotorSpeed: Float64Array;
  /** Unit vector of the initial heading, from the frames seen while it stood. */
  #headingX = 0;
  #headingY = 0;
  readonly #tilt = new Mean();
  readonly #heightMean = new Mean();
  readonly #voltageMean = new Mean();
  #start = Number.NaN;
  #last = Number.NaN;
  #firstX = Number.NaN;
  #firstY = Number.NaN;
  #firstTime = Number.NaN;
  #lastX = Number.NaN;
  #lastY = Number.NaN;
  #lastTime = Number.NaN;
  #yaw = Number.NaN;
  #turned = 0;
  #tiltPeak = 0;
  #mechanicalPower = 0;
  #joulePower = 0;
  #mechanical = 0;
  #joule = 0;
  #torquePeak = 0;
  #temperaturePeak = Number.NaN;
  #saturated = 0;

  constructor(config: HardwareConfig, layout: ChannelLayout) {
    this.#config = config;
    this.#speed = speedChannels(layout, config.speedSource);
    this.#joints = config.robot.joints.map((joint) => ({
      jointVelocity: layout.indexOf(channelName.jointVelocity(joint)),
      motorVelocity: layout.indexOf(channelName.motorVelocity(joint)),
      motorPosition: layout.indexOf(channelName.motorPosition(joint)),
      target: layout.indexOf(channelName.motorTarget(joint)),
      torque: layout.indexOf(channelName.motorTorque(joint)),
      temperature: layout.indexOf(channelName.motorTemperature(joint)),
    }));
    this.#hasTorques = this.#joints.every(({ torque, motorVelocity }) => torque >= 0 && motorVelocity >= 0);
    // Without the body, how fast its motors are is not known either.
    this.#hasTargets =
      config.gait.body !== null &&
      this.#joints.every(
        ({ target, motorVelocity, motorPosition }) => target >= 0 && motorVelocity >= 0 && motorPosition >= 0,
      );
    this.#slip = FootSlip.of(config, layout, this.#speed);
    this.#roll = layout.indexOf(channelName.roll);
    this.#pitch = layout.indexOf(channelName.pitch);
    this.#height = layout.indexOf(channelName.height);
    this.#voltage = layout.indexOf(channelName.batteryVoltage);
    this.#peakJointSpeed = new Float64Array(this.#joints.length);
    this.#peakMotorSpeed = new Float64Array(this.#joints.length);
  }

  /** Forgets the last walk. */
  reset(): void {
    this.#headingX = 0;
    this.#headingY = 0;
    this.#start = Number.NaN;
  }

  /** Takes in a frame while the robot stands before its walk: the mean heading is the one that speed is measured along. */
  stand(frame: TelemetryFrame): void {
    const yaw = frame.values[this.#speed.yaw]!;
    if (!Number.isFinite(yaw)) return;
    this.#headingX += Math.cos(yaw);
    this.#headingY += Math.sin(yaw);
  }

  /** Metres along the walkway from the start line; NaN when unknown. */
  distance(frame: TelemetryFrame): number {
    return frame.values[this.#speed.x] ?? Number.NaN;
  }

  /** Seconds measured so far. */
  get time(): number {
    return this.#last - this.#start;
  }

  /** Starts measuring at this frame. */
  begin(frame: TelemetryFrame): void {
    const { values, tRobot } = frame;
    this.#start = tRobot;
    this.#last = tRobot;
    this.#firstX = Number.NaN;
    this.#lastX = Number.NaN;
    this.#yaw = values[this.#speed.yaw]!;
    this.#turned = 0;
    this.#tilt.reset();
    this.#heightMean.reset();
    this.#voltageMean.reset();
    this.#tiltPeak = 0;
    this.#mechanical = 0;
    this.#joule = 0;
    this.#torquePeak = 0;
    this.#temperaturePeak = Number.NaN;
    this.#saturated = 0;
    this.#peakJointSpeed.fill(0);
    this.#peakMotorSpeed.fill(0);
    this.#slip?.begin();
    this.#takePosition(values, tRobot);
    this.#takePowers(values, 0);
    this.#takeBody(values);
  }

  /** Takes in a frame while measuring. */
  add(frame: TelemetryFrame): void {
    const { values, tRobot } = frame;
    const dt = tRobot - this.#last;
    this.#last = tRobot;
    this.#takePosition(values, tRobot);
    this.#takePowers(values, dt);
    this.#takeBody(values);
    this.#slip?.add(values, dt);
  }

  /** The metrics so far. */
  read(): Metrics {
    const { mass } = this.#config.robot;
    const norm = Math.hypot(this.#headingX, this.#headingY);
    const [cosine, sine] = norm > 0 ? [this.#headingX / norm, this.#headingY / norm] : [1, 0];
    const [dx, dy] = [this.#lastX - this.#firstX, this.#lastY - this.#firstY];
    const elapsed = this.#lastTime - this.#firstTime;
    const forward = dx * cosine + dy * sine;
    // Without torques nothing is known of energy, and 0 J would be a claim.
    const mechanical = this.#hasTorques ? this.#mechanical : Number.NaN;
    const joule = this.#hasTorques ? this.#joule : Number.NaN;
    const energy = mechanical + joule;
    const duration = this.time;
    return {
      forward_speed: elapsed > 0 ? forward / elapsed : Number.NaN,
      lateral_drift: elapsed > 0 ? (dy * cosine - dx * sine) / elapsed : Number.NaN,
      yaw_drift: this.#speed.yaw < 0 ? Number.NaN : this.#turned / duration,
      tilt_rms: Math.sqrt(this.#tilt.value),
      tilt_peak: this.#tiltPeak,
      height_mean: this.#heightMean.value,
      mechanical_energy: mechanical,
      joule_energy: joule,
      energy,
      cost_of_transport: costOfTransport(energy, forward, mass),
      torque_peak: this.#hasTorques ? this.#torquePeak : Number.NaN,
      joint_motor_speed_ratio: this.#speedRatio(),
      saturation: this.#hasTargets ? this.#saturated / duration : Number.NaN,
      foot_slip: this.#slip?.mean ?? Number.NaN,
      battery_voltage: this.#voltageMean.value,
      motor_temperature_peak: this.#temperaturePeak,
      duration,
    };
  }

  #takePosition(values: Float64Array, tRobot: number): void {
    const x = values[this.#speed.x]!;
    const y = values[this.#speed.y]!;
    if (Number.isFinite(x) && Number.isFinite(y)) {
      if (Number.isNaN(this.#firstX)) {
        this.#firstX = x;
        this.#firstY = y;
        this.#firstTime = tRobot;
      }
      this.#lastX = x;
      this.#lastY = y;
      this.#lastTime = tRobot;
    }
    const yaw = values[this.#speed.yaw]!;
    if (!Number.isFinite(yaw)) return;
    // Yaw wraps at ±π; what was turned does not.
    if (Number.isFinite(this.#yaw))
      this.#turned += Math.atan2(Math.sin(yaw - this.#yaw), Math.cos(yaw - this.#yaw));
    this.#yaw = yaw;
  }

  /** Energies by the trapezoidal rule; a motor whose values are implausible counts nothing in that frame. */
  #takePowers(values: Float64Array, dt: number): void {
    const { jouleCoefficient } = this.#config.robot;
    const limit = AT_SPEED_LIMIT * (this.#config.gait.body?.motorSpeed ?? Number.NaN);
    let mechanical = 0;
    let joule = 0;
    let saturated = false;
    for (let index = 0; index < this.#joints.length; index++) {
      const channels = this.#joints[index]!;
      const torque = values[channels.torque]!;
      const speed = values[channels.motorVelocity]!;
      if (torque * speed > 0) mechanical += torque * speed;
      if (torque * torque > 0) joule += jouleCoefficient * torque * torque;
      if (Math.abs(torque) > this.#torquePeak) this.#torquePeak = Math.abs(torque);
      const linkSpeed = Math.abs(values[channels.jointVelocity]!);
      if (linkSpeed > this.#peakJointSpeed[index]!) this.#peakJointSpeed[index] = linkSpeed;
      if (Math.abs(speed) > this.#peakMotorSpeed[index]!) this.#peakMotorSpeed[index] = Math.abs(speed);
      const lag = values[channels.target]! - values[channels.motorPosition]!;
      if (Math.abs(lag) > LAG && Math.abs(speed) >= limit && lag * speed > 0) saturated = true;
      const temperature = values[channels.temperature]!;
      if (!(temperature <= this.#temperaturePeak) && Number.isFinite(temperature))
        this.#temperaturePeak = temperature;
    }
    this.#mechanical += (dt * (mechanical + this.#mechanicalPower)) / 2;
    this.#joule += (dt * (joule + this.#joulePower)) / 2;
    this.#mechanicalPower = mechanical;
    this.#joulePower = joule;
    if (saturated) this.#saturated += dt;
  }

  #takeBody(values: Float64Array): void {
    const tilt = Math.acos(Math.cos(values[this.#roll]!) * Math.cos(values[this.#pitch]!));
    this.#tilt.add(tilt * tilt);
    if (tilt > this.#tiltPeak) this.#tiltPeak = tilt;
    this.#heightMean.add(values[this.#height]!);
    this.#voltageMean.add(values[this.#voltage]!);
  }

  #speedRatio(): number {
    let largest = Number.NaN;
    for (let index = 0; index < this.#joints.length; index++) {
      const ratio = this.#peakJointSpeed[index]! / this.#peakMotorSpeed[index]!;
      if (Number.isFinite(ratio) && !(ratio <= largest)) largest = ratio;
    }
    return largest;
  }
}

/** The mean of the finite values seen; NaN when there were none. */
class Mean {
  #sum = 0;
  #count = 0;

  add(value: number | undefined): void {
    if (value === undefined || !Number.isFinite(value)) return;
    this.#sum += value;
    this.#count++;
  }

  get value(): number {
    return this.#count > 0 ? this.#sum / this.#count : Number.NaN;
  }

  reset(): void {
    this.#sum = 0;
    this.#count = 0;
  }
}
