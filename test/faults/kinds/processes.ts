/** What befalls the processes, the disk and the terminal. The real command walks the robot, which lives in another process. */
import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { RandomStream } from "../../../sim/random.ts";
import { packageRoot } from "../../../src/paths.ts";
import type { Fault, LinkName, Promised } from "../fault.ts";
import { INTERRUPTED } from "../fault.ts";

export interface CommandScene {
  /** Process ids. */
  readonly service: number;
  readonly station: number;
  /** The study file. */
  readonly store: string;
  readonly random: RandomStream;
  readonly link: LinkName;
  /** Gives the command for the same robot in another folder. @returns its exit status and words */
  second(): Promise<{ readonly status: number | null; readonly stderr: string }>;
  /** Until the command has said so. */
  said(words: RegExp): Promise<void>;
}

/** @returns what is done once the robot rests, so that the command can end or be given once more */
export type CommandStrike = (scene: CommandScene) => Promise<(() => Promise<void> | void) | undefined>;

export interface ProcessFault extends Pick<Fault, "id" | "words" | "promise" | "note" | "says"> {
  readonly group: "processes";
  readonly links: readonly LinkName[];
  readonly befall: CommandStrike;
  /** Strikes as soon as it walks: what it does takes a while. */
  readonly early?: boolean;
  /** Changes of the config. */
  readonly changes?: readonly (readonly [RegExp, string])[];
  /** Options of Node for the first command. */
  readonly node?: readonly string[];
  /** Exit statuses of the first command, any of them; null: it was killed. */
  readonly exit: readonly (number | null)[];
}

const EVERYWHERE: readonly LinkName[] = ["in process", "serial", "rosbridge"];
const preload = (file: string, query = ""): string => {
  const url = pathToFileURL(join(packageRoot, "test", "faults", file));
  url.search = query;
  return url.href;
};

/** The dead-man of the serial robot; the one behind rosbridge has 0.5 s, see `judge`. */
const DEAD_MAN = 0.3;
/** Silence after which a station stops the robot, and how often it looks, s. */
const SILENCE = 0.5 + 0.1;
const SURVIVES: Pick<ProcessFault, "group" | "links"> = { group: "processes", links: EVERYWHERE };
const killed = (by: readonly string[], within: number): Promised => ({ by, within, ...INTERRUPTED });

/** s; longer than the study file's time-out of 5 s */
const LOCKED_FOR = 9;

export const PROCESS_FAULTS: readonly ProcessFault[] = [
  {
    id: "service-killed",
    ...SURVIVES,
    words: "the service is killed (SIGKILL)",
    befall: async ({ service }) => {
      process.kill(service, "SIGKILL");
      return undefined;
    },
    promise: killed(["service-died"], DEAD_MAN),
    exit: [null],
    note: "its station sees the channel close and stops the robot; the same command walks it once more",
  },
  {
    id: "computer-gone",
    ...SURVIVES,
    words: "service and station are killed at once",
    befall: async ({ service, station }) => {
      for (const pid of [service, station]) process.kill(pid, "SIGKILL");
      return undefined;
    },
    promise: killed(["service-died"], DEAD_MAN),
    exit: [null],
    note: "the robot's own dead-man stops it",
  },
  {
    id: "station-killed",
    ...SURVIVES,
    words: "the station is killed (SIGKILL)",
    befall: async ({ station }) => {
      process.kill(station, "SIGKILL");
      return undefined;
    },
    promise: killed(["station-died"], DEAD_MAN),
    exit: [0],
    note: "the robot's own dead-man stops it; the service starts another station and walks it once more",
  },
  {
    id: "station-frozen",
    ...SURVIVES,
    words: "the station freezes (SIGSTOP)",
    befall: async ({ station }) => {
      process.kill(station, "SIGSTOP");
      return undefined;
    },
    promise: killed(["station-died"], DEAD_MAN),
    exit: [0],
    note: "the robot's own dead-man stops it; after 5 s of silence the service kills the station and starts another",
  },
  {
    id: "service-frozen",
    ...SURVIVES,
    words: "the service freezes (SIGSTOP) for two seconds",
    befall: async ({ service }) => {
      process.kill(service, "SIGSTOP");
      await delay(2000);
      process.kill(service, "SIGCONT");
      return undefined;
    },
    promise: killed(["service-silent"], SILENCE),
    exit: [0],
  },
  {
    id: "service-out-of-memory",
    ...SURVIVES,
    words: "the service runs out of memory (V8 aborts it)",
    node: ["--max-old-space-size=120", "--import", preload("out-of-memory.ts")],
    befall: async ({ service }) => {
      process.kill(service, "SIGUSR2");
      return undefined;
    },
    promise: killed(["service-died", "service-silent"], SILENCE),
    exit: [null, 134],
    note: "while it collects garbage in vain it is silent: its station stops the robot even before it aborts",
  },
  {
    id: "disk-full",
    ...SURVIVES,
    words: "the disk is full when a report is stored",
    early: true,
    node: ["--import", preload("full-disk.ts", "trial=0")],
    // A file as small as this one's has room for a few more reports.
    changes: [[/report_interval: \d\S* s/, "report_interval: 0.1 s"]],
    befall: async () => undefined,
    promise: { by: ["service-died"], within: null, ...INTERRUPTED },
    exit: [1],
    says: /the disk is full; everything stored before is kept/,
    note: "the robot is stopped when the report is refused, and with room again the same command goes on",
  },
  {
    id: "database-locked",
    ...SURVIVES,
    words: "another program keeps the study file locked for 9 s",
    befall: async ({ store }) => {
      const other = new DatabaseSync(store);
      other.exec("BEGIN IMMEDIATE");
      await delay(1000 * LOCKED_FOR);
      other.exec("ROLLBACK");
      other.close();
      return undefined;
    },
    // Up to a second until the next report, then the service waits and is silent.
    promise: { by: ["service-died", "service-silent"], within: 1 + SILENCE, ...INTERRUPTED },
    exit: [0, 1],
    says: /another program keeps the study file locked|service fell silent|/,
    note: "from the next report (1 s) the service waits in vain and is silent: its station stops the robot",
  },
  {
    id: "database-gone",
    ...SURVIVES,
    words: "somebody deletes the study file",
    befall: async ({ store }) => {
      for (const part of ["", "-wal", "-shm"]) rmSync(`${store}${part}`, { force: true });
      return () => {
        if (existsSync(`${store}.rescued`)) renameSync(`${store}.rescued`, store);
      };
    },
    promise: { by: ["service-died"], within: null, ...INTERRUPTED },
    exit: [1],
    says: /the study file is gone/,
    note: "SQLite itself would write on into a file without a name; seen at the next report (1 s) and saved beside it, from where it goes on",
  },
  {
    id: "terminal-closed",
    ...SURVIVES,
    words: "the terminal is closed (SIGHUP)",
    befall: async ({ service }) => {
      process.kill(service, "SIGHUP");
      return undefined;
    },
    promise: { by: ["operator-stop"], within: 0.9, ...INTERRUPTED },
    exit: [130],
    note: "as the first Ctrl-C: it ramps out and stands",
  },
  {
    id: "ctrl-c-ctrl-c",
    ...SURVIVES,
    words: "Ctrl-C twice, as signals",
    befall: async ({ service, random, said }) => {
      process.kill(service, "SIGINT");
      // Two signals that are pending at once are one: whoever types them sees the first one work.
      await said(/stopping the robot/);
      await delay(100 * random.uniform());
      process.kill(service, "SIGINT");
      return undefined;
    },
    promise: { by: ["operator-stop"], within: 0.4, end: ["aborted"], latched: true },
    exit: [3],
  },
  {
    id: "two-masters",
    ...SURVIVES,
    words: "a second program wants to drive the same robot",
    early: true,
    // Long enough that the second one is there while the first one still walks.
    changes: [[/measure: 4 s/, "measure: 10 s"]],
    befall: async ({ second }) => {
      const { status, stderr } = await second();
      if (status !== 1 || !/\[(ROBOT_BUSY|LINK_UNAVAILABLE|STORE_BUSY)\]/.test(stderr))
        throw new Error(`the second program was not refused (${status}): ${stderr}`);
      return undefined;
    },
    promise: { by: ["finished"], within: null, end: ["completed"], latched: false },
    exit: [0],
    note: "it is refused, and the first one's walk goes on",
  },
];
