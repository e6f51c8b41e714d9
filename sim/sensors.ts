/** The robot's senses: turns the plant's true state into what a frame says, with noise, bias, steps and age. */
import type { Placement } from "../src/robot/robot.ts";
import { CONTROL_PERIOD, CONTROL_RATE } from "./firmware.ts";
import { LegOdometry } from "./leg-odometry.ts";
import type { Plant } from "./plant.ts";
import { type RandomStream, randomStream } from "./random.ts";
import { bodyGeometry } from "./robot-model.ts";
import type { SensorModel } from "./sensor-model.ts";
import { trunkAngles } from "./true-state.ts";

const AXES = [0, 1, 2] as const;

/** The true pose on its way through the cameras. */
interface CapturedPose {
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly yaw: number;
}

export class Sensors {
  readonly #plant: Plant;
  readonly #model: SensorModel;
  readonly #odometry: LegOdometry;
  readonly #link: Encoders;
  readonly #motor: Encoders;
  readonly #contact: Uint8Array;
  #random: RandomStream = randomStream("unplaced");
  #gyroBias: number[] = [];
  #accelerationBias: number[] = [];
  /** Slowly wandering errors of roll and pitch, rad. */
  #wander = [0, 0];
  /** What integrating the gyro's bias and noise has added to yaw, rad. */
  #yawDrift = 0;
  #yawAtStart = 0;
  #alignment = 0;
  #captured: CapturedPose[] = [];
  #imu = { roll: 0, pitch: 0, yaw: 0 };

  constructor(plant: Plant, model: SensorModel) {
    this.#plant = plant;
    this.#model = model;
    const { robot } = plant.physics;
    this.#odometry = new LegOdometry({
      body: bodyGeometry(robot),
      hipX: robot.hip.x,
      hipY: robot.hip.y,
      footRadius: robot.foot.radius,
    });
    this.#link = new Encoders(plant.physics.joints, model.encoder);
    this.#motor = new Encoders(plant.physics.joints, model.encoder);
    this.#contact = new Uint8Array(robot.legs.length);
  }

  /** Starts a walk: draws the biases and zeroes odometry and yaw, as a robot does on its start line. */
  reset(key: Pick<Placement, "seed" | "suggestion">): void {
    const { imu, pose } = this.#model;
    this.#random = randomStream(key.seed, key.suggestion, "sensors");
    const normal = (deviation: number): number => deviation * this.#random.normal();
    this.#gyroBias = AXES.map(() => normal(imu.gyroBias));
    this.#accelerationBias = AXES.map(() => normal(imu.accelerationBias));
    this.#wander = [normal(imu.tiltWander), normal(imu.tiltWander)];
    this.#alignment = normal(pose.alignment);
    this.#yawDrift = 0;
    this.#yawAtStart = trunkAngles(this.#plant.physics).yaw;
    this.#captured = [];
    this.#link.reset();
    this.#motor.reset();
    this.#contact.fill(0);
    this.#odometry.reset();
  }

  /** Once per control period, after the physics: what the robot's computer reads from its sensors. */
  sample(): void {
    const { physics } = this.#plant;
    this.#link.sample((joint) => physics.jointPosition(joint), this.#random);
    this.#motor.sample((motor) => physics.motorPosition(motor), this.#random);
    for (let leg = 0; leg < this.#contact.length; leg++) {
      const { close, open } = this.#model.contact;
      const threshold = this.#contact[leg] === 1 ? open : close;
      this.#contact[leg] = physics.footForce(leg) > threshold ? 1 : 0;
    }
    this.#sampleAngles();
    this.#capturePose();
    const { roll, pitch, yaw } = this.#imu;
    this.#odometry.update(this.#link.positions, this.#contact, roll, pitch, yaw);
  }

  /** Writes a frame's values in the order of `simulatedLayout`. @param stopButton whether it is pressed */
  read(values: Float64Array, stopButton: boolean): void {
    const { physics, battery, heat } = this.#plant;
    const { imu, pose, torque, current, temperature, voltage } = this.#model;
    const normal = (deviation: number): number => deviation * this.#random.normal();
    let index = 0;
    const put = (value: number): void => {
      values[index++] = value;
    };
    const noisy = (value: number, { noise, quantum }: { noise: number; quantum: number }): void =>
      put(quantised(value + normal(noise), quantum));

    put(this.#imu.roll);
    put(this.#imu.pitch);
    put(this.#imu.yaw);
    for (const axis of AXES)
      put(physics.angularVelocity(axis) + this.#gyroBias[axis]! + normal(imu.gyroNoise));
    for (const axis of AXES)
      put(physics.acceleration(axis) + this.#accelerationBias[axis]! + normal(imu.accelerationNoise));

    const seen = this.#captured[0] ?? { x: 0, y: 0, height: 0, yaw: 0 };
    const [cosine, sine] = [Math.cos(this.#alignment), Math.sin(this.#alignment)];
    const camera = { noise: pose.positionNoise, quantum: pose.positionQuantum };
    noisy(seen.height, camera);
    noisy(seen.x * cosine - seen.y * sine, camera);
    noisy(seen.x * sine + seen.y * cosine, camera);
    put(seen.yaw + this.#alignment + normal(pose.yawNoise));

    put(this.#odometry.x);
    put(this.#odometry.y);
    put(this.#imu.yaw);
    for (const encoders of [this.#link, this.#motor]) {
      encoders.positions.forEach(put);
      encoders.velocities.forEach(put);
    }
    const { joints } = physics;
    for (let motor = 0; motor < joints; motor++) put(this.#plant.motorTarget(motor));
    for (let motor = 0; motor < joints; motor++) noisy(physics.motorTorque(motor), torque);
    const { torqueConstant } = physics.robot.motor;
    for (let motor = 0; motor < joints; motor++) noisy(physics.motorTorque(motor) / torqueConstant, current);
    for (let motor = 0; motor < joints; motor++) noisy(heat.temperature(motor), temperature);
    this.#contact.forEach(put);
    noisy(battery.voltage, voltage);
    noisy(battery.current, current);
    put(stopButton ? 1 : 0);
  }

  #sampleAngles(): void {
    const { imu } = this.#model;
    const share = CONTROL_PERIOD / imu.tiltWanderTime;
    for (const axis of [0, 1])
      this.#wander[axis] =
        this.#wander[axis]! * (1 - share) + imu.tiltWander * Math.sqrt(2 * share) * this.#random.normal();
    // Yaw has no gravity to lean on: it is the gyro's integral, with its bias and noise.
    this.#yawDrift += (this.#gyroBias[2]! + imu.gyroNoise * this.#random.normal()) * CONTROL_PERIOD;
    const truth = trunkAngles(this.#plant.physics);
    this.#imu.roll = truth.roll + this.#wander[0]! + imu.angleNoise * this.#random.normal();
    this.#imu.pitch = truth.pitch + this.#wander[1]! + imu.angleNoise * this.#random.normal();
    this.#imu.yaw = truth.yaw - this.#yawAtStart + this.#yawDrift + imu.angleNoise * this.#random.normal();
  }

  #capturePose(): void {
    const { physics } = this.#plant;
    this.#captured.push({
      x: physics.position(0),
      y: physics.position(1),
      height: physics.position(2),
      yaw: trunkAngles(physics).yaw,
    });
    if (this.#captured.length > 1 + Math.round(this.#model.pose.latency * CONTROL_RATE))
      this.#captured.shift();
  }
}

/** Absolute encoders, and the velocities a drive derives from them: the difference over one control period. */
class Encoders {
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
  readonly #quantum: number;
  readonly #noise: number;
  #known = false;

  constructor(count: number, model: SensorModel["encoder"]) {
    this.positions = new Float64Array(count);
    this.velocities = new Float64Array(count);
    this.#quantum = (2 * Math.PI) / model.ticks;
    this.#noise = model.noise;
  }

  reset(): void {
    this.#known = false;
    this.velocities.fill(0);
  }

  sample(angle: (index: number) => number, random: RandomStream): void {
    for (let index = 0; index < this.positions.length; index++) {
      const position = quantised(angle(index) + this.#noise * random.normal(), this.#quantum);
      if (this.#known) this.velocities[index] = (position - this.positions[index]!) / CONTROL_PERIOD;
      this.positions[index] = position;
    }
    this.#known = true;
  }
}

function quantised(value: number, quantum: number): number {
  return quantum > 0 ? Math.round(value / quantum) * quantum : value;
}
