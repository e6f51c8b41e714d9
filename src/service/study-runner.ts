/**
 * The loop at the centre: ask, run, tell.
 *
 * One runner drives one study on one robot. It owns the order of things and what is written when; what to walk next
 * is the agenda's word, how to walk it the station's, what was learnt the sampler's.
 */
import type { Clock } from "../clock.ts";
import { GaitsmithError } from "../errors.ts";
import { bracketView } from "../optimizer/bracket-view.ts";
import { peerCurves } from "../optimizer/peer-curves.ts";
import type { Curve, PruneDecision, Pruner } from "../optimizer/pruner.ts";
import type { ObservedTrial } from "../optimizer/trial.ts";
import type { WalkOutcome } from "../station/messages.ts";
import { type AgendaItem, nextOnAgenda, planAfterSearch, type StudyPlan } from "../study/agenda.ts";
import { observe } from "../study/observed-trial.ts";
import type { Reward } from "../study/reward.ts";
import type { Storage } from "../study/storage.ts";
import type { NewTrial, StudyDefinition, TrialEnd, TrialRecord, TrialReport } from "../study/trial-record.ts";
import type { SamplerHost } from "./sampler-host.ts";
import type { Conclusions } from "./sampler-messages.ts";
import type { Decision, StationHost, StationReport } from "./station-host.ts";
import { endOfTrial } from "./trial-end.ts";

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
  /** All gait parameters of a parameter set: tuned ones and constants, SI. */
  readonly gaitParameters: (parameters: TrialRecord["parameters"]) => Readonly<Record<string, number>>;
  /** Where the walk with this trial number is recorded, relative to the study file's folder; null: nowhere. */
  readonly recordingOf: (trial: number) => string | null;
  /** The path of such a recording on this machine. */
  readonly recordingPath: (recording: string) => string;
  /** The outcome a dead service never stored, from the walk's recording. */
  readonly adoptOutcome: (recording: string) => Promise<WalkOutcome | null>;
  readonly onEvent: (event: RunnerEvent) => void;
}

export type RunnerEvent =
  | { readonly kind: "started"; readonly trial: TrialRecord }
  | {
      readonly kind: "report";
      readonly trial: number;
      readonly report: TrialReport;
      readonly decision: PruneDecision | null;
    }
  | { readonly kind: "ended"; readonly trial: TrialRecord }
  | { readonly kind: "concluded"; readonly conclusions: Conclusions };

export interface RunEnd {
  readonly state: "finished" | "stopped";
  readonly words: string;
  /** The robot was left latched. */
  readonly latched: boolean;
}

type PlannedTrial = Omit<NewTrial, "recording" | "startedAt">;

/** A station that dies this often in a row is not going to recover by itself. */
const STATION_DEATHS_ALLOWED = 3;

export class StudyRunner {
  readonly #parts: StudyRunnerParts;
  readonly #trials: TrialRecord[] = [];
  #plan: StudyPlan;
  /** The sampler's words once it has nothing left to propose. */
  #exhausted: string | null = null;
  #station: WalkingStation | null = null;
  #stopWords: string | null = null;
  readonly #stopped = new AbortController();
  #latched = false;
  #stationDeaths = 0;

  constructor(parts: StudyRunnerParts) {
    this.#parts = parts;
    this.#plan = parts.plan;
  }

  get trials(): readonly TrialRecord[] {
    return this.#trials;
  }

  /** Runs the study to the end of its budget, or until it is stopped. */
  async run(): Promise<RunEnd> {
    this.#trials.push(...(await this.#parts.storage.trials(this.#parts.definition.name)));
    await this.#settleUnfinished();
    await this.#conclude();
    while (this.#stopWords === null) {
      const trial = await this.#ask();
      if (trial === null) break;
      if ("finished" in trial) return { state: "finished", words: trial.finished, latched: false };
      const outcome = await this.#walk(trial);
      await this.#tell(trial.number, outcome);
      await this.#conclude();
    }
    return { state: "stopped", words: this.#stopWords ?? "", latched: this.#latched };
  }

  /** Stops the robot now and ends the study after the walk in progress; nothing latches. */
  stop(words: string): void {
    this.#stopWords ??= words;
    this.#stopped.abort();
    this.#station?.stop(words);
  }

  /** A latched stop that this service asked for, or heard of: the study ends. */
  latched(words: string): void {
    this.#latched = true;
    this.#stopWords ??= words;
    this.#stopped.abort();
  }

  // --- ask ---

  /** The next trial, stored as running, or why there is none; null when the study was stopped meanwhile. */
  async #ask(): Promise<TrialRecord | { readonly finished: string } | null> {
    const next = nextOnAgenda(this.#trials, this.#plan);
    if (next.kind === "finished") return { finished: this.#exhausted ?? next.why };
    const planned = await this.#planned(next);
    if (planned !== null) return (await this.#reach()) ? this.#start(planned) : null;
    this.#plan = planAfterSearch(this.#trials, this.#plan);
    return this.#ask();
  }

  /**
   * The robot is there before a trial exists: one that cannot be reached costs no attempt.
   *
   * @returns false when the study was stopped while the robot was waited for
   */
  async #reach(): Promise<boolean> {
    try {
      await this.#parts.station(this.#stopped.signal);
    } catch (error) {
      if (this.#stopWords === null && codeOf(error) !== "STATION_FAILED") throw error;
    }
    return this.#stopWords === null;
  }

  async #start(planned: PlannedTrial): Promise<TrialRecord> {
    const { storage, definition, recordingOf, clock, onEvent } = this.#parts;
    const trial = await storage.startTrial(definition.name, {
      ...planned,
      recording: recordingOf(this.#trials.length),
      startedAt: clock.date(),
    });
    this.#trials.push(trial);
    onEvent({ kind: "started", trial });
    return trial;
  }

  /** What the agenda asks for; null when that is a suggestion and the sampler has nothing left to propose. */
  async #planned(next: Exclude<AgendaItem, { kind: "finished" }>): Promise<PlannedTrial | null> {
    const { sampler, definition } = this.#parts;
    const first = { attempt: 1, replicateOf: null, bookkeeping: null };
    const baseline = {
      ...first,
      role: "seed-gait",
      parameters: definition.seedGait,
      note: "baseline",
    } as const;
    switch (next.kind) {
      case "retry": {
        const { suggestion, role, replicateOf, parameters, bookkeeping, note } = next.of;
        return { suggestion, role, replicateOf, parameters, bookkeeping, note, attempt: next.attempt };
      }
      case "seed-gait":
        return { ...baseline, suggestion: next.suggestion };
      case "ask": {
        try {
          const suggestion = await sampler.ask(this.#instructive(next.suggestion), next.suggestion);
          return { ...first, ...suggestion, suggestion: next.suggestion, role: "suggested" };
        } catch (error) {
          if (!(error instanceof GaitsmithError) || error.code !== "SAMPLER_EXHAUSTED") throw error;
          this.#exhausted = error.message;
          return null;
        }
      }
      case "replicate": {
        const parameters = await sampler.confirm(this.#observed(), this.#plan.confirm.candidates);
        const confirmed = parameters === null ? undefined : this.#firstWalkOf(parameters);
        // Nothing worth confirming yet: the walk goes to the baseline, which every conclusion needs.
        if (parameters === null || confirmed === undefined)
          return { ...baseline, suggestion: next.suggestion };
        const { number: replicateOf } = confirmed;
        const note = `confirms trial ${replicateOf}`;
        return { ...first, suggestion: next.suggestion, role: "replicate", replicateOf, parameters, note };
      }
    }
  }

  /** The trials as the sampler sees them: under Hyperband those of other brackets without their rewards. */
  #instructive(suggestion: number): readonly ObservedTrial[] {
    const { pruner } = this.#parts;
    return bracketView(this.#observed(), suggestion, pruner, () => this.#peers());
  }

  #firstWalkOf(parameters: TrialRecord["parameters"]): TrialRecord | undefined {
    const names = Object.keys(parameters);
    return this.#trials.find((trial) => names.every((name) => trial.parameters[name] === parameters[name]));
  }

  // --- run ---

  async #walk(trial: TrialRecord): Promise<WalkOutcome> {
    const { definition, gaitParameters } = this.#parts;
    // Baseline and confirming walks are measurements: stopping one early would spoil what it is for.
    const ownWalk = trial.role === "suggested" || trial.role === "enqueued";
    const pruner = ownWalk && this.#plan.prune ? this.#parts.pruner : null;
    const peers = pruner === null ? [] : this.#peers();
    for (;;) {
      try {
        this.#station = await this.#parts.station(this.#stopped.signal);
        if (this.#stopWords !== null) return notWalked(trial, "operator-stop", this.#stopWords);
        const outcome = await this.#station.run(
          {
            trial: trial.number,
            attempt: trial.attempt,
            parameters: gaitParameters(trial.parameters),
            seed: definition.seed,
            suggestion: trial.suggestion,
            carryOver: this.#carryOver(),
            recording: trial.recording === null ? null : this.#parts.recordingPath(trial.recording),
          },
          (report) => this.#score(trial.number, report, pruner, peers),
        );
        this.#stationDeaths = 0;
        if (outcome.latched) this.latched(outcome.reason.words);
        return outcome;
      } catch (error) {
        const code = codeOf(error);
        if (code !== "STATION_FAILED" && code !== "LINK_LOST") {
          if (this.#stopWords !== null && (code === "LINK_UNAVAILABLE" || code === "STATION_NOT_STARTED"))
            return notWalked(trial, "operator-stop", this.#stopWords);
          throw error;
        }
        if (++this.#stationDeaths >= STATION_DEATHS_ALLOWED) throw error;
        if (code === "STATION_FAILED") return notWalked(trial, "station-died", (error as Error).message);
        // A link that is lost in a walk ends it with an outcome: this one had not begun.
        if (this.#stopWords !== null) return notWalked(trial, "operator-stop", this.#stopWords);
      } finally {
        this.#station = null;
      }
    }
  }

  /** What the last walk left behind in a simulated robot. */
  #carryOver(): TrialRecord["carryOver"] {
    return this.#trials.findLast((trial) => trial.carryOver !== null)?.carryOver ?? null;
  }

  async #score(
    number: number,
    message: StationReport,
    pruner: Pruner | null,
    peers: readonly Curve[],
  ): Promise<Decision> {
    const { storage, definition, reward, onEvent } = this.#parts;
    const { step, time, metrics } = message;
    const report: TrialReport = { step, time, metrics, value: reward.score(metrics) };
    await storage.addReport(definition.name, number, report);
    const trial = this.#update(number, { reports: [...this.#trial(number).reports, report] });
    const { suggestion, reports, rungs } = trial;
    const current: Curve = { number, suggestion, state: "running", reports, rungs };
    const decision = pruner?.decide({ direction: definition.direction, current, peers }) ?? null;
    if (decision?.rungs !== undefined && decision.rungs.length > rungs.length) {
      // In memory first: in real time the next report may come while these are written.
      this.#update(number, { rungs: decision.rungs });
      await storage.setRungs(definition.name, number, decision.rungs);
    }
    onEvent({ kind: "report", trial: number, report, decision });
    return { verdict: decision?.prune ? "stop" : "go-on", reason: decision?.reason ?? "" };
  }

  // --- tell ---

  async #tell(number: number, outcome: WalkOutcome): Promise<void> {
    const { storage, definition, walk, clock, onEvent } = this.#parts;
    const end: TrialEnd = endOfTrial(
      this.#trial(number),
      outcome,
      walk.planned,
      definition.constraintNames,
      clock.date(),
    );
    await storage.finishTrial(definition.name, number, end);
    onEvent({ kind: "ended", trial: this.#update(number, end) });
  }

  async #conclude(): Promise<void> {
    const { sampler, storage, definition, onEvent } = this.#parts;
    const conclusions = await sampler.conclude(this.#observed());
    if (conclusions.champion !== null) await storage.setChampion(definition.name, conclusions.champion);
    onEvent({ kind: "concluded", conclusions });
  }

  /** A trial that was running when an earlier service died: its recording may know how it ended. */
  async #settleUnfinished(): Promise<void> {
    for (const trial of this.#trials.filter((one) => one.state === "running")) {
      const known =
        trial.recording === null
          ? null
          : await this.#parts.adoptOutcome(this.#parts.recordingPath(trial.recording));
      const complete =
        known !== null && known.trial === trial.number && known.reports <= trial.reports.length;
      const words = "the service died during the walk";
      await this.#tell(trial.number, complete ? known : notWalked(trial, "service-died", words));
    }
  }

  #observed(): ObservedTrial[] {
    return this.#trials.map(observe);
  }

  /** What the pruner compares a walk with. */
  #peers(): Curve[] {
    return peerCurves(this.#trials, this.#parts.walk.reports);
  }

  #trial(number: number): TrialRecord {
    const trial = this.#trials[number];
    if (trial === undefined) throw new RangeError(`there is no trial ${number}`);
    return trial;
  }

  #update(number: number, change: Partial<TrialRecord>): TrialRecord {
    const trial = { ...this.#trial(number), ...change };
    this.#trials[number] = trial;
    return trial;
  }
}

function codeOf(error: unknown): string {
  return error instanceof GaitsmithError ? error.code : "";
}

/** The outcome of a walk nobody saw the end of. */
function notWalked(trial: TrialRecord, code: string, words: string): WalkOutcome {
  return {
    trial: trial.number,
    attempt: trial.attempt,
    end: "interrupted",
    reason: { code, words, time: Number.NaN, channel: null, value: null, limit: null },
    truncated: false,
    constraints: [],
    breached: null,
    reports: trial.reports.length,
    walked: trial.reports.at(-1)?.time ?? 0,
    measured: trial.reports.at(-1)?.time ?? 0,
    distance: null,
    carryOver: null,
    recording: trial.recording,
    latched: false,
  };
}
