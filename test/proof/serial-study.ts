/** Studies of the C firmware over a serial line: the robot in this process, where its truth can be seen, the study in another. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BareBody } from "../../sim/serial/bare-body.ts";
import { type CPeer, type CPeerOptions, openCPeer } from "../../sim/serial/c-peer.ts";
import { packageRoot } from "../../src/paths.ts";
import type { ClockKind } from "../../src/robot/robot.ts";
import type { StudyDocument } from "../../src/study/study-document.ts";
import { CONFIG } from "./study-units.ts";

const COMMAND = join(packageRoot, "bin", "gaitsmith.js");
export const ROBOT_ID = "simulated-elastic-quadruped";

export interface Bench {
  readonly body: BareBody;
  readonly peer: CPeer;
  /** A folder of the bench's own, with the robot's config in it. */
  readonly folder: string;
  close(): Promise<void>;
}

/**
 * What a busy machine and a spoilt line would trip over: not what is proved here. The robot's dead-man, the limits of the
 * body and all else stay as they are.
 */
const PATIENT: readonly (readonly [RegExp, string])[] = [
  [/frame-age: \{ high: 150 ms/, "frame-age: { high: 2 s"],
  [/frame-gap: \{ high: 8/, "frame-gap: { high: 60"],
  [/minimum_telemetry_rate: 90 %/, "minimum_telemetry_rate: 30 %"],
];

/** A robot behind a line; in real time at 921600 baud, unless the options say otherwise, and with a patient station. */
export async function bench(clock: ClockKind, options: Partial<CPeerOptions> = {}): Promise<Bench> {
  const body = await BareBody.load({ variant: "nominal", variation: "mild", clock });
  const pace = clock === "realtime" ? { baud: 921_600 } : {};
  const peer = await openCPeer(body, { robotId: ROBOT_ID, clock, ...pace, ...options });
  const folder = mkdtempSync(join(tmpdir(), "gaitsmith-proof-"));
  const patience = clock === "realtime" ? PATIENT : [];
  const config = patience
    .reduce((text, [usual, patient]) => text.replace(usual, patient), readFileSync(CONFIG, "utf8"))
    .replace(/kind: simulated.*/, "kind: serial")
    .replace(/clock: lockstep.*/, `clock: ${clock}`)
    .replace(/variant: nominal.*/, `path: ${peer.path}`)
    .replace(/variation: mild.*/, "baud: 921600 Bd")
    // It is the simulated robot all the same: a study over the line is the study in process.
    .replace(/# drift_check_every: 15/, "drift_check_every: 0")
    .replace(/# exploring: .*/, "exploring: off");
  writeFileSync(join(folder, "robot.yaml"), config);
  return {
    body,
    peer,
    folder,
    close: async () => {
      await peer.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** Children inherit the pseudo-terminal's other end, and a line that anybody holds does not hang up. */
const WITH_NOTHING_ELSE_OPEN =
  'for fd in $(ls /proc/self/fd); do if ((fd > 2)); then eval "exec $fd>&-"; fi; done; exec "$@"';

export interface RunningStudy {
  readonly process: ChildProcess;
  /** What it has said so far. */
  words(): string;
  /** The document; rejects with what the command said when it failed. */
  readonly document: Promise<StudyDocument>;
}

/** `gaitsmith tune` of the bench's robot, in a process group of its own. */
export function study({ folder }: Bench, ...args: string[]): RunningStudy {
  const quiet = ["--no-dashboard", "--no-recording", "--json"];
  const command = [process.execPath, COMMAND, "tune", "robot.yaml", ...quiet, ...args];
  const child = spawn("bash", ["-c", WITH_NOTHING_ELSE_OPEN, "bash", ...command], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    env: { ...process.env, GAITSMITH_STATE_DIR: join(folder, "state") },
  });
  let [output, words] = ["", ""];
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (words += data.toString()));
  const document = new Promise<StudyDocument>((resolve, reject) => {
    child.on("close", (status) => {
      if (status === 0) resolve(JSON.parse(output) as StudyDocument);
      else reject(new Error(`tune ended with ${status}: ${words}`));
    });
  });
  document.catch(() => {});
  return { process: child, document, words: () => words };
}

/** Waits, a millisecond at a time, until the body meets a condition. @returns its clock then, s; NaN when it never did */
export async function bodyTime(body: BareBody, condition: () => boolean, patience: number): Promise<number> {
  for (const limit = body.time + patience; !condition(); await delay(1))
    if (body.time > limit) return Number.NaN;
  return body.time;
}

/** Until it has walked this far from where it is, m. */
export async function walkedBy({ body }: Bench, distance: number, patience = 60): Promise<void> {
  await bodyTime(body, () => body.mode === "follow", patience);
  const { x } = body.truth();
  await bodyTime(body, () => body.mode === "follow" && body.truth().x > x + distance, patience);
}
