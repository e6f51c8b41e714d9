/**
 * Tell, the last part of the loop: how a walk ended becomes how its trial ended, for the sampler at once, for the file when nobody
 * can judge it any more. Then it is concluded what is best so far.
 */
import type { WalkOutcome } from "../station/messages.ts";
import { observe } from "../study/observed-trial.ts";
import type { TrialEnd } from "../study/trial-record.ts";
import type { StudyHalt } from "./study-halt.ts";
import type { StudyRunnerParts } from "./study-runner-parts.ts";
import { endOfTrial, judged, noted, withoutKnownDistance } from "./trial-end.ts";
import type { TrialLedger } from "./trial-ledger.ts";

type TellingParts = Pick<
  StudyRunnerParts,
  "definition" | "walk" | "storage" | "sampler" | "reward" | "clock" | "operator" | "distance" | "onEvent"
>;

export class TrialTelling {
  readonly #parts: TellingParts;
  readonly #ledger: TrialLedger;
  readonly #halt: StudyHalt;

  constructor(parts: TellingParts, ledger: TrialLedger, halt: StudyHalt) {
    this.#parts = parts;
    this.#ledger = ledger;
    this.#halt = halt;
  }

  /**
   * Told is what the sampler knows. Where a person carries the robot back, the file follows when the next walk begins: until
   * then they may say that it was not the gait.
   */
  async tell(number: number, walked: WalkOutcome): Promise<void> {
    const outcome = await this.#withDistance(number, walked);
    if (outcome === null) return;
    const halt = this.#halt;
    const evidence = outcome.end !== "interrupted" && outcome.end !== "abandoned";
    const judges = this.#parts.operator?.judges === true || (halt.latched && halt.clears);
    if (evidence && halt.stopWords === null && judges) {
      const trial = await this.#ledger.hold(number, outcome, this.#endOf(number, outcome));
      this.#parts.onEvent({ kind: "ended", trial });
    } else await this.finish(number, outcome);
  }

  /** Told and filed: nobody judges it any more. */
  async finish(number: number, outcome: WalkOutcome): Promise<void> {
    const trial = await this.#ledger.finish(number, this.#endOf(number, outcome));
    this.#parts.onEvent({ kind: "ended", trial });
  }

  /** What is to be thought of everything told so far. */
  async conclude(): Promise<void> {
    const { sampler, storage, definition, onEvent } = this.#parts;
    const conclusions = await sampler.conclude(this.#ledger.trials.map(observe));
    if (conclusions.champion !== null) await storage.setChampion(definition.name, conclusions.champion);
    onEvent({ kind: "concluded", conclusions });
  }

  #endOf(number: number, outcome: WalkOutcome): TrialEnd {
    const { definition, walk, clock } = this.#parts;
    return endOfTrial(
      this.#ledger.trial(number),
      outcome,
      walk.planned,
      definition.constraintNames,
      clock.date(),
    );
  }

  /**
   * Where the distance is known after the walk only, it completes the walk's last report.
   *
   * @returns null when the study was stopped before it was known: it is asked for at the next start
   */
  async #withDistance(number: number, outcome: WalkOutcome): Promise<WalkOutcome | null> {
    const { distance: afterwards, reward, operator, onEvent } = this.#parts;
    const report = this.#ledger.trial(number).reports.at(-1);
    if (afterwards === undefined || outcome.end !== "completed" || report === undefined) return outcome;
    if (Number.isFinite(report.metrics.forward_speed)) return outcome;
    let distance: number | "unknown" = outcome.distance ?? "unknown";
    if (afterwards.source === "operator" && operator !== undefined) {
      await this.#ledger.remember(outcome);
      const answer = await operator.distance(number, this.#halt.signal);
      if (answer === null) return null;
      if (answer.answer !== "continue") return judged(outcome, answer.answer, answer.note);
      if (answer.distance === "unknown")
        return withoutKnownDistance(outcome, noted("nobody knows how far it came", answer.note));
      distance = answer.distance;
    }
    if (distance === "unknown" || !Number.isFinite(distance))
      return withoutKnownDistance(outcome, "the robot did not say how far it came");
    const metrics = afterwards.metrics(report.metrics, distance, outcome.measured);
    const known = { ...report, metrics, value: reward.score(metrics) };
    await this.#ledger.replaceReport(number, known);
    onEvent({ kind: "report", trial: number, report: known, decision: null });
    return outcome;
  }
}
