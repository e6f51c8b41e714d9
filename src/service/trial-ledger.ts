/**
 * A study's trials in memory and in the file, kept in step. One walk at a time may be untold in the file though the sampler
 * knows how it ended: the one that a person may still judge.
 */
import type { JsonValue } from "../optimizer/trial.ts";
import type { WalkOutcome } from "../station/messages.ts";
import type { Storage } from "../study/storage.ts";
import type { NewTrial, TrialEnd, TrialRecord, TrialReport } from "../study/trial-record.ts";

/** Study attribute: how the walk ended whose trial waits for a person, for the next start. */
const UNTOLD = "untold";

/** A walk that is over and not yet in the file. */
export interface UntoldWalk {
  readonly number: number;
  readonly outcome: WalkOutcome;
  readonly end: TrialEnd;
}

export class TrialLedger {
  readonly #storage: Storage;
  readonly #study: string;
  readonly #trials: TrialRecord[] = [];
  #untold: UntoldWalk | null = null;

  constructor(storage: Storage, study: string) {
    this.#storage = storage;
    this.#study = study;
  }

  get trials(): readonly TrialRecord[] {
    return this.#trials;
  }

  get untold(): UntoldWalk | null {
    return this.#untold;
  }

  async load(): Promise<void> {
    this.#trials.push(...(await this.#storage.trials(this.#study)));
  }

  trial(number: number): TrialRecord {
    const trial = this.#trials[number];
    if (trial === undefined) throw new RangeError(`there is no trial ${number}`);
    return trial;
  }

  async start(trial: NewTrial): Promise<TrialRecord> {
    const started = await this.#storage.startTrial(this.#study, trial);
    this.#trials.push(started);
    return started;
  }

  async addReport(number: number, report: TrialReport): Promise<TrialRecord> {
    await this.#storage.addReport(this.#study, number, report);
    return this.#update(number, { reports: [...this.trial(number).reports, report] });
  }

  /** The report of that step as it has become known after the walk. */
  async replaceReport(number: number, report: TrialReport): Promise<void> {
    await this.#storage.replaceReport(this.#study, number, report);
    const reports = this.trial(number).reports.map((one) => (one.step === report.step ? report : one));
    this.#update(number, { reports });
  }

  async setRungs(number: number, rungs: readonly number[]): Promise<void> {
    // In memory first: in real time the next report may come while these are written.
    this.#update(number, { rungs });
    await this.#storage.setRungs(this.#study, number, rungs);
  }

  async finish(number: number, end: TrialEnd): Promise<TrialRecord> {
    await this.#storage.finishTrial(this.#study, number, end);
    return this.#update(number, end);
  }

  /** As {@link finish}, but for the file: there it waits for {@link file} or {@link recall}. */
  async hold(number: number, outcome: WalkOutcome, end: TrialEnd): Promise<TrialRecord> {
    await this.remember(outcome);
    this.#untold = { number, outcome, end };
    return this.#update(number, end);
  }

  /** Writes the untold walk's end down: from now on it stays as it is. */
  async file(): Promise<void> {
    const untold = this.#untold;
    this.#untold = null;
    if (untold !== null) await this.#storage.finishTrial(this.#study, untold.number, untold.end);
  }

  /** Takes the untold walk back, to end it otherwise. */
  recall(): UntoldWalk | null {
    const untold = this.#untold;
    this.#untold = null;
    return untold;
  }

  /** For the next start, should this service die while a person is waited for. */
  async remember(outcome: WalkOutcome | null): Promise<void> {
    await this.#storage.setAttribute(this.#study, UNTOLD, outcome as unknown as JsonValue);
  }

  async remembered(): Promise<WalkOutcome | null> {
    const outcome = await this.#storage.attribute(this.#study, UNTOLD);
    return (outcome ?? null) as unknown as WalkOutcome | null;
  }

  #update(number: number, change: Partial<TrialRecord>): TrialRecord {
    const trial = { ...this.trial(number), ...change };
    this.#trials[number] = trial;
    return trial;
  }
}
