/**
 * One study on one robot as the outside sees it: turns what the runner and the station say into statuses, documents
 * and live events. Implements the door that the HTTP API talks to.
 */
import type { HardwareConfig } from "../config/hardware-config.ts";
import { fail } from "../errors.ts";
import type { Channel } from "../robot/telemetry-frame.ts";
import type { StationMessage, TrialPhase } from "../station/messages.ts";
import type { ChoicesInUse } from "../study/choices-in-use.ts";
import type { SafetyEvent } from "../study/safety-events.ts";
import type { PreflightRecord } from "../study/stored-preflight.ts";
import { type StudyDocument, studyDocument } from "../study/study-document.ts";
import type { StudyDefinition, TrialRecord } from "../study/trial-record.ts";
import { coolingWords } from "./cool-down.ts";
import type {
  EStopLevel,
  LiveEvent,
  PromptState,
  RobotStatus,
  ServiceDoor,
  StudyStatus,
} from "./live-events.ts";
import type { PromptDesk } from "./prompt-desk.ts";
import type { AnsweredBy, WrittenAnswer } from "./prompts.ts";
import type { Conclusions } from "./sampler-messages.ts";
import type { StudyPause } from "./study-pause.ts";
import type { RunEnd, RunnerEvent } from "./study-runner-events.ts";

export interface StudyServiceParts {
  readonly config: HardwareConfig;
  readonly definition: StudyDefinition;
  /** Samplers and pruners it was opened with, now and before. */
  readonly choices: readonly ChoicesInUse[];
  /** Suggestions in all. */
  readonly planned: number;
  readonly trials: () => readonly TrialRecord[];
  /** Sends the e-stop over every way there is; true when the station took it. */
  readonly eStop: (reason: string, level?: EStopLevel) => Promise<boolean>;
  /** @throws BAD_USAGE when it is not the latch that is closed */
  readonly clear: (id: string, by: string, checked: string) => void;
  readonly safetyEvents: () => readonly SafetyEvent[];
  /** Whether the e-stop is being exercised: one that comes now latches nothing. */
  readonly exercising?: () => boolean;
  /** That of an earlier run, or null. */
  readonly preflight?: PreflightRecord | null;
  /** Where the robot's prompts are answered. */
  readonly desk: Pick<PromptDesk, "open" | "closed" | "answer">;
  readonly pause: Pick<StudyPause, "why" | "pause" | "resume">;
  /** Stops the walk under way, if there is one; the study goes on. */
  readonly stopWalk: (words: string, code?: string) => void;
  /** Seconds, monotonic. */
  readonly now: () => number;
}

export class StudyService implements ServiceDoor {
  readonly #parts: StudyServiceParts;
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  #conclusions: Conclusions = { champion: null, baseline: null };
  #preflight: PreflightRecord | null;
  #channels: readonly Channel[] = [];
  #phase: TrialPhase = "idle";
  #latched: string | null = null;
  #state: StudyStatus["state"] = "waiting";
  #words = "connecting to the robot";
  #walking = false;
  /** When the first walk of this run began, and how many suggestions were done by then. */
  #began: { readonly at: number; readonly done: number } | null = null;

  constructor(parts: StudyServiceParts) {
    this.#parts = parts;
    this.#preflight = parts.preflight ?? null;
  }

  get conclusions(): Conclusions {
    return this.#conclusions;
  }

  get status(): StudyStatus {
    const done = this.#done();
    const { planned, definition, desk, pause } = this.#parts;
    return {
      study: definition.name,
      state: desk.open?.kind === "resume" ? "paused" : this.#state,
      ...(pause.why === null ? {} : { paused: pause.why }),
      done,
      planned,
      timeLeft: this.#timeLeft(done),
      words: desk.open?.words ?? this.#words,
    };
  }

  get current(): StudyDocument {
    const { definition, choices, trials, safetyEvents } = this.#parts;
    const document = studyDocument(definition, choices, trials(), this.#conclusions, this.#preflight);
    const events = safetyEvents();
    return events.length === 0 ? document : { ...document, safety_events: events };
  }

  async studies(): Promise<readonly StudyStatus[]> {
    return [this.status];
  }

  async document(study: string): Promise<StudyDocument | null> {
    return study === this.#parts.definition.name ? this.current : null;
  }

  robots(): readonly RobotStatus[] {
    const { robot, envelope } = this.#parts.config;
    const { id, name } = robot;
    const phase = this.#attended(this.#phase);
    return [{ id, name, phase, latched: this.#latched, channels: this.#channels, envelope }];
  }

  prompt(): PromptState {
    const { open, closed } = this.#parts.desk;
    return { open, closed };
  }

  answerPrompt(_robotId: string, number: number, answer: WrittenAnswer, by: AnsweredBy): void {
    this.#parts.desk.answer(number, answer, by);
  }

  clear(_robotId: string, { id, by, checked }: { id: string; by: string; checked: string }): void {
    const { desk } = this.#parts;
    const { open } = desk;
    // Whoever is asked for it hears the answer.
    if (open?.kind === "clear-latch")
      desk.answer(open.number, { answer: "cleared", latch: id, checked, person: by }, "page");
    else this.#parts.clear(id, by, checked);
  }

  holderGone(_robotId: string): void {
    if (!this.#walking) return;
    const words = "the page that held the robot is gone";
    this.#parts.pause.pause(words);
    this.#parts.stopWalk(words, "operator-gone");
  }

  /** A person has opened the latch. */
  onCleared(): void {
    this.#latched = null;
    this.#phase = "idle";
    for (const robot of this.robots()) this.#emit({ kind: "robot", robot });
  }

  async eStop(
    robotId: string,
    reason: string,
    level?: EStopLevel,
  ): Promise<{ taken: boolean; words: string }> {
    if (robotId !== this.#parts.config.robot.id)
      return { taken: false, words: `there is no robot "${robotId}" here` };
    const exercising = this.#parts.exercising?.() === true;
    const taken = await this.#parts.eStop(reason, level);
    if (taken && exercising && this.#latched === null)
      return { taken, words: "the exercise: the station has cut the robot, and nothing is latched" };
    return taken
      ? { taken, words: "the station has the e-stop: the robot stops and stays latched" }
      : { taken, words: "NOT CONFIRMED: the station did not answer. Cut the robot's power" };
  }

  pause(study: string, words: string, { now = false }: { readonly now?: boolean } = {}): void {
    this.#assertKnown(study);
    const { pause, desk, stopWalk } = this.#parts;
    pause.pause(words);
    // A walk that waits for its motors to cool has not begun, and would begin by itself.
    if (now || desk.open?.kind === "let-motors-cool") stopWalk(words);
  }

  resume(study: string): void {
    this.#assertKnown(study);
    this.#parts.pause.resume("page");
  }

  /** It was paused or resumed. */
  onPause(): void {
    this.#emit({ kind: "study", status: this.status });
  }

  #assertKnown(study: string): void {
    const { name } = this.#parts.definition;
    if (study !== name)
      fail("STUDY_UNKNOWN", { what: `there is no study "${study}" here`, remedy: `Known: ${name}.` });
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A prompt was raised or closed. */
  onPrompt(): void {
    for (const robot of this.robots()) {
      this.#emit({ kind: "prompt", robot: robot.id, ...this.prompt() });
      this.#emit({ kind: "robot", robot });
    }
    this.#emit({ kind: "study", status: this.status });
  }

  onPreflight(record: PreflightRecord): void {
    this.#preflight = record;
    this.#emit({ kind: "preflight", study: this.#parts.definition.name });
  }

  onRunner(event: RunnerEvent): void {
    const study = this.#parts.definition.name;
    switch (event.kind) {
      case "started":
        this.#began ??= { at: this.#parts.now(), done: this.#done() };
        this.#state = "running";
        this.#walking = true;
        this.#words = `walking trial ${event.trial.number}`;
        this.#emit({ kind: "trial", study, trial: event.trial.number });
        break;
      case "report": {
        const { trial, report, decision } = event;
        const value = Number.isFinite(report.value) ? report.value : null;
        this.#emit({
          kind: "report",
          study,
          trial,
          step: report.step,
          value,
          threshold: decision?.threshold ?? null,
        });
        return;
      }
      case "ended":
        this.#walking = false;
        this.#emit({ kind: "trial", study, trial: event.trial.number });
        break;
      case "cooling":
        this.#words = `trial ${event.trial} waits: ${coolingWords(event.cooling)}`;
        break;
      case "drift":
        break;
      case "concluded":
        this.#conclusions = event.conclusions;
        break;
    }
    this.#emit({ kind: "study", status: this.status });
  }

  onStation(message: StationMessage): void {
    switch (message.kind) {
      case "ready":
        // A latched robot has no station that is ready.
        this.#latched = null;
        this.#phase = "idle";
        this.#channels = message.channels;
        break;
      case "phase":
        this.#phase = message.phase;
        break;
      case "latched":
        this.#latched = message.reason.words;
        break;
      case "live": {
        const { trial, phase, tRobot, values, margins } = message;
        const robot = this.#parts.config.robot.id;
        this.#emit({
          kind: "frame",
          robot,
          trial,
          phase: this.#attended(phase),
          tRobot,
          values: plain(values),
          margins: plain(margins),
        });
        return;
      }
      default:
        return;
    }
    for (const robot of this.robots()) this.#emit({ kind: "robot", robot });
  }

  onEnd(end: RunEnd): void {
    this.#state = end.state;
    this.#words = end.words;
    this.#emit({ kind: "study", status: this.status });
  }

  /** The station knows nothing of prompts; they are open while it is between walks, or gone. */
  #attended(phase: TrialPhase): TrialPhase {
    return this.#parts.desk.open === null ? phase : "awaiting-operator";
  }

  #emit(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #done(): number {
    const told = this.#parts
      .trials()
      .filter((trial) => trial.state !== "running" && trial.state !== "interrupted");
    return new Set(told.map((trial) => trial.suggestion)).size;
  }

  #timeLeft(done: number): number | null {
    if (this.#began === null || done <= this.#began.done) return null;
    const perSuggestion = (this.#parts.now() - this.#began.at) / (done - this.#began.done);
    return perSuggestion * Math.max(0, this.#parts.planned - done);
  }
}

/** NaN has no word in JSON. */
function plain(values: Float64Array): (number | null)[] {
  return Array.from(values, (value) => (Number.isFinite(value) ? value : null));
}
