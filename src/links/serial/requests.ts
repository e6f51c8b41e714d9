/**
 * Requests on a serial line, which may lose or corrupt bytes. To a robot that answers nothing only so much is written: what
 * waits in the kernel's buffer is what a stop would wait behind.
 */
import { FLAG, type Frame } from "../../../firmware-protocol/codec/frame.ts";
import type { Message } from "../../../firmware-protocol/codec/message-table.ts";
import { encodeMessageFrame } from "../../../firmware-protocol/codec/payload.ts";
import { isStop, setsInMotion } from "../../../firmware-protocol/codec/precedence.ts";
import type { Durations } from "../durations.ts";
import type { Patience } from "../patience.ts";
import { RepeatedRequests } from "../repeated-requests.ts";

export interface RequestOptions {
  /** Writes a frame; `urgent` frames must not wait for anything. */
  readonly write: (bytes: Uint8Array, urgent: boolean) => void;
  /** The host's monotonic clock, s. */
  readonly now: () => number;
}

/**
 * Most bytes written since the robot last answered anything. Drivers of serial adapters take 4 kB and more; beyond it a
 * repetition is left out.
 */
const MOST_UNHEARD = 3072;
/** What needs no answer is left out earlier: 2 s of keepalives. */
const MOST_UNHEARD_UNASKED = 1024;

export class Requests {
  readonly #options: RequestOptions;
  readonly #requests: RepeatedRequests<Message, Message>;
  #seq = 0;
  #unheard = 0;
  #withheld = 0;
  /** Low 16 bits of the lease's epoch, 0 without one. */
  session = 0;

  constructor(options: RequestOptions) {
    this.#options = options;
    this.#requests = new RepeatedRequests<Message, Message>({
      write: (message, seq, { urgent, again }) =>
        this.#write(message, seq, again ? FLAG.replyWanted | FLAG.retry : FLAG.replyWanted, urgent),
      isStop,
      setsInMotion,
      overtaken: { kind: "nack", code: "refused", field: "", reason: "a stop came in between" },
      withholds: (urgent) => !urgent && this.#withholds(MOST_UNHEARD),
      remedy: "Check cable, data rate and the robot's firmware; the robot stops by itself.",
    });
  }

  get counts(): Readonly<Record<"asked" | "repeated" | "unanswered" | "withheld", number>> {
    return { ...this.#requests.counts, withheld: this.#withheld };
  }

  /** Of requests that were answered at the first try. */
  get roundTrips(): Durations {
    return this.#requests.roundTrips;
  }

  /**
   * Written before this returns, unless an ordinary request is underway.
   *
   * @throws LINK_LOST when nothing comes back in time, or the line is gone
   */
  ask(message: Message, patience: Patience): Promise<Message> {
    return this.#requests.ask(message, this.#nextSeq(), patience);
  }

  /** Sends what needs no answer, unless the robot has answered nothing for long. */
  tell(message: Message): void {
    if (!this.#withholds(MOST_UNHEARD_UNASKED)) this.#write(message, this.#nextSeq(), 0, false);
  }

  /** @returns whether somebody was waiting for it */
  onReply({ seq }: Frame, reply: Message): boolean {
    this.#unheard = 0;
    return this.#requests.onAnswer(seq, reply);
  }

  /** @param ordinaryOnly stops go on being repeated */
  rejectAll(error: unknown, ordinaryOnly = false): void {
    this.#requests.rejectAll(error, ordinaryOnly);
  }

  #withholds(mostUnheard: number): boolean {
    if (this.#unheard <= mostUnheard) return false;
    this.#withheld++;
    return true;
  }

  #nextSeq(): number {
    do this.#seq = (this.#seq + 1) & 0xff;
    while (this.#requests.isTaken(this.#seq));
    return this.#seq;
  }

  #write(message: Message, seq: number, flags: number, urgent: boolean): void {
    const time = Math.round(this.#options.now() * 1e6) % 2 ** 32;
    const frame = encodeMessageFrame(message, { flags, seq, session: this.session, time });
    if (!urgent && (flags & FLAG.retry) === 0) {
      this.#unheard += frame.length;
      this.#options.write(frame, false);
      return;
    }
    // What went before may have been cut short: a delimiter of our own closes it.
    const delimited = new Uint8Array(frame.length + 1);
    delimited.set(frame, 1);
    this.#unheard += delimited.length;
    this.#options.write(delimited, urgent);
  }
}
