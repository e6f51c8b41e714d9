/**
 * gaitsmith's watchdog beside a robot that has a controller of its own, as `examples/ros1` and `examples/ros2` start it: it
 * demands keepalives while the robot is armed, and in silence does what its parameters name.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { StopLevel } from "../../src/robot/robot.ts";
import { ConversationNode } from "./conversation-node.ts";
import {
  type ConversationSettings,
  type Request,
  type RequestOutcome,
  USUAL_TIMES,
} from "./node-conversation.ts";
import type { RosGraph } from "./ros-graph.ts";

/** How the robot is stopped, in the words of the node's parameters: `trigger /sit`, `joint-trajectory /topic 0.5 -1`. */
export type WatchdogWays = Readonly<Record<StopLevel, string>>;

export interface WatchdogNodeOptions {
  readonly graph: RosGraph;
  /** Robot's clock, s; it is never set. */
  readonly clock: () => number;
  /** `robot.id` of the config. */
  readonly robot: string;
  readonly ways: WatchdogWays;
  /** Differs from start to start. */
  readonly boot: string;
  /** Default `/gaitsmith`. */
  readonly namespace?: string;
  readonly times?: Partial<Pick<ConversationSettings, "settleAfter" | "cutAfter" | "leaseAfter">>;
}

/** Does it. @returns "" or why it failed */
type Way = () => Promise<string>;

const NODE = "/gaitsmith_watchdog";
const COMMANDS = ["hello", "time", "acquire-lease", "release-lease", "arm", "disarm", "stop"];
/** A message that nothing confirms is said so often, so far apart, ms. */
const TIMES = 5;
const APART = 20;
/** A service has this long, ms. */
const WITHIN = 500;
/** A cut that failed is tried again after so long, ms. */
const CUT_AGAIN = 100;

export class WatchdogNode {
  readonly #ways: Readonly<Record<StopLevel, Way>>;
  readonly #conversation: ConversationNode;
  #standing = false;
  #closed = false;

  constructor(options: WatchdogNodeOptions) {
    const { graph, clock, robot, ways, boot, namespace = "/gaitsmith", times } = options;
    this.#ways = {
      neutral: wayOf(graph, ways.neutral),
      settle: wayOf(graph, ways.settle),
      cut: wayOf(graph, ways.cut),
    };
    this.#conversation = new ConversationNode({
      ...{ graph, node: NODE, namespace },
      settings: {
        ...USUAL_TIMES,
        ...times,
        firstStop: "neutral",
        introduction: {
          ...{ robot, boot, firmware: "gaitsmith_watchdog", clock: "realtime", commands: COMMANDS },
          ...{ joints: [], runsGait: false, returnsByItself: false, rate: 0 },
        },
      },
      // In one process with the robot: while that stands still it is no silence.
      now: () => ({ steady: clock(), clock: clock() }),
      actor: {
        stop: (level) => void this.#insist(level),
        carryOut: (request) => this.#carryOut(request),
        state: () => ({ state: this.#standing ? "standing" : "off", hash: null }),
      },
    });
    this.#conversation.begin();
  }

  close(): void {
    this.#closed = true;
    this.#conversation.close();
  }

  async #carryOut({ command, level }: Request): Promise<RequestOutcome> {
    switch (command.kind) {
      case "stop": {
        const reason = await this.#stop(level);
        return { accepted: reason === "", reason };
      }
      case "arm":
      case "disarm":
        this.#standing = command.kind === "arm";
        return { accepted: true };
      default:
        return { accepted: false, code: "unknown", reason: `${command.kind} is not for watchdogs` };
    }
  }

  /** A stop that fails is followed by the cut, and a cut is tried until it is done. */
  async #insist(level: StopLevel): Promise<void> {
    let reason = await this.#stop(level);
    while (reason !== "" && !this.#closed) {
      this.#conversation.tell({ kind: "fault", code: "STOP_FAILED", reason });
      if (level === "cut") await pause(CUT_AGAIN);
      reason = await this.#stop("cut");
    }
  }

  async #stop(level: StopLevel): Promise<string> {
    const reason = await this.#ways[level]();
    if (reason === "" && level !== "neutral") this.#standing = false;
    return reason;
  }
}

/** @throws RangeError for words that are none of `watchdog.py`'s, as far as they are known here */
function wayOf(graph: RosGraph, text: string): Way {
  const [way, name = "", ...angles] = text.split(/\s+/u);
  switch (way) {
    case "nothing":
      return () => Promise.resolve("");
    case "trigger":
      return () => call(graph, name, {});
    case "set-bool-true":
    case "set-bool-false":
      return () => call(graph, name, { data: way === "set-bool-true" });
    case "joint-trajectory":
      return trajectory(graph, name, angles.map(Number));
    default:
      throw new RangeError(`"${text}" does not say how a robot is stopped`);
  }
}

async function call(graph: RosGraph, name: string, request: Record<string, unknown>): Promise<string> {
  const service = graph.service(name);
  if (service === null) return `no service ${name}`;
  const late = pause(WITHIN, null);
  const response = await Promise.race([service.call(request), late]);
  if (response === null) return `${name} did not answer within ${(WITHIN / 1000).toFixed(1)} s`;
  return response.success === true ? "" : `${name}: ${String(response.message || "it says no")}`;
}

function trajectory(graph: RosGraph, topic: string, positions: readonly number[]): Way {
  const publisher = graph.advertise(NODE, topic, "trajectory_msgs/JointTrajectory");
  const point = { positions, time_from_start: { sec: 0, nsec: 500_000_000 } };
  return async () => {
    if (graph.subscribersOf(topic).length === 0) return `nobody listens to ${topic}`;
    for (let time = 0; time < TIMES; time++) {
      publisher.publish({ points: [point] });
      await pause(APART);
    }
    return "";
  };
}
