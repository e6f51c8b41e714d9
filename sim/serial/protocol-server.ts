/** The robot's side of the serial protocol, in front of any `Robot`: what a firmware does with frames from the host. */
import { FLAG, type Frame, FrameReader } from "../../firmware-protocol/codec/frame.ts";
import { FAULTS, type Message, type MessageOf } from "../../firmware-protocol/codec/message-table.ts";
import {
  decodeMessage,
  encodeMessage,
  encodeMessageFrame,
  messageName,
} from "../../firmware-protocol/codec/payload.ts";
import { isStop, setsInMotion } from "../../firmware-protocol/codec/precedence.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import { describeError } from "../../src/errors.ts";
import type { Command } from "../../src/robot/command.ts";
import type { Acknowledgement, Capabilities, Robot, RobotEvent, StopLevel } from "../../src/robot/robot.ts";
import type { TelemetryFrame } from "../../src/robot/telemetry-frame.ts";
import { CONTROL_PERIOD, type FirmwareState } from "../firmware.ts";
import { DEAD_MAN_TIMES, DeadMan, type DeadManTimes } from "./dead-man.ts";
import { HardLimits } from "./hard-limits.ts";
import { hashOf, hashText, ParameterSets } from "./parameter-sets.ts";
import { RememberedAnswers } from "./remembered-answers.ts";
import { describe, introduce, parameter } from "./self-description.ts";
import { TelemetryFormat } from "./telemetry-format.ts";

/** A robot as its firmware sees it: what arrives on the wire has been cleared by the host's gate. */
export type Body = Omit<Robot, "send"> & {
  send(command: Command): Promise<Acknowledgement>;
  readonly state: FirmwareState;
  /** Its own clock, s. */
  readonly time: number;
};

export interface ProtocolServerOptions {
  readonly body: Body;
  readonly capabilities: Capabilities;
  /** In lockstep, where a frame arrives later than it was sampled: what stamps its arrival. */
  readonly clock: Clock;
  readonly bootId: number;
  readonly deadMan?: DeadManTimes;
  /** Samples are sent in 16 bits instead of binary32. */
  readonly sixteenBit?: boolean;
  /** Hard limits that an earlier host has narrowed, by their number. */
  readonly narrowed?: Readonly<Record<number, readonly [low: number, high: number]>>;
  readonly write: (bytes: Uint8Array) => void;
}

/** A host that was silent this long may lose its lease to another, s of wall time. */
const LEASE_SILENCE = 2;

/** Events are sent this often, in real time this far apart, ms: nobody asks for one that was lost. */
const EVENT_COPIES = 3;
const EVENT_SPACING = 20;

/** For so long after a stop, what sets the robot in motion is held against the time of that stop, s. */
const OVERTAKEN = 10;

export class ProtocolServer {
  readonly #options: ProtocolServerOptions;
  readonly #reader = new FrameReader((frame) => this.#onFrame(frame));
  readonly #deadMan: DeadMan;
  readonly #format: TelemetryFormat;
  readonly #answers = new RememberedAnswers();
  readonly #limits: HardLimits;
  readonly #sets = new ParameterSets();
  #lease: { readonly owner: string; readonly epoch: number } | null = null;
  #epochs = 0;
  /** Torque is off or on its way there: what the walk left behind is news at every answer. */
  #idle = true;
  /** When the holder of the lease was last heard, wall time, s. */
  #lastHeard = 0;
  /** Number of the event that latched, 0 when none has. */
  #latched = 0;
  /** The last stop of the lease's holder: the host's stamp, µs modulo 2³², and when it came, robot's clock, s. */
  #stopped: { readonly stamp: number; readonly at: number } | null = null;
  #events = 0;
  /** One telemetry frame of so many is sent. */
  #every = 1;
  readonly #counts = { framesReceived: 0, framesMalformed: 0, framesRepeated: 0, framesSent: 0 };

  constructor(options: ProtocolServerOptions) {
    this.#options = options;
    this.#deadMan = new DeadMan(options.deadMan ?? DEAD_MAN_TIMES, options.bootId);
    this.#limits = new HardLimits(options.capabilities);
    for (const [index, [low, high]] of Object.entries(options.narrowed ?? {}))
      this.#limits.narrow(Number(index), low, high);
    const { layout } = options.capabilities;
    this.#format = new TelemetryFormat(layout, options.sixteenBit ?? false);
    // More channels than a frame holds are refused here, not at the first frame.
    encodeMessage({
      kind: "telemetry",
      seq: 0,
      time: 0,
      challenge: 0,
      set: 0,
      state: "off",
      samples: this.#format.encode(new Float64Array(layout.length)),
    });
    options.body.onFrame((frame) => this.#sendTelemetry(frame));
    options.body.onEvent((event) => this.#onEvent(event));
  }

  onBytes(bytes: Uint8Array): void {
    this.#reader.push(bytes);
  }

  #onFrame(frame: Frame): void {
    this.#counts.framesReceived++;
    if (this.#leasedTo(frame)) this.#lastHeard = systemClock.now();
    const before = this.#answers.repeatedBy(frame);
    if (before !== null) {
      this.#counts.framesRepeated++;
      if (before.answer !== null && (frame.flags & FLAG.replyWanted) !== 0) this.#reply(frame, before.answer);
      return;
    }
    const message = decodeMessage(frame.type, frame.payload, "host");
    if (message?.kind === "keepalive") {
      this.#deadMan.onKeepalive(message.telemetrySeq, message.response, this.#leasedTo(frame), this.#now);
      return;
    }
    const answered = this.#answers.remember(frame);
    const answering =
      message === null ? Promise.resolve(this.#noMessage(frame)) : this.#carryOut(message, frame);
    answering
      .catch((error: unknown) => nack("refused", describeError(error)))
      .then((answer) => {
        answered.answer = answer;
        if (this.#idle) this.#sendCarryOver();
        if ((frame.flags & FLAG.replyWanted) !== 0) this.#reply(frame, answer);
      });
  }

  #noMessage({ type }: Frame): Message {
    this.#counts.framesMalformed++;
    const name = messageName(type, "host");
    return name === undefined
      ? nack("unknown", `a host sends no message 0x${type.toString(16)}`)
      : nack("malformed", `this is no ${name}`);
  }

  async #carryOut(message: Message, frame: Frame): Promise<Message> {
    // Stopping comes first, and like asking it needs no lease.
    if (isStop(message) && this.#leasedTo(frame)) this.#stopped = { stamp: frame.time, at: this.#now };
    if (message.kind === "stop") return this.#stop(message.level);
    if (message.kind === "e-stop") {
      const stopped = this.#stop(message.level);
      if (this.#latched === 0) this.#latched = this.#sendEvent("latched", 0, message.reason);
      return stopped;
    }
    const answer = this.#tell(message);
    if (answer !== null) return answer;
    if (!this.#leasedTo(frame)) return nack("no-lease", "this command carries no valid lease");
    if (setsInMotion(message) && this.#isOvertaken(frame))
      return nack("refused", "a stop has overtaken this");
    return this.#obey(message);
  }

  /** What was sent before a stop and arrives after it must not undo it. */
  #isOvertaken({ time }: Frame): boolean {
    if (this.#stopped === null || this.#now - this.#stopped.at > OVERTAKEN) return false;
    return ((time - this.#stopped.stamp) | 0) < 0;
  }

  async #stop(level: StopLevel): Promise<Message> {
    if (level !== "neutral") this.#idle = true;
    const { body } = this.#options;
    const { confirmed, tRobot } = await body.stop(level);
    return { kind: "stopped", confirmed, level: levelInForce(body.state), time: confirmed ? tRobot : 0 };
  }

  /** What changes nothing about the robot's motion. @returns null for anything else */
  #tell(message: Message): Message | Promise<Message> | null {
    const { body, capabilities, bootId, deadMan = DEAD_MAN_TIMES } = this.#options;
    const lockstep = capabilities.clock === "lockstep";
    switch (message.kind) {
      case "hello":
        return introduce(message, {
          capabilities,
          bootId,
          deadMan: lockstep ? null : deadMan,
          limits: this.#limits.count,
        });
      case "describe":
        return (
          describe(message, capabilities, this.#format.resolutions) ??
          nack("refused", `there is no ${message.subject} ${message.index}`, "index")
        );
      case "get-parameter":
        return (
          parameter(message.index, this.#sets.active) ??
          nack("refused", `there is no parameter ${message.index}`, "index")
        );
      case "get-limit":
        return this.#limits.at(message.index) ?? noLimit(message.index);
      case "get-status":
        return this.#status();
      case "get-statistics":
        return this.#statistics();
      case "time-sync":
        return { kind: "time-reply", sent: message.sent, received: this.#now, replied: this.#now };
      case "acquire-lease":
        return this.#grant(message.owner);
      case "advance":
        return body.advance().then((): Message => ({ kind: "ack" }));
      default:
        return null;
    }
  }

  /** What only the holder of the lease may ask for. */
  async #obey(message: Message): Promise<Message> {
    const { body } = this.#options;
    const powered = body.state !== "off";
    switch (message.kind) {
      case "release-lease":
        await this.#settle();
        this.#lease = null;
        return { kind: "ack" };
      case "place": {
        const { seed, suggestion, carryOver } = message;
        this.#idle = true;
        await body.place({ seed, suggestion, carryOver: carryOver === "" ? null : JSON.parse(carryOver) });
        await this.#sets.restart((command) => body.send(command));
        return { kind: "ack" };
      }
      case "subscribe":
        return powered ? nack("locked", "the motors have power") : this.#subscribe(message);
      case "set-limit":
        return powered ? nack("locked", "the motors have power") : this.#narrow(message);
      case "clear-e-stop": {
        const { event, checked } = message;
        if (this.#latched === 0) return nack("refused", "nothing is latched");
        if (event !== this.#latched) return nack("refused", `event ${this.#latched} latched it`, "event");
        this.#latched = 0;
        this.#sendEvent("cleared", 0, checked);
        return { kind: "ack" };
      }
      case "stage":
        return this.#stage(message);
      case "commit": {
        const answer = await this.#command({ kind: "commit", hash: hashText(message.hash) });
        if (answer.kind !== "ack") return { ...answer, field: "hash" } as Message;
        this.#sets.commit();
        return answer;
      }
      case "store":
        if (powered) return nack("locked", "the motors have power");
        return this.#sets.store() ? { kind: "ack" } : nack("refused", "no parameter set is active");
      case "targets":
        return this.#command({ kind: "targets", positions: message.positions });
      case "arm": {
        if (this.#latched !== 0) return nack("latched", `event ${this.#latched} latched it`);
        const answer = await this.#command({ kind: "arm" });
        if (answer.kind !== "ack") return answer;
        this.#idle = false;
        this.#deadMan.feed(this.#now);
        return answer;
      }
      case "disarm":
      case "start": {
        const answer = await this.#command({ kind: message.kind });
        if (answer.kind === "ack" && message.kind === "disarm") this.#idle = true;
        return answer;
      }
      default:
        return nack("unknown", `${message.kind} is not for robots`);
    }
  }

  async #grant(owner: string): Promise<Message> {
    if (this.#lease !== null && this.#lease.owner !== owner) {
      if (systemClock.now() - this.#lastHeard < LEASE_SILENCE)
        return nack("busy", `the robot is leased to ${this.#lease.owner}`);
      await this.#settle();
    }
    // The robot itself knows one owner: this server, which decides between hosts.
    if (this.#epochs === 0) await this.#options.body.acquireLease("serial");
    this.#lease = { owner, epoch: ++this.#epochs };
    this.#lastHeard = systemClock.now();
    this.#stopped = null;
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

  #leasedTo({ session }: Frame): boolean {
    return this.#lease !== null && session === this.#session;
  }

  /** The robot's clock, s; in lockstep the arrival of what it sends just now. */
  get #now(): number {
    const { body, capabilities, clock } = this.#options;
    return capabilities.clock === "lockstep" ? clock.now() : body.time;
  }

  async #command(command: Command): Promise<Message> {
    const { accepted, reason, hash } = await this.#options.body.send(command);
    if (!accepted) return nack("refused", reason);
    return hash === undefined ? { kind: "ack" } : { kind: "staged", hash: Number.parseInt(hash, 16) };
  }

  async #stage(part: MessageOf<"stage">): Promise<Message> {
    const offer = this.#sets.collect(part);
    if (offer === null) return { kind: "ack" };
    if ("code" in offer) return nack(offer.code, offer.reason, offer.field);
    const answer = await this.#command({ kind: "stage", ...offer });
    if (answer.kind === "staged") this.#sets.stage(offer);
    return answer;
  }

  #narrow({ index, low, high }: MessageOf<"set-limit">): Message {
    const limit = this.#limits.at(index);
    if (limit === null) return noLimit(index);
    const wrong = this.#limits.narrow(index, low, high);
    return wrong === null ? this.#limits.at(index)! : nack("refused", "wider than built in, or empty", wrong);
  }

  #subscribe({ rate, groups }: MessageOf<"subscribe">): Message {
    if (!(rate > 0)) return nack("refused", "a rate is above 0 Hz", "rate");
    const { telemetryRate } = this.#options.capabilities;
    const slower = Math.max(1, Math.ceil(telemetryRate / rate));
    const faster = Math.max(1, slower - 1);
    const distance = (every: number): number => Math.abs(telemetryRate / every - rate);
    this.#every = distance(faster) < distance(slower) ? faster : slower;
    this.#format.choose(groups);
    const { bytes } = this.#format;
    return { kind: "subscribed", rate: telemetryRate / this.#every, groups: this.#format.groups, bytes };
  }

  #status(): Message {
    const { state } = this.#options.body;
    return {
      kind: "status",
      state,
      latched: this.#latched,
      epoch: this.#lease?.epoch ?? 0,
      owner: this.#lease?.owner ?? "",
      activeHash: hashOf(this.#sets.active),
      stagedHash: hashOf(this.#sets.staged),
      limitsLocked: state !== "off",
    };
  }

  #statistics(): Message {
    return {
      kind: "statistics",
      ...this.#counts,
      framesBroken: Object.values(this.#reader.dropped).reduce((sum, count) => sum + count, 0),
      framesUnsent: 0,
      keepalivesStale: this.#deadMan.stale,
      loopOverruns: 0,
      longestPeriod: CONTROL_PERIOD,
    };
  }

  #sendTelemetry({ seq, tRobot, values }: TelemetryFrame): void {
    this.#watchSilence();
    this.#watchLimits(values);
    if (seq % this.#every !== 0) return;
    // A gap in what is sent is a frame lost, not one that was left out.
    const sent = seq / this.#every;
    this.#send({
      kind: "telemetry",
      seq: sent,
      time: tRobot,
      challenge: this.#deadMan.challenge(sent, this.#now),
      set: hashOf(this.#sets.active) & 0xffff,
      state: this.#options.body.state,
      samples: this.#format.encode(values),
    });
  }

  /** Telemetry is the heartbeat of a robot's own time: what it checks, it checks once a frame. */
  #watchSilence(): void {
    const { body, capabilities } = this.#options;
    if (body.state === "off" || capabilities.clock === "lockstep") return;
    const due = this.#deadMan.due(this.#now);
    if (due === null) return;
    void body.stop(due.level);
    this.#sendEvent(
      "fault",
      FAULTS["dead-man"].code,
      `no valid keepalive for ${due.silence.toFixed(2)} s: ${due.level}`,
    );
  }

  #watchLimits(values: Float64Array): void {
    const { body } = this.#options;
    if (body.state === "off") return;
    const crossed = this.#limits.crossedBy(values);
    if (crossed === null) return;
    const { name, joint, unit, value, action } = crossed;
    void body.stop(action);
    this.#sendEvent("fault", FAULTS.limit.code, `${name} ${joint}: ${value.toFixed(3)} ${unit}`);
  }

  #onEvent(event: RobotEvent): void {
    // A link that is lost is noticed at its other end, and so is a clock that was set.
    if (event.kind === "link-lost" || event.kind === "clock-set") return;
    if (event.kind === "rebooted") {
      this.#idle = true;
      void this.#sets.restart((command) => this.#options.body.send(command));
      this.#limits.forget();
      this.#lease = null;
      this.#sendCarryOver();
      this.#sendEvent("rebooted", 0, event.reason);
      return;
    }
    const name = event.code.toLowerCase().replaceAll("_", "-");
    const fault = Object.entries(FAULTS).find(([known]) => known === name)?.[1];
    if (fault !== undefined) this.#sendEvent("fault", fault.code, event.reason);
    else this.#sendEvent("fault", FAULTS.internal.code, `${event.code}: ${event.reason}`);
  }

  /** @returns its number */
  #sendEvent(event: MessageOf<"event">["event"], code: number, reason: string): number {
    const number = ++this.#events;
    const message: Message = { kind: "event", number, event, code, time: this.#now, reason: brief(reason) };
    this.#send(message);
    const lockstep = this.#options.capabilities.clock === "lockstep";
    for (let copy = 1; copy < EVENT_COPIES; copy++) {
      if (lockstep) this.#send(message);
      else setTimeout(() => this.#send(message), copy * EVENT_SPACING).unref();
    }
    return number;
  }

  #sendCarryOver(): void {
    const state = this.#options.body.carryOver();
    this.#send({ kind: "carry-over", state: state === null ? "" : JSON.stringify(state) });
  }

  #reply(request: Frame, answer: Message): void {
    this.#send(answer, FLAG.reply, request.seq);
  }

  #send(message: Message, flags = 0, seq = 0): void {
    const time = Math.round(this.#now * 1e6) % 2 ** 32;
    this.#counts.framesSent++;
    this.#options.write(encodeMessageFrame(message, { flags, seq, session: this.#session, time }));
  }
}

function nack(code: MessageOf<"nack">["code"], reason: string, field = ""): MessageOf<"nack"> {
  return { kind: "nack", code, field, reason: brief(reason) };
}

/** At most 80 characters, however many bytes they take. */
function brief(text: string): string {
  return text.slice(0, 80);
}

function noLimit(index: number): Message {
  return nack("refused", `there is no limit ${index}`, "index");
}

/** The hardest stop in force, by what the robot does now. */
function levelInForce(state: FirmwareState): StopLevel {
  return state === "off" ? "cut" : state === "settling" ? "settle" : "neutral";
}
