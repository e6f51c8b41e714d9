/**
 * Patience: another pruner is asked only once the walk has stopped getting better, that is when the best of its last
 * `patience` + 1 reports is worse than the best before them. Without another pruner that alone ends the walk. Decisions
 * equal those of Optuna 4.9's PatientPruner.
 */
import { atLeast } from "../options.ts";
import type { PruneDecision, PruneQuestion, Pruner } from "../pruner.ts";
import { bestOf, goOn, shown, stop, worseSide } from "./decision.ts";

export interface PatientOptions {
  /** Reports without improvement that are waited for, besides the last one. */
  readonly patience: number;
  /** By how much, in the reward's unit, the last reports must be worse. */
  readonly minDelta: number;
}

export const PATIENT_DEFAULTS: PatientOptions = { patience: 2, minDelta: 0 };
export const PATIENT_RULES = { patience: atLeast(0) };

/** @param wrapped who is asked then, or null */
export function patientPruner(wrapped: Pruner | null, options: Partial<PatientOptions> = {}): Pruner {
  const complete = { ...PATIENT_DEFAULTS, ...options };
  return {
    name: "patient",
    decide: (question) => decide(question, wrapped, complete),
    ...(wrapped?.bracketOf === undefined ? {} : { bracketOf: wrapped.bracketOf }),
  };
}

function decide(
  question: PruneQuestion,
  wrapped: Pruner | null,
  { patience, minDelta }: PatientOptions,
): PruneDecision {
  const { direction, current } = question;
  const values = current.reports.map(({ value }) => value);
  const recent = patience + 1;
  if (values.length <= recent)
    return goOn(`${values.length} of ${recent + 1} reports before patience can end`);
  const before = bestOf(values.slice(0, -recent), direction);
  const after = bestOf(values.slice(-recent), direction);
  if (Number.isNaN(before) || Number.isNaN(after)) {
    return goOn(`no reward could be computed in the last ${recent} reports, or in all before them`);
  }
  const wanted = direction === "maximize" ? before - minDelta : before + minDelta;
  const impatient = direction === "maximize" ? after < wanted : after > wanted;
  const subject = `best ${shown(after)} of the last ${recent}`;
  if (!impatient) return goOn(`${subject} reports keeps up with ${shown(wanted)} before them`, wanted);
  const reason = `${subject} reports is ${worseSide(direction)} ${shown(wanted)} before them`;
  if (wrapped === null) return stop(reason, wanted);
  const decision = wrapped.decide(question);
  return { ...decision, reason: `${reason}; ${decision.reason}` };
}
