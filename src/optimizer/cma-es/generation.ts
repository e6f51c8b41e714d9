/**
 * Which trials make up a generation, and in which order they rank.
 *
 * Every suggestion stores its generation, its place in it, the point drawn, and the suggestions of the generation before
 * that its distribution was made from. So the course of the search can be read from the trials alone, whoever asked and
 * in whatever order walks ended.
 */
import type { Direction, JsonValue, ObservedTrial } from "../trial.ts";

export interface MemberBookkeeping {
  readonly generation: number;
  /** Place in the generation; places beyond the population size are drawn while others are still walking. */
  readonly member: number;
  /** The point as drawn, in the searched coordinates. */
  readonly point: readonly number[];
  /** Suggestions of the generation before that this one's distribution was made from; empty in the first. */
  readonly parents: readonly number[];
}

export interface Member extends MemberBookkeeping {
  readonly suggestion: number;
  /** The latest trial of the suggestion: a retry takes the place of the walk that was interrupted. */
  readonly trial: ObservedTrial;
}

/**
 * The members of all generations, by suggestion. Only suggested trials belong: replicates, baseline walks and enqueued
 * trials were not drawn from the distribution. An abandoned member is left out, so that its place is drawn anew.
 */
export function members(trials: readonly ObservedTrial[], dimension: number): Member[] {
  const latest = new Map<number, ObservedTrial>();
  for (const trial of trials) {
    if (trial.role !== "suggested") continue;
    const known = latest.get(trial.suggestion);
    if (known === undefined || known.number < trial.number) latest.set(trial.suggestion, trial);
  }
  const found: Member[] = [];
  for (const [suggestion, trial] of latest) {
    const bookkeeping = readMember(trial.bookkeeping, dimension);
    if (bookkeeping !== null && trial.state !== "abandoned")
      found.push({ ...bookkeeping, suggestion, trial });
  }
  return found.sort((a, b) => a.suggestion - b.suggestion);
}

/** Whether the member's outcome is known. An interrupted one is not: the same point is walked again. */
export function isTold({ trial: { state } }: Member): boolean {
  return state === "completed" || state === "pruned" || state === "aborted";
}

/**
 * Best first: by cumulative reward, that is the reward over the common length of a walk. A walk that was cut short, by the
 * pruner or by the arena, is carried on at the reward it had; since reports count from the start of measuring, that is its
 * last value, and completed walks rank by their objective as they would without a pruner. Walks without a reward come after
 * them; aborted ones last, the longest survivor first. Ties go to the longer measured, then the earlier one.
 */
export function ranked(generation: readonly Member[], direction: Direction): Member[] {
  const sign = direction === "maximize" ? 1 : -1;
  return [...generation].sort(
    (a, b) =>
      group(a.trial) - group(b.trial) ||
      compareWithin(a.trial, b.trial, sign) ||
      b.trial.reports.length - a.trial.reports.length ||
      a.suggestion - b.suggestion,
  );
}

/** 0 with a reward, 1 walked to an end without one, 2 aborted. */
function group({ state, value }: ObservedTrial): number {
  if (state === "aborted") return 2;
  return value !== null && Number.isFinite(value) ? 0 : 1;
}

function compareWithin(a: ObservedTrial, b: ObservedTrial, sign: number): number {
  if (group(a) === 0) return sign * (b.value! - a.value!);
  return b.walked - a.walked;
}

function readMember(bookkeeping: JsonValue, dimension: number): MemberBookkeeping | null {
  if (typeof bookkeeping !== "object" || bookkeeping === null || Array.isArray(bookkeeping)) return null;
  const { generation, member, point, parents } = bookkeeping as { readonly [key: string]: JsonValue };
  if (typeof generation !== "number" || typeof member !== "number") return null;
  if (!isNumbers(point) || point.length !== dimension || !isNumbers(parents)) return null;
  return { generation, member, point, parents };
}

function isNumbers(value: JsonValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => typeof one === "number" && Number.isFinite(one));
}
