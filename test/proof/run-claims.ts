/** Claims about single runs of the real command: the same seed twice, and what recordings of aborted walks show. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual, promisify } from "node:util";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { packageRoot } from "../../src/paths.ts";
import { channelName } from "../../src/robot/telemetry-frame.ts";
import { type RecordedFrame, readRecording } from "../../src/station/recording-reader.ts";
import type { StudyDocument } from "../../src/study/study-document.ts";
import type { Claim } from "./claims.ts";
import { CONFIG } from "./study-units.ts";

const COMMAND = join(packageRoot, "bin", "gaitsmith.js");

async function tune<T>(
  args: readonly string[],
  use: (document: StudyDocument, folder: string) => Promise<T> | T,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "gaitsmith-proof-"));
  try {
    const command = [COMMAND, "tune", CONFIG, "--no-dashboard", "--json", ...args];
    const { stdout } = await promisify(execFile)(process.execPath, command, {
      cwd: folder,
      maxBuffer: 1 << 28,
    });
    return await use(JSON.parse(stdout) as StudyDocument, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whole default studies, not short ones: every phase of a study takes part. */
export async function sameSeedSameTable(): Promise<Claim[]> {
  const table = (document: StudyDocument) => document.trials;
  const [first, second] = await Promise.all([tune(["--seed", "11"], table), tune(["--seed", "11"], table)]);
  return [
    {
      name: "the same seed gives the same trial table",
      bar: "identical, bit for bit",
      holds: isDeepStrictEqual(first, second),
      measured: { trials: first.length, seed: 11 },
    },
  ];
}

/** Of every walk that a tilt aborted: its recording holds the breaching frame, and the stop was sent while it was handled. */
export async function recordingsShowTheStop(): Promise<Claim[]> {
  const limit = readHardwareConfig(CONFIG).envelope.tilt.high;
  const delays = await tune(["--sampler", "random", "--seed", "1"], async (document, folder) => {
    const aborted = document.trials.filter(
      ({ outcome, recording }) => outcome === "tilt" && recording !== null,
    );
    return Promise.all(aborted.map(({ recording }) => stopDelay(join(folder, recording ?? ""), limit)));
  });
  const period = 0.01;
  return [
    {
      name: "an aborted walk's recording shows the breach and the stop within one telemetry frame of it",
      bar: "stop sent at most one frame period (10 ms) after the breaching frame arrived, for every walk a tilt aborted",
      holds: delays.length > 0 && delays.every((delay) => delay <= period),
      measured: { walks: delays.length, largest_delay_s: Math.max(...delays) },
    },
  ];
}

/** Seconds from the arrival of the frame that breached to the stop; Infinity when the recording does not show it. */
async function stopDelay(file: string, limit: number): Promise<number> {
  let newest: RecordedFrame | null = null;
  for await (const item of readRecording(file)) {
    if (item.kind === "frame") newest = item;
    if (item.kind !== "event" || item.name !== "stop-sent") continue;
    const breached = newest !== null && newest.seq === item.frame && tiltOf(newest) > limit;
    return breached && newest !== null ? item.tStation - newest.tArrival : Number.POSITIVE_INFINITY;
  }
  return Number.POSITIVE_INFINITY;
}

function tiltOf({ channels, values }: RecordedFrame): number {
  const at = (name: string): number =>
    values[channels.findIndex((channel) => channel.name === name)] ?? Number.NaN;
  return Math.acos(Math.cos(at(channelName.roll)) * Math.cos(at(channelName.pitch)));
}
