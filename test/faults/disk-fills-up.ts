/** A whole study on a disk that is full at some moment, gets a little room, is full again, and so on to the study's end. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { WalkOutcome } from "../../src/station/messages.ts";
import { readOutcome } from "../../src/station/recording-reader.ts";
import type { StudyDocument } from "../../src/study/study-document.ts";
import { documentOf, run, SIMULATED } from "../cli/gaitsmith.ts";
import { smallDisk } from "./small-disk.ts";

export const TUNE = ["tune", SIMULATED, "--trials", "7", "--sampler", "random", "--no-dashboard", "--json"];

/** Room at first and every time the disk was full, bytes: fewer than two recordings. */
const LEAST = 0.7e6;
const MOST = 2.5e6;
const ROUNDS = 20;

export interface FilledDisk {
  /** How often the study ended because the disk was full, and by which error. */
  readonly full: Readonly<Record<string, number>>;
  /** Walks that were walked again because the disk had stopped them. */
  readonly interrupted: number;
  /** Everything that must not be, in words. */
  readonly wrong: readonly string[];
}

/** @returns null where no small disk can be had */
export async function studyOnSmallDisk(seed: number, whole: StudyDocument): Promise<FilledDisk | null> {
  const next = moments(seed);
  let size = next();
  const disk = smallDisk(size);
  if (disk === null) return null;
  const full: Record<string, number> = {};
  const wrong: string[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const finished = await run(disk.folder, ...TUNE);
      if (finished.status === 0) {
        const document = documentOf(finished);
        if (!isDeepStrictEqual(told(document), told(whole)))
          wrong.push("the study is another than on a large disk");
        wrong.push(...(await lost(disk.folder, document)));
        const interrupted = document.trials.filter(({ state }) => state === "interrupted").length;
        return { full, interrupted, wrong };
      }
      const [, code = ""] = /\[([A-Z_]+)\]\s*$/.exec(finished.stderr) ?? [];
      const expected = code === "RECORDING_FAILED" || code === "STORE_FAILED";
      if (!expected || finished.status !== 1 || /\n\s+at /.test(finished.stderr))
        wrong.push(`status ${finished.status}: ${finished.stderr}`);
      full[code] = (full[code] ?? 0) + 1;
      size += next();
      disk.resize(size);
    }
    wrong.push(`the study has not ended after ${ROUNDS} rounds`);
    return { full, interrupted: 0, wrong };
  } finally {
    disk.remove();
  }
}

/** What was told, without what differs when a walk was walked again. */
export function told({ trials }: StudyDocument): unknown[] {
  return trials
    .filter(({ state }) => state !== "interrupted")
    .map(({ suggestion, params, state, value, constraints }) => ({
      suggestion,
      params,
      state,
      value,
      constraints,
    }));
}

/** Outcomes that the recordings know and the study does not, trials without an outcome, and files left lying about. */
async function lost(folder: string, { trials }: StudyDocument): Promise<string[]> {
  const wrong: string[] = [];
  const recordings = join(folder, "recordings", "trot-speed");
  for (const { number, state, attempt } of trials) {
    if (state === "running") wrong.push(`trial ${number} has no outcome`);
    const file = join(recordings, `trial-${String(number).padStart(4, "0")}.mcap`);
    const recorded: WalkOutcome | null = await readOutcome(file);
    if (recorded !== null && (recorded.end !== state || recorded.attempt !== attempt))
      wrong.push(`trial ${number} is ${state}, its recording says ${recorded.end}`);
    if (recorded === null && state === "interrupted")
      wrong.push(`trial ${number} was lost with its recording`);
  }
  for (const name of readdirSync(recordings)) if (!name.endsWith(".mcap")) wrong.push(`${name} was left`);
  return wrong;
}

/** Park and Miller's generator: random, and the same in every run. */
function moments(seed: number): () => number {
  let state = 7919 * seed + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return LEAST + (MOST - LEAST) * (state / 2147483647);
  };
}
