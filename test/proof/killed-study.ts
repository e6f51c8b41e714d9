/**
 * The claim about `kill -9`: a study that is killed again and again goes on as if nothing had happened. Each walk is killed
 * at most once, for a second interruption is an abort by design.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { packageRoot } from "../../src/paths.ts";
import type { StudyDocument } from "../../src/study/study-document.ts";
import { told } from "../faults/told-trials.ts";
import type { Claim } from "./claims.ts";
import { CONFIG } from "./study-units.ts";

const COMMAND = join(packageRoot, "bin", "gaitsmith.js");
/** Enough for fifty kills with about a walk and a half between two. */
const TRIALS = 100;
const SEED = 12;
/** Longer than a simulated walk takes, s: some kills come between two walks. */
const LONGEST_WAIT = 0.5;

interface Run {
  /** Progress lines and messages. */
  readonly words: string;
  /** The document, when it ended by itself. */
  readonly document: StudyDocument | null;
}

/** Runs the command and kills it some time after it has begun its first walk; null lets it end. */
async function tune(folder: string, killAfter: number | null): Promise<Run> {
  const budget = ["--trials", String(TRIALS), "--seed", String(SEED)];
  const args = [COMMAND, "tune", CONFIG, ...budget, "--no-dashboard", "--no-recording", "--json"];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let [output, words] = ["", ""];
  let begun: () => void = () => {};
  const ended = new Promise<void>((done) => child.on("close", () => done()));
  const walked = new Promise<void>((done) => {
    begun = done;
  });
  child.stdout.on("data", (data: Buffer) => {
    output += data.toString();
  });
  child.stderr.on("data", (data: Buffer) => {
    words += data.toString();
    if (/\d (completed|pruned|aborted)/.test(words)) begun();
  });
  if (killAfter !== null) {
    await Promise.race([walked, ended]);
    await Promise.race([delay(1000 * killAfter), ended]);
    child.kill("SIGKILL");
  }
  await ended;
  if (child.exitCode !== null && child.exitCode !== 0) throw new Error(`tune failed: ${words}`);
  return { words, document: child.exitCode === 0 ? (JSON.parse(output) as StudyDocument) : null };
}

/** Park and Miller's generator: the moments are random, and the same in every run. */
function* moments(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 48271) % 2147483647;
    yield (state / 2147483647) * LONGEST_WAIT;
  }
}

export async function survivesKills(kills: number): Promise<Claim[]> {
  const [folder, other] = [0, 1].map(() => mkdtempSync(join(tmpdir(), "gaitsmith-proof-"))) as [
    string,
    string,
  ];
  try {
    const whole = await tune(other, null);
    const wait = moments(20261125);
    let killed = 0;
    let last: Run = { words: "", document: null };
    while (last.document === null) {
      last = await tune(folder, killed < kills ? wait.next().value : null);
      if (last.document === null) killed++;
    }
    const { trials } = last.document;
    const interrupted = trials.filter(({ state }) => state === "interrupted");
    const retried = interrupted.filter(
      ({ number, suggestion }) => trials[number + 1]?.suggestion === suggestion,
    );
    const same = whole.document !== null && isDeepStrictEqual(told(last.document), told(whole.document));
    return [
      {
        name: "a study killed at random moments goes on as if nothing had happened",
        bar: "the retry comes first, and all told trials equal the uninterrupted run's",
        holds: same && retried.length === interrupted.length && interrupted.length > 0,
        measured: {
          kills: killed,
          walks_interrupted: interrupted.length,
          retried_first: retried.length,
          same,
        },
      },
    ];
  } finally {
    for (const one of [folder, other]) rmSync(one, { recursive: true, force: true });
  }
}
