/** The topics of the node conversation in front of whoever carries out what it asks: a robot, or a watchdog beside one. */
import { describeError } from "../../src/errors.ts";
import type { RobotEvent, StopLevel } from "../../src/robot/robot.ts";
import type { FirmwareState } from "../firmware.ts";
import {
  type ConversationSettings,
  type Moment,
  NodeConversation,
  type Reaction,
  type Request,
  type RequestOutcome,
} from "./node-conversation.ts";
import type { NodeEvent } from "./node-messages.ts";
import type { Publication, Publisher, RosGraph } from "./ros-graph.ts";

export interface ConversationActor {
  /** The dead-man's, or a lease's that ended: nobody waits for an answer. */
  stop(level: StopLevel): void;
  carryOut(request: Request): Promise<RequestOutcome>;
  state(): { readonly state: FirmwareState; readonly hash: string | null };
}

export interface ConversationNodeOptions {
  readonly graph: RosGraph;
  /** Its name in the graph. */
  readonly node: string;
  readonly namespace: string;
  readonly settings: ConversationSettings;
  readonly now: () => Moment;
  readonly actor: ConversationActor;
}

const TEXT = "std_msgs/String";
/** The dead-man is looked at this often, ms. */
const TICK = 10;
/** State is published this often, s. */
const STATE_PERIOD = 0.1;
/** Events are published this often, in real time this far apart, ms: nobody asks for one that was lost. */
const EVENT_COPIES = 3;
const EVENT_SPACING = 20;

export class ConversationNode {
  readonly #options: ConversationNodeOptions;
  readonly #lockstep: boolean;
  readonly #conversation: NodeConversation;
  readonly #answers: Publisher;
  readonly #states: Publisher;
  readonly #events: Publisher;
  #timer: NodeJS.Timeout | null = null;
  #lastState = "";
  #lastStateAt = Number.NEGATIVE_INFINITY;

  constructor(options: ConversationNodeOptions) {
    const { graph, node, namespace, settings, now } = options;
    this.#options = options;
    this.#lockstep = settings.introduction.clock === "lockstep";
    this.#conversation = new NodeConversation(settings);
    this.#answers = graph.advertise(node, `${namespace}/answer`, TEXT);
    this.#states = graph.advertise(node, `${namespace}/state`, TEXT, { latch: true });
    this.#events = graph.advertise(node, `${namespace}/event`, TEXT);
    graph.subscribe(node, `${namespace}/command`, TEXT, (publication) =>
      this.#react(this.#conversation.onCommand(textOf(publication), now())),
    );
    graph.subscribe(node, `${namespace}/keepalive`, TEXT, (publication) =>
      this.#conversation.onKeepalive(textOf(publication), now()),
    );
  }

  get armed(): boolean {
    return this.#conversation.armed;
  }

  /** What it acts for is there. In real time it looks at the dead-man from now on. */
  begin(): void {
    this.publishState();
    if (!this.#lockstep) this.#timer = setInterval(() => this.tick(), TICK);
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  tick(): void {
    this.#react(this.#conversation.tick(this.#options.now()));
  }

  /** What it acts for says that something has happened. */
  tell(event: Exclude<RobotEvent, { kind: "link-lost" | "clock-set" }>): void {
    if (event.kind === "rebooted") this.#conversation.rebooted();
    const code = event.kind === "fault" ? event.code : "";
    this.#sendEvent(this.#conversation.event(event.kind, code, event.reason, this.#options.now()));
    this.publishState();
  }

  /** At once when something has changed, and every now and then. */
  publishState(): void {
    const { now, actor } = this.#options;
    const moment = now();
    const state = { ...this.#conversation.state(moment), ...actor.state() };
    const { state: motion, holder, epoch, armed, dead, hash } = state;
    const telling = JSON.stringify([motion, holder, epoch, armed, dead, hash]);
    const at = this.#lockstep ? moment.clock : moment.steady;
    if (telling === this.#lastState && at - this.#lastStateAt < STATE_PERIOD) return;
    this.#lastState = telling;
    this.#lastStateAt = at;
    send(this.#states, state);
  }

  #react({ stops, request, answer, events }: Reaction): void {
    const { actor, now } = this.#options;
    for (const level of stops) actor.stop(level);
    if (request !== null)
      actor
        .carryOut(request)
        .catch((error: unknown): RequestOutcome => ({ accepted: false, reason: describeError(error) }))
        .then((outcome) => {
          send(this.#answers, this.#conversation.finish(request, outcome, now()));
          this.publishState();
        });
    if (answer !== null) send(this.#answers, answer);
    for (const event of events) this.#sendEvent(event);
    this.publishState();
  }

  #sendEvent(event: NodeEvent): void {
    send(this.#events, event);
    if (this.#lockstep) return;
    for (let copy = 1; copy < EVENT_COPIES; copy++)
      setTimeout(() => send(this.#events, event), copy * EVENT_SPACING).unref();
  }
}

function textOf({ message }: Publication): string {
  return message.data as string;
}

function send(publisher: Publisher, message: object): void {
  publisher.publish({ data: JSON.stringify(message) });
}
