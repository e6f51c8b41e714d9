/** A robot on a serial line, speaking the protocol of `firmware-protocol/`. */
import { responseTo } from "../../../firmware-protocol/codec/challenge.ts";
import { FLAG, type Frame, FrameReader } from "../../../firmware-protocol/codec/frame.ts";
import { type Message, type MessageOf, SCHEMA } from "../../../firmware-protocol/codec/message-table.ts";
import { decodeMessage } from "../../../firmware-protocol/codec/payload.ts";
import { type Clock, ManualClock } from "../../clock.ts";
import type { SerialLinkConfig } from "../../config/hardware-config.ts";
import { describeError, fail, GaitsmithError } from "../../errors.ts";
import type { Cleared, Command } from "../../robot/command.ts";
import type { ParameterSetOnWire } from "../../robot/parameters.ts";
import type {
  Acknowledgement,
  Capabilities,
  Lease,
  LinkDiagnostics,
  Placement,
  Robot,
  RobotEvent,
  RobotLimit,
  RobotLimits,
  StopConfirmation,
  StopLevel,
} from "../../robot/robot.ts";
import { ChannelLayout, type TelemetryFrame } from "../../robot/telemetry-frame.ts";
import { askWhile, LEASE_PATIENCE } from "../ask-while.ts";
import { ClockSync } from "../clock-sync.ts";
import { COMPUTING, LEAVING, ORDINARY, type Patience, STOPPING } from "../patience.ts";
import { messagesOf } from "./command-messages.ts";
import { AUTO, findDevice, openDevice } from "./device.ts";
import { brokenFrames, diagnosticsOf, sinceOpening } from "./diagnostics.ts";
import { EventLog, robotEvent } from "./events.ts";
import { confused, greet, introduce, reasonOf } from "./introduction.ts";
import { Requests } from "./requests.ts";
import type { SerialLine } from "./serial-line.ts";
import { planTelemetry, rateRefused, type TelemetryPlan } from "./telemetry-plan.ts";
import { TelemetryReceiver } from "./telemetry-receiver.ts";

/** Many boards reset when their port is opened. */
const STARTING: Patience = { repeatAfter: 250, giveUpAfter: 5000 };
/** In real time, telemetry that has been listened to keeps the robot alive this often, s. */
const KEEPALIVE_INTERVAL = 0.05;
/** The clocks are compared this often in real time, and a comparison that takes longer is given up, ms. */
const SYNC_INTERVAL = 500;
const SYNCHRONISING: Patience = { repeatAfter: 400, giveUpAfter: 1200 };
/** A robot that still has power from an earlier host refuses to change its telemetry: it is asked again for so long, s. */
const SUBSCRIBE_PATIENCE = 3;

export interface SerialRobotOptions {
  readonly link: SerialLinkConfig;
  /** The robot the config describes; another one at the other end is refused. */
  readonly robotId: string;
  /** The station's clock; a `ManualClock` in lockstep, which this robot then moves. */
  readonly clock: Clock;
}

export class SerialRobot implements Robot {
  readonly #options: SerialRobotOptions;
  readonly #reader = new FrameReader((frame) => this.#onWire(frame));
  readonly #requests: Requests;
  readonly #sync = new ClockSync();
  readonly #events = new EventLog();
  /** The device, once it is known. */
  #path: string;
  #line: SerialLine | null = null;
  #lost: string | null = null;
  #closing: Promise<void> | null = null;
  #closed = false;
  #capabilities: Capabilities | null = null;
  #hello: MessageOf<"hello-reply"> | null = null;
  #plan: TelemetryPlan | null = null;
  #telemetry: TelemetryReceiver | null = null;
  #leased = false;
  #carryOver: unknown = null;
  #lastKeepalive = Number.NEGATIVE_INFINITY;
  /** The newest frame that the listener has dealt with; null when it is answered. */
  #checked: { readonly seq: number; readonly challenge: number } | null = null;
  #keepalives = 0;
  /** Frames that were no messages. */
  #malformed = 0;
  /** When the bytes came that are being dealt with, station clock, s. */
  #heardAt = 0;
  #syncTimer: NodeJS.Timeout | null = null;
  /** What had been counted when it was opened. */
  #before: LinkDiagnostics = {};
  /** Whether it is the same boot is being found out. */
  #doubting = false;
  #onFrame: (frame: TelemetryFrame) => void = () => {};
  #onEvent: (event: RobotEvent) => void = () => {};

  constructor(options: SerialRobotOptions) {
    if (options.link.clock === "lockstep" && !(options.clock instanceof ManualClock)) {
      throw new TypeError("a lockstep robot moves the station's clock: give it a ManualClock");
    }
    this.#options = options;
    this.#path = options.link.path ?? AUTO;
    this.#requests = new Requests({
      write: (bytes, urgent) => this.#write(bytes, urgent),
      now: () => options.clock.now(),
    });
  }

  /** Blocks that were no frames, and frames that were no messages, since it was opened. */
  get dropped(): number {
    return brokenFrames(this.#reader) + this.#malformed + (this.#telemetry?.counts.malformed ?? 0);
  }

  /** What the robot said of itself; null before `open`. */
  get identity(): MessageOf<"hello-reply"> | null {
    return this.#hello;
  }

  get plan(): TelemetryPlan | null {
    return this.#plan;
  }

  async open(): Promise<Capabilities> {
    if (this.#closed || this.#lost !== null) this.#gone();
    if (this.#capabilities !== null) return this.#capabilities;
    const { link, clock, robotId } = this.#options;
    this.#path = await findDevice(link, robotId);
    this.#line = await openDevice(this.#path, link.baud, {
      onBytes: (bytes) => this.#onBytes(bytes),
      onLost: (reason) => this.#lose(reason),
    });
    try {
      const capabilities = await this.#introduce();
      this.#before = await this.#figures();
      if (clock instanceof ManualClock) {
        const offset = Math.ceil(clock.now());
        if (this.#telemetry !== null) this.#telemetry.clockOffset = offset;
        clock.advance(offset - clock.now());
      } else {
        void this.#synchronise();
        this.#syncTimer = setInterval(() => void this.#synchronise(), SYNC_INTERVAL);
      }
      this.#capabilities = capabilities;
      return capabilities;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async acquireLease(owner: string): Promise<Lease> {
    const { clock } = this.#options.link;
    const reply = await askWhile(
      () => this.#ask({ kind: "acquire-lease", owner }),
      (answer) => answer.kind === "nack" && answer.code === "busy",
      clock === "realtime" ? LEASE_PATIENCE : 0,
    );
    if (reply.kind === "lease") {
      this.#requests.session = reply.epoch & 0xffff;
      this.#leased = true;
      await this.#subscribe(clock === "realtime" ? SUBSCRIBE_PATIENCE : 0);
      return { owner, epoch: reply.epoch };
    }
    return fail("ROBOT_BUSY", {
      what: reply.kind === "nack" ? reply.reason : `the robot answered ${reply.kind} to acquire-lease`,
      where: this.#path,
      remedy: "Stop the program that holds this robot.",
    });
  }

  onFrame(listener: (frame: TelemetryFrame) => void): void {
    this.#onFrame = listener;
  }

  onEvent(listener: (event: RobotEvent) => void): void {
    this.#onEvent = listener;
  }

  async send(command: Cleared<Command>): Promise<Acknowledgement> {
    // A robot that arms has no power yet: what it refused before it accepts now.
    if (command.kind === "arm" && this.#telemetry?.agreed === false) await this.#subscribe(0);
    let reply: Message = { kind: "ack" };
    for (const message of messagesOf(command)) {
      reply = await this.#ask(message);
      if (reply.kind === "nack") {
        const unsupported = reply.code === "unknown" ? ({ unsupported: true } as const) : {};
        return { accepted: false, reason: reasonOf(reply), ...unsupported };
      }
    }
    if (reply.kind === "staged") {
      return { accepted: true, reason: "", hash: reply.hash.toString(16).padStart(8, "0") };
    }
    return reply.kind === "ack" ? { accepted: true, reason: "" } : confused(command.kind, reply, this.#path);
  }

  async stop(level: StopLevel): Promise<StopConfirmation> {
    const unconfirmed: StopConfirmation = { confirmed: false, level, tRobot: Number.NaN };
    // A link that counts as lost may have an open line, and a robot at its end that hears.
    if (this.#line === null) return unconfirmed;
    try {
      const reply = await this.#requests.ask({ kind: "stop", level }, STOPPING);
      if (reply.kind !== "stopped" || !reply.confirmed) return unconfirmed;
      return { confirmed: true, level: reply.level, tRobot: reply.time };
    } catch {
      return unconfirmed;
    }
  }

  async advance(): Promise<void> {
    if (this.#options.link.clock !== "lockstep") throw new TypeError("only a lockstep robot can be advanced");
    const reply = await this.#ask({ kind: "advance" }, COMPUTING);
    if (reply.kind !== "ack") confused("advance", reply, this.#path);
  }

  async place({ seed, suggestion, carryOver }: Placement): Promise<void> {
    const state = carryOver === null ? "" : JSON.stringify(carryOver);
    const reply = await this.#ask({ kind: "place", seed, suggestion, carryOver: state }, COMPUTING);
    if (reply.kind !== "ack") confused("place", reply, this.#path);
  }

  async activeParameters(): Promise<ParameterSetOnWire | null> {
    const values: [string, number][] = [];
    let gait: string | null = null;
    const count = this.#hello?.parameters ?? 0;
    for (let index = 0; index < count; index++) {
      const reply = await this.#ask({ kind: "get-parameter", index });
      if (reply.kind !== "parameter") return confused("get-parameter", reply, this.#path);
      // Of the gaits that a robot can run, one at most has active values.
      if (Number.isNaN(reply.active)) continue;
      gait ??= reply.gait;
      if (reply.gait !== gait)
        fail("PROTOCOL_VIOLATION", {
          what: `parameters of two gaits are active, ${gait} and ${reply.gait}`,
          where: this.#path,
          remedy: "Check the robot's firmware with `gaitsmith check --protocol`.",
        });
      values.push([reply.name, reply.active]);
    }
    return gait === null ? null : { gait, values };
  }

  /** As the robot last gave it: a robot that carries something over sends it unasked, ahead of the answers it matters to. */
  carryOver(): unknown {
    return this.#carryOver;
  }

  async limits(): Promise<RobotLimits> {
    const hello = this.#hello ?? this.#gone();
    const limits: RobotLimit[] = [];
    for (let index = 0; index < hello.limits; index++) {
      const reply = await this.#ask({ kind: "get-limit", index });
      if (reply.kind !== "limit") return confused(`get-limit ${index} of ${hello.limits}`, reply, this.#path);
      const { kind: _, ...limit } = reply;
      limits.push(limit);
    }
    const { settleAfter, cutAfter, clock } = hello;
    return { limits, deadMan: clock === "lockstep" ? null : { settleAfter, cutAfter } };
  }

  async roundTrip(): Promise<number> {
    const { clock } = this.#options;
    const sent = clock.now();
    const reply = await this.#ask({ kind: "time-sync", sent });
    if (reply.kind !== "time-reply") return confused("time-sync", reply, this.#path);
    return clock.now() - sent;
  }

  /** Counted since it was opened, at the robot as well. */
  async diagnostics(): Promise<LinkDiagnostics> {
    return sinceOpening(await this.#figures(), this.#before);
  }

  async #figures(): Promise<LinkDiagnostics> {
    const asked = this.#ask({ kind: "get-statistics" }, LEAVING);
    const robot = await asked.catch(() => null);
    return diagnosticsOf(
      {
        reader: this.#reader,
        requests: this.#requests,
        sync: this.#sync,
        telemetry: this.#telemetry,
        events: this.#events,
        schema: this.#hello?.schema ?? SCHEMA,
        malformed: this.#malformed,
        keepalives: this.#keepalives,
      },
      robot?.kind === "statistics" ? robot : null,
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  async #leave(): Promise<void> {
    if (this.#syncTimer !== null) clearInterval(this.#syncTimer);
    const closed = this.#lostError("the link was closed");
    this.#requests.rejectAll(closed, true);
    // A robot that does not answer keeps the lease until it has heard nothing for a while.
    if (this.#leased && this.#lost === null)
      await this.#ask({ kind: "release-lease" }, LEAVING).catch(() => {});
    this.#closed = true;
    this.#requests.rejectAll(closed);
    await this.#line?.close();
    this.#line = null;
  }

  async #introduce(): Promise<Capabilities> {
    const { link, robotId } = this.#options;
    const { clock } = link;
    const patience = clock === "lockstep" ? COMPUTING : STARTING;
    const { hello, channels, joints } = await introduce(
      (message) => this.#ask(message, patience).catch((error: unknown) => this.#nobody(error)),
      (message) => this.#ask(message),
      { robotId, clock, where: this.#path },
    );
    this.#hello = hello;
    const plan = planTelemetry(channels, hello.telemetryRate, {
      baud: clock === "lockstep" ? Number.POSITIVE_INFINITY : link.baud,
      rate: link.telemetryRate,
      groups: link.telemetryGroups,
    });
    this.#plan = plan;
    this.#telemetry = new TelemetryReceiver(plan, this.#options.clock, this.#sync);
    return {
      robotId: hello.robotId,
      clock: hello.clock,
      layout: new ChannelLayout(plan.channels.map(({ channel }) => channel)),
      telemetryRate: plan.rate,
      joints,
      firmware: hello.firmware,
      protocol: protocolOf(hello),
      runsGait: hello.runsGait,
      returnsByItself: hello.returnsByItself,
    };
  }

  #nobody(error: unknown): never {
    if (this.#lost !== null || !(error instanceof GaitsmithError)) throw error;
    return fail("LINK_UNAVAILABLE", {
      what: `nothing answers there: ${error.message}`,
      where: this.#path,
      remedy: "Check the robot's power, link.baud, and that this is the robot's port.",
      cause: error,
    });
  }

  /**
   * Asks for the planned telemetry. An earlier host may have left another one behind, so that is done whatever the plan.
   *
   * @param patience with a robot that still has power, s of wall time; without any it is left for later
   */
  async #subscribe(patience: number): Promise<void> {
    const [plan, telemetry] = [this.#plan, this.#telemetry];
    if (plan === null || telemetry === null) return;
    const { rate, groups, isDefault } = plan;
    const reply = await askWhile(
      () => this.#ask({ kind: "subscribe", rate, groups }),
      async (answer) => answer.kind === "nack" && (await this.#hasPower()),
      patience,
    );
    if (reply.kind === "nack") {
      // A firmware without a choice sends what it sends, and one with power from earlier on is asked again before it arms.
      if (isDefault || reply.code === "locked" || (await this.#hasPower())) return;
      confused("subscribe", reply, this.#path);
    }
    if (reply.kind !== "subscribed") return confused("subscribe", reply, this.#path);
    const { bytes } = reply;
    if (Math.abs(reply.rate - rate) > 0.01 * rate)
      rateRefused(rate, reply.rate, this.#hello?.telemetryRate ?? reply.rate);
    if (bytes !== telemetry.bytes)
      fail("ROBOT_MISMATCH", {
        what: `a telemetry frame of the robot has ${bytes} bytes of samples instead of ${telemetry.bytes}`,
        where: this.#path,
        remedy: "Check the channels and groups that the robot's firmware describes.",
      });
    telemetry.agreed = true;
  }

  async #hasPower(): Promise<boolean> {
    const status = await this.#ask({ kind: "get-status" });
    return status.kind === "status" && status.state !== "off";
  }

  /** Never rejects: a line that is lost tells so elsewhere. */
  async #synchronise(): Promise<void> {
    const { clock } = this.#options;
    try {
      const reply = await this.#ask({ kind: "time-sync", sent: clock.now() }, SYNCHRONISING);
      if (reply.kind !== "time-reply") return;
      this.#sync.add(reply.sent, reply.received, reply.replied, this.#heardAt);
    } catch {
      // Counted as unanswered.
    }
  }

  async #ask(message: Message, patience: Patience = ORDINARY): Promise<Message> {
    if (this.#line === null || this.#lost !== null) this.#gone();
    return this.#requests.ask(message, patience);
  }

  #write(bytes: Uint8Array, urgent: boolean): void {
    const line = this.#line ?? this.#gone();
    if (line.write(bytes) || !urgent) return;
    void line.discardUnsent().then(
      () => {
        // The line may have gone meanwhile; then the dead-man on the robot is what stops it.
        if (this.#lost === null && !this.#closed) line.write(bytes);
      },
      () => {},
    );
  }

  #onBytes(bytes: Uint8Array): void {
    this.#heardAt = this.#options.clock.now();
    this.#reader.push(bytes);
    this.#keepAlive();
  }

  #onWire(frame: Frame): void {
    const message = decodeMessage(frame.type, frame.payload, "robot");
    if (message === null) this.#malformed++;
    else if (message.kind === "telemetry") this.#onTelemetry(frame, message);
    else if ((frame.flags & FLAG.reply) !== 0) this.#requests.onReply(frame, message);
    else if (message.kind === "event") this.#announce(message);
    else if (message.kind === "carry-over") this.#keepCarryOver(message.state);
  }

  /** Every event comes three times. */
  #announce(message: MessageOf<"event">): void {
    if (!this.#events.isNew(message)) return;
    const event = robotEvent(message);
    if (event === null) return;
    // A start from before the introduction is no loss to anybody.
    if (event.kind === "rebooted" && this.#capabilities === null) return;
    this.#onEvent(event);
    if (event.kind === "rebooted") void this.#doubt();
  }

  #onTelemetry(header: Frame, message: MessageOf<"telemetry">): void {
    if (this.#capabilities === null || this.#telemetry === null) return;
    const frame = this.#telemetry.take(header, message, this.#heardAt);
    if (frame === null) return;
    if (this.#telemetry.setBack) void this.#doubt();
    this.#checked = null;
    this.#onFrame(frame);
    this.#checked = message;
  }

  /**
   * Sent only when the listener, the safety monitor first of all, has returned from a frame: a station that hangs lets
   * the robot's dead-man run out. Of frames that came together the newest is answered.
   */
  #keepAlive(): void {
    const { link, clock } = this.#options;
    if (this.#checked === null || link.clock === "lockstep" || !this.#leased) return;
    if (this.#lost !== null || clock.now() - this.#lastKeepalive < KEEPALIVE_INTERVAL) return;
    this.#lastKeepalive = clock.now();
    const { seq: telemetrySeq, challenge } = this.#checked;
    this.#checked = null;
    try {
      this.#requests.tell({ kind: "keepalive", telemetrySeq, response: responseTo(challenge) });
      this.#keepalives++;
    } catch (error) {
      this.#lose(describeError(error));
    }
  }

  /**
   * Something looks as if the robot had reset. Who it is now decides: another boot knows neither lease nor telemetry
   * plan, perhaps runs another firmware, and is another conversation.
   */
  async #doubt(): Promise<void> {
    const before = this.#hello;
    if (this.#doubting || before === null) return;
    this.#doubting = true;
    try {
      const now = await greet((message) => this.#ask(message), this.#path);
      if (now.bootId === before.bootId) return;
      const reason = `${now.reset} (boot ${now.bootId}, before it was ${before.bootId})`;
      this.#onEvent({ kind: "rebooted", reason });
      this.#leased = false;
      this.#lose(`the robot has reset: ${reason}`);
    } catch (error) {
      this.#lose(describeError(error));
    } finally {
      this.#doubting = false;
    }
  }

  #keepCarryOver(state: string): void {
    try {
      this.#carryOver = state === "" ? null : JSON.parse(state);
    } catch {
      this.#malformed++;
    }
  }

  #lose(reason: string): void {
    if (this.#lost !== null || this.#closed) return;
    this.#lost = reason;
    if (this.#syncTimer !== null) clearInterval(this.#syncTimer);
    this.#requests.rejectAll(this.#lostError(reason));
    // A listener that is told may still have to write its last stop to a robot that has only reset.
    this.#onEvent({ kind: "link-lost", reason });
  }

  #lostError(reason: string): unknown {
    try {
      return fail("LINK_LOST", { what: reason, where: this.#path, remedy: "Check cable and power." });
    } catch (error) {
      return error;
    }
  }

  #gone(): never {
    throw this.#lostError(this.#lost ?? `the link is ${this.#closed ? "closed" : "not open"}`);
  }
}

/** Version of the protocol, and of its table of messages where the robot was built with another one. */
function protocolOf({ protocol, schema }: MessageOf<"hello-reply">): string {
  const hex = schema.toString(16).padStart(8, "0");
  const table = schema === SCHEMA ? hex : `${hex}, here ${SCHEMA.toString(16).padStart(8, "0")}`;
  return `serial protocol ${protocol}, message table ${table}`;
}
