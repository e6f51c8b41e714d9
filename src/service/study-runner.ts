/**
 * The loop at the centre: ask, run, tell.
 *
 * One runner drives one study on one robot. It owns the order of things, and what may interrupt them; what to walk next is
 * `trial-asking.ts`'s, how it comes to be walked `walk-attempts.ts`'s, what is written when `trial-telling.ts`'s.
 */
import { GaitsmithError } from "../errors.ts";
import { driftOf } from "../study/drift.ts";
import type { TrialRecord } from "../study/trial-record.ts";
import { ReportScoring } from "./report-scoring.ts";
import { RobotReadiness } from "./robot-readiness.ts";
import { StudyHalt } from "./study-halt.ts";
import type { RunEnd } from "./study-runner-events.ts";
import type { StudyRunnerParts } from "./study-runner-parts.ts";
import { TrialAsking } from "./trial-asking.ts";
import { judged } from "./trial-end.ts";
import { TrialLedger } from "./trial-ledger.ts";
import { TrialTelling } from "./trial-telling.ts";
import { settleUnfinished } from "./unfinished-trials.ts";
import { WalkAttempts } from "./walk-attempts.ts";

export class StudyRunner {
  readonly #parts: StudyRunnerParts;
  readonly #ledger: TrialLedger;
  readonly #halt: StudyHalt;
  readonly #readiness: RobotReadiness;
  readonly #scoring: ReportScoring;
  readonly #asking: TrialAsking;
  readonly #attempts: WalkAttempts;
  readonly #telling: TrialTelling;

  constructor(parts: StudyRunnerParts) {
    this.#parts = parts;
    const ledger = new TrialLedger(parts.storage, parts.definition.name);
    const halt = new StudyHalt(parts);
    const readiness = new RobotReadiness(parts, halt);
    const scoring = new ReportScoring(parts, ledger);
    const telling = new TrialTelling(parts, ledger, halt);
    this.#asking = new TrialAsking(parts, { ledger, halt, readiness, telling });
    this.#attempts = new WalkAttempts(parts, { ledger, halt, scoring, telling });
    this.#ledger = ledger;
    this.#halt = halt;
    this.#readiness = readiness;
    this.#scoring = scoring;
    this.#telling = telling;
  }

  get trials(): readonly TrialRecord[] {
    return this.#ledger.trials;
  }

  /** Runs the study to the end of its budget, or until it is stopped. */
  async run(): Promise<RunEnd> {
    await this.#ledger.load();
    await this.#settleUnfinished();
    await this.#telling.conclude();
    const finished = await this.#loop();
    await this.#ledger.file();
    const { failure, stopWords, latched } = this.#halt;
    if (failure !== null) throw failure;
    return finished === null
      ? { state: "stopped", words: stopWords ?? "", latched }
      : { state: "finished", words: finished, latched: false };
  }

  /** @returns why the study is finished; null when it was stopped */
  async #loop(): Promise<string | null> {
    while (this.#halt.stopWords === null) {
      if (this.#halt.latched && !(await this.#clear())) break;
      const trial = await this.#asking.next();
      if (trial === null) continue;
      if ("finished" in trial) return trial.finished;
      const outcome = await this.#attempts.walk(trial);
      this.#asking.walked(outcome);
      await this.#telling.tell(trial.number, outcome);
      if (trial.role === "drift-check") this.#compareSeedGait(trial.number);
      await this.#telling.conclude();
    }
    return null;
  }

  #compareSeedGait(trial: number): void {
    const drift = driftOf(this.trials);
    if (drift?.trial === trial) this.#parts.onEvent({ kind: "drift", drift });
  }

  #settleUnfinished(): Promise<void> {
    const { adoptOutcome, recordingPath } = this.#parts;
    return settleUnfinished({
      ...{ adoptOutcome, recordingPath },
      ...{ ledger: this.#ledger, scoring: this.#scoring, telling: this.#telling },
    });
  }

  // --- what may come at any time ---

  /**
   * Stops the robot now and ends the study after the walk in progress; nothing latches.
   *
   * @param code of the walk's reason, one of {@link NOT_THE_GAIT}
   */
  stop(words: string, code = "operator-stop"): void {
    this.#halt.stop(words, code);
    this.#attempts.stop(words, code);
  }

  /**
   * Stops the walk under way in a controlled way, if there is one; it is walked again, and the study goes on.
   *
   * @param code of the walk's reason, one of {@link NOT_THE_GAIT}
   */
  stopWalk(words: string, code = "operator-stop"): void {
    this.#attempts.stop(words, code);
  }

  /** A latched stop that this service asked for, or heard of: whoever is asked clears it, else the study ends. */
  latched(words: string): void {
    this.#halt.latch(words);
  }

  /**
   * A walk could not be recorded. The one under way goes on to its end and is told; then the study ends with this error: what
   * happens in a walk without a recording cannot be looked at afterwards.
   */
  recordingFailed(words: string): void {
    this.#halt.fail(
      new GaitsmithError("RECORDING_FAILED", {
        what: `the walk could not be recorded: ${words}`,
        remedy: "Make room, then run the same command again: the study continues.",
      }),
    );
  }

  /** @returns false when the study was stopped instead */
  async #clear(): Promise<boolean> {
    const { latch, operator } = this.#parts;
    if (latch === undefined || operator === undefined) return false;
    this.#halt.beginClearing();
    const walked = this.#ledger.untold?.number ?? null;
    const trial = walked ?? this.trials.length;
    const clearing = await operator.clearLatch(latch, trial, walked, this.#halt.signal);
    if (clearing === null) return false;
    const { answer, note } = clearing;
    const untold = answer === "cleared" ? null : this.#ledger.recall();
    if (untold !== null && answer !== "cleared")
      await this.#telling.finish(untold.number, judged(untold.outcome, answer, note));
    await latch.renewStation();
    this.#readiness.lookAgain();
    this.#halt.cleared();
    await this.#settleUnfinished();
    await this.#telling.conclude();
    return true;
  }
}
