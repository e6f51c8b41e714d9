/** How much room there is where a study writes, and how much its walks have taken so far. */
import { readdir, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { describeError } from "../errors.ts";

/** A disk that does not say how full it is within this time does not answer, ms: a network may be behind it. */
const PATIENCE_MS = 5000;
/** Walks that the next ones are reckoned from. */
const NEWEST = 3;

export interface Place {
  /** `the study file` and so on; "" where there is one place only. */
  readonly what: string;
  readonly folder: string;
  /** Bytes that this process may still write there; or why that is not known, in words. */
  readonly free: number | string;
}

/** Never rejects. */
export async function placeOf(what: string, folder: string): Promise<Place> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve("the disk does not answer"), PATIENCE_MS);
  });
  const asked = statfs(folder).then(({ bavail, bsize }) => bavail * bsize, describeError);
  const free = await Promise.race([asked, late]);
  clearTimeout(timer);
  return { what, folder, free };
}

/** Whether both are on one file system; false when that is not known. */
export async function sameDisk(one: string, other: string): Promise<boolean> {
  try {
    const [a, b] = await Promise.all([stat(one), stat(other)]);
    return a.dev === b.dev;
  } catch {
    return false;
  }
}

/** Bytes of the largest of the newest recordings in a folder; null when there is none. Never rejects. */
export async function largestRecording(folder: string): Promise<number | null> {
  try {
    const names = (await readdir(folder)).filter((name) => /^trial-\d+\.mcap$/.test(name)).sort();
    const sizes = await Promise.all(
      names.slice(-NEWEST).map(async (name) => (await stat(join(folder, name))).size),
    );
    return sizes.length === 0 ? null : Math.max(...sizes);
  } catch {
    return null;
  }
}
