/** Has a robot walk once with a fault at a random moment of the walk, and judges what came of it. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { randomStream } from "../../sim/random.ts";
import { GaitsmithError } from "../../src/errors.ts";
import { openLatch, readLatch } from "../../src/station/latch-file.ts";
import type { StationMessage, TrialPhase } from "../../src/station/messages.ts";
import { NOT_THE_GAIT, type TrialRecord } from "../../src/study/trial-record.ts";
import { type Fault, isRetried, type LinkName, promiseOf } from "./fault.ts";
import { mayBeBusy } from "./seeds.ts";
import { openStage, SHORT_WALK, type Stage } from "./stages.ts";
import { type StudyUnderWay, studySeedGait } from "./study-in-process.ts";
import { type Seen, Witness } from "./witness.ts";

export interface Played {
  readonly fault: string;
  readonly link: LinkName;
  readonly seed: number;
  /** s after the gait was started. */
  readonly moment: number;
  readonly seen: Seen;
  /** State and reason of every attempt. */
  readonly rows: readonly string[];
  /** What was unsafe, lost or misfiled; empty: the promise was kept. */
  readonly amiss: readonly string[];
  /** Errors that the study ended with. */
  readonly errors: readonly string[];
}

/** What a control period, the way of a frame and a timer may add, s. */
const SLACK: Readonly<Record<"lockstep" | "realtime", number>> = { lockstep: 0.02, realtime: 0.15 };
/** A limit of the body may be crossed for so long before the drives have lost their power: debounce and way, s. */
const LIMIT_WITHIN = 0.15;
/**
 * When a robot's own dead-man damps it, s. A station that this computer is too busy for is late, and that is what the dead-man
 * is for: behind a real link it bounds what the station promises.
 */
const DEAD_MAN: Readonly<Record<LinkName, number>> = { "in process": 0, serial: 0.3, rosbridge: 0.5 };
/** Nobody gives the command more often. */
const MOST_RUNS = 4;

/** Opens a stage of the kind that a fault needs. @param random where it has to choose */
export function stageFor(fault: Fault, link: LinkName, seed: number): Promise<Stage> {
  const startTime = fault.startTime?.(randomStream(seed, fault.id, "start")) ?? 0;
  return openStage(link, { clock: fault.clock ?? "lockstep", startTime, ros: seed % 2 === 0 ? 2 : 1 });
}

/** In real time once more where this computer may have been too busy. */
export async function playTwice(walk: () => Promise<Played>, realtime: boolean): Promise<Played> {
  const played = await walk();
  return realtime && mayBeBusy(played) ? walk() : played;
}

/** What a computer was too busy for is walked again so often. */
const MOST_AGAIN = 2;

/** A process that stood still for so long has simulated a robot that stood still, ms: what is judged by its clock is late. */
const STOOD_STILL = 100;

/**
 * For walks in real time side by side: those that were spoilt by a busy computer are walked again, one by one, once every
 * first walk has ended.
 */
export function sideBySide(): (walk: () => Promise<Played>) => Promise<Played> {
  const first: Promise<unknown>[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  return async (walk) => {
    const pauses = monitorEventLoopDelay({ resolution: 5 });
    pauses.enable();
    const walked = walk();
    first.push(walked.catch(() => {}));
    let played = await walked;
    const wasBusy = (): boolean =>
      mayBeBusy(played) || (played.amiss.length > 0 && pauses.max / 1e6 > STOOD_STILL);
    for (let again = 0; again < MOST_AGAIN && wasBusy(); again++) {
      await Promise.all(first);
      const next = turn.then(() => {
        pauses.reset();
        return walk();
      });
      turn = next.catch(() => {});
      played = await next;
    }
    pauses.disable();
    return played;
  };
}

/** On a stage of its own. */
export async function playAlone(fault: Fault, link: LinkName, seed: number): Promise<Played> {
  const stage = await stageFor(fault, link, seed);
  try {
    return await play(stage, fault, seed);
  } finally {
    await stage.close();
  }
}

/** @param seed of the walk, of its moment, and of whatever is random about the fault */
export async function play(stage: Stage, fault: Fault, seed: number): Promise<Played> {
  const { link } = stage;
  const promise = promiseOf(fault, link);
  const usual = stage.config(seed);
  const config = fault.config?.(usual) ?? usual;
  const realtime = config.link.clock === "realtime";
  const random = randomStream(seed, fault.id, link);
  // Late enough that it walks, early enough that the walk is not over before the fault must have been seen.
  const last = SHORT_WALK.rampIn + SHORT_WALK.settle + SHORT_WALK.measure;
  const moment = fault.at === "start" ? 0 : random.uniform() * (last - (promise.within ?? 1) - 0.2);
  const witness = new Witness(config.envelope);
  let [began, struck, rested, mended] = [Number.NaN, false, false, false];
  let study: StudyUnderWay | null = null;
  let mend: (() => Promise<void> | void) | undefined;
  let mending: Promise<void> | undefined;
  const putRight = (): void => {
    if (!struck || mended) return;
    mended = true;
    mending = mend?.() ?? undefined;
  };
  const phases = new Map<TrialPhase, () => void>();
  const tasks: { readonly at: number; readonly then: () => void }[] = [];
  const strikes = (): void => {
    struck = true;
    witness.struck();
  };
  const prepare = (): void => {
    mend = fault.strike[link]!({
      ...{ body: stage.body, random, config, strikes, ...stage.parts },
      get study() {
        return study!;
      },
      onPhase: (phase, then) => phases.set(phase, then),
      later: (seconds, then) => {
        if (seconds > 0) tasks.push({ at: stage.body.time + seconds, then });
        else then();
      },
    });
  };
  const entered = (phase: TrialPhase): void => {
    const then = phases.get(phase);
    phases.delete(phase);
    then?.();
  };
  const each = (): void => {
    if (fault.at !== "open" && !struck && stage.body.time >= began + moment) {
      strikes();
      prepare();
    }
    for (const task of tasks.splice(0))
      if (stage.body.time >= task.at) task.then();
      else tasks.push(task);
    if (struck && !rested && witness.isOff && promise.refused === undefined) {
      rested = true;
      // Not from within the robot's own control period.
      setImmediate(putRight);
    }
  };
  const onMessage = (message: StationMessage): void => {
    if (message.kind === "ready") entered("idle");
    if (message.kind !== "phase") return;
    const { phase } = message;
    entered(phase);
    if (phase === "arm") witness.armedAnew();
    if (phase === "ramp-in") {
      if (!struck) began = stage.body.time;
      witness.walks(true);
    }
    if (phase === "done" || phase === "latched") witness.rests();
    if (phase === "done" || phase === "latched" || phase === "stand-down") witness.walks(false);
  };
  let prepared = false;
  stage.onBody = (body) => {
    witness.watch(body, each);
    if (fault.at === "open" && !prepared) prepare();
    prepared = true;
  };
  if (stage.openRobot === undefined) stage.onBody(stage.body);
  const errors: string[] = [];
  const latches: string[] = [];
  const refusals: string[] = [];
  let runs = 0;
  const walks = await studySeedGait(config, {
    ...(stage.openRobot === undefined ? {} : { openRobot: stage.openRobot }),
    onMessage,
    begun: (underWay) => {
      study = underWay;
    },
    over: (folder) => {
      const latch = readLatch(folder);
      if (latch !== null && latches.length === 0) latches.push(latch.code);
    },
    again: async (end, folder) => {
      runs++;
      putRight();
      await mending;
      if (end instanceof GaitsmithError) errors.push(`${end.code}: ${end.message}`);
      const latch = readLatch(folder);
      if (latch !== null) {
        latches.push(latch.code);
        if (end instanceof GaitsmithError && end.code === "ROBOT_LATCHED") refusals.push(end.code);
        // The first time the command is given again without a word about the robot: it must refuse.
        if (refusals.length > 0)
          openLatch(folder, { id: latch.id, by: "the test", checked: "everything" }, new Date());
      }
      return runs < MOST_RUNS;
    },
  });
  await mending;
  const { trials, failures, logs } = walks;
  const said = [
    ...logs,
    ...errors,
    ...failures.map(({ message, remedy }) => `${message} ${remedy}`),
    ...trials.map(({ reason }) => reason?.words),
  ].join("\n");
  const amiss = [
    ...(struck || promise.refused !== undefined ? [] : ["the fault never struck"]),
    ...judgeDrive(
      witness.seen,
      realtime && promise.within !== null ? Math.max(promise.within, DEAD_MAN[link]) : promise.within,
      realtime,
    ),
    ...(promise.refused === undefined
      ? judgeRows(trials, promise)
      : judgeRefusal(trials, errors, witness.seen, promise.refused)),
    ...(promise.latched === "possibly" || latches.length > 0 === promise.latched
      ? []
      : [promise.latched ? "it was not latched" : `latched by ${latches[0]}`]),
    ...(fault.says?.test(said) === false ? [`nobody was told what it was: ${said.slice(-500)}`] : []),
    ...(trials.length > 1 && latches.length > 0 && refusals.length === 0
      ? ["a latched robot was not refused"]
      : []),
  ];
  return {
    fault: fault.id,
    ...{ link, seed, moment, seen: witness.seen, amiss, errors },
    rows: trials.map(({ attempt, state, reason }) => `${attempt} ${state} ${reason?.code}: ${reason?.words}`),
  };
}

export function judgeDrive(seen: Seen, within: number | null, realtime: boolean): string[] {
  const slack = SLACK[realtime ? "realtime" : "lockstep"];
  const amiss: string[] = [];
  if (within !== null) {
    if (seen.undriven === null && seen.everDriven) amiss.push("UNSAFE: it was never stopped");
    else if ((seen.undriven ?? 0) > within + slack)
      amiss.push(`UNSAFE: driven for ${seen.undriven!.toFixed(3)} s after the fault`);
    if (seen.drivenAgain) amiss.push("UNSAFE: driven again after it was stopped");
  }
  const allowed = Math.max(LIMIT_WITHIN, within ?? 0) + slack;
  if (seen.crossed !== null && seen.crossed.seconds > allowed)
    amiss.push(
      `UNSAFE: ${seen.crossed.limit} was crossed for ${seen.crossed.seconds.toFixed(2)} s with its motors on`,
    );
  return amiss;
}

function judgeRefusal(
  trials: readonly TrialRecord[],
  errors: readonly string[],
  seen: Seen,
  refused: string,
): string[] {
  const amiss: string[] = [];
  if (!errors.some((error) => error.startsWith(`${refused}:`)))
    amiss.push(`it was not refused with ${refused}`);
  if (seen.everDriven) amiss.push("UNSAFE: it was driven although it was to be refused");
  // Whatever it cost is made good when the robot is what the config says.
  const spent = trials.filter(({ reason }) => !NOT_THE_GAIT.includes(reason?.code ?? ""));
  if (spent.some(({ attempt, state }) => attempt > 1 || state !== "completed"))
    amiss.push(`a trial was spent on it: ${trials.map(({ state }) => state).join(", ")}`);
  return amiss;
}

function judgeRows(trials: readonly TrialRecord[], promise: ReturnType<typeof promiseOf>): string[] {
  const amiss: string[] = [];
  const [first, ...again] = trials;
  if (first === undefined) return ["there is no trial"];
  // What was not the gait's is walked again as the same attempt.
  const counted = trials.filter(({ reason }) => !NOT_THE_GAIT.includes(reason?.code ?? ""));
  const keys = counted.map(({ suggestion, attempt }) => `${suggestion}, ${attempt}`);
  if (new Set(keys).size !== keys.length) amiss.push(`two rows of one attempt: ${keys.join("; ")}`);
  if (!promise.end.includes(first.state)) amiss.push(`misfiled as ${first.state}`);
  if (!promise.by.includes(first.reason?.code ?? "")) amiss.push(`ended by ${first.reason?.code}`);
  const retried = first.state === "interrupted" && isRetried(promise);
  if (again.length !== (retried ? 1 : 0)) amiss.push(`walked ${again.length} times more`);
  for (const { state, reason } of again)
    if (state !== "completed") amiss.push(`the retry was ${state}: ${reason?.words}`);
  if (trials.some(({ state }) => state === "running")) amiss.push("a trial was left running");
  return amiss;
}
