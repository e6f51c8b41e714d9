/** Whether a stored study may be continued with what was asked for now. */
import { isDeepStrictEqual } from "node:util";
import { fail } from "../errors.ts";
import type { StudyDefinition } from "../study/trial-record.ts";

/** What would mix different questions in one study. The sampler, the pruner and the budget may change. */
const FIXED = [
  "direction",
  "space",
  "parameterConstraints",
  "seedGait",
  "reward",
  "constraintNames",
  "seed",
  "robotId",
] as const;

/**
 * Limits that gaitsmith has learnt to watch since are no difference: they come last, and no trial told of them.
 *
 * @throws STUDY_MISMATCH naming the first difference
 */
export function assertSameStudy(stored: StudyDefinition, wanted: StudyDefinition, store: string): void {
  const constraintNames = wanted.constraintNames.slice(0, stored.constraintNames.length);
  const comparable: StudyDefinition = { ...wanted, constraintNames };
  for (const key of FIXED) {
    // Only the list of constraints may be absent, which is none.
    if (isDeepStrictEqual(plain(stored, key), plain(comparable, key))) continue;
    fail("STUDY_MISMATCH", {
      what: `study "${wanted.name}" exists with another ${words[key]}`,
      where: store,
      remedy: "Continue it with what it was started with, or give the new study another name with --study.",
    });
  }
}

const words: Readonly<Record<(typeof FIXED)[number], string>> = {
  direction: "direction",
  space: "search space",
  parameterConstraints: "list of constraints between the parameters",
  seedGait: "seed gait",
  reward: "reward expression",
  constraintNames: "list of limits",
  seed: "seed",
  robotId: "robot",
};

/** Stored definitions have been through JSON. What is known of length-scales guides the sampler, and is no part of the question. */
function plain(definition: StudyDefinition, key: (typeof FIXED)[number]): unknown {
  const known = (field: string, value: unknown): unknown => (field === "lengthscale" ? undefined : value);
  return JSON.parse(JSON.stringify(definition[key] ?? [], key === "space" ? known : undefined));
}
