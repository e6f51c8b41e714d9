/** A walk's reports: scored, stored, and judged by the pruner, whose word the station waits for. */
import { peerCurves } from "../optimizer/peer-curves.ts";
import type { Curve, Pruner } from "../optimizer/pruner.ts";
import type { TrialRecord, TrialReport } from "../study/trial-record.ts";
import type { Decision, StationReport } from "./station-host.ts";
import type { StudyRunnerParts } from "./study-runner-parts.ts";
import type { TrialLedger } from "./trial-ledger.ts";

/** Who decides at the reports of a walk, and by comparison with what. */
export interface Judge {
  readonly pruner: Pruner;
  readonly peers: readonly Curve[];
}

type ScoringParts = Pick<
  StudyRunnerParts,
  "definition" | "plan" | "walk" | "pruner" | "reward" | "distance" | "onEvent"
>;

export class ReportScoring {
  readonly #parts: ScoringParts;
  readonly #ledger: TrialLedger;

  constructor(parts: ScoringParts, ledger: TrialLedger) {
    this.#parts = parts;
    this.#ledger = ledger;
  }

  /** @returns null: the walk goes on whatever its reports say */
  judgeOf(trial: TrialRecord): Judge | null {
    const { plan, pruner, walk, distance } = this.#parts;
    // Baseline and confirming walks are measurements: stopping one early would spoil what it is for.
    const ownWalk = trial.role === "suggested" || trial.role === "enqueued";
    // Where the distance is told afterwards, reports say nothing about the reward.
    if (!ownWalk || !plan.prune || distance !== undefined) return null;
    return { pruner, peers: peerCurves(this.#ledger.trials, walk.reports) };
  }

  /** @param number of the trial */
  async score(
    number: number,
    message: Pick<StationReport, "step" | "time" | "metrics">,
    judge: Judge | null,
  ): Promise<Decision> {
    const { definition, reward, onEvent } = this.#parts;
    const { step, time, metrics } = message;
    const report: TrialReport = { step, time, metrics, value: reward.score(metrics) };
    const { suggestion, reports, rungs } = await this.#ledger.addReport(number, report);
    const current: Curve = { number, suggestion, state: "running", reports, rungs };
    const { direction } = definition;
    const decision = judge?.pruner.decide({ direction, current, peers: judge.peers }) ?? null;
    if (decision?.rungs !== undefined && decision.rungs.length > rungs.length)
      await this.#ledger.setRungs(number, decision.rungs);
    onEvent({ kind: "report", trial: number, report, decision });
    const { reason = "", threshold = null } = decision ?? {};
    return { verdict: decision?.prune ? "stop" : "go-on", reason, value: report.value, threshold };
  }
}
