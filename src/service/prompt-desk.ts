/**
 * Where a robot's prompts lie until somebody answers: at most one is open. Command line and page show it at the same time;
 * the first answer counts, and the other side is told whose it was.
 */
import { fail } from "../errors.ts";
import {
  type AnsweredBy,
  type AnswerTo,
  answersTo,
  type ClosedPrompt,
  type Prompt,
  type PromptKind,
  type PromptRequest,
  promptWords,
  readAnswer,
  type WrittenAnswer,
} from "./prompts.ts";

export interface PromptDeskParts {
  readonly robot: string;
  /** There is a terminal or a page to answer on. */
  readonly answerable: boolean;
  /**
   * The first prompt's number. Higher than any that an earlier service gave, so that an answer meant for a prompt of before a
   * restart does not set a robot walking.
   */
  readonly first: number;
  /** A prompt was raised, or the one that was open is closed. */
  readonly onChange: () => void;
}

type RequestOf<Kind extends PromptKind> = PromptRequest & { readonly kind: Kind };

export class PromptDesk {
  readonly #parts: PromptDeskParts;
  #next: number;
  #open: { readonly prompt: Prompt; readonly close: (answer: unknown, closed: ClosedPrompt) => void } | null =
    null;
  #closed: ClosedPrompt | null = null;

  constructor(parts: PromptDeskParts) {
    this.#parts = parts;
    this.#next = parts.first;
  }

  get open(): Prompt | null {
    return this.#open?.prompt ?? null;
  }

  /** How the last prompt ended. */
  get closed(): ClosedPrompt | null {
    return this.#closed;
  }

  /**
   * Raises a prompt and waits for its answer, however long that takes.
   *
   * @returns null when `signal` was aborted: a stop ends the wait; a reason that is text is told
   * @throws BAD_USAGE when there is nothing to answer on
   */
  async ask<Kind extends PromptKind>(
    request: RequestOf<Kind>,
    signal: AbortSignal,
  ): Promise<AnswerTo<Kind> | null> {
    if (this.#open !== null) fail("INTERNAL", { what: "a prompt was raised while another is open" });
    if (signal.aborted) return null;
    if (!this.#parts.answerable)
      fail("BAD_USAGE", {
        what: `a person has to answer (${promptWords(request)}), but there is neither a terminal nor the page`,
        remedy: "Run it in a terminal, or with the page; where nobody needs to be asked, with --no-prompts.",
      });
    const number = this.#next++;
    const prompt: Prompt = {
      ...request,
      number,
      robot: this.#parts.robot,
      words: promptWords(request),
      answers: answersTo(request),
    };
    return new Promise((resolve) => {
      const stop = (): void => {
        const { reason } = signal;
        close(null, { number, by: "stop", words: typeof reason === "string" ? reason : "stopped" });
      };
      const close = (answer: unknown, closed: ClosedPrompt): void => {
        signal.removeEventListener("abort", stop);
        this.#open = null;
        this.#closed = closed;
        this.#parts.onChange();
        resolve(answer as AnswerTo<Kind> | null);
      };
      signal.addEventListener("abort", stop);
      this.#open = { prompt, close };
      this.#parts.onChange();
    });
  }

  /**
   * Closes the open prompt, if there is one, because what it asks for has come about by itself, or somebody has done it elsewhere;
   * whoever asked gets null.
   */
  withdraw(words: string, by: "robot" | "clear" = "robot"): void {
    if (this.#open === null) return;
    const { prompt, close } = this.#open;
    close(null, { number: prompt.number, by, words });
  }

  /**
   * @param number of the prompt that is answered
   * @throws PROMPT_CLOSED when it is not open (any more), naming who answered; REQUEST_INVALID when it takes no such answer
   */
  answer(number: number, written: WrittenAnswer, by: AnsweredBy): void {
    if (this.#open?.prompt.number !== number)
      fail("PROMPT_CLOSED", {
        what: this.#closed?.number === number ? closedWords(this.#closed) : `prompt ${number} is not open`,
        remedy: "Look at the prompt that is open now.",
      });
    const { prompt, close } = this.#open;
    const reading = readAnswer(prompt, written);
    if (!reading.ok) fail("REQUEST_INVALID", { what: reading.what, remedy: reading.remedy });
    const { answer } = reading;
    const distance = "distance" in answer ? answer.distance : null;
    const figure =
      distance === null ? "" : typeof distance === "number" ? `, ${distance} m` : `, ${distance}`;
    const checked = "checked" in answer ? `, checked: ${answer.checked}` : "";
    const note = answer.note === "" ? "" : ` (${answer.note})`;
    close(answer, { number, by, words: `${answer.answer}${figure}${checked}${note}` });
  }
}

/** `answered on the page: continue`. */
export function closedWords({ by, words }: ClosedPrompt): string {
  if (by === "robot") return `nothing is to be done any more: ${words}`;
  if (by === "stop")
    return words === "stopped"
      ? "the prompt was closed by a stop"
      : `the prompt was closed by a stop: ${words}`;
  if (by === "clear") return `cleared by ${words}`;
  return `answered ${by === "cli" ? "on the command line" : "on the page"}: ${words}`;
}
