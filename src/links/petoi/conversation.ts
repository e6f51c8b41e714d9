/**
 * One command at a time. The firmware takes everything that waits in its receive buffer for one command, so that of two that
 * wait together the second is lost or misread: `d` twice during one cycle of a gait switches off a single servo and is
 * answered as if the robot rested. Nothing is therefore written before the last command was answered, or must have been read.
 */

/** From a command to its token while the robot stands or rests, s. */
export const ANSWER = 1;
/** Longest line that makes sense; what is longer is noise. */
const LONGEST_LINE = 512;

export interface Question {
  readonly text: string;
  /** Whether a line is the answer. */
  readonly answeredBy: (line: string) => boolean;
  /** After this long, s, it has been read and the answer was lost: never shorter than the robot may be busy. */
  readonly within: number;
  /** Every line that is heard while it waits for its answer. */
  readonly heard?: (line: string) => void;
}

interface Waiting {
  readonly question: Question;
  readonly settle: (answered: boolean) => void;
}

export class Conversation {
  readonly #write: (text: string) => void;
  readonly #onLine: (line: string) => void;
  #begun = "";
  #asked: Waiting | null = null;
  #timer: NodeJS.Timeout | null = null;
  #queue: Waiting[] = [];
  #closed = false;
  /** Commands whose answers never came. */
  unanswered = 0;

  /** @param onLine gets every line, before a question does */
  constructor(write: (text: string) => void, onLine: (line: string) => void) {
    this.#write = write;
    this.#onLine = onLine;
  }

  get idle(): boolean {
    return this.#asked === null && this.#queue.length === 0;
  }

  onBytes(bytes: Uint8Array): void {
    const parts = (this.#begun + Buffer.from(bytes).toString("latin1")).split(/\r?\n/);
    this.#begun = parts.pop()!.slice(-LONGEST_LINE);
    for (const line of parts) this.#hear(line);
  }

  /**
   * @param urgent before everything that waits; still after the command that is being answered
   * @returns whether it was answered
   */
  ask(question: Question, urgent = false): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    return new Promise((settle) => {
      const waiting = { question, settle };
      if (urgent) this.#queue.unshift(waiting);
      else this.#queue.push(waiting);
      this.#next();
    });
  }

  /** Asks once more when no answer came. @returns whether it was answered */
  async askTwice(text: string, token: string): Promise<boolean> {
    const question = { text, answeredBy: is(token), within: ANSWER };
    return (await this.ask(question)) || this.ask(question);
  }

  /** Nothing is written any more. */
  close(): void {
    this.#closed = true;
    this.drop();
  }

  /** Nothing that waits or is being answered counts any more: all are unanswered. */
  drop(): void {
    const dropped = [...(this.#asked === null ? [] : [this.#asked]), ...this.#queue];
    this.#queue = [];
    this.#finish();
    for (const { settle } of dropped) settle(false);
  }

  /** Drops only what has not been written yet. */
  dropWaiting(): void {
    const dropped = this.#queue;
    this.#queue = [];
    for (const { settle } of dropped) settle(false);
  }

  #hear(line: string): void {
    this.#onLine(line);
    const asked = this.#asked;
    if (asked === null) return;
    asked.question.heard?.(line);
    // A listener may have dropped it meanwhile.
    if (this.#asked !== asked || !asked.question.answeredBy(line)) return;
    this.#finish();
    asked.settle(true);
    this.#next();
  }

  #next(): void {
    if (this.#asked !== null) return;
    const waiting = this.#queue.shift();
    if (waiting === undefined) return;
    this.#asked = waiting;
    this.#timer = setTimeout(() => {
      this.unanswered++;
      this.#finish();
      waiting.settle(false);
      this.#next();
    }, 1000 * waiting.question.within);
    this.#write(waiting.question.text);
  }

  #finish(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#asked = null;
  }
}

/** Whether a line is this token, with which the firmware says that it is done. */
export function is(token: string): (line: string) => boolean {
  return (line) => line === token;
}
