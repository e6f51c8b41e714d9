/**
 * A Mini Pupper 2 behind rosbridge, as its ROS 2 software shows it (mangdangroboticsclub/mini_pupper_ros, `mini_pupper_driver`):
 * the servo interface, which goes by place and takes what it gets, the IMU interface, which has no orientation, and
 * gaitsmith's watchdog. Its servos report nothing.
 *
 * The body is ours ({@link LentBody}) with legs in the Pupper's proportions, {@link SCALE} times as long: it stands and walks
 * with the Pupper's angles, on stiffer springs, and cannot turn its legs outward. How a Pupper walks nobody should learn from it.
 */
import { NOMINAL_ROBOT, type RobotModel } from "../robot-model.ts";
import { CHAMP_DEFINITIONS, Champ } from "./champ.ts";
import { LentBody, type SensorReading } from "./lent-body.ts";
import { RosTypes } from "./message-type.ts";
import { rosTime } from "./message-values.ts";
import { type PretendedOptions, type PretendedRobot, serveWithWatchdog } from "./pretended-robot.ts";
import { PUPPER_JOINTS, PUPPER_LEG, PUPPER_STANCE } from "./pupper-geometry.ts";
import { type Publisher, RosGraph } from "./ros-graph.ts";
import { xyz } from "./telemetry-topics.ts";
import type { WatchdogWays } from "./watchdog-node.ts";

export interface MiniPupperOptions extends PretendedOptions {
  /** CHAMP's controller and state estimation run as well, as the robot's bringup starts them: {@link Champ}. */
  readonly champ?: boolean;
  /** Readings that the IMU is calibrated with before it says anything. Default 200, as the robot's. */
  readonly calibration?: number;
}

/** Our legs over the Pupper's. */
const SCALE = 0.17 / (PUPPER_LEG.thigh + PUPPER_LEG.shank);

const BODY: RobotModel = {
  ...NOMINAL_ROBOT,
  thigh: { ...NOMINAL_ROBOT.thigh, length: SCALE * PUPPER_LEG.thigh },
  shank: { ...NOMINAL_ROBOT.shank, length: SCALE * PUPPER_LEG.shank },
  // Servos with a little play in plastic legs: stiff, but they do not ring.
  spring: { stiffness: 12, damping: 0.3 },
  hipRange: PUPPER_LEG.hipRange,
  kneeRange: PUPPER_LEG.kneeRange,
  stanceHeight: SCALE * PUPPER_STANCE,
};

const TARGETS = "/joint_group_effort_controller/joint_trajectory";
const SERVOS = "/servo_interface";
const IMU = "/imu_interface";
/** Thighs back and shanks folded: the trunk on the floor. */
const LIE_DOWN = `joint-trajectory ${TARGETS}${" 0 2.35 -2.15".repeat(4)}`;
const PUPPER_WATCHDOG: WatchdogWays = { neutral: LIE_DOWN, settle: LIE_DOWN, cut: LIE_DOWN };

/** Where FR, FL, RR and RL are among left front, right front, left back and right back. */
const PLACES = [1, 0, 3, 2];
const GRAVITY = 9.80665;
/** A stream that has ceased for so long is over, and one that was shorter was no walk, s. */
const CEASED = 1;
const SHORTEST_WALK = 2;

/** The robot is standing: its servos hold from power-on. @throws LINK_UNAVAILABLE */
export async function openMiniPupper(options: MiniPupperOptions = {}): Promise<PretendedRobot> {
  const { variation = "mild", seed = 0, champ = false, calibration = 200, onWalked = () => {} } = options;
  const body = await LentBody.open(BODY, variation, seed);
  const graph = new RosGraph(new RosTypes(2, CHAMP_DEFINITIONS), () => body.rosTime);
  const pupper = new MiniPupper(graph, body, calibration, onWalked);
  await pupper.switchOn();
  const controller = champ ? new Champ(graph, TARGETS) : null;
  body.onReading((reading) => {
    pupper.onReading(reading);
    controller?.step();
  });
  return serveWithWatchdog(graph, body, { ...options, robot: "mini-pupper", ways: PUPPER_WATCHDOG });
}

class MiniPupper {
  readonly #body: LentBody;
  readonly #calibration: number;
  readonly #onWalked: (distance: number) => void;
  readonly #imu: Publisher;
  readonly #sums = new Float64Array(6);
  /** Of accelerometer and gyroscope, once it is calibrated. */
  #offsets: Float64Array | null = null;
  #readings = 0;
  /** Hip and knee, leg by leg, rad. */
  #targets: Float64Array;
  /** When the present stream of targets began and when the newest came, robot time, s. */
  #began = Number.NaN;
  #newest = Number.NaN;
  #beingPutRight = false;

  constructor(graph: RosGraph, body: LentBody, calibration: number, onWalked: (distance: number) => void) {
    this.#body = body;
    this.#calibration = calibration;
    this.#onWalked = onWalked;
    this.#targets = Float64Array.from({ length: 8 }, (_, joint) => PUPPER_JOINTS.stance[joint % 2]!);
    this.#imu = graph.advertise(IMU, "/imu/data", "sensor_msgs/Imu");
    const end = graph.subscribe(SERVOS, TARGETS, "trajectory_msgs/JointTrajectory", ({ message }) => {
      const [first] = message.points as readonly { readonly positions: readonly number[] }[];
      // It takes twelve numbers by place, and dies of a message that has fewer.
      if (first !== undefined && first.positions.length >= 12) this.#take(first.positions);
      else end();
    });
  }

  async switchOn(): Promise<void> {
    await this.#body.arm();
    this.#body.follow(this.#targets);
  }

  onReading({ time, acceleration, angularVelocity }: SensorReading): void {
    this.#publishImu(time, [...acceleration, ...angularVelocity]);
    const quiet = this.#body.time - this.#newest;
    if (quiet >= CEASED) {
      if (this.#newest - this.#began >= SHORTEST_WALK) this.#onWalked(this.#body.walked / SCALE);
      this.#newest = Number.NaN;
      this.#began = Number.NaN;
    }
    if (Number.isNaN(this.#newest) && this.#body.needsAPerson) void this.#beSetUp();
  }

  #take(positions: readonly number[]): void {
    PLACES.forEach((place, leg) => {
      this.#targets[2 * leg] = positions[3 * place + 1]!;
      this.#targets[2 * leg + 1] = positions[3 * place + 2]!;
    });
    const { time } = this.#body;
    if (Number.isNaN(this.#began)) {
      this.#began = time;
      this.#body.markStart();
    }
    this.#newest = time;
    this.#body.follow(this.#targets);
  }

  async #beSetUp(): Promise<void> {
    if (this.#beingPutRight) return;
    this.#beingPutRight = true;
    await this.#body.putRight();
    await this.switchOn();
    this.#beingPutRight = false;
  }

  #publishImu(time: number, felt: readonly number[]): void {
    this.#readings++;
    // It stands still meanwhile, or so it believes; the last of these readings is published.
    if (this.#offsets === null) {
      felt.forEach((value, index) => {
        this.#sums[index]! += value;
      });
      if (this.#readings < this.#calibration) return;
      this.#offsets = this.#sums.map((sum, index) => sum / this.#calibration - (index === 2 ? GRAVITY : 0));
    }
    const values = felt.map((value, index) => value - this.#offsets![index]!);
    this.#imu.publish({
      header: { stamp: rosTime(time), frame_id: "imu_link" },
      orientation: { x: 0, y: 0, z: 0, w: 1 },
      orientation_covariance: [-1, 0, 0, 0, 0, 0, 0, 0, 0],
      angular_velocity: xyz(values.slice(3)),
      linear_acceleration: xyz(values.slice(0, 3)),
    });
  }
}
