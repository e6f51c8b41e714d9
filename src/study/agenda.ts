/**
 * What comes next in a study: a pure function of its plan and its trials, so that a study killed at any moment goes
 * on as the uninterrupted one would have.
 *
 * In the order of their rank: the retry of an interrupted walk; the end of the budget; the baseline walks of the
 * seed gait; the sampler's suggestions; the confirming walks that use up the last part of the budget.
 *
 * Among the suggestions the seed gait is walked again every so often, where the plan says so: these drift checks are none of
 * the baseline's walks, and count in the budget like any other.
 *
 * The budget counts suggestions: a retry inherits its suggestion and costs nothing. Small budgets are shared out:
 * the baseline takes at most a third of them, confirmation at most a quarter. So 3 trials are one baseline walk and
 * two suggestions, 12 are three, six and three, 60 are three, 47 and ten.
 *
 * A study that had come to its end and goes on with a larger budget begins a new round: what was added is shared
 * between suggestions and a confirmation of its own, by the same rule.
 */
import type { StudyConfig } from "../config/hardware-config.ts";
import { NOT_THE_GAIT, type TrialRecord } from "./trial-record.ts";

/** How far a study goes. May change when it is continued. */
export interface StudyPlan
  extends Pick<StudyConfig, "trials" | "robotTime" | "baselineWalks" | "confirm" | "driftCheckEvery"> {
  /** Whether walks may be stopped early; the study runner's business. */
  readonly prune: boolean;
}

export type AgendaItem =
  /** Walk these parameters again under the same suggestion. */
  | { readonly kind: "retry"; readonly of: TrialRecord; readonly attempt: number }
  | { readonly kind: "seed-gait"; readonly suggestion: number }
  /** Walk the seed gait again: has the robot changed? */
  | { readonly kind: "drift-check"; readonly suggestion: number }
  /** The sampler's turn. */
  | { readonly kind: "ask"; readonly suggestion: number }
  /** Walk one of the best parameter sets again; which one, the optimiser says (`nextConfirmation`). */
  | { readonly kind: "replicate"; readonly suggestion: number }
  | { readonly kind: "finished"; readonly why: string };

/** @param trials all of the study in order of number; running ones count as under way and are not waited for */
export function nextOnAgenda(trials: readonly TrialRecord[], plan: StudyPlan): AgendaItem {
  const walked = trials.reduce((sum, trial) => sum + trial.walked, 0);
  if (plan.robotTime !== null && walked >= plan.robotTime)
    return { kind: "finished", why: `the robot time of ${plan.robotTime} s is used up` };
  const retry = pendingRetry(trials);
  if (retry !== null) return retry;
  const roles = rolesOf(trials);
  const left = plan.trials - roles.length;
  if (left <= 0) return { kind: "finished", why: `all ${plan.trials} trials are done` };

  const suggestion = trials.reduce((highest, trial) => Math.max(highest, trial.suggestion), -1) + 1;
  const baselineWalks = roles.filter((role) => role === "seed-gait").length;
  if (baselineWalks < baselineShare(plan)) return { kind: "seed-gait", suggestion };
  const timeLeft = plan.robotTime === null ? Number.POSITIVE_INFINITY : plan.robotTime - walked;
  const confirming = isConfirming(roles, plan) || timeLeft <= confirmationTime(trials, plan);
  if (confirming) return { kind: "replicate", suggestion };
  return { kind: isDriftCheckDue(roles, plan) ? "drift-check" : "ask", suggestion };
}

/**
 * The plan of a study whose sampler has proposed everything it can: the budget ends with the confirmation of what was
 * found, a quarter of the round at most, as at the end of any budget.
 */
export function planAfterSearch(trials: readonly TrialRecord[], plan: StudyPlan): StudyPlan {
  const roles = rolesOf(trials);
  const { searchEnd, roundStart } = roundOf(roles);
  const confirming = plan.confirm.candidates < 1 ? 0 : Math.floor((searchEnd - roundStart) / 3);
  return { ...plan, trials: Math.min(plan.trials, searchEnd + Math.min(plan.confirm.walks, confirming)) };
}

/**
 * The earliest interrupted walk that nothing has followed up. An operator's stop or "not the gait" is no sign
 * against it and does not use up the second attempt; any other second interruption has been filed as aborted.
 */
function pendingRetry(trials: readonly TrialRecord[]): AgendaItem | null {
  const last = new Map(trials.map((trial) => [trial.suggestion, trial]));
  for (const of of last.values()) {
    // What another program enqueued and nobody started (no start time) may lack parameters: it cannot be walked.
    if (of.state !== "interrupted" || of.startedAt.getTime() === 0) continue;
    if (NOT_THE_GAIT.includes(of.reason?.code ?? "")) return { kind: "retry", of, attempt: of.attempt };
    if (of.attempt === 1) return { kind: "retry", of, attempt: 2 };
  }
  return null;
}

type SuggestionRole = TrialRecord["role"];

/** The role of each suggestion, in the order in which they were first walked. */
function rolesOf(trials: readonly TrialRecord[]): SuggestionRole[] {
  const roles = new Map<number, SuggestionRole>();
  for (const { suggestion, role } of trials) if (!roles.has(suggestion)) roles.set(suggestion, role);
  return [...roles.values()];
}

/** Counted from the last walk of the seed gait on. */
function isDriftCheckDue(roles: readonly SuggestionRole[], { driftCheckEvery = 0 }: StudyPlan): boolean {
  if (driftCheckEvery === 0) return false;
  const last = roles.findLastIndex((role) => role === "seed-gait" || role === "drift-check");
  const since = roles.slice(last + 1).filter((role) => role === "suggested" || role === "enqueued");
  return since.length >= driftCheckEvery;
}

/** The first walk is the seed gait's however few there are: what a robot walks first is what is known to be safe. */
function baselineShare({ trials, baselineWalks }: StudyPlan): number {
  return Math.min(baselineWalks, Math.max(1, Math.floor(trials / 3)));
}

/** @param suggestions how many there are in the round */
function confirmationShare({ confirm }: StudyPlan, suggestions: number): number {
  return confirm.candidates < 1 ? 0 : Math.min(confirm.walks, Math.floor(suggestions / 4));
}

/**
 * Whether what is left of the budget, with the confirming walks just made, fits the round's confirmation. A run of
 * confirming walks that fits no more belongs to an earlier, smaller budget.
 */
function isConfirming(roles: readonly SuggestionRole[], plan: StudyPlan): boolean {
  const { searchEnd, roundStart } = roundOf(roles);
  const run = roles.slice(searchEnd).filter((role) => role === "replicate").length;
  return plan.trials - roles.length + run <= confirmationShare(plan, plan.trials - roundStart);
}

/** Suggestions before the round's first, and up to its last that searched. */
function roundOf(roles: readonly SuggestionRole[]): { roundStart: number; searchEnd: number } {
  const searchEnd = roles.findLastIndex((role) => role === "suggested" || role === "enqueued") + 1;
  return { searchEnd, roundStart: roles.slice(0, searchEnd).lastIndexOf("replicate") + 1 };
}

/** Robot time, s, to be kept for confirming where time and not the number of trials is the limit. */
function confirmationTime(trials: readonly TrialRecord[], plan: StudyPlan): number {
  const whole = trials.filter((trial) => trial.state === "completed");
  if (plan.robotTime === null || whole.length === 0 || plan.confirm.candidates < 1) return 0;
  const mean = whole.reduce((sum, trial) => sum + trial.walked, 0) / whole.length;
  return Math.min(plan.confirm.walks * mean, plan.robotTime / 4);
}
