/**
 * Trials that were running when an earlier service ended, or that wait for somebody's word: the file or the walk's recording may know
 * how they ended.
 */
import type { WalkOutcome } from "../station/messages.ts";
import type { TrialRecord } from "../study/trial-record.ts";
import type { ReportScoring } from "./report-scoring.ts";
import type { StudyRunnerParts } from "./study-runner-parts.ts";
import { notWalked } from "./trial-end.ts";
import type { TrialLedger } from "./trial-ledger.ts";
import type { TrialTelling } from "./trial-telling.ts";

export interface SettlingParts extends Pick<StudyRunnerParts, "adoptOutcome" | "recordingPath"> {
  readonly ledger: TrialLedger;
  readonly scoring: ReportScoring;
  readonly telling: TrialTelling;
}

/** Tells how each of them ended. */
export async function settleUnfinished(parts: SettlingParts): Promise<void> {
  const { ledger, telling } = parts;
  for (const trial of ledger.trials.filter((one) => one.state === "running")) {
    const words = "the service died during the walk";
    const known = endOfThis(trial, await ledger.remembered()) ?? (await recorded(trial, parts));
    await telling.tell(trial.number, known ?? notWalked(trial, "service-died", words));
  }
}

async function recorded(
  trial: TrialRecord,
  { adoptOutcome, recordingPath, ledger, scoring }: SettlingParts,
): Promise<WalkOutcome | null> {
  if (trial.recording === null) return null;
  const known = await adoptOutcome(recordingPath(trial.recording));
  if (known?.outcome.trial !== trial.number) return null;
  // Those that the file has no room for any more, or that the service died with.
  const judge = scoring.judgeOf(trial);
  for (const report of known.reports)
    if (report.step === ledger.trial(trial.number).reports.length + 1)
      await scoring.score(trial.number, report, judge);
  return endOfThis(ledger.trial(trial.number), known.outcome);
}

/** An outcome of another walk, or with reports that were never stored, says nothing about this one. */
function endOfThis(trial: TrialRecord, known: WalkOutcome | null): WalkOutcome | null {
  return known?.trial === trial.number && known.reports <= trial.reports.length ? known : null;
}
