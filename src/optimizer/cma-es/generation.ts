/**
 * Which trials make up a generation, and in which order they rank.
 *
 * Every suggestion stores its generation, its place in it, the point drawn, and the suggestions of the generation before
 * that its distribution was made from. So the course of the search can be read from the trials alone, whoever asked and
 * in whatever order walks ended.
 */
import { type Direction, isTold, type JsonValue, type ObservedTrial } from "../trial.ts";

export interface MemberBookkeeping {
  /** Counted through all restarts, from 0. */
  readonly generation: number;
  /** Place in the generation; places beyond the population size are drawn while others are still walking. */
  readonly member: number;
  /** The point as drawn, in the searched coordinates: neither scaled for the margin nor rounded to levels. */
  readonly point: readonly number[];
  /**
   * Suggestions that this one's distribution was made from: those of the generation before; in the first generation those
   * of a warm start, else none.
   */
  readonly parents: readonly number[];
}

export interface Member extends MemberBookkeeping {
  readonly suggestion: number;
  /** The latest trial of the suggestion: a retry takes the place of the walk that was interrupted. */
  readonly trial: ObservedTrial;
}

/** One generation as far as the trials show it. */
export interface Generation {
  /** In order of suggestion. An abandoned member is left out, so that its place is drawn anew. */
  readonly members: readonly Member[];
  /** What its suggestions recorded as their parents, in order of suggestion, abandoned ones included. */
  readonly recordedParents: readonly (readonly number[])[];
}

export const NO_GENERATION: Generation = { members: [], recordedParents: [] };

/** The generations of latest trials, by number. */
export function generations(
  latest: readonly ObservedTrial[],
  bookkeepingOf: (trial: ObservedTrial) => MemberBookkeeping | null,
): Map<number, Generation> {
  const found = new Map<number, { members: Member[]; recordedParents: (readonly number[])[] }>();
  for (const trial of latest) {
    const bookkeeping = bookkeepingOf(trial);
    if (bookkeeping === null) continue;
    const { generation, member, point, parents } = bookkeeping;
    let one = found.get(generation);
    if (one === undefined) {
      one = { members: [], recordedParents: [] };
      found.set(generation, one);
    }
    one.recordedParents.push(parents);
    if (trial.state === "abandoned") continue;
    one.members.push({ generation, member, point, parents, suggestion: trial.suggestion, trial });
  }
  return found;
}

/**
 * The members that the generation after is made from: those its suggestions recorded, the earliest record that stands; else
 * the first told ones, once there are enough and no interrupted walk waits for its retry. Null while it is open.
 */
export function parentsOf(
  { members }: Generation,
  { recordedParents }: Generation,
  populationSize: number,
): readonly Member[] | null {
  const told = members.filter(({ trial }) => isTold(trial));
  if (told.length < populationSize) return null;
  for (const parents of recordedParents) {
    const recorded =
      told.length === parents.length && told.every(({ suggestion }, i) => suggestion === parents[i])
        ? told
        : told.filter(({ suggestion }) => parents.includes(suggestion));
    if (recorded.length === populationSize) return recorded;
  }
  if (members.some(({ trial }) => trial.state === "interrupted")) return null;
  return told.slice(0, populationSize);
}

/**
 * Best first: by cumulative reward, that is the reward over the common length of a walk. A walk that was cut short, by the
 * pruner or by the arena, is carried on at the reward it had; since reports count from the start of measuring, that is its
 * last value, and completed walks rank by their objective as they would without a pruner. Walks without a reward come after
 * them; aborted ones last, the longest survivor first. Ties go to the longer measured, then the earlier one.
 */
export function ranked(generation: readonly Member[], direction: Direction): Member[] {
  return [...generation].sort((a, b) => compareMembers(a, b, direction));
}

/** Negative when `a` ranks before `b`; 0 only for the same suggestion. */
export function compareMembers(a: Member, b: Member, direction: Direction): number {
  return (
    group(a.trial) - group(b.trial) ||
    compareWithin(a.trial, b.trial, direction) ||
    b.trial.reports.length - a.trial.reports.length ||
    a.suggestion - b.suggestion
  );
}

/** What is minimised: the reward, its sign turned when more is better; infinite without one. */
export function lossOf({ trial }: Member, direction: Direction): number {
  if (group(trial) !== 0) return Number.POSITIVE_INFINITY;
  return direction === "maximize" ? -trial.value! : trial.value!;
}

/** 0 with a reward, 1 walked to an end without one, 2 aborted. */
function group({ state, value }: ObservedTrial): number {
  if (state === "aborted") return 2;
  return value !== null && Number.isFinite(value) ? 0 : 1;
}

function compareWithin(a: ObservedTrial, b: ObservedTrial, direction: Direction): number {
  if (group(a) === 0) return direction === "maximize" ? b.value! - a.value! : a.value! - b.value!;
  return b.walked - a.walked;
}

/** What {@link MemberBookkeeping} a trial carries; null when it carries none, or one of another space. */
export function readMember(bookkeeping: JsonValue, dimension: number): MemberBookkeeping | null {
  if (typeof bookkeeping !== "object" || bookkeeping === null || Array.isArray(bookkeeping)) return null;
  const { generation, member, point, parents } = bookkeeping as { readonly [key: string]: JsonValue };
  if (typeof generation !== "number" || typeof member !== "number") return null;
  if (!isNumbers(point) || point.length !== dimension || !isNumbers(parents)) return null;
  return { generation, member, point, parents };
}

function isNumbers(value: JsonValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => typeof one === "number" && Number.isFinite(one));
}
