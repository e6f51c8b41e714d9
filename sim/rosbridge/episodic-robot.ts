/**
 * A ROS 1 robot that walks in episodes, behind rosbridge: /robot/enable_motors, set_ctrl, run_episode, stand and relax, as
 * `hardware-configs/episodic-ros1.yaml` describes them, with gaitsmith's watchdog beside it. Its body is the simulated robot, on
 * stiffer springs and straighter legs, so that most of that config's gaits keep within its limits.
 *
 * `run_episode` answers when the episode is over or something ended it, with the distance along the heading at its start.
 */
import type { BodyGeometry } from "../../src/gait/gait.ts";
import { GaitMotion } from "../../src/gait/gait-motion.ts";
import { neutralStance } from "../../src/gait/neutral-stance.ts";
import { quaternionOf } from "../../src/robot/orientation.ts";
import { CONTROL_PERIOD } from "../firmware.ts";
import { bodyGeometry, NOMINAL_ROBOT, type RobotModel } from "../robot-model.ts";
import { ctrlProblem, EpisodicGait } from "./episodic-gait.ts";
import { LentBody, type SensorReading } from "./lent-body.ts";
import { RosTypes } from "./message-type.ts";
import { type RosMessage, rosTime } from "./message-values.ts";
import { type PretendedOptions, type PretendedRobot, serveWithWatchdog } from "./pretended-robot.ts";
import { type Publisher, RosGraph } from "./ros-graph.ts";
import { UNMEASURED, xyz } from "./telemetry-topics.ts";
import type { WatchdogWays } from "./watchdog-node.ts";

const NODE = "/robot";
const SERVICES = {
  "my_robot_msgs/SetCtrl": ["float64[] ctrl", "bool success\nstring message"],
  "my_robot_msgs/RunEpisode": ["float64 duration", "bool success\nstring message\nfloat64 distance"],
} as const;
const EPISODIC_WATCHDOG: WatchdogWays = {
  neutral: "trigger /robot/stand",
  settle: "trigger /robot/relax",
  cut: "set-bool-false /robot/enable_motors",
};

const BODY: RobotModel = {
  ...NOMINAL_ROBOT,
  spring: { stiffness: 8, damping: 0.3 },
  stanceHeight: 0.15,
};
const JOINTS = NOMINAL_ROBOT.legs.flatMap((leg) => [`${leg}_hip`, `${leg}_knee`]);
/** Into the gait and out of it again, both within the episode, s. */
const RAMP = 0.5;
/** s */
const LONGEST_EPISODE = 60;
/** Rising takes this long at least, s, and is never faster than this, rad/s. */
const SHORTEST_RISE = 0.4;
const RISE_SPEED = 1.5;
/** A pack of four cells; the body's has three. */
const CELLS = 4 / 3;
const BATTERY_EVERY = 100;
/** A robot without torque that lies on the floor is put right after this, s. */
const HELPED_AFTER = 1;

/** Without torque, standing. @throws LINK_UNAVAILABLE */
export async function openEpisodicRobot(options: PretendedOptions = {}): Promise<PretendedRobot> {
  const { variation = "mild", seed = 0 } = options;
  const body = await LentBody.open(BODY, variation, seed);
  const graph = new RosGraph(new RosTypes(1, {}, SERVICES), () => body.rosTime);
  const robot = new EpisodicRobot(graph, body, options.onWalked ?? (() => {}));
  body.onReading((reading) => robot.onReading(reading));
  return serveWithWatchdog(graph, body, { ...options, robot: "episodic-ros1", ways: EPISODIC_WATCHDOG });
}

interface Episode {
  /** s since it began, and when it ramps out */
  elapsed: number;
  readonly duration: number;
  /** What ended it before its time. */
  ended: string;
  readonly answer: (response: RosMessage) => void;
}

class EpisodicRobot {
  readonly #body: LentBody;
  readonly #onWalked: (distance: number) => void;
  readonly #geometry: BodyGeometry = bodyGeometry(BODY);
  readonly #neutral = neutralStance(this.#geometry);
  readonly #motion = new GaitMotion(this.#neutral);
  readonly #publishers: Readonly<Record<"joints" | "battery" | "imu", Publisher>>;
  #ctrl: readonly number[] | null = null;
  #episode: Episode | null = null;
  /** Whoever had it rise is told that it stands, or that it does not. */
  #onStanding: (stands: boolean) => void = () => {};
  #positions: readonly number[] = [];
  #readings = 0;
  #offSince = 0;
  #beingPutRight = false;

  constructor(graph: RosGraph, body: LentBody, onWalked: (distance: number) => void) {
    this.#body = body;
    this.#onWalked = onWalked;
    this.#publishers = {
      joints: graph.advertise(NODE, "/joint_states", "sensor_msgs/JointState"),
      battery: graph.advertise(NODE, "/battery_state", "sensor_msgs/BatteryState"),
      imu: graph.advertise(NODE, "/imu/data", "sensor_msgs/Imu"),
    };
    const provide = (
      name: string,
      type: string,
      call: (request: RosMessage) => RosMessage | Promise<RosMessage>,
    ) => graph.provide(NODE, `${NODE}/${name}`, type, call);
    provide("enable_motors", "std_srvs/SetBool", ({ data }) =>
      data === true ? this.#enable() : this.#lose("the motors were disabled", () => body.cut()),
    );
    provide("set_ctrl", "my_robot_msgs/SetCtrl", ({ ctrl }) => this.#setCtrl(Array.from(ctrl as number[])));
    provide("run_episode", "my_robot_msgs/RunEpisode", ({ duration }) => this.#run(duration as number));
    provide("stand", "std_srvs/Trigger", () => this.#stand());
    provide("relax", "std_srvs/Trigger", () => this.#lose("relaxed", () => body.settle()));
  }

  onReading(reading: SensorReading): void {
    this.#positions = reading.positions;
    if (this.#body.state === "standing") this.#move();
    else this.#rest();
    this.#publish(reading);
  }

  #move(): void {
    const episode = this.#episode;
    this.#motion.step(CONTROL_PERIOD);
    this.#body.follow(this.#motion.targets);
    if (episode !== null) {
      episode.elapsed += CONTROL_PERIOD;
      if (this.#motion.state === "walking" && episode.elapsed >= episode.duration - RAMP) this.#rampOut();
    }
    if (this.#motion.state !== "standing") return;
    this.#onStanding(true);
    this.#end(true);
  }

  /** Without torque, or on the way there: the person comes when it has come to rest. */
  #rest(): void {
    this.#end(false);
    const body = this.#body;
    if (body.state !== "off") this.#offSince = body.time;
    if (body.time - this.#offSince < HELPED_AFTER || this.#beingPutRight || !body.needsAPerson) return;
    this.#beingPutRight = true;
    void body.putRight().then(() => {
      this.#beingPutRight = false;
    });
  }

  async #enable(): Promise<RosMessage> {
    if (this.#body.state === "standing") return yes();
    if (this.#body.state !== "off") return no("it is still relaxing");
    if (this.#beingPutRight) return no("somebody holds it");
    const reason = await this.#body.arm();
    if (reason !== "") return no(reason);
    const farthest = Math.max(
      ...this.#positions.map((angle, joint) => Math.abs(angle - this.#neutral[joint]!)),
    );
    this.#motion.rise(
      Float64Array.from(this.#positions),
      Math.max(SHORTEST_RISE, (1.5 * farthest) / RISE_SPEED),
    );
    const stands = await new Promise<boolean>((resolve) => {
      this.#onStanding = resolve;
    });
    return stands ? yes() : no("it was stopped while it rose");
  }

  /** No torque any more. */
  #lose(why: string, stop: () => void): RosMessage {
    stop();
    this.#offSince = this.#body.time;
    this.#onStanding(false);
    if (this.#episode !== null) this.#episode.ended = why;
    this.#end(false);
    return yes();
  }

  #setCtrl(ctrl: readonly number[]): RosMessage {
    const problem = this.#episode === null ? ctrlProblem(ctrl) : "it is walking";
    if (problem !== "") return no(problem);
    this.#ctrl = ctrl;
    return yes();
  }

  #run(duration: number): RosMessage | Promise<RosMessage> {
    const refuse = (message: string): RosMessage => ({ ...no(message), distance: 0 });
    if (this.#episode !== null) return refuse("it is walking");
    if (this.#body.state !== "standing" || this.#motion.state !== "standing")
      return refuse("the motors are not enabled");
    if (!(duration > 2 * RAMP && duration <= LONGEST_EPISODE))
      return refuse(`an episode lasts ${2 * RAMP} to ${LONGEST_EPISODE} s, not ${duration} s`);
    if (this.#ctrl === null) return refuse("set_ctrl has not been called");
    this.#motion.walk(new EpisodicGait(this.#ctrl, this.#geometry), RAMP);
    this.#body.markStart();
    return new Promise((answer) => {
      this.#episode = { elapsed: 0, duration, ended: "", answer };
    });
  }

  #stand(): RosMessage {
    if (this.#episode !== null && this.#motion.state === "walking") {
      this.#episode.ended = "it was told to stand";
      this.#rampOut();
    }
    return yes();
  }

  #rampOut(): void {
    this.#motion.rampOut(RAMP);
  }

  /** Answers whoever asked for the episode. */
  #end(success: boolean): void {
    const episode = this.#episode;
    if (episode === null) return;
    this.#episode = null;
    const distance = this.#body.walked;
    this.#onWalked(distance);
    episode.answer({ success, message: episode.ended, distance });
  }

  #publish({
    time,
    positions,
    velocities,
    voltage,
    attitude,
    angularVelocity,
    acceleration,
  }: SensorReading): void {
    const { joints, battery, imu } = this.#publishers;
    const header = { stamp: rosTime(time) };
    joints.publish({ header, name: JOINTS, position: positions, velocity: velocities });
    if (this.#readings++ % BATTERY_EVERY === 0)
      battery.publish({ header, ...UNMEASURED, voltage: CELLS * voltage, present: true });
    imu.publish({
      header: { ...header, frame_id: "trunk" },
      orientation: quaternionOf(...attitude),
      angular_velocity: xyz(angularVelocity),
      linear_acceleration: xyz(acceleration),
    });
  }
}

function yes(): RosMessage {
  return { success: true, message: "" };
}

function no(message: string): RosMessage {
  return { success: false, message };
}
