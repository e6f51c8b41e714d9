/** Studies of a scripted robot with a scripted person beside it. */
import { ManualClock } from "../../src/clock.ts";
import { METRICS, type Metrics } from "../../src/config/metrics.ts";
import { GaitsmithError } from "../../src/errors.ts";
import { createPruner, createSampler } from "../../src/optimizer/catalogue.ts";
import { nextConfirmation } from "../../src/optimizer/confirmation.ts";
import { Operator } from "../../src/service/operator.ts";
import { PromptDesk } from "../../src/service/prompt-desk.ts";
import type { ClosedLatch, Prompt, WrittenAnswer } from "../../src/service/prompts.ts";
import { StudyPause } from "../../src/service/study-pause.ts";
import { StudyRunner } from "../../src/service/study-runner.ts";
import type { RunEnd } from "../../src/service/study-runner-events.ts";
import { withDistance } from "../../src/service/walked-distance.ts";
import {
  type Cooling,
  type PreflightItem,
  preflightPlace,
  type WalkOutcome,
} from "../../src/station/messages.ts";
import { compileReward } from "../../src/study/reward.ts";
import type { StudyDefinition, TrialRecord } from "../../src/study/trial-record.ts";
import type { SqlitePlace } from "../study/sqlite-place.ts";

export const TIMING = { stand: 1, rampIn: 1, settle: 2, measure: 8, reportInterval: 8, rampOut: 1 };
export const MASS = 2;
/** J in every walk. */
export const ENERGY = 50;

export const STUDY: StudyDefinition = {
  name: "attended",
  direction: "maximize",
  space: {
    parameters: [{ kind: "float", name: "length", unit: "m", low: 0, high: 1, log: false, step: null }],
  },
  seedGait: { length: 0.2 },
  reward: "forward_speed",
  constraintNames: ["tilt"],
  sampler: { name: "random", options: {} },
  pruner: { name: "median", options: {} },
  seed: 4,
  robotId: "rex",
  configHash: "",
};

/** How a walk ends that somebody stopped with an e-stop. */
const E_STOPPED: Partial<WalkOutcome> = {
  end: "aborted",
  reason: { code: "operator-stop", words: "e-stop", time: 3, channel: null, value: null, limit: null },
  constraints: [-0.5],
};
const notFinished = {
  end: "interrupted",
  reason: { code: "operator-stop", words: "stopped", time: 5, channel: null, value: null, limit: null },
} as const;

const notBegun = (trial: number, attempt: number): WalkOutcome => ({
  ...{
    trial,
    attempt,
    truncated: false,
    constraints: [],
    breached: null,
    reports: 0,
    walked: 0,
    measured: 0,
  },
  ...{ ...notFinished, distance: null, carryOver: null, recording: null, latched: false },
});

/** The service is killed. */
export class Killed extends Error {}

export interface AttendedStudy {
  readonly trials: number;
  readonly returnsByItself?: boolean;
  readonly distance?: "robot" | "operator";
  readonly confirmNext?: boolean;
  /** What the person answers, if anything; `stop` presses Ctrl-C, `kill` kills the service. */
  readonly answer?: (prompt: Prompt) => WrittenAnswer | "stop" | "kill" | "nothing" | "e-stop";
  /** What refuses the walk with this index in the order in which they are asked for, if anything. */
  readonly refusal?: (walk: number) => PreflightItem | "robot" | null;
  /** Robot time after which no trial starts, s. */
  readonly robotTime?: number;
  /** What happens while a trial walks, before its report. */
  readonly walking?: (
    trial: number,
    study: { readonly pause: StudyPause; readonly runner: StudyRunner },
  ) => void;
  /** How a trial's motors cool before it walks; resolves when they are cool, or the wait has ended. */
  readonly cooling?: (
    trial: number,
    heard: (cooling: Cooling | null) => void,
    desk: PromptDesk,
  ) => Promise<void>;
  /** The robot is latched by the walk with this index in the order in which they are walked. */
  readonly latches?: (walk: number) => boolean;
  /** What somebody else does as soon as a latch is closed: opens it, as `gaitsmith clear` does. */
  readonly clearsElsewhere?: boolean;
  /** What refuses the preflight before the study, look by look; `dies`: its station. */
  readonly before?: readonly (PreflightItem | "dies" | null)[];
  /** How a walk ends. */
  readonly outcome?: (trial: number) => Partial<WalkOutcome>;
}

export interface AttendedRun {
  /** Null: it was killed. */
  readonly end: RunEnd | null;
  /** As they are in the file afterwards. */
  readonly trials: readonly TrialRecord[];
  readonly prompts: readonly Prompt[];
  /** Trials that were walked, in order. */
  readonly walks: readonly number[];
  /** Words by which a latch was opened here. */
  readonly cleared: readonly string[];
  /** Stations that were ended for a latch. */
  readonly renewals: number;
  /** Preflights before the study. */
  readonly looks: number;
}

/** Runs or continues the study that lies in a place. */
export async function attendedStudy(place: SqlitePlace, script: AttendedStudy): Promise<AttendedRun> {
  const storage = await place.open();
  if ((await storage.study(STUDY.name)) === null) await storage.createStudy(STUDY);
  const prompts: Prompt[] = [];
  const walks: number[] = [];
  let kill: (error: Error) => void = () => {};
  const killed = new Promise<never>((_, reject) => {
    kill = reject;
  });
  let closed: ClosedLatch | null = null;
  const desk: PromptDesk = new PromptDesk({
    robot: "rex",
    answerable: true,
    first: 1,
    onChange: () => {
      const { open } = desk;
      if (open === null) return;
      prompts.push(open);
      const answer = script.answer?.(open) ?? { answer: "continue" };
      if (answer === "e-stop") {
        closed = { id: "by-hand", code: "operator-stop", words: "e-stop", at: "" };
        setImmediate(() => runner.latched("e-stop"));
      } else if (answer === "kill") kill(new Killed());
      else if (answer === "stop") setImmediate(() => runner.stop("Ctrl-C"));
      else if (answer !== "nothing")
        setImmediate(() => {
          // What it asks for may have come about meanwhile.
          if (desk.open === open) desk.answer(open.number, answer, "cli");
        });
    },
  });
  const cleared: string[] = [];
  let renewals = 0;
  const pause = new StudyPause({ desk, onChange: () => {} });
  const { direction, seed, space, seedGait } = STUDY;
  const sampler = createSampler(
    "random",
    {},
    { space, direction, seed, constraintCount: 1, start: seedGait },
  );
  const places = (): boolean => script.returnsByItself !== true;
  let asked = 0;
  let stoppedWalk = false;
  let looks = 0;
  const { distance } = script;
  const runner: StudyRunner = new StudyRunner({
    definition: STUDY,
    plan: {
      trials: script.trials,
      robotTime: script.robotTime ?? null,
      baselineWalks: 1,
      confirm: { walks: 0, candidates: 0 },
      prune: true,
    },
    walk: { planned: 12, reports: 1 },
    storage,
    sampler: {
      ask: async (trials, suggestion) => sampler.ask({ trials, suggestion, feasible: () => true }),
      confirm: async (trials, top) => nextConfirmation(trials, space, direction, { top }),
      conclude: async () => ({ champion: null, baseline: null }),
    },
    pruner: createPruner("median", { startupTrials: 1 }, { study: STUDY.name }),
    reward: await compileReward(STUDY.reward),
    clock: new ManualClock(new Date(1)),
    station: async () => ({
      stop: () => {
        stoppedWalk = true;
      },
      async run({ trial, attempt, parameters, recording }, decide, heard = () => {}) {
        const refusal = script.refusal?.(asked++) ?? null;
        if (refusal === "robot")
          throw new GaitsmithError("ROBOT_REFUSED", { what: "the robot is upside down" });
        if (refusal !== null)
          throw new GaitsmithError("PREFLIGHT_REFUSED", {
            what: `preflight refuses to arm: ${refusal}`,
            where: preflightPlace(refusal),
          });
        stoppedWalk = false;
        await script.cooling?.(trial, heard, desk);
        if (stoppedWalk) return { ...notBegun(trial, attempt), ...notFinished };
        walks.push(trial);
        const latched = script.latches?.(walks.length - 1) === true;
        if (latched) {
          closed = { id: `latch-${trial}`, code: "operator-stop", words: "e-stop", at: "" };
          if (script.clearsElsewhere === true) setTimeout(() => (closed = null), 300);
        }
        script.walking?.(trial, { pause, runner });
        const stopped = { ...notFinished, walked: 5 };
        const speed = distance === undefined ? (parameters["length"] ?? Number.NaN) : Number.NaN;
        const metrics = Object.fromEntries(METRICS.map(({ name }) => [name, Number.NaN])) as Metrics;
        const known = { ...metrics, forward_speed: speed, energy: ENERGY, duration: 8 };
        await decide({ kind: "report", trial, attempt, step: 1, tRobot: 11, time: 8, metrics: known });
        return {
          ...notBegun(trial, attempt),
          end: "completed",
          reason: { code: "finished", words: "walked", time: 12, channel: null, value: null, limit: null },
          constraints: [-0.5],
          reports: 1,
          walked: 12,
          measured: 8,
          recording,
          latched,
          ...(latched ? E_STOPPED : {}),
          ...(stoppedWalk ? stopped : {}),
          ...script.outcome?.(trial),
        };
      },
    }),
    pause,
    ...(script.before !== undefined && {
      preflight: async () => {
        const refusal = script.before?.[looks++] ?? null;
        if (refusal === "dies") throw new GaitsmithError("STATION_FAILED", { what: "it died" });
        if (refusal === null) return true;
        const where = preflightPlace(refusal);
        throw new GaitsmithError("PREFLIGHT_REFUSED", { what: `preflight refuses rex: ${refusal}`, where });
      },
    }),
    gaitParameters: (parameters) => parameters as Readonly<Record<string, number>>,
    recordingOf: () => null,
    recordingPath: (recording) => recording,
    adoptOutcome: async () => null,
    operator: new Operator({
      desk,
      places,
      attends: () => places() || script.confirmNext === true || distance === "operator",
      confirmNext: script.confirmNext === true,
      longestDistance: 9,
      units: { length: "m" },
    }),
    ...(distance !== undefined && {
      distance: {
        source: distance,
        metrics: (metrics, metres, measured) => withDistance(metrics, metres, TIMING, measured, MASS),
      },
    }),
    latch: {
      closed: () => closed,
      clearance: (id) => ({ by: "somebody", checked: id, at: "" }),
      open: (id, by, checked) => {
        cleared.push(`${id} ${by} ${checked}`);
        closed = null;
      },
      renewStation: async () => {
        renewals++;
      },
    },
    onEvent: () => {},
  });
  try {
    const end = await Promise.race([runner.run(), killed]).catch((error: unknown) => {
      if (error instanceof Killed) return null;
      throw error;
    });
    return { end, trials: await storage.trials(STUDY.name), prompts, walks, looks, cleared, renewals };
  } finally {
    await storage.close();
  }
}
