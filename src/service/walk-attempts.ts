/**
 * Run, the middle of the loop: one trial is tried until it has been walked, or there is an outcome without a walk. What goes wrong
 * before a walk begins is mended by whoever is there, tried anew with another station, or ends the study.
 */
import { codeOf, type ErrorCode } from "../errors.ts";
import type { TrialPlan, WalkOutcome } from "../station/messages.ts";
import type { TrialRecord } from "../study/trial-record.ts";
import { attendedFault } from "./actuator-fault.ts";
import { CoolDown } from "./cool-down.ts";
import type { ReportScoring } from "./report-scoring.ts";
import {
  isWorthAnotherStation,
  LINK_LOSSES_ALLOWED,
  pauseAfter,
  STATION_DEATHS_ALLOWED,
} from "./station-deaths.ts";
import type { StudyHalt } from "./study-halt.ts";
import type { StudyRunnerParts, WalkingStation } from "./study-runner-parts.ts";
import { notWalked, skipped } from "./trial-end.ts";
import type { TrialLedger } from "./trial-ledger.ts";
import type { TrialTelling } from "./trial-telling.ts";

/** Errors of a station that has not started the gait. */
const NOT_BEGUN: readonly (ErrorCode | null)[] = [
  "CONFIG_INVALID",
  "LINK_LOST",
  "LINK_UNAVAILABLE",
  "PREFLIGHT_REFUSED",
  "ROBOT_BUSY",
  "ROBOT_LATCHED",
  "ROBOT_MISMATCH",
  "ROBOT_REFUSED",
  "STATION_NOT_STARTED",
];

type WalkParts = Pick<
  StudyRunnerParts,
  "definition" | "station" | "gaitParameters" | "recordingPath" | "operator" | "onEvent"
>;

/** What a walk's attempts share with the rest of the loop. */
export interface AttemptsShared {
  readonly ledger: TrialLedger;
  readonly halt: StudyHalt;
  readonly scoring: ReportScoring;
  readonly telling: TrialTelling;
}

export class WalkAttempts {
  readonly #parts: WalkParts;
  readonly #shared: AttemptsShared;
  #station: WalkingStation | null = null;
  /** In a row, lost links included. */
  #stationDeaths = 0;

  constructor(parts: WalkParts, shared: AttemptsShared) {
    this.#parts = parts;
    this.#shared = shared;
  }

  /** Stops the walk under way in a controlled way, if there is one. @param code one of {@link NOT_THE_GAIT} */
  stop(words: string, code: string): void {
    this.#station?.stop(words, code);
  }

  /** @throws what ends the study */
  async walk(trial: TrialRecord): Promise<WalkOutcome> {
    const { operator } = this.#parts;
    const { halt, scoring } = this.#shared;
    const judge = scoring.judgeOf(trial);
    for (;;) {
      try {
        this.#station = await this.#parts.station(halt.signal);
        if (halt.halted) return halt.notBegun(trial);
        const coolDown = this.#coolDown(trial);
        const outcome = await this.#station
          .run(
            this.#planOf(trial),
            (report) => scoring.score(trial.number, report, judge),
            (cooling) => coolDown.heard(cooling),
          )
          .finally(() => coolDown.end());
        this.#stationDeaths = 0;
        if (outcome.latched) halt.latch(outcome.reason.words);
        if (coolDown.skipped !== null && !outcome.latched) return skipped(trial, coolDown.skipped);
        return operator?.attends === true ? attendedFault(outcome) : outcome;
      } catch (error) {
        if (halt.heardOfLatch(error)) return halt.notBegun(trial);
        const mended = await this.#mended(error, trial);
        if (mended === "mended") continue;
        if (mended !== "not-mended") return mended;
        const code = codeOf(error);
        if (!isWorthAnotherStation(error)) {
          if (halt.stopWords !== null && (code === "LINK_UNAVAILABLE" || code === "STATION_NOT_STARTED"))
            return halt.notBegun(trial);
          await this.#fileNotBegun(trial, error);
          throw error;
        }
        const allowed = code === "LINK_LOST" ? LINK_LOSSES_ALLOWED : STATION_DEATHS_ALLOWED;
        if (++this.#stationDeaths >= allowed) {
          await this.#fileNotBegun(trial, error);
          throw error;
        }
        if (code === "STATION_FAILED") return notWalked(trial, "station-died", (error as Error).message);
        // A link that is lost in a walk ends it with an outcome: this one had not begun.
        await pauseAfter(this.#stationDeaths, halt.signal);
        if (halt.halted) return halt.notBegun(trial);
      } finally {
        this.#station = null;
      }
    }
  }

  #planOf(trial: TrialRecord): TrialPlan {
    const { definition, gaitParameters, recordingPath, operator } = this.#parts;
    return {
      trial: trial.number,
      attempt: trial.attempt,
      parameters: gaitParameters(trial.parameters),
      seed: definition.seed,
      suggestion: trial.suggestion,
      carryOver: this.#carryOver(),
      recording: trial.recording === null ? null : recordingPath(trial.recording),
      ...(operator?.attends === true ? { coolDownWithin: Number.POSITIVE_INFINITY } : {}),
    };
  }

  /** What the last walk left behind in a simulated robot. */
  #carryOver(): TrialRecord["carryOver"] {
    return this.#shared.ledger.trials.findLast((trial) => trial.carryOver !== null)?.carryOver ?? null;
  }

  /** While the robot's motors cool, that this service may die is no attempt of the gait. */
  #coolDown(trial: TrialRecord): CoolDown {
    const { operator, onEvent } = this.#parts;
    const { ledger, halt } = this.#shared;
    const stopped = notWalked(trial, "operator-stop", "stopped while the motors cooled");
    return new CoolDown({
      trial: trial.number,
      operator,
      signal: halt.signal,
      remember: (waits) => ledger.remember(waits ? stopped : null),
      giveUp: () => this.#station?.stop("the operator gave the trial up"),
      onWait: (cooling) => onEvent({ kind: "cooling", trial: trial.number, cooling }),
    });
  }

  /**
   * A robot that refused before it walked: whoever is there does what is needed, and the same trial is tried again. That is
   * no attempt of its gait, also when the service dies meanwhile.
   *
   * @returns the outcome when the person gave the trial up, or the study was stopped
   */
  async #mended(error: unknown, trial: TrialRecord): Promise<WalkOutcome | "mended" | "not-mended"> {
    const { operator } = this.#parts;
    const { ledger, halt } = this.#shared;
    if (operator === undefined || !operator.canMend(error)) return "not-mended";
    if (ledger.trial(trial.number).reports.length > 0) return "not-mended";
    const stopped = halt.stoppedWhile(trial, error.message);
    await ledger.remember(stopped);
    const answer = await operator.mend(error, trial.number, halt.signal);
    const goesOn = answer !== null && (await halt.resumed(trial.number));
    await ledger.remember(null);
    if (!goesOn) return stopped;
    return answer.answer === "skip" ? skipped(trial, answer.note) : "mended";
  }

  /**
   * The study ends with an error. A robot that refused, or could not be had, has not walked: that is filed now, and the next
   * start walks the same attempt. It must not count as an interruption, of which the second is held against the gait.
   */
  async #fileNotBegun(trial: TrialRecord, error: unknown): Promise<void> {
    const { ledger, telling } = this.#shared;
    if (!NOT_BEGUN.includes(codeOf(error)) || ledger.trial(trial.number).reports.length > 0) return;
    const words = `not begun: ${(error as Error).message}`;
    await telling.finish(trial.number, notWalked(trial, "not-begun", words));
  }
}
