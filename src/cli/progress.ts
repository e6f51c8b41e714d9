/** The live progress line of `tune`: one line that is rewritten on a terminal, one line a trial otherwise. */

import { coolingWords } from "../service/cool-down.ts";
import type { RunnerEvent } from "../service/study-runner-events.ts";
import type { StudyService } from "../service/study-service.ts";
import type { TrialRecord } from "../study/trial-record.ts";
import { duration, interval, number } from "./words.ts";

/** What a progress line is written to; `process.stderr` fits. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const MARKS: Readonly<Record<TrialRecord["state"], string>> = {
  running: "…",
  completed: "✓",
  pruned: "✂",
  aborted: "✗",
  interrupted: "↺",
  abandoned: "–",
};

export class ProgressLine {
  readonly #stream: ProgressStream;
  readonly #service: StudyService;
  #robotTime = 0;
  readonly #walked = new Map<number, number>();
  #current = "";

  /** @param robotTime seconds already walked in this study */
  constructor(stream: ProgressStream, service: StudyService, robotTime: number) {
    this.#stream = stream;
    this.#service = service;
    this.#robotTime = robotTime;
  }

  onRunner(event: RunnerEvent): void {
    switch (event.kind) {
      case "started":
        this.#current = `trial ${event.trial.number} walking`;
        break;
      case "report": {
        const wanted = event.decision?.threshold;
        const against = wanted === null || wanted === undefined ? "" : ` (median ${number(wanted)})`;
        this.#current = `trial ${event.trial} at ${event.report.time.toFixed(0)} s: ${number(event.report.value)}${against}`;
        break;
      }
      case "ended":
        // A walk that a person judges afterwards ends a second time.
        this.#robotTime += event.trial.walked - (this.#walked.get(event.trial.number) ?? 0);
        this.#walked.set(event.trial.number, event.trial.walked);
        this.#line(this.#summary(event.trial));
        this.#current = "";
        break;
      case "cooling": {
        const { cooling, trial } = event;
        const within = Number.isFinite(cooling.within) ? `, within ${duration(cooling.within)}` : "";
        this.#current = `trial ${trial} waits for its motors`;
        this.#line(`trial ${trial} waits: ${coolingWords(cooling)}${within}`);
        break;
      }
      case "drift":
        if (event.drift.drifted) this.#line(`warning: ${event.drift.words}`);
        break;
      case "concluded":
        break;
    }
    this.#redraw();
  }

  /** Takes the live part of the line away before something else is printed. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\x1b[2K");
  }

  #summary(trial: TrialRecord): string {
    const value = trial.value === null ? "" : ` ${number(trial.value)}`;
    const why = trial.state === "completed" && !trial.truncated ? trial.note : (trial.reason?.words ?? "");
    const head = `${MARKS[trial.state]} ${String(trial.number).padStart(3)} ${trial.state.padEnd(11)}${value.padEnd(9)}`;
    return `${head} ${why}`.trimEnd();
  }

  #redraw(): void {
    // While somebody is asked, the line belongs to what they type.
    if (!this.#stream.isTTY || this.#service.prompt().open !== null) return;
    const { done, planned, timeLeft } = this.#service.status;
    const { champion, baseline } = this.#service.conclusions;
    const parts = [
      `${done}/${planned}`,
      this.#current,
      champion === null
        ? ""
        : `champion ${interval(champion)}${baseline === null ? "" : `, seed gait ${number(baseline.mean)}`}`,
      `robot ${duration(this.#robotTime)}`,
      timeLeft === null ? "" : `${duration(timeLeft)} left`,
    ].filter((part) => part !== "");
    const width = (this.#stream.columns ?? 100) - 1;
    this.#stream.write(`\r\x1b[2K${parts.join(" | ").slice(0, width)}`);
  }

  #line(text: string): void {
    this.clear();
    this.#stream.write(`${text}\n`);
  }
}
