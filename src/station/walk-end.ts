/** Why and how a walk ends, and what becomes of it: the words, the outcome and its constraint values. */
import type { TrialHealth } from "../config/trial-health.ts";
import { LIMIT_NAMES } from "../safety/limit.ts";
import type { Breach, SafetyMonitor } from "../safety/monitor.ts";
import type { EndReason, TrialPlan, WalkOutcome } from "./messages.ts";

/** What ended a walk; turned into an {@link EndReason} with its figures when the time is known. */
export interface WalkEnd {
  readonly end: WalkOutcome["end"];
  readonly code: string;
  readonly words: string;
  readonly truncated: boolean;
  readonly breach: Breach | null;
}

export function endedBy(end: WalkOutcome["end"], code: string, words: string): WalkEnd {
  return { end, code, words, truncated: false, breach: null };
}

/**
 * A breach of a limit. Before the walk began it says nothing about the gait, whatever the limit: an accident.
 */
export function endedByBreach(breach: Breach, hasWalked: boolean): WalkEnd {
  return {
    end: hasWalked ? breach.limit.outcome : "interrupted",
    code: breach.limit.name,
    words: breachWords(breach),
    truncated: false,
    breach,
  };
}

export function breachWords(breach: Breach): string {
  return crossingWords(breach, "its limit of");
}

/** Of a soft bound. */
export function warningWords(warning: Breach): string {
  return crossingWords(warning, "where a warning is due,");
}

function crossingWords({ limit, value, bound, channel }: Breach, what: string): string {
  const unit = limit.unit === "" ? "" : ` ${limit.unit}`;
  const side = bound === limit.low || value < bound ? "below" : "above";
  const where = channel === null ? "" : ` (${channel})`;
  return `${limit.name.replaceAll("-", " ")} ${figure(value)}${unit} is ${side} ${what} ${figure(bound)}${unit}${where}`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Facts about a walk at its end. */
export interface WalkFacts {
  readonly plan: TrialPlan;
  readonly monitor: SafetyMonitor;
  /** It began: the gait was started. */
  readonly hasWalked: boolean;
  /** Robot time, s. */
  readonly endedAt: number;
  /** s, ramps included */
  readonly planned: number;
  readonly measured: number;
  readonly reports: number;
  readonly distance: number | null;
  readonly carryOver: unknown;
  readonly health: TrialHealth;
  readonly latched: boolean;
}

export function outcomeOf(ending: WalkEnd, facts: WalkFacts): WalkOutcome {
  const { plan, monitor, hasWalked, planned } = facts;
  const walked = hasWalked ? facts.endedAt - monitor.walkStart : 0;
  const breached = ending.breach === null ? null : LIMIT_NAMES.indexOf(ending.breach.limit.name);
  const endedAt = ending.breach?.tRobot ?? facts.endedAt;
  return {
    trial: plan.trial,
    attempt: plan.attempt,
    end: ending.end,
    reason: reasonOf(ending, hasWalked ? endedAt - monitor.walkStart : Number.NaN),
    truncated: ending.truncated,
    constraints: hasWalked ? monitor.constraints(planned, Math.max(0, planned - walked)) : [],
    breached,
    reports: facts.reports,
    walked,
    measured: facts.measured,
    distance: facts.distance,
    carryOver: facts.carryOver,
    health: facts.health,
    recording: plan.recording,
    latched: facts.latched,
  };
}

/** @param time s since the start of ramp-in; NaN when it never walked */
export function reasonOf(ending: WalkEnd, time: number): EndReason {
  const { code, words, breach } = ending;
  return {
    code,
    words,
    time,
    channel: breach?.channel ?? null,
    value: breach?.value ?? null,
    limit: breach?.bound ?? null,
  };
}
