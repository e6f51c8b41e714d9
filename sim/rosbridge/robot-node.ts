/** The robot's own node: publishes its telemetry and speaks the node conversation in front of any {@link Body}. */
import type { MessageOf } from "../../firmware-protocol/codec/message-table.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import type { Command } from "../../src/robot/command.ts";
import type { Capabilities, RobotEvent, StopLevel } from "../../src/robot/robot.ts";
import type { TelemetryFrame } from "../../src/robot/telemetry-frame.ts";
import type { FirmwareState } from "../firmware.ts";
import { hashOf, hashText, ParameterSets } from "../serial/parameter-sets.ts";
import type { Body } from "../serial/protocol-server.ts";
import { ConversationNode } from "./conversation-node.ts";
import type { ConversationSettings, Request, RequestOutcome } from "./node-conversation.ts";
import type { NodeCommand, RefusalCode } from "./node-messages.ts";
import type { RosGraph } from "./ros-graph.ts";
import { telemetryTopics } from "./telemetry-topics.ts";

export interface RobotNodeOptions {
  readonly graph: RosGraph;
  readonly body: Body;
  readonly capabilities: Capabilities;
  /** What stamps arrivals; in lockstep the manual clock that the body moves. */
  readonly clock: Clock;
  /** Differs from start to start. */
  readonly boot: string;
  readonly namespace: string;
  readonly times: Pick<ConversationSettings, "settleAfter" | "cutAfter" | "leaseAfter">;
  /** How far ROS time is ahead of the body's own, s; default not at all. Somebody may set it, in real time. */
  readonly clockAhead?: () => number;
}

const NODE = "/robot";
const COMMANDS = ["hello", "time", "acquire-lease", "release-lease", "arm", "disarm", "stop"];
const GAIT_COMMANDS = ["stage", "commit", "start", "parameters", "store"];

export class RobotNode {
  readonly #options: RobotNodeOptions;
  readonly #conversation: ConversationNode;
  readonly #sets = new ParameterSets();
  readonly #publishFrame: (frame: TelemetryFrame) => void;
  /** The arrival clock minus the robot's, s; whole ticks in lockstep. */
  readonly #clockOffset: number;
  /** The frame that `advance` has just delivered. */
  #delivered: { readonly seq: number; readonly time: number; readonly arrival: number } | null = null;

  /** The body is open; its listeners belong to the node. */
  constructor(options: RobotNodeOptions) {
    const { graph, body, capabilities, namespace, clock } = options;
    this.#options = options;
    this.#clockOffset = clock.now() - body.time;
    this.#publishFrame = telemetryTopics(graph, NODE, capabilities);
    this.#conversation = new ConversationNode({
      ...{ graph, node: NODE, namespace },
      settings: settingsOf(options),
      // While its process stands still a robot's time does too, so that it is no silence; in lockstep leases lapse all the same.
      now: () => ({
        steady: capabilities.clock === "lockstep" ? systemClock.now() : body.time,
        clock: this.#rosTime(body.time),
      }),
      actor: {
        stop: (level) => void body.stop(level),
        carryOut: (request) => this.#carryOut(request),
        state: () => ({ state: body.state, hash: this.#activeHash }),
      },
    });
    if (!capabilities.runsGait) this.#takeTargets();
    body.onFrame((frame) => this.#onFrame(frame));
    body.onEvent((event) => this.#onEvent(event));
    this.#conversation.begin();
  }

  close(): void {
    this.#conversation.close();
  }

  /** @param time of the body, s */
  #rosTime(time: number): number {
    return time + (this.#options.clockAhead?.() ?? 0);
  }

  get #activeHash(): string | null {
    const { active } = this.#sets;
    return active === null ? null : hashText(hashOf(active));
  }

  #onFrame(frame: TelemetryFrame): void {
    const { seq, tRobot, tArrival } = frame;
    this.#delivered = { seq, time: tRobot, arrival: tArrival - this.#clockOffset };
    this.#publishFrame({ ...frame, tRobot: this.#rosTime(tRobot) });
    this.#conversation.tick();
  }

  async #carryOut({ command, level, softer }: Request): Promise<RequestOutcome> {
    const { body } = this.#options;
    switch (command.kind) {
      case "stop": {
        // A firmware never softens a stop either: it may as well hear of it.
        const { confirmed, tRobot } = await body.stop(level);
        if (!confirmed && !softer) return { accepted: false, reason: "the robot did not confirm" };
        const time = this.#rosTime(confirmed ? tRobot : body.time);
        const fields = { level: levelInForce(body.state), time };
        return { accepted: true, fields: { ...fields, carryOver: body.carryOver() } };
      }
      case "place":
        return this.#place(command);
      case "advance": {
        this.#delivered = null;
        await body.advance();
        return {
          accepted: true,
          fields: { frame: this.#delivered, time: body.time, carryOver: body.carryOver() },
        };
      }
      case "stage":
        return this.#stage(command);
      case "commit":
        return this.#commit(command);
      case "parameters":
        return { accepted: true, fields: { parameters: this.#sets.active } };
      case "store":
        if (!this.#sets.store())
          return { accepted: false, code: "order", reason: "no parameter set is committed" };
        return { accepted: true };
      case "arm":
      case "start":
        return this.#obey({ kind: command.kind }, "order");
      case "disarm": {
        const outcome = await this.#obey({ kind: "disarm" }, "order");
        return { ...outcome, fields: { carryOver: body.carryOver() } };
      }
      default:
        return { accepted: false, code: "unknown", reason: `${command.kind} is not for robots` };
    }
  }

  async #place({ fields }: NodeCommand): Promise<RequestOutcome> {
    const { seed, suggestion, carryOver } = fields;
    if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(suggestion))
      return { accepted: false, code: "range", reason: "seed and suggestion are integers" };
    const { body } = this.#options;
    await body.place({
      seed: seed as number,
      suggestion: suggestion as number,
      carryOver: carryOver ?? null,
    });
    await this.#sets.restart((command) => body.send(command));
    return { accepted: true, fields: { time: body.time, carryOver: body.carryOver() } };
  }

  async #stage({ fields }: NodeCommand): Promise<RequestOutcome> {
    const part = stagePart(fields);
    const offer = part === null ? null : this.#sets.collect(part);
    if (offer === null)
      return {
        accepted: false,
        code: "range",
        reason: "gait, values, rampIn or rampOut is missing or no such thing",
      };
    if ("code" in offer) return { accepted: false, code: "range", reason: `${offer.field}: ${offer.reason}` };
    const { accepted, reason, hash } = await this.#options.body.send({ kind: "stage", ...offer });
    if (!accepted) return { accepted, code: "range", reason };
    this.#sets.stage(offer);
    return { accepted, fields: { hash } };
  }

  async #commit({ fields }: NodeCommand): Promise<RequestOutcome> {
    const { hash } = fields;
    const { staged } = this.#sets;
    const other = staged !== null && hash !== hashText(hashOf(staged));
    const outcome = await this.#obey({ kind: "commit", hash: String(hash) }, other ? "hash" : "order");
    if (outcome.accepted) this.#sets.commit();
    return outcome;
  }

  async #obey(command: Command, code: RefusalCode): Promise<RequestOutcome> {
    const { accepted, reason } = await this.#options.body.send(command);
    return accepted ? { accepted } : { accepted, code, reason };
  }

  /** Robots without a gait of their own: joint targets, rad, in the order of their joints. */
  #takeTargets(): void {
    const { graph, body, capabilities } = this.#options;
    const { joints } = capabilities;
    const take = (positions: ArrayLike<number>): void => {
      if (!this.#conversation.armed || positions.length !== joints.length) return;
      void body.send({ kind: "targets", positions: Float64Array.from(positions) });
    };
    graph.subscribe(NODE, "/joint_targets", "std_msgs/Float64MultiArray", ({ message }) =>
      take(message.data as number[]),
    );
    graph.subscribe(NODE, "/joint_trajectory", "trajectory_msgs/JointTrajectory", ({ message }) => {
      const { joint_names, points } = message as { joint_names: string[]; points: { positions: number[] }[] };
      const positions = points.at(-1)?.positions ?? [];
      take(joints.map((joint) => positions[joint_names.indexOf(joint)] ?? Number.NaN));
    });
  }

  #onEvent(event: RobotEvent): void {
    // A link that is lost is noticed at its other end, and so is a clock that was set.
    if (event.kind === "link-lost" || event.kind === "clock-set") return;
    if (event.kind === "rebooted") void this.#sets.restart((command) => this.#options.body.send(command));
    this.#conversation.tell(event);
  }
}

function settingsOf({ capabilities, boot, times }: RobotNodeOptions): ConversationSettings {
  const { robotId, firmware, joints, runsGait, returnsByItself, clock, telemetryRate } = capabilities;
  const commands = [
    ...COMMANDS,
    ...(runsGait ? GAIT_COMMANDS : []),
    ...(returnsByItself ? ["place"] : []),
    ...(clock === "lockstep" ? ["advance"] : []),
  ];
  const introduction = { robot: robotId, firmware, boot, joints, runsGait, returnsByItself, clock, commands };
  return { ...times, firstStop: "settle", introduction: { ...introduction, rate: telemetryRate } };
}

/** A set comes in one piece here; on the serial line in several. @returns null when fields are missing or wrong */
function stagePart({ gait, values, rampIn, rampOut }: NodeCommand["fields"]): MessageOf<"stage"> | null {
  if (typeof gait !== "string" || typeof rampIn !== "number" || typeof rampOut !== "number") return null;
  if (!Array.isArray(values)) return null;
  const pairs = values as readonly unknown[];
  const right = pairs.every(
    (pair) => Array.isArray(pair) && typeof pair[0] === "string" && typeof pair[1] === "number",
  );
  if (!right) return null;
  return { kind: "stage", gait, rampIn, rampOut, part: 0, parts: 1, values: pairs as [string, number][] };
}

/** The hardest stop in force, by what the robot does now. */
function levelInForce(state: FirmwareState): StopLevel {
  return state === "off" ? "cut" : state === "settling" ? "settle" : "neutral";
}
