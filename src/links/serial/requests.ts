/**
 * Requests on a line that may lose or corrupt bytes: each is repeated, with the same number and contents, until it is
 * answered or time is up.
 *
 * One ordinary request is underway at a time, and to a robot that answers nothing only so much is written: what waits in
 * the kernel's buffer is what a stop would wait behind. Stops wait for nothing.
 */
import { FLAG, type Frame } from "../../../firmware-protocol/codec/frame.ts";
import type { Message } from "../../../firmware-protocol/codec/message-table.ts";
import { encodeMessageFrame } from "../../../firmware-protocol/codec/payload.ts";
import { isStop, setsInMotion } from "../../../firmware-protocol/codec/precedence.ts";
import { systemClock } from "../../clock.ts";
import { fail } from "../../errors.ts";
import { Durations } from "../durations.ts";
import type { Patience } from "../patience.ts";

interface Request {
  readonly message: Message;
  readonly patience: Patience;
  readonly seq: number;
  readonly urgent: boolean;
  readonly resolve: (reply: Message) => void;
  readonly reject: (error: unknown) => void;
  repeat: NodeJS.Timeout | null;
  /** When it was first written, wall time, s; NaN once it was repeated: nobody knows which copy is answered. */
  writtenAt: number;
  waited: number;
}

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
  /** Urgent ones, and the ordinary one that is underway. */
  readonly #waiting = new Map<number, Request>();
  readonly #queue: Request[] = [];
  #ordinary: Request | null = null;
  #seq = 0;
  #unheard = 0;
  /** Low 16 bits of the lease's epoch, 0 without one. */
  session = 0;
  /** Of requests that were answered at the first try. */
  readonly roundTrips = new Durations();
  readonly counts = { asked: 0, repeated: 0, unanswered: 0, withheld: 0 };

  constructor(options: RequestOptions) {
    this.#options = options;
  }

  /**
   * Written before this returns, unless an ordinary request is underway.
   *
   * @throws LINK_LOST when nothing comes back in time, or the line is gone
   */
  ask(message: Message, patience: Patience): Promise<Message> {
    const urgent = isStop(message);
    return new Promise((resolve, reject) => {
      const seq = this.#nextSeq();
      const request: Request = {
        message,
        patience,
        seq,
        urgent,
        resolve,
        reject,
        repeat: null,
        writtenAt: Number.NaN,
        waited: 0,
      };
      this.counts.asked++;
      if (urgent) {
        this.#begin(request);
        this.#dropMovement();
      } else {
        this.#queue.push(request);
        this.#next();
      }
    });
  }

  /** Sends what needs no answer, unless the robot has answered nothing for long. */
  tell(message: Message): void {
    if (this.#unheard > MOST_UNHEARD_UNASKED) {
      this.counts.withheld++;
      return;
    }
    this.#write(message, this.#nextSeq(), 0, false);
  }

  /** @returns whether somebody was waiting for it */
  onReply(frame: Frame, reply: Message): boolean {
    this.#unheard = 0;
    const request = this.#waiting.get(frame.seq);
    if (request === undefined) return false;
    if (!Number.isNaN(request.writtenAt)) this.roundTrips.add(systemClock.now() - request.writtenAt);
    this.#end(request);
    request.resolve(reply);
    return true;
  }

  /** @param ordinaryOnly stops go on being repeated */
  rejectAll(error: unknown, ordinaryOnly = false): void {
    for (const request of this.#takeOut(({ urgent }) => !(ordinaryOnly && urgent))) request.reject(error);
  }

  /**
   * What would set the robot in motion is not sent again behind a stop, and answered as refused: its repetition would reach
   * a robot that has just stopped, as a new command.
   */
  #dropMovement(): void {
    for (const { resolve } of this.#takeOut(({ message }) => setsInMotion(message)))
      resolve({ kind: "nack", code: "refused", field: "", reason: "a stop came in between" });
  }

  /** Ends requests. The queue first: what stands behind the one underway begins when that one ends. */
  #takeOut(which: (request: Request) => boolean): Request[] {
    const queued = this.#queue.filter(which);
    this.#queue.splice(0, this.#queue.length, ...this.#queue.filter((request) => !which(request)));
    const underway = [...this.#waiting.values()].filter(which);
    for (const request of underway) this.#end(request);
    return [...underway, ...queued];
  }

  #next(): void {
    if (this.#ordinary !== null) return;
    const request = this.#queue.shift();
    if (request === undefined) return;
    this.#ordinary = request;
    this.#begin(request);
  }

  #begin(request: Request): void {
    const { message, patience, seq, urgent } = request;
    this.#waiting.set(seq, request);
    request.repeat = setInterval(() => this.#again(request), patience.repeatAfter);
    request.writtenAt = systemClock.now();
    try {
      this.#write(message, seq, FLAG.replyWanted, urgent);
    } catch (error) {
      this.#end(request);
      request.reject(error);
    }
  }

  #again(request: Request): void {
    const { message, patience, seq, urgent } = request;
    request.waited += patience.repeatAfter;
    request.writtenAt = Number.NaN;
    try {
      if (request.waited >= patience.giveUpAfter) {
        this.counts.unanswered++;
        silent(message.kind, request.waited);
      }
      if (!urgent && this.#unheard > MOST_UNHEARD) {
        this.counts.withheld++;
        return;
      }
      this.counts.repeated++;
      this.#write(message, seq, FLAG.replyWanted | FLAG.retry, urgent);
    } catch (error) {
      this.#end(request);
      request.reject(error);
    }
  }

  #end(request: Request): void {
    if (request.repeat !== null) clearInterval(request.repeat);
    this.#waiting.delete(request.seq);
    if (this.#ordinary !== request) return;
    this.#ordinary = null;
    this.#next();
  }

  #nextSeq(): number {
    do this.#seq = (this.#seq + 1) & 0xff;
    while (this.#waiting.has(this.#seq) || this.#queue.some(({ seq }) => seq === this.#seq));
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

function silent(kind: string, waited: number): never {
  return fail("LINK_LOST", {
    what: `the robot did not answer ${kind} within ${(waited / 1000).toFixed(1)} s`,
    remedy: "Check cable, data rate and the robot's firmware; the robot stops by itself.",
  });
}
