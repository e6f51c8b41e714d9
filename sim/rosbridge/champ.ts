/**
 * CHAMP beside the Mini Pupper (chvmp/champ, `champ_base` of its ros2 branch, as mini_pupper_bringup starts it): the controller
 * publishes its own targets as /joint_states and its gait's phase as /foot_contacts, since no servo reports anything; the
 * state estimation makes /odom/raw of the two, and an EKF /odom of that. So all of them say what was wished for.
 *
 * The gait here is our trot with CHAMP's numbers, the odometry ours (`sim/leg-odometry.ts`).
 */
import type { GaitController } from "../../src/gait/gait.ts";
import { gaitNamed } from "../../src/gait/gaits.ts";
import { forwardKinematics } from "../../src/gait/leg-kinematics.ts";
import { neutralStance } from "../../src/gait/neutral-stance.ts";
import { CONTROL_PERIOD } from "../firmware.ts";
import { LegOdometry } from "../leg-odometry.ts";
import { PUPPER_BODY, PUPPER_JOINTS, PUPPER_LEG } from "./pupper-geometry.ts";
import type { Publisher, RosGraph } from "./ros-graph.ts";

export const CHAMP_DEFINITIONS = {
  "champ_msgs/ContactsStamped": "std_msgs/Header header\nbool[] contacts",
} as const;

const CONTROLLER = "/quadruped_controller_node";
const ESTIMATION = "/state_estimation_node";
const FILTER = "/footprint_to_odom_ekf";
/** stance_duration, s; swing_height, m; max_linear_velocity_x, m/s: gait.yaml of mini_pupper_2 */
const STANCE = 0.2;
const SWING_HEIGHT = 0.017;
const FASTEST = 0.15;
/** Of the odometry over that of the controller. */
const ODOMETRY_EVERY = 2;
/** FR, FL, RR, RL among left front, right front, left back, right back. */
const PLACES = [1, 0, 3, 2];

export class Champ {
  readonly #graph: RosGraph;
  readonly #publishers: Readonly<Record<"targets" | "joints" | "contacts" | "raw" | "odometry", Publisher>>;
  readonly #odometry = new LegOdometry({ body: PUPPER_BODY, hipX: 0.058, hipY: 0.0432, footRadius: 0 });
  /** Hip and knee, leg by leg, rad. */
  readonly #targets = neutralStance(PUPPER_BODY);
  #velocity = 0;
  #gait: GaitController | null = null;
  #steps = 0;
  /** What the state estimation has heard last. */
  #positions: readonly number[] = [];
  #contacts: readonly boolean[] = [];

  constructor(graph: RosGraph, targets: string) {
    this.#graph = graph;
    this.#publishers = {
      targets: graph.advertise(CONTROLLER, targets, "trajectory_msgs/JointTrajectory"),
      joints: graph.advertise(CONTROLLER, "/joint_states", "sensor_msgs/JointState"),
      contacts: graph.advertise(CONTROLLER, "/foot_contacts", "champ_msgs/ContactsStamped"),
      raw: graph.advertise(ESTIMATION, "/odom/raw", "nav_msgs/Odometry"),
      odometry: graph.advertise(FILTER, "/odom", "nav_msgs/Odometry"),
    };
    graph.subscribe(CONTROLLER, "/cmd_vel", "geometry_msgs/Twist", ({ message }) =>
      this.#command((message.linear as { readonly x: number }).x),
    );
    graph.subscribe(ESTIMATION, "/joint_states", "sensor_msgs/JointState", ({ message }) => {
      this.#positions = message.position as number[];
    });
    graph.subscribe(ESTIMATION, "/foot_contacts", "champ_msgs/ContactsStamped", ({ message }) => {
      this.#contacts = message.contacts as boolean[];
    });
    graph.subscribe(FILTER, "/odom/raw", "nav_msgs/Odometry", ({ message }) =>
      this.#publishers.odometry.publish(message),
    );
  }

  /** One control period: it streams its targets whether it walks or stands. */
  step(): void {
    this.#gait?.step(CONTROL_PERIOD, this.#targets);
    const { targets, joints, contacts } = this.#publishers;
    const stamp = this.#graph.now();
    const positions = PLACES.flatMap((leg) => [0, this.#targets[2 * leg]!, this.#targets[2 * leg + 1]!]);
    contacts.publish({ header: { stamp }, contacts: PLACES.map((leg) => this.#stands(leg)) });
    const { names } = PUPPER_JOINTS;
    targets.publish({
      joint_names: names,
      points: [{ positions, time_from_start: { sec: 0, nsec: 16_666_667 } }],
    });
    joints.publish({ header: { stamp }, name: names, position: positions });
    if (++this.#steps % ODOMETRY_EVERY === 0) this.#estimate();
  }

  #command(velocity: number): void {
    const wished = Math.max(-FASTEST, Math.min(FASTEST, velocity));
    if (wished === this.#velocity) return;
    this.#velocity = wished;
    this.#targets.set(neutralStance(PUPPER_BODY));
    const frequency = 1 / (2 * STANCE);
    this.#gait =
      wished === 0
        ? null
        : gaitNamed("foot-cpg:trot").start(
            {
              ground_clearance: SWING_HEIGHT,
              ground_penetration: 0,
              step_length: (wished * STANCE) / 2,
              swing_frequency: frequency,
              stance_frequency: frequency,
            },
            PUPPER_BODY,
          );
  }

  #stands(leg: number): boolean {
    const foot = { x: 0, z: 0 };
    forwardKinematics(PUPPER_LEG, { hip: this.#targets[2 * leg]!, knee: this.#targets[2 * leg + 1]! }, foot);
    return foot.z < 1e-6 - PUPPER_BODY.stanceHeight;
  }

  #estimate(): void {
    const angles = PLACES.flatMap((place) => [
      this.#positions[3 * place + 1]!,
      this.#positions[3 * place + 2]!,
    ]);
    const contacts = PLACES.map((place) => (this.#contacts[place] === true ? 1 : 0));
    this.#odometry.update(angles, contacts, 0, 0, 0);
    this.#publishers.raw.publish({
      header: { stamp: this.#graph.now(), frame_id: "odom" },
      child_frame_id: "base_footprint",
      pose: {
        pose: {
          position: { x: this.#odometry.x, y: this.#odometry.y, z: 0 },
          orientation: { x: 0, y: 0, z: 0, w: 1 },
        },
      },
    });
  }
}
