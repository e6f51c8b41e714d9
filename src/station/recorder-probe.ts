/** Whether recordings can be written: one is begun and ended by the real recorder before anything depends on it. */
import { rm, stat } from "node:fs/promises";
import { describeError } from "../errors.ts";
import type { WalkOutcome } from "./messages.ts";
import type { Recorder } from "./recorder.ts";
import type { RecordingHeader } from "./recording-messages.ts";

export interface ProbeResult {
  /** Of the probe on disk. */
  readonly bytes: number;
  /** From telling the recorder to end until the file was complete, s of wall time. */
  readonly seconds: number;
  /** Robot time recorded, s. */
  readonly recorded: number;
  /** Why it failed, in words; null when it did not. */
  readonly failure: string | null;
}

/** No walk's: the recording of none is adopted by a later start. */
const NO_TRIAL = -1;

export class RecorderProbe {
  readonly #recorder: Recorder;
  readonly #file: string;
  #failure: string | null = null;

  /** Frames that the recorder is given from now on are in the probe. @param header without trial and parameters */
  constructor(
    recorder: Recorder,
    file: string,
    header: Omit<RecordingHeader, "trial" | "attempt" | "parameters">,
  ) {
    this.#recorder = recorder;
    this.#file = file;
    recorder.begin(file, { ...header, trial: NO_TRIAL, attempt: 1, parameters: {} });
  }

  get hasFailed(): boolean {
    return this.#failure !== null;
  }

  /** What the recorder says went wrong meanwhile. */
  failed(words: string): void {
    this.#failure ??= words;
  }

  /** Nobody wants to know any more: what there is of the file goes. */
  async remove(): Promise<void> {
    await rm(this.#file, { force: true }).catch(() => {});
  }

  /** The file is gone afterwards. @param recorded robot time since it was begun, s. @param tStation station clock, s */
  async end(recorded: number, tStation: number): Promise<ProbeResult> {
    const began = performance.now();
    await this.#recorder.end(NO_OUTCOME, tStation);
    const seconds = (performance.now() - began) / 1000;
    const bytes = await stat(this.#file).then(
      ({ size }) => size,
      (error: unknown) => {
        this.#failure ??= describeError(error);
        return 0;
      },
    );
    await rm(this.#file, { force: true }).catch((error: unknown) => {
      this.#failure ??= describeError(error);
    });
    if (bytes === 0) this.#failure ??= "the file is empty";
    return { bytes, seconds, recorded, failure: this.#failure };
  }
}

const NO_OUTCOME: WalkOutcome = {
  trial: NO_TRIAL,
  attempt: 1,
  end: "interrupted",
  reason: { code: "preflight", words: "a probe", time: Number.NaN, channel: null, value: null, limit: null },
  truncated: false,
  constraints: [],
  breached: null,
  reports: 0,
  walked: 0,
  measured: 0,
  distance: null,
  carryOver: null,
  recording: null,
  latched: false,
};
