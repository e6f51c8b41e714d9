/**
 * What a person at the robot is asked, on the terminal: a question under the progress line, answered by a line that they type.
 */
import { userInfo } from "node:os";
import { describeError } from "../errors.ts";
import type { LiveEvent, ServiceDoor } from "../service/live-events.ts";
import { closedWords } from "../service/prompt-desk.ts";
import type { AnswerWord, ClosedPrompt, Prompt, WrittenAnswer } from "../service/prompts.ts";
import type { Keyboard } from "./keyboard.ts";
import type { ProgressStream } from "./progress.ts";

/** A line that comes sooner after the prompt was typed before it could be read: no answer to it, ms. */
const UNREAD_MS = 300;

export interface PromptLineParts {
  readonly door: Pick<ServiceDoor, "answerPrompt">;
  readonly keyboard: Pick<Keyboard, "listening" | "ask">;
  readonly output: ProgressStream;
  /** Address of the page, or null. */
  readonly page: string | null;
  /** ms, monotonic */
  readonly now: () => number;
}

export class PromptLine {
  readonly #parts: PromptLineParts;
  #shown: { readonly prompt: Prompt; readonly at: number } | null = null;

  constructor(parts: PromptLineParts) {
    this.#parts = parts;
  }

  onEvent(event: LiveEvent): void {
    if (event.kind !== "prompt") return;
    if (event.open === null) this.#onClosed(event.closed);
    else this.#show(event.open);
  }

  /** Nobody can type any more. */
  onEnd(): void {
    this.#parts.output.write(`stdin is closed: ${this.#elsewhere()}\n`);
  }

  #show(prompt: Prompt): void {
    const { output, now, keyboard } = this.#parts;
    this.#shown = { prompt, at: now() };
    keyboard.ask(true);
    if (output.isTTY) output.write("\r\x1b[2K");
    output.write(`? ${prompt.words}\n`);
    output.write(`  ${keyboard.listening ? choices(prompt) : this.#elsewhere()}\n`);
  }

  #onClosed(closed: ClosedPrompt | null): void {
    if (this.#shown === null) return;
    this.#shown = null;
    this.#parts.keyboard.ask(false);
    if (closed !== null && closed.by !== "cli") this.#parts.output.write(`  ${closedWords(closed)}\n`);
  }

  /** A line was typed. */
  answer(line: string): void {
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
export function writtenAnswer(prompt: Prompt, line: string): WrittenAnswer {
  const { kind } = prompt;
  const text = line.trim();
  if (kind === "clear-latch") return clearance(prompt.latch.id, text);
  const asksDistance = kind === "distance-walked";
  if (asksDistance && (text === "" || /^[-+.\d]/.test(text))) return { answer: "continue", distance: text };
  if (text === "") return { answer: "continue" };
  const [, first = "", note = ""] = /^(\S+)\s*(.*)$/.exec(text) ?? [];
  const word = WORDS[first.toLowerCase()] ?? first.toLowerCase();
  if (asksDistance && word === "unknown") return { answer: "continue", distance: "unknown", note };
  return { answer: word, note };
}

/** The words alone clear the latch; `r: words` also says that it was not the gait, `a: words` that the walk is discarded. */
function clearance(latch: string, text: string): WrittenAnswer {
  const [, letter = "", words = text] = /^([ra])\s*:\s*(.*)$/i.exec(text) ?? [];
  const answer = letter === "" ? "cleared" : (WORDS[letter.toLowerCase()] ?? "cleared");
  return { answer, checked: words, latch, person: userInfo().username };
}

/** What can be typed. */
function choices(prompt: Prompt): string {
  if (prompt.kind === "clear-latch") {
    const { walked, latch } = prompt;
    const judging =
      walked === null
        ? ""
        : ` · r: WORDS, it was not the gait, walk trial ${walked} again · a: WORDS, discard trial ${walked}`;
    return `latch ${latch.id}, ${latch.code}, ${latch.at}\n  type what you checked, then Enter: cleared${judging} · Ctrl-C ends, still latched`;
  }
  const walked = "walked" in prompt ? prompt.walked : prompt.trial;
  const parts: Record<AnswerWord, string> = {
    continue: prompt.kind === "distance-walked" ? "the distance, e.g. 1.23 m, or u: unknown" : "Enter: go on",
    skip: prompt.kind === "exercise-e-stop" ? "s: leave it out" : `s: give trial ${prompt.trial} up`,
    redo: `r: walk trial ${walked} again, it was not the gait`,
    abandon: `a: discard trial ${walked}`,
    cleared: "",
  };
  const note =
    prompt.answers.length > 1 || prompt.kind === "exercise-e-stop" ? " (words after a letter are noted)" : "";
  return `${prompt.answers.map((word) => parts[word]).join(" · ")}${note}`;
}
