/** Answers to the last requests, for hosts that did not hear them: what comes again is answered again, and done once. */
import { FLAG, type Frame } from "../../firmware-protocol/codec/frame.ts";
import type { Message } from "../../firmware-protocol/codec/message-table.ts";

/** A request, as far as its repetition is to be recognised, and its answer: null while it is being found. */
export interface Answered {
  readonly type: number;
  readonly time: number;
  readonly payload: Uint8Array;
  answer: Message | null;
}

const ANSWERS_KEPT = 32;

export class RememberedAnswers {
  /** By session and seq, oldest first. */
  readonly #answers = new Map<number, Answered>();

  /** @returns the request that this frame repeats, or null when it is new */
  repeatedBy(frame: Frame): Answered | null {
    const before = this.#answers.get(keyOf(frame));
    return before !== undefined && isRepeated(before, frame) ? before : null;
  }

  /** @returns where its answer is to be put */
  remember(frame: Frame): Answered {
    const { type, time, payload } = frame;
    const answered: Answered = { type, time, payload, answer: null };
    const key = keyOf(frame);
    this.#answers.delete(key);
    this.#answers.set(key, answered);
    for (const old of this.#answers.keys()) {
      if (this.#answers.size <= ANSWERS_KEPT) break;
      this.#answers.delete(old);
    }
    return answered;
  }
}

function keyOf({ session, seq }: Frame): number {
  return (session << 8) | seq;
}

/** Sent again by the host, or doubled by the line. */
function isRepeated({ type, time, payload }: Answered, frame: Frame): boolean {
  if ((frame.flags & FLAG.retry) === 0 && time !== frame.time) return false;
  return type === frame.type && Buffer.from(payload).equals(frame.payload);
}
