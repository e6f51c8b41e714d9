/**
 * What keeps a study's next walk from beginning: a stop for good, an error, a latch until somebody clears it, a pause until somebody ends
 * it. Whoever waits for anything in a study waits with the signal of here, and looks here before it goes on.
 */
import { codeOf, type GaitsmithError } from "../errors.ts";
import type { WalkOutcome } from "../station/messages.ts";
import type { TrialRecord } from "../study/trial-record.ts";
import type { StudyRunnerParts } from "./study-runner-parts.ts";
import { notWalked } from "./trial-end.ts";

export class StudyHalt {
  readonly #parts: Pick<StudyRunnerParts, "latch" | "operator" | "pause">;
  #stopWords: string | null = null;
  #stopCode = "operator-stop";
  /** Aborted by whatever ends a wait: a stop for good, a latch until it is cleared. */
  #stopped = new AbortController();
  #latched = false;
  /** The robot was there: a latch that it is found with from now on is not one of before this run. */
  #reached = false;
  #failure: GaitsmithError | null = null;

  constructor(parts: Pick<StudyRunnerParts, "latch" | "operator" | "pause">) {
    this.#parts = parts;
  }

  /** Why no further walk is wanted, in words; null while the study may go on. */
  get stopWords(): string | null {
    return this.#stopWords;
  }

  /** Why no further walk may begin, though nobody stopped the study. */
  get failure(): GaitsmithError | null {
    return this.#failure;
  }

  get latched(): boolean {
    return this.#latched;
  }

  /** No walk begins, and nothing is waited for: the study ends, or somebody clears the latch first. */
  get halted(): boolean {
    return this.#stopWords !== null || this.#latched;
  }

  /** Somebody is there to clear a latch. */
  get clears(): boolean {
    return this.#parts.latch !== undefined && this.#parts.operator?.attends === true;
  }

  /** Aborted when the study halts. Another one after a latch: to be read when a wait begins. */
  get signal(): AbortSignal {
    return this.#stopped.signal;
  }

  /** For good. Of two reasons the first is kept. @param code one of {@link NOT_THE_GAIT} */
  stop(words: string, code: string): void {
    if (this.#stopWords === null) {
      this.#stopWords = words;
      this.#stopCode = code;
    }
    this.#stopped.abort();
  }

  /** For good, and the study ends with this error. */
  fail(failure: GaitsmithError): void {
    this.#failure ??= failure;
    this.#stopWords ??= this.#failure.message;
    this.#stopped.abort();
  }

  /** Whoever is asked clears it, else the study ends. */
  latch(words: string): void {
    if (this.#latched) return;
    this.#latched = true;
    if (!this.clears) this.#stopWords ??= words;
    this.#stopped.abort();
  }

  /** Somebody is asked to clear the latch: what halts the study from now on ends that wait too. */
  beginClearing(): void {
    this.#stopped = new AbortController();
  }

  cleared(): void {
    this.#latched = false;
  }

  reached(): void {
    this.#reached = true;
  }

  /**
   * Somebody latched the robot while it had no station, or one that could not say so any more.
   *
   * @returns whether that is what the error says, and somebody is there to clear it
   */
  heardOfLatch(error: unknown): boolean {
    if (codeOf(error) !== "ROBOT_LATCHED" || !this.#reached || !this.clears) return false;
    this.latch((error as Error).message);
    return true;
  }

  get isPaused(): boolean {
    return (this.#parts.pause?.why ?? null) !== null;
  }

  /** Waits while the study is paused. @param trial that is walked then @returns false when it was stopped meanwhile */
  async resumed(trial: number): Promise<boolean> {
    return (await this.#parts.pause?.over(trial, this.#stopped.signal)) ?? true;
  }

  /** Of a walk that the halt kept from beginning. */
  notBegun(trial: TrialRecord): WalkOutcome {
    return notWalked(trial, this.#stopCode, this.#stopWords ?? "the robot was latched");
  }

  /** Of a walk that was stopped while something else was waited for. */
  stoppedWhile(trial: TrialRecord, what: string): WalkOutcome {
    return notWalked(trial, this.#stopCode, `stopped while ${what}`);
  }
}
