/** The robot's own node: publishes its telemetry and speaks the node conversation in front of any {@link Body}. */
import type { MessageOf } from "../../firmware-protocol/codec/message-table.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import { describeError } from "../../src/errors.ts";
import type { Command } from "../../src/robot/command.ts";
import type { Capabilities, RobotEvent, StopLevel } from "../../src/robot/robot.ts";
import type { TelemetryFrame } from "../../src/robot/telemetry-frame.ts";
import type { FirmwareState } from "../firmware.ts";
import { hashOf, hashText, ParameterSets } from "../serial/parameter-sets.ts";
import type { Body } from "../serial/protocol-server.ts";
import {
  type ConversationSettings,
  type Moment,
  NodeConversation,
  type Reaction,
  type Request,
  type RequestOutcome,
} from "./node-conversation.ts";
import type { NodeCommand, NodeEvent, RefusalCode } from "./node-messages.ts";
import type { Publication, Publisher, RosGraph } from "./ros-graph.ts";
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
}

const NODE = "/robot";
const TEXT = "std_msgs/String";
const COMMANDS = ["hello", "time", "acquire-lease", "release-lease", "arm", "disarm", "stop"];
const GAIT_COMMANDS = ["stage", "commit", "start"];
/** The dead-man is looked at this often, ms. */
const TICK = 10;
/** State is published this often, s. */
const STATE_PERIOD = 0.1;
/** Events are published this often, in real time this far apart, ms: nobody asks for one that was lost. */
const EVENT_COPIES = 3;
const EVENT_SPACING = 20;

export class RobotNode {
  readonly #options: RobotNodeOptions;
  readonly #lockstep: boolean;
  readonly #conversation: NodeConversation;
  readonly #sets = new ParameterSets();
  readonly #publishFrame: (frame: TelemetryFrame) => void;
  readonly #answers: Publisher;
  readonly #states: Publisher;
  readonly #events: Publisher;
  readonly #timers: NodeJS.Timeout[] = [];
  /** The arrival clock minus the robot's, s; whole ticks in lockstep. */
  readonly #clockOffset: number;
  #lastState = "";
  #lastStateAt = Number.NEGATIVE_INFINITY;
  /** The frame that `advance` has just delivered. */
  #delivered: { readonly seq: number; readonly time: number; readonly arrival: number } | null = null;

  /** The body is open; its listeners belong to the node. */
  constructor(options: RobotNodeOptions) {
    const { graph, body, capabilities, namespace, clock } = options;
    this.#options = options;
    this.#lockstep = capabilities.clock === "lockstep";
    this.#clockOffset = clock.now() - body.time;
    this.#conversation = new NodeConversation(settingsOf(options));
    this.#publishFrame = telemetryTopics(graph, NODE, capabilities);
    this.#answers = graph.advertise(NODE, `${namespace}/answer`, TEXT);
    this.#states = graph.advertise(NODE, `${namespace}/state`, TEXT, { latch: true });
    this.#events = graph.advertise(NODE, `${namespace}/event`, TEXT);
    const now = (): Moment => this.#now;
    graph.subscribe(NODE, `${namespace}/command`, TEXT, (publication) =>
      this.#react(this.#conversation.onCommand(textOf(publication), now())),
    );
    graph.subscribe(NODE, `${namespace}/keepalive`, TEXT, (publication) =>
      this.#conversation.onKeepalive(textOf(publication), now()),
    );
    if (!capabilities.runsGait) this.#takeTargets();
    body.onFrame((frame) => this.#onFrame(frame));
    body.onEvent((event) => this.#onEvent(event));
    this.#publishState();
    if (this.#lockstep) return;
    this.#timers.push(setInterval(() => this.#tick(), TICK));
  }

  close(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
  }

  /** While its process stands still a robot's time does too, so that it is no silence; in lockstep leases lapse all the same. */
  get #now(): Moment {
    const { time } = this.#options.body;
    return { steady: this.#lockstep ? systemClock.now() : time, clock: time };
  }

  #onFrame(frame: TelemetryFrame): void {
    const { seq, tRobot, tArrival } = frame;
    this.#delivered = { seq, time: tRobot, arrival: tArrival - this.#clockOffset };
    this.#publishFrame(frame);
    this.#tick();
  }

  #tick(): void {
    this.#react(this.#conversation.tick(this.#now));
  }

  #react({ stops, request, answer, events }: Reaction): void {
    for (const level of stops) void this.#options.body.stop(level);
    if (request !== null)
      this.#carryOut(request)
        .catch((error: unknown): RequestOutcome => ({ accepted: false, reason: describeError(error) }))
        .then((outcome) => {
          this.#send(this.#answers, this.#conversation.finish(request, outcome, this.#now));
          this.#publishState();
        });
    if (answer !== null) this.#send(this.#answers, answer);
    for (const event of events) this.#sendEvent(event);
    this.#publishState();
  }

  async #carryOut({ command, level, softer }: Request): Promise<RequestOutcome> {
    const { body } = this.#options;
    switch (command.kind) {
      case "stop": {
        // A firmware never softens a stop either: it may as well hear of it.
        const { confirmed, tRobot } = await body.stop(level);
        if (!confirmed && !softer) return { accepted: false, reason: "the robot did not confirm" };
        const fields = { level: levelInForce(body.state), time: confirmed ? tRobot : body.time };
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
    this.#sets.forget();
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
    this.#sets.staged = offer.parameters;
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
    // A link that is lost is noticed at its other end.
    if (event.kind === "link-lost") return;
    if (event.kind === "rebooted") {
      this.#sets.forget();
      this.#conversation.rebooted();
    }
    const code = event.kind === "fault" ? event.code : "";
    this.#sendEvent(this.#conversation.event(event.kind, code, event.reason, this.#now));
    this.#publishState();
  }

  #sendEvent(event: NodeEvent): void {
    this.#send(this.#events, event);
    if (this.#lockstep) return;
    for (let copy = 1; copy < EVENT_COPIES; copy++)
      setTimeout(() => this.#send(this.#events, event), copy * EVENT_SPACING).unref();
  }

  /** At once when something has changed, and every now and then. */
  #publishState(): void {
    const now = this.#now;
    const { active } = this.#sets;
    const state = {
      ...this.#conversation.state(now),
      state: this.#options.body.state,
      hash: active === null ? null : hashText(hashOf(active)),
    };
    const { state: motion, holder, epoch, armed, dead, hash } = state;
    const telling = JSON.stringify([motion, holder, epoch, armed, dead, hash]);
    const at = this.#lockstep ? now.clock : now.steady;
    if (telling === this.#lastState && at - this.#lastStateAt < STATE_PERIOD) return;
    this.#lastState = telling;
    this.#lastStateAt = at;
    this.#send(this.#states, state);
  }

  #send(publisher: Publisher, message: object): void {
    publisher.publish({ data: JSON.stringify(message) });
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

function textOf({ message }: Publication): string {
  return message.data as string;
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
