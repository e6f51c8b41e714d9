/** Requests on a line that may lose or corrupt bytes: each is repeated until it is answered or time is up. */
import { encodeFrame, FLAG, type Frame } from "../../../firmware-protocol/codec/frame.ts";
import type { Message } from "../../../firmware-protocol/codec/message-table.ts";
import { encodeMessage } from "../../../firmware-protocol/codec/payload.ts";
import { fail } from "../../errors.ts";

export interface Patience {
  /** Wall time between repetitions, ms. */
  readonly repeatAfter: number;
  /** Wall time after which the robot counts as gone, ms. */
  readonly giveUpAfter: number;
}

interface Waiting {
  readonly resolve: (reply: Message) => void;
  readonly reject: (error: unknown) => void;
  readonly repeat: NodeJS.Timeout;
}

export interface RequestOptions {
  /** Writes a frame; `urgent` frames first throw away what has not been sent. */
  readonly write: (bytes: Uint8Array, urgent: boolean) => void;
  /** The host's monotonic clock, s. */
  readonly now: () => number;
}

export class Requests {
  readonly #options: RequestOptions;
  readonly #waiting = new Map<number, Waiting>();
  #seq = 0;
  /** Low 16 bits of the lease's epoch, 0 without one. */
  session = 0;

  constructor(options: RequestOptions) {
    this.#options = options;
  }

  /** @throws LINK_LOST when nothing comes back in time, or the line is gone */
  ask(message: Message, { repeatAfter, giveUpAfter }: Patience): Promise<Message> {
    const seq = this.#nextSeq();
    return new Promise((resolve, reject) => {
      let waited = 0;
      const again = (): void => {
        waited += repeatAfter;
        try {
          if (waited >= giveUpAfter) this.#silent(message.kind, waited);
          this.#write(message, seq, FLAG.replyWanted | FLAG.retry);
        } catch (error) {
          this.#settle(seq)?.reject(error);
        }
      };
      this.#waiting.set(seq, { resolve, reject, repeat: setInterval(again, repeatAfter) });
      try {
        this.#write(message, seq, FLAG.replyWanted);
      } catch (error) {
        this.#settle(seq)?.reject(error);
      }
    });
  }

  /** Sends what needs no answer. */
  tell(message: Message): void {
    this.#write(message, this.#nextSeq(), 0);
  }

  /** @returns whether somebody was waiting for it */
  onReply(frame: Frame, reply: Message): boolean {
    const waiting = this.#settle(frame.seq);
    waiting?.resolve(reply);
    return waiting !== undefined;
  }

  rejectAll(error: unknown): void {
    for (const seq of [...this.#waiting.keys()]) this.#settle(seq)?.reject(error);
  }

  #settle(seq: number): Waiting | undefined {
    const waiting = this.#waiting.get(seq);
    if (waiting !== undefined) clearInterval(waiting.repeat);
    this.#waiting.delete(seq);
    return waiting;
  }

  #nextSeq(): number {
    do this.#seq = (this.#seq + 1) & 0xff;
    while (this.#waiting.has(this.#seq));
    return this.#seq;
  }

  #write(message: Message, seq: number, flags: number): void {
    const { type, payload } = encodeMessage(message);
    const time = Math.round(this.#options.now() * 1e6) % 2 ** 32;
    const frame = encodeFrame({ type, flags, seq, session: this.session, time, payload });
    const urgent = message.kind === "stop" || message.kind === "e-stop";
    if (!urgent && (flags & FLAG.retry) === 0) {
      this.#options.write(frame, false);
      return;
    }
    // What went before may have been cut short: a delimiter of our own closes it.
    const delimited = new Uint8Array(frame.length + 1);
    delimited.set(frame, 1);
    this.#options.write(delimited, urgent);
  }

  #silent(kind: string, waited: number): never {
    return fail("LINK_LOST", {
      what: `the robot did not answer ${kind} within ${(waited / 1000).toFixed(1)} s`,
      remedy: "Check cable, data rate and the robot's firmware; the robot stops by itself.",
    });
  }
}
