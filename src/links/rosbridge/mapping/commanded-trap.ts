/**
 * Odometry that is only the command, integrated. A robot without encoders may publish joint states that are its own
 * targets, and odometry computed from them: as a reward, the optimiser would maximise its own wish. CHAMP does it
 * (github.com/chvmp/champ): its controller publishes `joint_states` and `foot_contacts` from targets and gait phase, its
 * state estimation integrates those into `odom/raw`, and an EKF smooths that into `odom`.
 */
import type { TopicMapping } from "../../../config/rosbridge-link.ts";
import { shortType } from "./ros-types.ts";
import { absolute, isBridge, type ServerGraph } from "./server-graph.ts";

export interface KnownTrap {
  readonly topic: RegExp;
  /** Only when one of the publishers is called like this; null: whoever publishes it. */
  readonly node: RegExp | null;
  readonly because: string;
}

/** Topics that are known to be commanded, by name. */
export const commandedTrap: readonly KnownTrap[] = [
  {
    topic: /(?:^|\/)odom\/raw$/u,
    node: null,
    because:
      "CHAMP integrates `odom/raw` from joint states and foot contacts that, on a robot without encoders, are its own targets and gait phase",
  },
  {
    topic: /(?:^|\/)(?:joint_states|foot_contacts)(?:\/raw)?$/u,
    node: /champ|quadruped_controller/u,
    because: "CHAMP's controller publishes its own targets and gait phase there",
  },
];

/** What somebody else is to do: targets for joints. */
const TARGET_TYPES = new Set(["trajectory_msgs/JointTrajectory"]);
const TARGET_NAMES = /(?:^|[/_])(?:commands?|targets?|setpoints?|joint_trajectory)$/u;
/** Whoever only looks on. */
const SPECTATORS = /record|rosbag|rqt|rviz|plotjuggler|foxglove|state_publisher/u;
/** What says where the joints or the robot are. */
const STATE_TYPES = new Set([
  "sensor_msgs/JointState",
  "champ_msgs/ContactsStamped",
  "nav_msgs/Odometry",
  "geometry_msgs/PoseStamped",
  "geometry_msgs/PoseWithCovarianceStamped",
  "geometry_msgs/TwistWithCovarianceStamped",
  "geometry_msgs/TransformStamped",
]);
/** From joint states to odometry to an EKF's odometry is two. */
const DEEPEST = 4;

export interface Suspicion {
  /** `certain`: it cannot be measured. `possible`: from outside nothing says that it is. */
  readonly degree: "certain" | "possible";
  readonly because: string;
}

/**
 * @param commands topics that we publish: targets, velocities
 * @returns why the topic's values are commands and not measurements; null: nothing says so
 */
export async function suspicionAbout(
  graph: ServerGraph,
  topic: string,
  commands: readonly string[],
): Promise<Suspicion | null> {
  const types = (await graph.topics()) ?? new Map<string, string>();
  const certain = await commandedBecause(graph, types, absolute(topic), DEEPEST);
  if (certain !== null) return { degree: "certain", because: certain };
  for (const command of commands) {
    const takers = (await others(graph.subscribers(command))) ?? [];
    const publishers = (await others(graph.publishers(topic))) ?? [];
    const [only] = takers;
    if (takers.length !== 1 || only === undefined || !publishers.includes(only)) continue;
    const inputs = (await graph.node(only))?.subscribing.map(absolute) ?? [];
    // One that hears nothing but commands either has the hardware behind it, or echoes.
    if (inputs.some((input) => STATE_TYPES.has(shortType(types.get(input) ?? "")))) continue;
    return {
      degree: "possible",
      because: `${only} takes ${absolute(command)} and publishes ${absolute(topic)} without hearing of the robot from another node: it has the encoders itself, or it echoes what it was told`,
    };
  }
  return null;
}

/** Without a server: what the name alone says. */
export function knownByName(mapping: Pick<TopicMapping, "topic">): string | null {
  const known = commandedTrap.find(({ topic, node }) => node === null && topic.test(mapping.topic));
  return known?.because ?? null;
}

async function commandedBecause(
  graph: ServerGraph,
  types: ReadonlyMap<string, string>,
  topic: string,
  depth: number,
): Promise<string | null> {
  const publishers = (await others(graph.publishers(topic))) ?? [];
  const known = commandedTrap.find(
    (trap) =>
      trap.topic.test(topic) &&
      (trap.node === null || publishers.some((node) => trap.node?.test(node) === true)),
  );
  if (known !== undefined) return known.because;
  if (publishers.length === 0 || depth === 0) return null;
  const reasons: string[] = [];
  for (const node of publishers) {
    const reason = await nodeCommands(graph, types, node, topic, depth);
    if (reason === null) return null;
    reasons.push(reason);
  }
  return reasons[0] ?? null;
}

/** Why what this node says about the robot comes from commands alone. */
async function nodeCommands(
  graph: ServerGraph,
  types: ReadonlyMap<string, string>,
  node: string,
  topic: string,
  depth: number,
): Promise<string | null> {
  const details = await graph.node(node);
  if (details === null) return null;
  const inputs = details.subscribing
    .map(absolute)
    .filter((input) => input !== topic && STATE_TYPES.has(shortType(types.get(input) ?? "")));
  if (inputs.length > 0) {
    const reasons: string[] = [];
    for (const input of inputs) {
      const reason = await commandedBecause(graph, types, input, depth - 1);
      // One independent source is enough to learn something about the robot.
      if (reason === null) return null;
      reasons.push(`${node} computes ${topic} from ${input}, and ${reason}`);
    }
    return reasons[0] ?? null;
  }
  for (const target of details.publishing.map(absolute)) {
    if (!TARGET_TYPES.has(shortType(types.get(target) ?? "")) && !TARGET_NAMES.test(target)) continue;
    const obeying = ((await others(graph.subscribers(target))) ?? []).filter(
      (other) => other !== node && !SPECTATORS.test(other),
    );
    if (obeying.length > 0)
      return `${node} publishes ${topic} as well as the targets ${target} that ${obeying.join(", ")} carries out, and hears of the joints from nobody`;
  }
  return null;
}

async function others(nodes: Promise<readonly string[] | null>): Promise<readonly string[] | null> {
  return (await nodes)?.filter((node) => !isBridge(node)) ?? null;
}
