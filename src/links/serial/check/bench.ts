/** What every clause works with: the robot at the other end of the line, and what is known about it. */
import { encodeFrame } from "../../../../firmware-protocol/codec/frame.ts";
import {
  type Message,
  type MessageOf,
  PROTOCOL,
  SCHEMA,
} from "../../../../firmware-protocol/codec/message-table.ts";
import type { ParameterSetOnWire } from "../../../robot/parameters.ts";
import type { ClockKind } from "../../../robot/robot.ts";
import type { ChannelLayout } from "../../../robot/telemetry-frame.ts";
import type { TelemetryWish } from "../telemetry-plan.ts";
import { type Answer, type Conversation, type Envelope, NoAnswer } from "./conversation.ts";
import type { HostPulse } from "./host-pulse.ts";
import { sleep } from "./measure.ts";

/** What the hardware config says. */
export interface Subject {
  readonly robotId: string;
  readonly clock: ClockKind;
  readonly joints: readonly string[];
  /** Known to be safe: it is staged and committed, never walked. */
  readonly safe: ParameterSetOnWire;
  /** A set beyond the legs' reach, of the same gait; null when none was found. */
  readonly infeasible: ParameterSetOnWire | null;
  /** What a study may ask for, by parameter; SI units. */
  readonly ranges: Readonly<Record<string, ParameterRange>>;
  readonly telemetry: TelemetryWish;
  /** Limits of the config that a robot with these channels lacks some for, in words. */
  readonly unwatched: (layout: ChannelLayout) => readonly string[];
}

export interface ParameterRange {
  readonly low: number;
  readonly high: number;
  readonly unit: string;
}

export interface Effort {
  /** Stops whose latency is measured. */
  readonly repetitions: number;
  /** How long telemetry and clock are watched, s. */
  readonly seconds: number;
}

export interface BenchOptions {
  readonly talk: Conversation;
  readonly subject: Subject;
  readonly effort: Effort;
  readonly pulse: HostPulse;
  /** The host's monotonic clock, s. */
  readonly now: () => number;
}

type Nack = MessageOf<"nack">;
export type Status = MessageOf<"status">;
export type Statistics = MessageOf<"statistics">;

export const OWNER = "gaitsmith check";
export const OTHER_OWNER = "gaitsmith check, another one";

export class Bench {
  readonly talk: Conversation;
  readonly subject: Subject;
  readonly effort: Effort;
  readonly pulse: HostPulse;
  readonly now: () => number;
  hello: MessageOf<"hello-reply"> | null = null;
  channels: readonly MessageOf<"description">[] = [];
  parameters: readonly MessageOf<"parameter">[] = [];
  limits: readonly MessageOf<"limit">[] = [];
  /** The robot was latched before the check: that latch is not ours to clear. */
  latchedBefore = false;
  /** An e-stop of this check may have latched. */
  hasLatched = false;
  /** It may have power. */
  armed = false;
  readonly #feeding = new Set<() => void>();

  constructor(options: BenchOptions) {
    this.talk = options.talk;
    this.subject = options.subject;
    this.effort = options.effort;
    this.pulse = options.pulse;
    this.now = options.now;
  }

  /** The same robot in another conversation: what is said in this one is not heard there. */
  with(talk: Conversation): Bench {
    const other = new Bench({ ...this, talk });
    const { hello, channels, parameters, limits, latchedBefore, hasLatched, armed } = this;
    return Object.assign(other, { hello, channels, parameters, limits, latchedBefore, hasLatched, armed });
  }

  /** @throws NoAnswer */
  async ask(message: Message, envelope: Envelope = {}): Promise<Message> {
    return (await this.talk.ask(message, envelope)).message;
  }

  /** @throws NoAnswer also when the answer is another one */
  async expect<K extends Message["kind"]>(
    message: Message,
    kind: K,
    envelope: Envelope = {},
  ): Promise<MessageOf<K>> {
    const answer = await this.ask(message, envelope);
    if (answer.kind === kind) return answer as MessageOf<K>;
    throw new NoAnswer(`${message.kind} was answered by ${said(answer)}, not by ${kind}`);
  }

  helloMessage(oldest = PROTOCOL, newest = PROTOCOL, schema: number = SCHEMA): Message {
    return { kind: "hello", oldest, newest, schema, host: OWNER };
  }

  status(): Promise<Status> {
    return this.expect({ kind: "get-status" }, "status");
  }

  statistics(): Promise<Statistics> {
    return this.expect({ kind: "get-statistics" }, "statistics");
  }

  /** Makes sure that the lease is ours; one that another owner was given in vain is free after 2 s. @returns its epoch */
  async lease(): Promise<number> {
    for (let attempt = 0; ; attempt++) {
      const answer = await this.ask({ kind: "acquire-lease", owner: OWNER }, { session: 0 });
      if (answer.kind === "lease") {
        this.talk.session = answer.epoch & 0xffff;
        return answer.epoch;
      }
      if (attempt === 25 || !isNack(answer, "busy"))
        throw new NoAnswer(`acquire-lease was answered by ${said(answer)}, not by lease`);
      await sleep(0.1);
    }
  }

  async release(): Promise<void> {
    await this.expect({ kind: "release-lease" }, "ack");
    this.talk.session = 0;
  }

  /** Sends bytes and, in the same write, a request that must be obeyed all the same. */
  askAfter(bytes: Uint8Array, message: Message): Promise<Answer> {
    return this.talk.askFrame(this.talk.frameOf(message), message.kind, bytes);
  }

  wire(message: Message, envelope: Envelope = {}): Uint8Array {
    return encodeFrame(this.talk.frameOf(message, envelope));
  }

  /** The safe set as one or several messages. @param change what differs */
  stage(change: Partial<MessageOf<"stage">> = {}): MessageOf<"stage"> {
    const { gait, values } = this.subject.safe;
    return { kind: "stage", gait, rampIn: 0.5, rampOut: 0.5, part: 0, parts: 1, values, ...change };
  }

  /**
   * Answers telemetry as a host should, from the next frame on.
   *
   * @param keepalive what to send; default the right answer to the frame
   * @returns what ends it
   */
  feed(keepalive = rightAnswer): () => void {
    let last = Number.NEGATIVE_INFINITY;
    const end = this.talk.onTelemetry((telemetry, at) => {
      if (at - last < FEEDING_INTERVAL) return;
      const message = keepalive(telemetry);
      if (message === null) return;
      last = at;
      this.talk.tell(message);
    });
    const stop = (): void => {
      end();
      this.#feeding.delete(stop);
    };
    this.#feeding.add(stop);
    return stop;
  }

  stopFeeding(): void {
    for (const stop of [...this.#feeding]) stop();
  }

  /** Waits for telemetry that meets the condition. @param within s. @returns null when none came */
  frame(
    condition: (telemetry: MessageOf<"telemetry">) => boolean,
    within: number,
  ): Promise<{ readonly telemetry: MessageOf<"telemetry">; readonly at: number } | null> {
    return new Promise((resolve) => {
      const end = this.talk.onTelemetry((telemetry, at) => {
        if (!condition(telemetry)) return;
        clearTimeout(timer);
        end();
        resolve({ telemetry, at });
      });
      const timer = setTimeout(() => {
        end();
        resolve(null);
      }, 1000 * within);
    });
  }

  /** Until it has no power. @returns whether that came */
  async untilOff(within = 3): Promise<boolean> {
    const end = this.now() + within;
    while (this.now() < end) {
      if ((await this.status()).state === "off") {
        this.armed = false;
        return true;
      }
      await sleep(0.02);
    }
    return false;
  }
}

/** Below the 50 ms that the specification asks for, s. */
const FEEDING_INTERVAL = 0.03;

export function rightAnswer({ seq, challenge }: MessageOf<"telemetry">): Message | null {
  return { kind: "keepalive", telemetrySeq: seq, response: ~challenge & 0xffff };
}

/** A message in a few words. */
export function said(message: Message): string {
  if (message.kind !== "nack") return message.kind;
  const field = message.field === "" ? "" : `, field ${message.field}`;
  return `nack ${message.code}${field} (${message.reason})`;
}

export function isNack(message: Message, ...codes: readonly Nack["code"][]): message is Nack {
  return message.kind === "nack" && (codes.length === 0 || codes.includes(message.code));
}
