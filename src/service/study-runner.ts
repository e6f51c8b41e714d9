/**
 * The loop at the centre: ask, run, tell.
 *
 * One runner drives one study on one robot. It owns the order of things and what is written when; what to walk next
 * is the agenda's word, how to walk it the station's, what was learnt the sampler's.
 */

import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import type { Metrics } from "../config/metrics.ts";
import { GaitsmithError } from "../errors.ts";
import { peerCurves } from "../optimizer/peer-curves.ts";
import type { Curve, PruneDecision, Pruner } from "../optimizer/pruner.ts";
import type { ObservedTrial } from "../optimizer/trial.ts";
import type { Cooling, WalkOutcome } from "../station/messages.ts";
import { nextOnAgenda, planAfterSearch, type StudyPlan } from "../study/agenda.ts";
import { type Drift, driftOf } from "../study/drift.ts";
import { observe } from "../study/observed-trial.ts";
import type { Reward } from "../study/reward.ts";
import type { Storage } from "../study/storage.ts";
import type { StudyDefinition, TrialEnd, TrialRecord, TrialReport } from "../study/trial-record.ts";
import { attendedFault, faultFound } from "./actuator-fault.ts";
import { CoolDown } from "./cool-down.ts";
import type { RobotLatch } from "./latch-clearing.ts";
import type { Operator } from "./operator.ts";
import { type PlannedTrial, plannedTrial } from "./planned-trial.ts";
import type { SamplerHost } from "./sampler-host.ts";
import type { Conclusions } from "./sampler-messages.ts";
import type { Decision, StationHost, StationReport } from "./station-host.ts";
import type { StudyPause } from "./study-pause.ts";
import { endOfTrial, judged, noted, notWalked, withoutKnownDistance } from "./trial-end.ts";
import { TrialLedger } from "./trial-ledger.ts";

/** What the runner needs of a station. */
export type WalkingStation = Pick<StationHost, "run" | "stop">;

export interface StudyRunnerParts {
  readonly definition: StudyDefinition;
  readonly plan: StudyPlan;
  /** The walk's length as planned, s, and its number of reports. */
  readonly walk: { readonly planned: number; readonly reports: number };
  readonly storage: Storage;
  readonly sampler: Pick<SamplerHost, "ask" | "confirm" | "conclude">;
  readonly pruner: Pruner;
  readonly reward: Reward;
  readonly clock: Clock;
  /**
   * The robot's station, started anew when the last one died.
   *
   * @param signal aborted when the study is stopped meanwhile: a robot that is gone is not waited for any longer
   */
  readonly station: (signal: AbortSignal) => Promise<WalkingStation>;
  /**
   * Looks at everything before the first walk of this run. Resolves to false when the study was stopped meanwhile.
   *
   * @param trial that is walked next
   * @throws PREFLIGHT_REFUSED
   */
  readonly preflight?: (trial: number, signal: AbortSignal) => Promise<boolean>;
  /** All gait parameters of a parameter set: tuned ones and constants, SI. */
  readonly gaitParameters: (parameters: TrialRecord["parameters"]) => Readonly<Record<string, number>>;
  /** Where the walk with this trial number is recorded, relative to the study file's folder; null: nowhere. */
  readonly recordingOf: (trial: number) => string | null;
  /** The path of such a recording on this machine. */
  readonly recordingPath: (recording: string) => string;
  /** The outcome a dead service never stored, from the walk's recording, and the reports on the way to it. */
  readonly adoptOutcome: (recording: string) => Promise<AdoptedWalk | null>;
  /** The person at the robot; absent where nobody is to be asked anything. */
  readonly operator?: Pick<
    Operator,
    "attends" | "judges" | "beforeWalk" | "canMend" | "mend" | "withdraw" | "distance" | "clearLatch"
  >;
  /** Absent where a latch ends the study, whoever is there. */
  readonly latch?: RobotLatch;
  /** Holds the study back while it is paused; absent where nobody can pause it. */
  readonly pause?: Pick<StudyPause, "why" | "over">;
  /** Who says how far the robot came, where that is known after the walk only; absent where telemetry measures speed. */
  readonly distance?: DistanceAfterwards;
  readonly onEvent: (event: RunnerEvent) => void;
}

export interface AdoptedWalk {
  readonly outcome: WalkOutcome;
  readonly reports: readonly Pick<StationReport, "step" | "tRobot" | "time" | "metrics">[];
}

export interface DistanceAfterwards {
  readonly source: "robot" | "operator";
  /** The metrics of a whole walk with the distance, m, that it came; `measured` in s. */
  readonly metrics: (metrics: Metrics, distance: number, measured: number) => Metrics;
}

/** Who decides at the reports of a walk, and by comparison with what. */
interface Judge {
  readonly pruner: Pruner;
  readonly peers: readonly Curve[];
}

export type RunnerEvent =
  | { readonly kind: "started"; readonly trial: TrialRecord }
  | {
      readonly kind: "report";
      readonly trial: number;
      readonly report: TrialReport;
      readonly decision: PruneDecision | null;
    }
  /** Its robot's motors are too hot to begin; told once. */
  | { readonly kind: "cooling"; readonly trial: number; readonly cooling: Cooling }
  | { readonly kind: "ended"; readonly trial: TrialRecord }
  /** The seed gait was walked again, and compared with what it was. */
  | { readonly kind: "drift"; readonly drift: Drift }
  | { readonly kind: "concluded"; readonly conclusions: Conclusions };

export interface RunEnd {
  readonly state: "finished" | "stopped";
  readonly words: string;
  /** The robot was left latched. */
  readonly latched: boolean;
}

/** A station that dies this often in a row is not going to recover by itself. */
const STATION_DEATHS_ALLOWED = 3;
/** Links that were lost before a walk had begun: a radio that comes and goes settles after a while. */
const LINK_LOSSES_ALLOWED = 6;
/** Before such a link is opened anew; twice as long each time, s. */
const FIRST_PAUSE = 0.5;

/** Errors of a station that has not started the gait. */
const NOT_BEGUN: readonly string[] = [
  "CONFIG_INVALID",
  "LINK_LOST",
  "LINK_UNAVAILABLE",
  "PREFLIGHT_REFUSED",
  "ROBOT_BUSY",
  "ROBOT_LATCHED",
  "ROBOT_MISMATCH",
  "ROBOT_REFUSED",
  "STATION_NOT_STARTED",
];

export class StudyRunner {
  readonly #parts: StudyRunnerParts;
  readonly #ledger: TrialLedger;
  #plan: StudyPlan;
  /** The sampler's words once it has nothing left to propose. */
  #exhausted: string | null = null;
  #station: WalkingStation | null = null;
  #stopWords: string | null = null;
  #stopCode = "operator-stop";
  /** Aborted by whatever ends a wait: a stop for good, a latch until it is cleared. */
  #stopped = new AbortController();
  #latched = false;
  /** The robot was there: a latch that it is found with from now on is not one of before this run. */
  #reached = false;
  #stationDeaths = 0;
  /** Why no further walk may begin, though nobody stopped the study. */
  #failure: GaitsmithError | null = null;
  /** What the last walk's look at the actuators found: a person sees to it before the next one. */
  #fault: GaitsmithError | null = null;
  #preflightPassed = false;

  constructor(parts: StudyRunnerParts) {
    this.#parts = parts;
    this.#plan = parts.plan;
    this.#ledger = new TrialLedger(parts.storage, parts.definition.name);
  }

  get trials(): readonly TrialRecord[] {
    return this.#ledger.trials;
  }

  /** Runs the study to the end of its budget, or until it is stopped. */
  async run(): Promise<RunEnd> {
    await this.#ledger.load();
    await this.#settleUnfinished();
    await this.#conclude();
    const finished = await this.#loop();
    await this.#ledger.file();
    if (this.#failure !== null) throw this.#failure;
    return finished === null
      ? { state: "stopped", words: this.#stopWords ?? "", latched: this.#latched }
      : { state: "finished", words: finished, latched: false };
  }

  /** @returns why the study is finished; null when it was stopped */
  async #loop(): Promise<string | null> {
    while (this.#stopWords === null) {
      if (this.#latched && !(await this.#clear())) break;
      const trial = await this.#ask();
      if (trial === null) continue;
      if ("finished" in trial) return trial.finished;
      const outcome = await this.#walk(trial);
      this.#fault = faultFound(outcome);
      await this.#tell(trial.number, outcome);
      if (trial.role === "drift-check") this.#compareSeedGait(trial.number);
      await this.#conclude();
    }
    return null;
  }

  #compareSeedGait(trial: number): void {
    const drift = driftOf(this.trials);
    if (drift?.trial === trial) this.#parts.onEvent({ kind: "drift", drift });
  }

  /**
   * Stops the robot now and ends the study after the walk in progress; nothing latches.
   *
   * @param code of the walk's reason, one of {@link NOT_THE_GAIT}
   */
  stop(words: string, code = "operator-stop"): void {
    if (this.#stopWords === null) {
      this.#stopWords = words;
      this.#stopCode = code;
    }
    this.#stopped.abort();
    this.#station?.stop(words, code);
  }

  /**
   * Stops the walk under way in a controlled way, if there is one; it is walked again, and the study goes on.
   *
   * @param code of the walk's reason, one of {@link NOT_THE_GAIT}
   */
  stopWalk(words: string, code = "operator-stop"): void {
    this.#station?.stop(words, code);
  }

  /** A latched stop that this service asked for, or heard of: whoever is asked clears it, else the study ends. */
  latched(words: string): void {
    if (this.#latched) return;
    this.#latched = true;
    if (!this.#clears) this.#stopWords ??= words;
    this.#stopped.abort();
  }

  /** Somebody is there to clear a latch. */
  get #clears(): boolean {
    return this.#parts.latch !== undefined && this.#parts.operator?.attends === true;
  }

  /** No walk begins, and nothing is waited for: the study ends, or somebody clears the latch first. */
  get #halted(): boolean {
    return this.#stopWords !== null || this.#latched;
  }

  /** @returns false when the study was stopped instead */
  async #clear(): Promise<boolean> {
    const { latch, operator } = this.#parts;
    if (latch === undefined || operator === undefined) return false;
    this.#stopped = new AbortController();
    const walked = this.#ledger.untold?.number ?? null;
    const trial = walked ?? this.trials.length;
    const clearing = await operator.clearLatch(latch, trial, walked, this.#stopped.signal);
    if (clearing === null) return false;
    const { answer, note } = clearing;
    const untold = answer === "cleared" ? null : this.#ledger.recall();
    if (untold !== null && answer !== "cleared")
      await this.#finish(untold.number, judged(untold.outcome, answer, note));
    await latch.renewStation();
    this.#preflightPassed = false;
    this.#latched = false;
    await this.#settleUnfinished();
    await this.#conclude();
    return true;
  }

  /**
   * A walk could not be recorded. The one under way goes on to its end and is told; then the study ends with this error: what
   * happens in a walk without a recording cannot be looked at afterwards.
   */
  recordingFailed(words: string): void {
    this.#failure ??= new GaitsmithError("RECORDING_FAILED", {
      what: `the walk could not be recorded: ${words}`,
      remedy: "Make room, then run the same command again: the study continues.",
    });
    this.#stopWords ??= this.#failure.message;
    this.#stopped.abort();
  }

  // --- ask ---

  /** The next trial, stored as running, or why there is none; null when the study was stopped meanwhile. */
  async #ask(): Promise<TrialRecord | { readonly finished: string } | null> {
    for (;;) {
      const next = nextOnAgenda(this.trials, this.#plan);
      if (next.kind === "finished") return { finished: this.#exhausted ?? next.why };
      if (!(await this.#resumed(this.trials.length))) return null;
      const { candidates } = this.#plan.confirm;
      const planned = await plannedTrial(next, { ...this.#parts, trials: this.trials, candidates });
      if ("exhausted" in planned) {
        this.#exhausted = planned.exhausted;
        this.#plan = planAfterSearch(this.trials, this.#plan);
      } else if (!((await this.#reach()) && (await this.#preflight()))) return null;
      else {
        const agreed = await this.#agreed(planned);
        if (agreed === null) return null;
        // It may have been paused while the person was asked.
        if (agreed && !this.#isPaused) return this.#start(planned);
      }
    }
  }

  get #isPaused(): boolean {
    return (this.#parts.pause?.why ?? null) !== null;
  }

  /** Waits while the study is paused. @returns false when it was stopped meanwhile */
  async #resumed(trial: number): Promise<boolean> {
    return (await this.#parts.pause?.over(trial, this.#stopped.signal)) ?? true;
  }

  /**
   * Whether the person at the robot, where there is one, lets this walk begin. With it the walk before is past judging and
   * goes into the file.
   *
   * @returns false when they did something else, after which it is planned anew; null when the study was stopped meanwhile
   */
  async #agreed(planned: PlannedTrial): Promise<boolean | null> {
    const { operator } = this.#parts;
    if (operator === undefined) return true;
    const next = { trial: this.trials.length, parameters: planned.parameters, note: planned.note };
    const { signal } = this.#stopped;
    if (this.#fault !== null && operator.attends) {
      const seenTo = await operator.mend(this.#fault, next.trial, signal);
      if (seenTo === null) return null;
      this.#fault = null;
      if (seenTo.answer === "skip") return this.#giveUp(planned, seenTo.note);
    }
    const answer = await operator.beforeWalk(next, this.#ledger.untold?.number ?? null, signal);
    if (answer === null) return null;
    if (answer.answer === "redo" || answer.answer === "abandon") {
      const untold = this.#ledger.recall();
      if (untold === null) return false;
      await this.#finish(untold.number, judged(untold.outcome, answer.answer, answer.note));
    } else {
      if (answer.answer === "skip") return this.#giveUp(planned, answer.note);
      await this.#ledger.file();
      return true;
    }
    await this.#conclude();
    return false;
  }

  /** The person gives up what is about to be walked. */
  async #giveUp(planned: PlannedTrial, note: string): Promise<false> {
    await this.#ledger.file();
    const trial = await this.#start(planned);
    await this.#finish(trial.number, this.#skipped(trial, note));
    await this.#conclude();
    return false;
  }

  #skipped(trial: TrialRecord, note: string): WalkOutcome {
    return notWalked(trial, "operator-skip", noted("the operator gave it up", note), "abandoned");
  }

  /**
   * The robot is there before a trial exists: one that cannot be reached costs no attempt.
   *
   * @returns false when the study was stopped while the robot was waited for
   */
  async #reach(): Promise<boolean> {
    try {
      await this.#parts.station(this.#stopped.signal);
      this.#reached = true;
    } catch (error) {
      this.#heardOfLatch(error);
      if (!this.#halted && codeOf(error) !== "STATION_FAILED") throw error;
    }
    return !this.#halted;
  }

  /** Somebody latched the robot while it had no station, or one that could not say so any more. */
  #heardOfLatch(error: unknown): boolean {
    if (codeOf(error) !== "ROBOT_LATCHED" || !this.#reached || !this.#clears) return false;
    this.latched((error as Error).message);
    return true;
  }

  /**
   * Before the first walk of this run, and after a latch. What refuses may be mended by whoever is there, and everything is looked at again; a
   * station that dies meanwhile, or a link that is lost, is started anew a few times, as for a walk.
   *
   * @returns false when the study was stopped meanwhile
   */
  async #preflight(): Promise<boolean> {
    const { preflight, operator } = this.#parts;
    const { signal } = this.#stopped;
    if (preflight === undefined) return true;
    for (let deaths = 0; !this.#preflightPassed && !this.#halted; ) {
      try {
        this.#preflightPassed = await preflight(this.trials.length, signal);
      } catch (error) {
        if (this.#heardOfLatch(error) || this.#halted) return false;
        if (operator?.canMend(error) === true) {
          const answer = await operator.mend(error, this.trials.length, signal, true);
          if (answer === null) return false;
          continue;
        }
        const code = codeOf(error);
        if ((code !== "STATION_FAILED" && code !== "LINK_LOST") || ++deaths >= STATION_DEATHS_ALLOWED)
          throw error;
        await pause(1000 * FIRST_PAUSE * 2 ** (deaths - 1), null, { signal }).catch(() => {});
      }
    }
    return !this.#halted;
  }

  async #start(planned: PlannedTrial): Promise<TrialRecord> {
    const { recordingOf, clock, onEvent } = this.#parts;
    const recording = recordingOf(this.trials.length);
    const trial = await this.#ledger.start({ ...planned, recording, startedAt: clock.date() });
    onEvent({ kind: "started", trial });
    return trial;
  }

  // --- run ---

  async #walk(trial: TrialRecord): Promise<WalkOutcome> {
    const { definition, gaitParameters, operator } = this.#parts;
    const judge = this.#judgeOf(trial);
    for (;;) {
      try {
        this.#station = await this.#parts.station(this.#stopped.signal);
        if (this.#halted) return this.#notBegun(trial);
        const coolDown = this.#coolDown(trial);
        const outcome = await this.#station
          .run(
            {
              trial: trial.number,
              attempt: trial.attempt,
              parameters: gaitParameters(trial.parameters),
              seed: definition.seed,
              suggestion: trial.suggestion,
              carryOver: this.#carryOver(),
              recording: trial.recording === null ? null : this.#parts.recordingPath(trial.recording),
              ...(operator?.attends === true ? { coolDownWithin: Number.POSITIVE_INFINITY } : {}),
            },
            (report) => this.#score(trial.number, report, judge),
            (cooling) => coolDown.heard(cooling),
          )
          .finally(() => coolDown.end());
        this.#stationDeaths = 0;
        if (outcome.latched) this.latched(outcome.reason.words);
        if (coolDown.skipped !== null && !outcome.latched) return this.#skipped(trial, coolDown.skipped);
        return operator?.attends === true ? attendedFault(outcome) : outcome;
      } catch (error) {
        if (this.#heardOfLatch(error)) return this.#notBegun(trial);
        const mended = await this.#mended(error, trial);
        if (mended === "mended") continue;
        if (mended !== "not-mended") return mended;
        const code = codeOf(error);
        if (code !== "STATION_FAILED" && code !== "LINK_LOST") {
          if (this.#stopWords !== null && (code === "LINK_UNAVAILABLE" || code === "STATION_NOT_STARTED"))
            return this.#notBegun(trial);
          await this.#fileNotBegun(trial, error);
          throw error;
        }
        const allowed = code === "LINK_LOST" ? LINK_LOSSES_ALLOWED : STATION_DEATHS_ALLOWED;
        if (++this.#stationDeaths >= allowed) {
          await this.#fileNotBegun(trial, error);
          throw error;
        }
        if (code === "STATION_FAILED") return notWalked(trial, "station-died", (error as Error).message);
        // A link that is lost in a walk ends it with an outcome: this one had not begun.
        const { signal } = this.#stopped;
        await pause(1000 * FIRST_PAUSE * 2 ** (this.#stationDeaths - 1), null, { signal }).catch(() => {});
        if (this.#halted) return this.#notBegun(trial);
      } finally {
        this.#station = null;
      }
    }
  }

  #notBegun(trial: TrialRecord): WalkOutcome {
    return notWalked(trial, this.#stopCode, this.#stopWords ?? "the robot was latched");
  }

  /**
   * A robot that refused before it walked: whoever is there does what is needed, and the same trial is tried again. That is
   * no attempt of its gait, also when the service dies meanwhile.
   *
   * @returns the outcome when the person gave the trial up, or the study was stopped
   */
  async #mended(error: unknown, trial: TrialRecord): Promise<WalkOutcome | "mended" | "not-mended"> {
    const { operator } = this.#parts;
    if (operator === undefined || !operator.canMend(error)) return "not-mended";
    if (this.#ledger.trial(trial.number).reports.length > 0) return "not-mended";
    const stopped = notWalked(trial, this.#stopCode, `stopped while ${error.message}`);
    await this.#ledger.remember(stopped);
    const answer = await operator.mend(error, trial.number, this.#stopped.signal);
    const goesOn = answer !== null && (await this.#resumed(trial.number));
    await this.#ledger.remember(null);
    if (!goesOn) return stopped;
    return answer.answer === "skip" ? this.#skipped(trial, answer.note) : "mended";
  }

  #judgeOf(trial: TrialRecord): Judge | null {
    // Baseline and confirming walks are measurements: stopping one early would spoil what it is for.
    const ownWalk = trial.role === "suggested" || trial.role === "enqueued";
    // Where the distance is told afterwards, reports say nothing about the reward.
    if (!ownWalk || !this.#plan.prune || this.#parts.distance !== undefined) return null;
    return { pruner: this.#parts.pruner, peers: peerCurves(this.trials, this.#parts.walk.reports) };
  }

  /**
   * The study ends with an error. A robot that refused, or could not be had, has not walked: that is filed now, and the next
   * start walks the same attempt. It must not count as an interruption, of which the second is held against the gait.
   */
  async #fileNotBegun(trial: TrialRecord, error: unknown): Promise<void> {
    if (!NOT_BEGUN.includes(codeOf(error)) || this.#ledger.trial(trial.number).reports.length > 0) return;
    await this.#finish(trial.number, notWalked(trial, "not-begun", `not begun: ${(error as Error).message}`));
  }

  /** While the robot's motors cool, that this service may die is no attempt of the gait. */
  #coolDown(trial: TrialRecord): CoolDown {
    const stopped = notWalked(trial, "operator-stop", "stopped while the motors cooled");
    return new CoolDown({
      trial: trial.number,
      operator: this.#parts.operator,
      signal: this.#stopped.signal,
      remember: (waits) => this.#ledger.remember(waits ? stopped : null),
      giveUp: () => this.#station?.stop("the operator gave the trial up"),
      onWait: (cooling) => this.#parts.onEvent({ kind: "cooling", trial: trial.number, cooling }),
    });
  }

  /** What the last walk left behind in a simulated robot. */
  #carryOver(): TrialRecord["carryOver"] {
    return this.trials.findLast((trial) => trial.carryOver !== null)?.carryOver ?? null;
  }

  async #score(
    number: number,
    message: Pick<StationReport, "step" | "time" | "metrics">,
    judge: Judge | null,
  ): Promise<Decision> {
    const { definition, reward, onEvent } = this.#parts;
    const { step, time, metrics } = message;
    const report: TrialReport = { step, time, metrics, value: reward.score(metrics) };
    const { suggestion, reports, rungs } = await this.#ledger.addReport(number, report);
    const current: Curve = { number, suggestion, state: "running", reports, rungs };
    const { direction } = definition;
    const decision = judge?.pruner.decide({ direction, current, peers: judge.peers }) ?? null;
    if (decision?.rungs !== undefined && decision.rungs.length > rungs.length)
      await this.#ledger.setRungs(number, decision.rungs);
    onEvent({ kind: "report", trial: number, report, decision });
    const { reason = "", threshold = null } = decision ?? {};
    return { verdict: decision?.prune ? "stop" : "go-on", reason, value: report.value, threshold };
  }

  // --- tell ---

  /**
   * Told is what the sampler knows. Where a person carries the robot back, the file follows when the next walk begins: until
   * then they may say that it was not the gait.
   */
  async #tell(number: number, walked: WalkOutcome): Promise<void> {
    const outcome = await this.#withDistance(number, walked);
    if (outcome === null) return;
    const evidence = outcome.end !== "interrupted" && outcome.end !== "abandoned";
    const judges = this.#parts.operator?.judges === true || (this.#latched && this.#clears);
    if (evidence && this.#stopWords === null && judges) {
      const trial = await this.#ledger.hold(number, outcome, this.#endOf(number, outcome));
      this.#parts.onEvent({ kind: "ended", trial });
    } else await this.#finish(number, outcome);
  }

  async #finish(number: number, outcome: WalkOutcome): Promise<void> {
    const trial = await this.#ledger.finish(number, this.#endOf(number, outcome));
    this.#parts.onEvent({ kind: "ended", trial });
  }

  #endOf(number: number, outcome: WalkOutcome): TrialEnd {
    const { definition, walk, clock } = this.#parts;
    return endOfTrial(
      this.#ledger.trial(number),
      outcome,
      walk.planned,
      definition.constraintNames,
      clock.date(),
    );
  }

  /**
   * Where the distance is known after the walk only, it completes the walk's last report.
   *
   * @returns null when the study was stopped before it was known: it is asked for at the next start
   */
  async #withDistance(number: number, outcome: WalkOutcome): Promise<WalkOutcome | null> {
    const { distance: afterwards, reward, operator, onEvent } = this.#parts;
    const report = this.#ledger.trial(number).reports.at(-1);
    if (afterwards === undefined || outcome.end !== "completed" || report === undefined) return outcome;
    if (Number.isFinite(report.metrics.forward_speed)) return outcome;
    let distance: number | "unknown" = outcome.distance ?? "unknown";
    if (afterwards.source === "operator" && operator !== undefined) {
      await this.#ledger.remember(outcome);
      const answer = await operator.distance(number, this.#stopped.signal);
      if (answer === null) return null;
      if (answer.answer !== "continue") return judged(outcome, answer.answer, answer.note);
      if (answer.distance === "unknown")
        return withoutKnownDistance(outcome, noted("nobody knows how far it came", answer.note));
      distance = answer.distance;
    }
    if (distance === "unknown" || !Number.isFinite(distance))
      return withoutKnownDistance(outcome, "the robot did not say how far it came");
    const metrics = afterwards.metrics(report.metrics, distance, outcome.measured);
    const known = { ...report, metrics, value: reward.score(metrics) };
    await this.#ledger.replaceReport(number, known);
    onEvent({ kind: "report", trial: number, report: known, decision: null });
    return outcome;
  }

  async #conclude(): Promise<void> {
    const { sampler, storage, definition, onEvent } = this.#parts;
    const conclusions = await sampler.conclude(this.#observed());
    if (conclusions.champion !== null) await storage.setChampion(definition.name, conclusions.champion);
    onEvent({ kind: "concluded", conclusions });
  }

  /** A trial that was running when an earlier service ended: its recording or the file may know how its walk did. */
  async #settleUnfinished(): Promise<void> {
    for (const trial of this.trials.filter((one) => one.state === "running")) {
      const words = "the service died during the walk";
      const known = endOfThis(trial, await this.#ledger.remembered()) ?? (await this.#recorded(trial));
      await this.#tell(trial.number, known ?? notWalked(trial, "service-died", words));
    }
  }

  async #recorded(trial: TrialRecord): Promise<WalkOutcome | null> {
    const { adoptOutcome, recordingPath } = this.#parts;
    if (trial.recording === null) return null;
    const known = await adoptOutcome(recordingPath(trial.recording));
    if (known?.outcome.trial !== trial.number) return null;
    // Those that the file has no room for any more, or that the service died with.
    const judge = this.#judgeOf(trial);
    for (const report of known.reports)
      if (report.step === this.#ledger.trial(trial.number).reports.length + 1)
        await this.#score(trial.number, report, judge);
    return endOfThis(this.#ledger.trial(trial.number), known.outcome);
  }

  #observed(): ObservedTrial[] {
    return this.trials.map(observe);
  }
}

function codeOf(error: unknown): string {
  return error instanceof GaitsmithError ? error.code : "";
}

/** An outcome of another walk, or with reports that were never stored, says nothing about this one. */
function endOfThis(trial: TrialRecord, known: WalkOutcome | null): WalkOutcome | null {
  return known?.trial === trial.number && known.reports <= trial.reports.length ? known : null;
}
