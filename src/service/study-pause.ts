/**
 * A paused study: the walk under way may end, and nothing new is walked until somebody resumes it. A pause is not stored: a
 * paused study whose service is killed is simply not running.
 */
import type { PromptDesk } from "./prompt-desk.ts";
import type { AnsweredBy } from "./prompts.ts";

export interface StudyPauseParts {
  readonly desk: Pick<PromptDesk, "ask" | "answer" | "open">;
  /** It was paused or resumed. */
  readonly onChange: () => void;
}

export class StudyPause {
  readonly #parts: StudyPauseParts;
  #why: string | null = null;

  constructor(parts: StudyPauseParts) {
    this.#parts = parts;
  }

  /** Why the study is paused, in words; null: it is not. */
  get why(): string | null {
    return this.#why;
  }

  /** Of two reasons the first is kept. */
  pause(words: string): void {
    if (this.#why !== null) return;
    this.#why = words;
    this.#parts.onChange();
  }

  resume(by: AnsweredBy): void {
    const { open } = this.#parts.desk;
    if (open?.kind === "resume") this.#parts.desk.answer(open.number, { answer: "continue" }, by);
    else this.#end();
  }

  /**
   * Resolves at once where the study is not paused, else when it is resumed.
   *
   * @param trial that is walked then
   * @returns false when a stop ended the wait
   */
  async over(trial: number, signal: AbortSignal): Promise<boolean> {
    while (this.#why !== null) {
      const answer = await this.#parts.desk.ask<"resume">(
        { kind: "resume", trial, reason: this.#why },
        signal,
      );
      if (answer === null) return false;
      this.#end();
    }
    return true;
  }

  #end(): void {
    if (this.#why === null) return;
    this.#why = null;
    this.#parts.onChange();
  }
}
