/**
 * What a person at the robot is asked, on the terminal: a question under the progress line, answered by a line on stdin. The
 * terminal stays in its usual mode, so Ctrl-C stops the robot as always.
 */
import { createInterface, type Interface } from "node:readline";
import { describeError } from "../errors.ts";
import type { LiveEvent, ServiceDoor } from "../service/live-events.ts";
import { closedWords } from "../service/prompt-desk.ts";
import type { AnswerWord, ClosedPrompt, Prompt, WrittenAnswer } from "../service/prompts.ts";
import type { ProgressStream } from "./progress.ts";

/** A line that comes sooner after the prompt was typed before it could be read: no answer to it, ms. */
const UNREAD_MS = 300;

export interface PromptLineParts {
  readonly door: Pick<ServiceDoor, "answerPrompt">;
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: ProgressStream;
  /** Address of the page, or null. */
  readonly page: string | null;
  /** ms, monotonic */
  readonly now: () => number;
}

export class PromptLine {
  readonly #parts: PromptLineParts;
  #lines: Interface | null = null;
  #shown: { readonly prompt: Prompt; readonly at: number } | null = null;

  constructor(parts: PromptLineParts) {
    this.#parts = parts;
  }

  /**
   * Begins to read stdin, if that is a terminal: early, so that what is typed before a prompt is read, and dropped, by then.
   * A program in the background is halted by its first read from the terminal; so only where somebody is going to be asked.
   */
  listen(): void {
    const { input, output } = this.#parts;
    if (this.#lines !== null || input.isTTY !== true) return;
    this.#lines = createInterface({ input, terminal: false });
    this.#lines.on("line", (line) => this.#answer(line));
    this.#lines.on("close", () => {
      if (this.#lines !== null) output.write(`stdin is closed: ${this.#elsewhere()}\n`);
    });
  }

  onEvent(event: LiveEvent): void {
    if (event.kind !== "prompt") return;
    if (event.open === null) this.#onClosed(event.closed);
    else this.#show(event.open);
  }

  close(): void {
    const lines = this.#lines;
    this.#lines = null;
    lines?.close();
  }

  #show(prompt: Prompt): void {
    const { output, now } = this.#parts;
    this.#shown = { prompt, at: now() };
    if (output.isTTY) output.write("\r\x1b[2K");
    output.write(`? ${prompt.words}\n`);
    output.write(`  ${this.#lines === null ? this.#elsewhere() : choices(prompt)}\n`);
  }

  #onClosed(closed: ClosedPrompt | null): void {
    if (this.#shown === null) return;
    this.#shown = null;
    if (closed !== null && closed.by !== "cli") this.#parts.output.write(`  ${closedWords(closed)}\n`);
  }

  #answer(line: string): void {
    const { door, output, now } = this.#parts;
    if (this.#shown === null || now() - this.#shown.at < UNREAD_MS) return;
    const { prompt } = this.#shown;
    try {
      door.answerPrompt(prompt.robot, prompt.number, writtenAnswer(prompt, line), "cli");
    } catch (error) {
      output.write(`  ${describeError(error)}\n`);
    }
  }

  #elsewhere(): string {
    const { page } = this.#parts;
    return page === null ? "nobody can answer now; Ctrl-C ends" : `answer on the page: ${page}`;
  }
}

const WORDS: Readonly<Record<string, AnswerWord | "unknown">> = {
  c: "continue",
  s: "skip",
  r: "redo",
  a: "abandon",
  u: "unknown",
};

/**
 * A line as an answer: Enter alone goes on, `r cable caught` repeats with a note, `1.23 m` is a distance. What is no answer
 * comes back as it is, to be refused with the right words.
 */
export function writtenAnswer({ kind }: Prompt, line: string): WrittenAnswer {
  const text = line.trim();
  const asksDistance = kind === "distance-walked";
  if (asksDistance && (text === "" || /^[-+.\d]/.test(text))) return { answer: "continue", distance: text };
  if (text === "") return { answer: "continue" };
  const [, first = "", note = ""] = /^(\S+)\s*(.*)$/.exec(text) ?? [];
  const word = WORDS[first.toLowerCase()] ?? first.toLowerCase();
  if (asksDistance && word === "unknown") return { answer: "continue", distance: "unknown", note };
  return { answer: word, note };
}

/** What can be typed. */
function choices(prompt: Prompt): string {
  const walked = "walked" in prompt ? prompt.walked : prompt.trial;
  const parts: Record<AnswerWord, string> = {
    continue: prompt.kind === "distance-walked" ? "the distance, e.g. 1.23 m, or u: unknown" : "Enter: go on",
    skip: prompt.kind === "exercise-e-stop" ? "s: leave it out" : `s: give trial ${prompt.trial} up`,
    redo: `r: walk trial ${walked} again, it was not the gait`,
    abandon: `a: discard trial ${walked}`,
  };
  const note =
    prompt.answers.length > 1 || prompt.kind === "exercise-e-stop" ? " (words after a letter are noted)" : "";
  return `${prompt.answers.map((word) => parts[word]).join(" · ")}${note}`;
}
