/**
 * Ask, the first part of the loop: what is walked next, once the sampler has proposed it, the robot is fit for it, and whoever attends
 * lets it begin.
 */
import type { GaitsmithError } from "../errors.ts";
import type { WalkOutcome } from "../station/messages.ts";
import { nextOnAgenda, planAfterSearch, type StudyPlan } from "../study/agenda.ts";
import type { TrialRecord } from "../study/trial-record.ts";
import { faultFound } from "./actuator-fault.ts";
import { type PlannedTrial, plannedTrial } from "./planned-trial.ts";
import type { RobotReadiness } from "./robot-readiness.ts";
import type { StudyHalt } from "./study-halt.ts";
import type { StudyRunnerParts } from "./study-runner-parts.ts";
import { judged, skipped } from "./trial-end.ts";
import type { TrialLedger } from "./trial-ledger.ts";
import type { TrialTelling } from "./trial-telling.ts";

type AskingParts = Pick<
  StudyRunnerParts,
  "definition" | "plan" | "walk" | "sampler" | "pruner" | "clock" | "recordingOf" | "operator" | "onEvent"
>;

/** What asking shares with the rest of the loop. */
export interface AskingShared {
  readonly ledger: TrialLedger;
  readonly halt: StudyHalt;
  readonly readiness: RobotReadiness;
  readonly telling: TrialTelling;
}

export class TrialAsking {
  readonly #parts: AskingParts;
  readonly #shared: AskingShared;
  #plan: StudyPlan;
  /** The sampler's words once it has nothing left to propose. */
  #exhausted: string | null = null;
  /** What the last walk's look at the actuators found: a person sees to it before the next one. */
  #fault: GaitsmithError | null = null;

  constructor(parts: AskingParts, shared: AskingShared) {
    this.#parts = parts;
    this.#shared = shared;
    this.#plan = parts.plan;
  }

  /** A walk is over: what it found is seen to before the next one. */
  walked(outcome: WalkOutcome): void {
    this.#fault = faultFound(outcome);
  }

  /** The next trial, stored as running, or why there is none; null when the study was stopped meanwhile. */
  async next(): Promise<TrialRecord | { readonly finished: string } | null> {
    const { ledger, halt, readiness } = this.#shared;
    const { trials } = ledger;
    for (;;) {
      const next = nextOnAgenda(trials, this.#plan);
      if (next.kind === "finished") return { finished: this.#exhausted ?? next.why };
      if (!(await halt.resumed(trials.length))) return null;
      const { candidates } = this.#plan.confirm;
      const planned = await plannedTrial(next, { ...this.#parts, trials, candidates });
      if ("exhausted" in planned) {
        this.#exhausted = planned.exhausted;
        this.#plan = planAfterSearch(trials, this.#plan);
      } else if (!((await readiness.reach()) && (await readiness.preflight(trials.length)))) return null;
      else {
        const agreed = await this.#agreed(planned);
        if (agreed === null) return null;
        // It may have been paused while the person was asked.
        if (agreed && !halt.isPaused) return this.#start(planned);
      }
    }
  }

  /**
   * Whether the person at the robot, where there is one, lets this walk begin. With it the walk before is past judging and
   * goes into the file.
   *
   * @returns false when they did something else, after which it is planned anew; null when the study was stopped meanwhile
   */
  async #agreed(planned: PlannedTrial): Promise<boolean | null> {
    const { operator } = this.#parts;
    const { ledger, halt, telling } = this.#shared;
    if (operator === undefined) return true;
    const next = { trial: ledger.trials.length, parameters: planned.parameters, note: planned.note };
    const { signal } = halt;
    if (this.#fault !== null && operator.attends) {
      const seenTo = await operator.mend(this.#fault, next.trial, signal);
      if (seenTo === null) return null;
      this.#fault = null;
      if (seenTo.answer === "skip") return this.#giveUp(planned, seenTo.note);
    }
    const answer = await operator.beforeWalk(next, ledger.untold?.number ?? null, signal);
    if (answer === null) return null;
    if (answer.answer === "redo" || answer.answer === "abandon") {
      const untold = ledger.recall();
      if (untold === null) return false;
      await telling.finish(untold.number, judged(untold.outcome, answer.answer, answer.note));
    } else {
      if (answer.answer === "skip") return this.#giveUp(planned, answer.note);
      await ledger.file();
      return true;
    }
    await telling.conclude();
    return false;
  }

  /** The person gives up what is about to be walked. */
  async #giveUp(planned: PlannedTrial, note: string): Promise<false> {
    const { ledger, telling } = this.#shared;
    await ledger.file();
    const trial = await this.#start(planned);
    await telling.finish(trial.number, skipped(trial, note));
    await telling.conclude();
    return false;
  }

  async #start(planned: PlannedTrial): Promise<TrialRecord> {
    const { recordingOf, clock, onEvent } = this.#parts;
    const { ledger } = this.#shared;
    const recording = recordingOf(ledger.trials.length);
    const trial = await ledger.start({ ...planned, recording, startedAt: clock.date() });
    onEvent({ kind: "started", trial });
    return trial;
  }
}
