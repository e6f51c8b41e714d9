/** A whole study on a disk that somebody fills at random moments, makes room on, fills again, and so on to the study's end. */
import { readdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { WalkOutcome } from "../../src/station/messages.ts";
import { readOutcome } from "../../src/station/recording-reader.ts";
import type { StudyDocument } from "../../src/study/study-document.ts";
import { documentOf, SIMULATED, start } from "../cli/gaitsmith.ts";
import { randomNumbers } from "../soak/random.ts";
import { type SmallDisk, smallDisk } from "./small-disk.ts";
import { told } from "./told-trials.ts";

/** The study on that disk. @param config a simulated robot's */
export function tune(config: string): readonly string[] {
  return ["tune", config, "--trials", "7", "--sampler", "random", "--no-dashboard", "--json"];
}

export const TUNE = tune(SIMULATED);

/** What a study finds when it starts, bytes: more than its preflight asks for. */
const LARGE = 400e6;
/** What somebody leaves at most who fills the disk, bytes: about a recording. */
const LEFT = 0.8e6;

/** How it is filled. */
const USUAL = {
  command: TUNE,
  /** At most so long after the start, ms. */
  latest: 5000,
  /** Starts of the study that the disk fills up in; the one after ends. */
  rounds: 4,
};

/** The disk was full when the study started, when a walk was recorded, when it was stored. */
const REASONS = ["PREFLIGHT_REFUSED", "RECORDING_FAILED", "STORE_FAILED"];

export interface FilledDisk {
  /** How often the study ended because the disk was full, and by which error. */
  readonly full: Readonly<Record<string, number>>;
  /** Walks that were walked again because the disk had stopped them. */
  readonly interrupted: number;
  /** Everything that must not be, in words. */
  readonly wrong: readonly string[];
}

/**
 * @param whole the same study on a large disk
 * @returns null where no small disk can be had
 */
export async function studyOnSmallDisk(
  seed: number,
  whole: StudyDocument | Promise<StudyDocument>,
  { command, latest, rounds }: typeof USUAL = USUAL,
): Promise<FilledDisk | null> {
  const random = randomNumbers(seed);
  const disk = smallDisk(LARGE);
  if (disk === null) return null;
  const full: Record<string, number> = {};
  const wrong: string[] = [];
  try {
    for (let round = 0; round <= rounds; round++) {
      disk.resize(LARGE);
      const study = start(disk.folder, ...command);
      const [after, left] = [latest * random(), LEFT * random()];
      if (round < rounds) {
        await Promise.race([study.saw(/Ctrl-C stops the robot/), study.finished]);
        await Promise.race([pause(after), study.finished]);
        fill(disk, left);
      }
      const finished = await study.finished;
      if (finished.status === 0) {
        const document = documentOf(finished);
        if (!isDeepStrictEqual(told(document), told(await whole)))
          wrong.push("the study is another than on a large disk");
        wrong.push(...(await lost(disk.folder, document)));
        const interrupted = document.trials.filter(({ state }) => state === "interrupted").length;
        return { full, interrupted, wrong };
      }
      const [, code = ""] = /\[([A-Z_]+)\]\s*$/.exec(finished.stderr) ?? [];
      if (!REASONS.includes(code) || finished.status !== 1 || /\n\s+at /.test(finished.stderr))
        wrong.push(`status ${finished.status}: ${finished.stderr}`);
      full[code] = (full[code] ?? 0) + 1;
    }
    wrong.push("the study does not end on a large disk");
    return { full, interrupted: 0, wrong };
  } finally {
    disk.remove();
  }
}

/** @param left bytes that stay free */
function fill(disk: SmallDisk, left: number): void {
  for (;;) {
    const { blocks, bfree, bsize } = statfsSync(disk.folder);
    try {
      disk.resize((blocks - bfree) * bsize + left);
      return;
    } catch {
      // More was written meanwhile than it could have left.
    }
  }
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
