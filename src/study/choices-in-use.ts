/** Which sampler and pruner a study was walked with: it may be continued with others. */
import { isDeepStrictEqual } from "node:util";
import type { Choice } from "../config/choice.ts";
import type { JsonValue } from "../optimizer/trial.ts";
import type { Storage } from "./storage.ts";
import type { StudyDefinition } from "./trial-record.ts";

export interface ChoicesInUse {
  /** Number of the first trial they were in charge of. */
  readonly from: number;
  readonly sampler: Choice;
  readonly pruner: Choice;
}

/** Study attribute; a study that was never continued with others lacks it. */
const KEY = "choices";

/** In order; the first from trial 0 on, the last those the study was opened with last. */
export async function choicesInUse(
  storage: Storage,
  { name, sampler, pruner }: StudyDefinition,
): Promise<readonly ChoicesInUse[]> {
  const stored = await storage.attribute(name, KEY);
  return stored === undefined ? [{ from: 0, sampler, pruner }] : (stored as unknown as ChoicesInUse[]);
}

/**
 * Stores that a study goes on with these. What was chosen before and never walked with is forgotten.
 * @param study as it is stored
 */
export async function continueWith(
  storage: Storage,
  study: StudyDefinition,
  { sampler, pruner }: Pick<ChoicesInUse, "sampler" | "pruner">,
): Promise<void> {
  const before = await choicesInUse(storage, study);
  const from = (await storage.studies()).find(({ name }) => name === study.name)?.trials ?? 0;
  const walked = before.filter((one) => one.from < from);
  const last = walked.at(-1);
  const same =
    last !== undefined && isDeepStrictEqual(plain([last.sampler, last.pruner]), plain([sampler, pruner]));
  const after = same ? walked : [...walked, { from, sampler, pruner }];
  if (!isDeepStrictEqual(plain(after), plain(before)))
    await storage.setAttribute(study.name, KEY, plain(after));
}

/** As it comes back from the file. */
function plain(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
