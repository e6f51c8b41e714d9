/** A person at a terminal, or the lines of a script: one question at a time, answered by a line. */
import { createInterface, type Interface } from "node:readline";
import type { Person } from "../service/first-run/ports.ts";

export interface PersonStreams {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/** Sooner after a question on a terminal nobody has read it: the line was typed before, and is dropped, ms. */
const UNREAD_MS = 200;

export class TerminalPerson implements Person {
  readonly #streams: PersonStreams;
  readonly #lines: Interface;
  readonly #waiting: string[] = [];
  #asked: { readonly at: number; readonly answer: (line: string | null) => void } | null = null;
  #gone = false;

  constructor(streams: PersonStreams) {
    this.#streams = streams;
    this.#lines = createInterface({ input: streams.input, terminal: false });
    this.#lines.on("line", (line) => this.#onLine(line));
    this.#lines.on("close", () => this.leave());
  }

  say(words: string): void {
    this.#streams.output.write(`${words}\n`);
  }

  ask(question: string): Promise<string | null> {
    this.say(`? ${question}`);
    const line = this.#waiting.shift();
    if (line !== undefined) return Promise.resolve(line.trim());
    if (this.#gone) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#asked = { at: performance.now(), answer: resolve };
    });
  }

  /** Nobody answers any more: a stop, or the end of the script. */
  leave(): void {
    this.#gone = true;
    const asked = this.#asked;
    this.#asked = null;
    asked?.answer(null);
    this.#lines.close();
  }

  #onLine(line: string): void {
    const asked = this.#asked;
    const byTerminal = this.#streams.input.isTTY === true;
    if (asked === null) {
      if (!byTerminal) this.#waiting.push(line);
      return;
    }
    if (byTerminal && performance.now() - asked.at < UNREAD_MS) return;
    this.#asked = null;
    asked.answer(line.trim());
  }
}

/** Does everything once, and stops at what fails: for the simulated robot, where nobody can be hurt. */
export class WillingPerson implements Person {
  readonly #output: NodeJS.WritableStream;

  constructor(output: NodeJS.WritableStream) {
    this.#output = output;
  }

  say(words: string): void {
    this.#output.write(`${words}\n`);
  }

  async ask(question: string): Promise<string | null> {
    const word = /^type (\w+) to begin/u.exec(question)?.[1] ?? (/all the same/u.test(question) ? "q" : "");
    this.say(`? ${question}\n  ${word}`);
    return word;
  }

  leave(): void {}
}
