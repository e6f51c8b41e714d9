/** The robot's side of the serial protocol, in front of any `Robot`: what a firmware does with frames from the host. */
import { encodeFrame, FLAG, type Frame, FrameReader } from "../../firmware-protocol/codec/frame.ts";
import type { Message, MessageOf } from "../../firmware-protocol/codec/message-table.ts";
import { decodeMessage, encodeMessage } from "../../firmware-protocol/codec/payload.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import { describeError } from "../../src/errors.ts";
import type { Command } from "../../src/robot/command.ts";
import type { Acknowledgement, Capabilities, Robot, RobotEvent } from "../../src/robot/robot.ts";
import type { TelemetryFrame } from "../../src/robot/telemetry-frame.ts";

/** A robot as its firmware sees it: what arrives on the wire has been cleared by the host's gate. */
export type Body = Omit<Robot, "send"> & { send(command: Command): Promise<Acknowledgement> };

export interface ProtocolServerOptions {
  readonly body: Body;
  readonly capabilities: Capabilities;
  /** The robot's clock; stamps what is sent. */
  readonly clock: Clock;
  readonly bootId: number;
  readonly deadMan?: DeadMan;
  readonly write: (bytes: Uint8Array) => void;
}

/** Silence of the host after which an armed robot damps, and after which it cuts, s. Real time only. */
export interface DeadMan {
  readonly settle: number;
  readonly cut: number;
}

const DEAD_MAN: DeadMan = { settle: 0.3, cut: 0.8 };

/** A host that was silent this long may lose its lease to another, s of wall time. */
const LEASE_SILENCE = 2;

/** Answers are kept for this many requests, for hosts that did not hear them. */
const ANSWERS_KEPT = 32;

type StagePart = MessageOf<"stage">;

export class ProtocolServer {
  readonly #options: ProtocolServerOptions;
  readonly #reader = new FrameReader((frame) => this.#onFrame(frame));
  /** By session and seq: the answer, or null while it is being found. */
  readonly #answers = new Map<number, Message | null>();
  #lease: { readonly owner: string; readonly epoch: number } | null = null;
  #epochs = 0;
  #stage: StagePart[] = [];
  /** Torque is off or on its way there: what the walk left behind is news at every answer. */
  #idle = true;
  /** When the host was last heard, by the robot's clock and by the wall's, s. */
  #lastHeard = 0;
  #lastHeardWall = 0;
  /** What the dead-man has done since. */
  #deadMan: "settle" | "cut" | null = null;

  constructor(options: ProtocolServerOptions) {
    this.#options = options;
    // More channels than a frame holds are refused here, not at the first frame.
    encodeMessage({
      kind: "telemetry",
      seq: 0,
      time: 0,
      values: new Float64Array(options.capabilities.layout.length),
    });
    options.body.onFrame((frame) => this.#sendTelemetry(frame));
    options.body.onEvent((event) => this.#sendEvent(event));
  }

  onBytes(bytes: Uint8Array): void {
    this.#reader.push(bytes);
  }

  #onFrame(frame: Frame): void {
    const key = (frame.session << 8) | frame.seq;
    if ((frame.flags & FLAG.retry) !== 0 && this.#answers.has(key)) {
      const answer = this.#answers.get(key);
      if (answer) this.#reply(frame, answer);
      return;
    }
    const silence = systemClock.now() - this.#lastHeardWall;
    this.#lastHeardWall = systemClock.now();
    this.#lastHeard = this.#options.clock.now();
    this.#deadMan = null;
    const message = decodeMessage(frame.type, frame.payload, "host");
    if (message?.kind === "keepalive") return;
    this.#answers.delete(key);
    this.#answers.set(key, null);
    for (const old of this.#answers.keys()) {
      if (this.#answers.size <= ANSWERS_KEPT) break;
      this.#answers.delete(old);
    }
    const answering =
      message === null
        ? Promise.resolve(
            nack("malformed", `type 0x${frame.type.toString(16)} is no message of this protocol`),
          )
        : this.#carryOut(message, frame.session, silence);
    answering
      .catch((error: unknown) => nack("refused", describeError(error)))
      .then((answer) => {
        if (this.#answers.has(key)) this.#answers.set(key, answer);
        if (this.#idle) this.#sendCarryOver();
        if ((frame.flags & FLAG.replyWanted) !== 0) this.#reply(frame, answer);
      });
  }

  async #carryOut(message: Message, session: number, silence: number): Promise<Message> {
    const { body } = this.#options;
    switch (message.kind) {
      // Needs no lease.
      case "stop": {
        if (message.level !== "neutral") this.#idle = true;
        const { confirmed, level, tRobot } = await body.stop(message.level);
        return { kind: "stopped", confirmed, level, time: confirmed ? tRobot : 0 };
      }
      case "hello":
        return this.#introduce();
      case "describe":
        return this.#describe(message);
      case "acquire-lease":
        return this.#grant(message.owner, silence);
    }
    // Moves a simulated robot's clock and nothing else.
    if (message.kind === "advance") {
      await body.advance();
      return { kind: "ack" };
    }
    if (this.#lease === null || session !== this.#session) {
      return nack("no-lease", "this command carries no valid lease");
    }
    switch (message.kind) {
      case "release-lease":
        await this.#settle();
        this.#lease = null;
        return { kind: "ack" };
      case "place": {
        const { seed, suggestion, carryOver } = message;
        this.#idle = true;
        await body.place({ seed, suggestion, carryOver: carryOver === "" ? null : JSON.parse(carryOver) });
        return { kind: "ack" };
      }
      case "stage":
        return this.#collect(message);
      case "commit":
        return this.#command({ kind: "commit", hash: message.hash.toString(16).padStart(8, "0") });
      case "targets":
        return this.#command({ kind: "targets", positions: message.positions });
      case "arm":
      case "disarm":
      case "start": {
        const answer = await this.#command({ kind: message.kind });
        if (answer.kind === "ack" && message.kind !== "start") this.#idle = message.kind === "disarm";
        return answer;
      }
      default:
        return nack("unknown", `${message.kind} is not for robots`);
    }
  }

  /** @param silence of the host before this request, s of wall time */
  async #grant(owner: string, silence: number): Promise<Message> {
    if (this.#lease !== null && this.#lease.owner !== owner) {
      if (silence < LEASE_SILENCE) return nack("busy", `the robot is leased to ${this.#lease.owner}`);
      await this.#settle();
    }
    // The robot itself knows one owner: this server, which decides between hosts.
    if (this.#epochs === 0) await this.#options.body.acquireLease("serial");
    this.#lease = { owner, epoch: ++this.#epochs };
    return { kind: "lease", epoch: this.#lease.epoch };
  }

  async #settle(): Promise<void> {
    if (this.#idle) return;
    this.#idle = true;
    await this.#options.body.stop("settle");
  }

  get #session(): number {
    return (this.#lease?.epoch ?? 0) & 0xffff;
  }

  async #command(command: Command): Promise<Message> {
    const { accepted, reason, hash } = await this.#options.body.send(command);
    if (!accepted) return nack("refused", reason);
    return hash === undefined ? { kind: "ack" } : { kind: "staged", hash: Number.parseInt(hash, 16) };
  }

  /** Parts come in order; the first one begins anew. */
  async #collect(part: StagePart): Promise<Message> {
    if (part.part === 0) this.#stage = [];
    if (part.part !== this.#stage.length || part.part >= part.parts)
      return nack("malformed", "a part is missing");
    this.#stage.push(part);
    if (this.#stage.length < part.parts) return { kind: "ack" };
    const values = this.#stage.flatMap((collected) => collected.values);
    this.#stage = [];
    return this.#command({
      kind: "stage",
      parameters: { gait: part.gait, values },
      rampIn: part.rampIn,
      rampOut: part.rampOut,
    });
  }

  #introduce(): Message {
    const { capabilities, bootId } = this.#options;
    return {
      kind: "hello-reply",
      robotId: capabilities.robotId,
      firmware: capabilities.firmware,
      bootId,
      clock: capabilities.clock,
      telemetryRate: capabilities.telemetryRate,
      runsGait: capabilities.runsGait,
      returnsByItself: capabilities.returnsByItself,
      channels: capabilities.layout.length,
      joints: capabilities.joints.length,
    };
  }

  #describe({ subject, index }: MessageOf<"describe">): Message {
    const { layout, joints } = this.#options.capabilities;
    const channel = subject === "channel" ? layout.channels[index] : undefined;
    const joint = subject === "joint" ? joints[index] : undefined;
    if (channel !== undefined) {
      const { name, unit, source } = channel;
      return { kind: "description", name, unit, source, joint: channel.joint ?? "" };
    }
    if (joint === undefined) return nack("refused", `there is no ${subject} ${index}`);
    return { kind: "description", name: joint, unit: "rad", source: "measured", joint };
  }

  #sendTelemetry({ seq, tRobot, values }: TelemetryFrame): void {
    this.#send({ kind: "telemetry", seq, time: tRobot, values }, 0, 0);
    this.#watchSilence();
  }

  /** Telemetry is the heartbeat of a robot's own time: what it checks, it checks once a frame. */
  #watchSilence(): void {
    const { body, capabilities, clock, deadMan = DEAD_MAN } = this.#options;
    if (this.#idle || capabilities.clock === "lockstep") return;
    const silence = clock.now() - this.#lastHeard;
    const due = silence >= deadMan.cut ? "cut" : silence >= deadMan.settle ? "settle" : null;
    if (due === null || due === this.#deadMan) return;
    this.#deadMan = due;
    void body.stop(due);
    this.#sendEvent({
      kind: "fault",
      code: "DEAD_MAN",
      reason: `host silent for ${silence.toFixed(2)} s: ${due}`,
    });
  }

  #sendEvent(event: RobotEvent): void {
    // A link that is lost is noticed at its other end.
    if (event.kind === "link-lost") return;
    const code = event.kind === "fault" ? event.code : "";
    if (event.kind === "rebooted") {
      this.#idle = true;
      this.#sendCarryOver();
    }
    this.#send({ kind: "event", event: event.kind, code, reason: event.reason.slice(0, 80) }, 0, 0);
  }

  #sendCarryOver(): void {
    const state = this.#options.body.carryOver();
    this.#send({ kind: "carry-over", state: state === null ? "" : JSON.stringify(state) }, 0, 0);
  }

  #reply(request: Frame, answer: Message): void {
    this.#send(answer, FLAG.reply, request.seq);
  }

  #send(message: Message, flags: number, seq: number): void {
    const { clock, write } = this.#options;
    const { type, payload } = encodeMessage(message);
    const time = Math.round(clock.now() * 1e6) % 2 ** 32;
    write(encodeFrame({ type, flags, seq, session: this.#session, time, payload }));
  }
}

function nack(code: MessageOf<"nack">["code"], reason: string): Message {
  return { kind: "nack", code, reason: reason.slice(0, 80) };
}
