/**
 * A host that says what it is told to, right or wrong, and listens to everything: the other side of a robot under
 * check. Unlike `Requests` it lets every field of a frame be chosen.
 */
import { encodeFrame, FLAG, type Frame, FrameReader } from "../../../../firmware-protocol/codec/frame.ts";
import type { Message, MessageOf } from "../../../../firmware-protocol/codec/message-table.ts";
import { decodeMessage, encodeMessage } from "../../../../firmware-protocol/codec/payload.ts";

export interface ConversationOptions {
  readonly write: (bytes: Uint8Array) => void;
  /** The host's monotonic clock, s. */
  readonly now: () => number;
}

/** What a frame says besides its message; what is left out is as it should be. */
export interface Envelope {
  readonly seq?: number;
  readonly session?: number;
  /** µs modulo 2³² */
  readonly time?: number;
  /** Flags in place of, or (`retry`) besides, "a reply is wanted". */
  readonly flags?: number;
}

export interface Heard {
  readonly frame: Frame;
  /** null: no message that a robot sends */
  readonly message: Message | null;
  /** When its last byte was read here, s. */
  readonly at: number;
}

export interface Answer {
  readonly message: Message;
  readonly frame: Frame;
  readonly at: number;
  /** From the first try to the answer, s. */
  readonly took: number;
  readonly tries: number;
}

/** The robot did not answer in time. */
export class NoAnswer extends Error {}

/** As the specification says of requests, ms. */
const REPEAT_AFTER = 250;
const GIVE_UP_AFTER = 3000;

export class Conversation {
  readonly #options: ConversationOptions;
  readonly #reader = new FrameReader((frame) => this.#onFrame(frame));
  readonly #waiting = new Map<number, (heard: Heard) => void>();
  readonly #listeners = new Set<(heard: Heard) => void>();
  #seq = 0;
  #stamp = 0;
  #lost: string | null = null;
  /** Session of what is sent, unless the envelope says another one. */
  session = 0;
  /** Of requests that were answered: how long it took, s, and how often they were sent. */
  readonly answered: { readonly took: number; readonly tries: number }[] = [];
  /** Blocks of the robot that were no frames, and frames that were no messages. */
  malformed = 0;

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  get broken(): number {
    return Object.values(this.#reader.dropped).reduce((sum, count) => sum + count, 0);
  }

  onBytes(bytes: Uint8Array): void {
    this.#reader.push(bytes);
  }

  /** The line is gone: whoever waits is told. */
  lose(reason: string): void {
    this.#lost = reason;
  }

  nextSeq(): number {
    do this.#seq = (this.#seq + 1) & 0xff;
    while (this.#waiting.has(this.#seq));
    return this.#seq;
  }

  /** Now, as the header says it: µs modulo 2³², never the same twice. */
  stamp(): number {
    this.#stamp = Math.max(this.#stamp + 1, Math.round(this.#options.now() * 1e6));
    return this.#stamp % 2 ** 32;
  }

  frameOf(message: Message, envelope: Envelope = {}): Frame {
    return this.frame(encodeMessage(message), envelope);
  }

  frame(content: { readonly type: number; readonly payload: Uint8Array }, envelope: Envelope = {}): Frame {
    const { seq = this.nextSeq(), session = this.session, flags = FLAG.replyWanted } = envelope;
    return { ...content, seq, session, flags, time: envelope.time ?? this.stamp() };
  }

  sendBytes(bytes: Uint8Array): void {
    if (this.#lost !== null) throw new NoAnswer(this.#lost);
    this.#options.write(bytes);
  }

  /** Sends what nobody waits for. */
  tell(message: Message, envelope: Envelope = {}): void {
    this.sendBytes(encodeFrame(this.frameOf(message, { flags: 0, ...envelope })));
  }

  /** Sends, and repeats until it is answered. @throws NoAnswer */
  ask(message: Message, envelope: Envelope = {}): Promise<Answer> {
    return this.askFrame(this.frameOf(message, envelope), message.kind);
  }

  /** @param before bytes to write in the same breath. @throws NoAnswer */
  async askFrame(frame: Frame, name: string, before: Uint8Array = new Uint8Array()): Promise<Answer> {
    const began = this.#options.now();
    for (let tries = 1; tries * REPEAT_AFTER <= GIVE_UP_AFTER; tries++) {
      const flags = tries === 1 ? frame.flags : frame.flags | FLAG.retry;
      const bytes = encodeFrame({ ...frame, flags });
      const reply = this.replyTo(frame.seq, REPEAT_AFTER);
      this.sendBytes(tries === 1 ? Buffer.concat([before, bytes]) : Buffer.concat([DELIMITER, bytes]));
      const heard = await reply;
      if (this.#lost !== null) throw new NoAnswer(this.#lost);
      if (heard?.message != null) {
        const took = heard.at - began;
        this.answered.push({ took, tries });
        return { message: heard.message, frame: heard.frame, at: heard.at, took, tries };
      }
    }
    throw new NoAnswer(`no answer to ${name} within ${GIVE_UP_AFTER / 1000} s`);
  }

  /** @param within ms. @returns null when none came */
  replyTo(seq: number, within: number): Promise<Heard | null> {
    return new Promise((resolve) => {
      const end = (heard: Heard | null): void => {
        clearTimeout(timer);
        this.#waiting.delete(seq);
        resolve(heard);
      };
      // What has been waiting to be read while this computer stood still is read first.
      const timer = setTimeout(() => setImmediate(() => setImmediate(() => end(null))), within);
      this.#waiting.set(seq, end);
    });
  }

  /** @returns what stops it */
  listen(listener: (heard: Heard) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onTelemetry(listener: (telemetry: MessageOf<"telemetry">, at: number) => void): () => void {
    return this.listen(({ message, at }) => {
      if (message?.kind === "telemetry") listener(message, at);
    });
  }

  #onFrame(frame: Frame): void {
    const message = decodeMessage(frame.type, frame.payload, "robot");
    if (message === null) this.malformed++;
    const heard: Heard = { frame, message, at: this.#options.now() };
    for (const listener of this.#listeners) listener(heard);
    if ((frame.flags & FLAG.reply) !== 0) this.#waiting.get(frame.seq)?.(heard);
  }
}

const DELIMITER = Uint8Array.of(0);
