/** A robot that a test plays by itself, at the far end of a pseudo-terminal: every answer as scripted, frames when told. */
import { writeSync } from "node:fs";
import type { ReadStream } from "node:tty";
import pty from "@lydell/node-pty";
import { challengeOf } from "../../firmware-protocol/codec/challenge.ts";
import { encodeFrame, FLAG, type Frame, FrameReader } from "../../firmware-protocol/codec/frame.ts";
import {
  type Message,
  type MessageOf,
  PROTOCOL,
  SCHEMA,
} from "../../firmware-protocol/codec/message-table.ts";
import { decodeMessage, encodeMessage } from "../../firmware-protocol/codec/payload.ts";
import { encodeSamples } from "../../firmware-protocol/codec/samples.ts";
import { systemClock } from "../../src/clock.ts";

export const SECRET = 99;

export const HELLO: MessageOf<"hello-reply"> = {
  kind: "hello-reply",
  protocol: PROTOCOL,
  schema: SCHEMA,
  robotId: "scripted",
  firmware: "test",
  bootId: 1,
  reset: "power-on",
  clock: "realtime",
  telemetryRate: 100,
  settleAfter: 0.3,
  cutAfter: 0.8,
  runsGait: true,
  returnsByItself: false,
  channels: 2,
  joints: 1,
  parameters: 0,
  limits: 0,
};

/** What an obedient robot with two channels answers. */
export function obey(message: Message): Message | null {
  switch (message.kind) {
    case "hello":
      return HELLO;
    case "describe":
      return {
        kind: "description",
        name: message.subject === "joint" ? "hip" : `channel.${message.index}`,
        unit: "rad",
        source: "measured",
        joint: "",
        group: 0,
        resolution: 0,
      };
    case "acquire-lease":
      return { kind: "lease", epoch: 7 };
    case "subscribe":
      return { kind: "subscribed", rate: message.rate, groups: 1, bytes: 8 };
    case "stop":
      return { kind: "stopped", confirmed: true, level: message.level, time: 1 };
    case "keepalive":
      return null;
    default:
      return { kind: "ack" };
  }
}

interface Pair {
  readonly _master: ReadStream;
  readonly _slave: ReadStream;
  readonly _fd: number;
  readonly _pty: string;
}

export class ScriptedRobot {
  readonly path: string;
  /** Everything the host sent that was understood, with its header. */
  readonly heard: { readonly frame: Frame; readonly message: Message }[] = [];
  /** null: no answer. */
  answer: (message: Message, frame: Frame) => Message | null = obey;
  /** One way, both ways, ms. */
  delay = 0;
  /** Its clock minus ours, s. */
  ahead = 1000;
  /** Bytes that have come in, counted while it reads. */
  bytesRead = 0;
  readonly #pair: Pair;
  #seq = 0;
  #held: Uint8Array[] | null = null;

  constructor() {
    const { open } = pty as unknown as { open(options: { encoding: null }): Pair };
    this.#pair = open({ encoding: null });
    this.path = this.#pair._pty;
    // node-pty reads its own end of the line, and would take bytes from whoever opens the path.
    this.#pair._slave.destroy();
    const reader = new FrameReader((frame) => this.#onFrame(frame));
    this.#pair._master.on("data", (bytes: Uint8Array) => {
      this.bytesRead += bytes.length;
      this.#later(() => reader.push(bytes));
    });
    this.#pair._master.on("error", () => {});
  }

  get now(): number {
    return systemClock.now() + this.ahead;
  }

  /** Neither reads nor answers. */
  freeze(): void {
    this.#pair._master.pause();
  }

  thaw(): void {
    this.#pair._master.resume();
  }

  telemetry(values: readonly number[] = [1, 2], change: Partial<MessageOf<"telemetry">> = {}): void {
    const seq = change.seq ?? this.#seq + 1;
    this.#seq = seq;
    this.send({
      kind: "telemetry",
      seq,
      time: this.now,
      challenge: challengeOf(SECRET, seq),
      set: 0,
      state: "off",
      samples: encodeSamples(values, new Float64Array(values.length)),
      ...change,
    });
  }

  /** Sends telemetry every 10 ms until the function it returns is called. */
  stream(): () => void {
    const timer = setInterval(() => this.telemetry(), 10);
    return () => clearInterval(timer);
  }

  send(message: Message, flags = 0, seq = 0): void {
    const { type, payload } = encodeMessage(message);
    const time = Math.round(this.now * 1e6) % 2 ** 32;
    this.raw(encodeFrame({ type, flags, seq, session: 7, time, payload }));
  }

  raw(bytes: Uint8Array): void {
    if (this.#held !== null) this.#held.push(bytes);
    else this.#later(() => writeSync(this.#pair._fd, bytes));
  }

  /** What is sent meanwhile goes out in one write. */
  together(send: () => void): void {
    this.#held = [];
    send();
    const bytes = Buffer.concat(this.#held);
    this.#held = null;
    this.raw(bytes);
  }

  close(): void {
    this.#pair._master.destroy();
  }

  #onFrame(frame: Frame): void {
    const message = decodeMessage(frame.type, frame.payload, "host");
    if (message === null) return;
    this.heard.push({ frame, message });
    if (message.kind === "time-sync") {
      const { sent } = message;
      this.send({ kind: "time-reply", sent, received: this.now, replied: this.now }, FLAG.reply, frame.seq);
      return;
    }
    const answer = this.answer(message, frame);
    if (answer !== null) this.send(answer, FLAG.reply, frame.seq);
  }

  #later(action: () => void): void {
    if (this.delay === 0) action();
    else setTimeout(action, this.delay);
  }
}
