/** A robot on a serial line, speaking the protocol of `firmware-protocol/`. */
import { responseTo } from "../../../firmware-protocol/codec/challenge.ts";
import { faultName } from "../../../firmware-protocol/codec/faults.ts";
import { type Frame, FrameReader } from "../../../firmware-protocol/codec/frame.ts";
import {
  type Message,
  type MessageOf,
  PROTOCOL,
  SCHEMA,
} from "../../../firmware-protocol/codec/message-table.ts";
import { decodeMessage } from "../../../firmware-protocol/codec/payload.ts";
import { decodeSamples } from "../../../firmware-protocol/codec/samples.ts";
import { type Clock, ManualClock } from "../../clock.ts";
import type { SerialLinkConfig } from "../../config/hardware-config.ts";
import { describeError, fail } from "../../errors.ts";
import type { Cleared, Command } from "../../robot/command.ts";
import type {
  Acknowledgement,
  Capabilities,
  Lease,
  Placement,
  Robot,
  RobotEvent,
  StopConfirmation,
  StopLevel,
} from "../../robot/robot.ts";
import { type Channel, ChannelLayout, type TelemetryFrame } from "../../robot/telemetry-frame.ts";
import { messagesOf } from "./command-messages.ts";
import { type Patience, Requests } from "./requests.ts";
import { SerialLine } from "./serial-line.ts";

const ORDINARY: Patience = { repeatAfter: 250, giveUpAfter: 3000 };
/** A simulated robot computes while its host waits. */
const COMPUTING: Patience = { repeatAfter: 1000, giveUpAfter: 30_000 };
const STOPPING: Patience = { repeatAfter: 20, giveUpAfter: 1000 };
const LEAVING: Patience = { repeatAfter: 100, giveUpAfter: 300 };
/** In real time, telemetry that has been listened to keeps the robot alive this often, s. */
const KEEPALIVE_INTERVAL = 0.05;
/** Repeated events are recognised among this many. */
const EVENTS_REMEMBERED = 32;

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
  #line: SerialLine | null = null;
  #lost: string | null = null;
  #closing: Promise<void> | null = null;
  #closed = false;
  #capabilities: Capabilities | null = null;
  /** Step of each channel's 16-bit samples, 0 where they are binary32. */
  #resolutions = new Float64Array();
  #values = new Float64Array();
  /** Number and time of events that were announced. */
  readonly #announced = new Set<string>();
  #leased = false;
  #carryOver: unknown = null;
  /** Station clock minus robot clock, s; lockstep only. */
  #clockOffset = 0;
  #lastKeepalive = Number.NEGATIVE_INFINITY;
  #malformed = 0;
  #onFrame: (frame: TelemetryFrame) => void = () => {};
  #onEvent: (event: RobotEvent) => void = () => {};

  constructor(options: SerialRobotOptions) {
    if (options.link.clock === "lockstep" && !(options.clock instanceof ManualClock)) {
      throw new TypeError("a lockstep robot moves the station's clock: give it a ManualClock");
    }
    this.#options = options;
    this.#requests = new Requests({
      write: (bytes, urgent) => this.#write(bytes, urgent),
      now: () => options.clock.now(),
    });
  }

  /** Blocks that were no frames, and frames that were no messages, since it was opened. */
  get dropped(): number {
    return Object.values(this.#reader.dropped).reduce((sum, count) => sum + count, this.#malformed);
  }

  async open(): Promise<Capabilities> {
    if (this.#closed || this.#lost !== null) this.#gone();
    if (this.#capabilities !== null) return this.#capabilities;
    const { link, clock } = this.#options;
    this.#line = await SerialLine.open(link.path, link.baud, {
      onBytes: (bytes) => this.#reader.push(bytes),
      onLost: (reason) => this.#lose(reason),
    });
    try {
      const capabilities = await this.#introduce();
      if (clock instanceof ManualClock) {
        this.#clockOffset = Math.ceil(clock.now());
        clock.advance(this.#clockOffset - clock.now());
      }
      this.#capabilities = capabilities;
      return capabilities;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async acquireLease(owner: string): Promise<Lease> {
    const reply = await this.#ask({ kind: "acquire-lease", owner });
    if (reply.kind === "lease") {
      this.#requests.session = reply.epoch & 0xffff;
      this.#leased = true;
      return { owner, epoch: reply.epoch };
    }
    return fail("ROBOT_BUSY", {
      what: reply.kind === "nack" ? reply.reason : `the robot answered ${reply.kind} to acquire-lease`,
      where: this.#options.link.path,
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
    let reply: Message = { kind: "ack" };
    for (const message of messagesOf(command)) {
      reply = await this.#ask(message);
      if (reply.kind === "nack") return { accepted: false, reason: reply.reason };
    }
    if (reply.kind === "staged") {
      return { accepted: true, reason: "", hash: reply.hash.toString(16).padStart(8, "0") };
    }
    return reply.kind === "ack" ? { accepted: true, reason: "" } : this.#confused(command.kind, reply);
  }

  async stop(level: StopLevel): Promise<StopConfirmation> {
    const unconfirmed: StopConfirmation = { confirmed: false, level, tRobot: Number.NaN };
    if (this.#line === null || this.#lost !== null) return unconfirmed;
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
    if (reply.kind !== "ack") this.#confused("advance", reply);
  }

  async place({ seed, suggestion, carryOver }: Placement): Promise<void> {
    const state = carryOver === null ? "" : JSON.stringify(carryOver);
    const reply = await this.#ask({ kind: "place", seed, suggestion, carryOver: state }, COMPUTING);
    if (reply.kind !== "ack") this.#confused("place", reply);
  }

  /** As the robot last gave it: a robot that carries something over sends it unasked, ahead of the answers it matters to. */
  carryOver(): unknown {
    return this.#carryOver;
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  async #leave(): Promise<void> {
    // A robot that does not answer keeps the lease until it has heard nothing for a while.
    if (this.#leased && this.#lost === null)
      await this.#ask({ kind: "release-lease" }, LEAVING).catch(() => {});
    this.#closed = true;
    this.#requests.rejectAll(this.#lostError("the link was closed"));
    await this.#line?.close();
    this.#line = null;
  }

  /** Who is there, and what it reports. */
  async #introduce(): Promise<Capabilities> {
    const { link, robotId } = this.#options;
    const hello = await this.#ask(
      { kind: "hello", oldest: PROTOCOL, newest: PROTOCOL, schema: SCHEMA, host: "gaitsmith" },
      COMPUTING,
    );
    this.#refuseUnless(
      hello.kind !== "nack" || hello.code !== "version",
      `it speaks another version of the protocol: ${hello.kind === "nack" ? hello.reason : ""}`,
      "Install a firmware and a gaitsmith of the same version.",
    );
    if (hello.kind !== "hello-reply") return this.#confused("hello", hello);
    this.#refuseUnless(
      hello.robotId === robotId,
      `it is ${hello.robotId}, the config describes ${robotId}`,
      "Check link.path and robot.id.",
    );
    this.#refuseUnless(
      hello.clock === link.clock,
      `its clock is ${hello.clock}, the config says ${link.clock}`,
      `Write link.clock: ${hello.clock}.`,
    );
    const channels: Channel[] = [];
    const resolutions: number[] = [];
    for (let index = 0; index < hello.channels; index++) {
      const { name, unit, source, joint, resolution } = await this.#describe("channel", index);
      resolutions.push(resolution);
      channels.push({ name, unit, source, ...(joint === "" ? {} : { joint }) });
    }
    this.#resolutions = Float64Array.from(resolutions);
    this.#values = new Float64Array(channels.length);
    const joints: string[] = [];
    for (let index = 0; index < hello.joints; index++)
      joints.push((await this.#describe("joint", index)).name);
    return {
      robotId: hello.robotId,
      clock: hello.clock,
      layout: new ChannelLayout(channels),
      telemetryRate: hello.telemetryRate,
      joints,
      firmware: hello.firmware,
      runsGait: hello.runsGait,
      returnsByItself: hello.returnsByItself,
    };
  }

  async #describe(subject: "channel" | "joint", index: number): Promise<MessageOf<"description">> {
    const reply = await this.#ask({ kind: "describe", subject, index });
    return reply.kind === "description" ? reply : this.#confused("describe", reply);
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

  #onWire(frame: Frame): void {
    const message = decodeMessage(frame.type, frame.payload, "robot");
    if (message === null) this.#malformed++;
    else if (message.kind === "telemetry") this.#onTelemetry(frame, message);
    else if (message.kind === "event") this.#announce(message);
    else if (message.kind === "carry-over") this.#keepCarryOver(message.state);
    else this.#requests.onReply(frame, message);
  }

  /** Every event comes three times. Numbers start anew when the robot resets, its clock does as well. */
  #announce({ number, event, code, time, reason }: MessageOf<"event">): void {
    const key = `${number} ${time}`;
    if (this.#announced.has(key)) return;
    this.#announced.add(key);
    for (const old of this.#announced) {
      if (this.#announced.size <= EVENTS_REMEMBERED) break;
      this.#announced.delete(old);
    }
    // A start from before the introduction is no loss to anybody.
    if (event === "rebooted" && this.#capabilities === null) return;
    if (event === "rebooted") this.#onEvent({ kind: event, reason });
    else if (event === "fault") {
      const name = faultName(code) ?? `fault-${code}`;
      this.#onEvent({ kind: event, code: name.toUpperCase().replaceAll("-", "_"), reason });
    } else if (event === "latched") this.#onEvent({ kind: "fault", code: "LATCHED", reason });
  }

  #onTelemetry(frame: Frame, { seq, time, challenge, samples }: MessageOf<"telemetry">): void {
    const { clock } = this.#options;
    if (this.#capabilities === null) return;
    if (!decodeSamples(samples, this.#resolutions, this.#values)) {
      this.#malformed++;
      return;
    }
    let tArrival = clock.now();
    if (clock instanceof ManualClock) {
      // The frame's own stamp is when it was sent; in lockstep the line takes no time.
      const age = (frame.time - (Math.round(time * 1e6) % 2 ** 32) + 2 ** 32) % 2 ** 32;
      tArrival = this.#clockOffset + time + (age < 2 ** 31 ? age / 1e6 : 0);
      clock.advance(Math.max(0, tArrival - clock.now()));
    }
    this.#onFrame({ seq, tRobot: time, tArrival, values: this.#values });
    this.#keepAlive(seq, responseTo(challenge));
  }

  /**
   * Sent only when the listener, the safety monitor first of all, has returned from a frame: a station that hangs lets
   * the robot's dead-man run out.
   */
  #keepAlive(telemetrySeq: number, response: number): void {
    const { link, clock } = this.#options;
    if (link.clock === "lockstep" || !this.#leased || clock.now() - this.#lastKeepalive < KEEPALIVE_INTERVAL)
      return;
    this.#lastKeepalive = clock.now();
    try {
      this.#requests.tell({ kind: "keepalive", telemetrySeq, response });
    } catch (error) {
      this.#lose(describeError(error));
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
    this.#requests.rejectAll(this.#lostError(reason));
    this.#onEvent({ kind: "link-lost", reason });
  }

  #lostError(reason: string): unknown {
    try {
      return fail("LINK_LOST", {
        what: reason,
        where: this.#options.link.path,
        remedy: "Check cable and power.",
      });
    } catch (error) {
      return error;
    }
  }

  #gone(): never {
    throw this.#lostError(this.#lost ?? `the link is ${this.#closed ? "closed" : "not open"}`);
  }

  #refuseUnless(holds: boolean, what: string, remedy: string): void {
    if (!holds) fail("ROBOT_MISMATCH", { what, where: this.#options.link.path, remedy });
  }

  #confused(asked: string, reply: Message): never {
    const words = reply.kind === "nack" ? `refused it: ${reply.reason}` : `answered ${reply.kind}`;
    return fail(reply.kind === "nack" ? "ROBOT_REFUSED" : "PROTOCOL_VIOLATION", {
      what: `${asked}: the robot ${words}`,
      where: this.#options.link.path,
      remedy: "Check that firmware and gaitsmith speak the same version of the protocol.",
    });
  }
}
