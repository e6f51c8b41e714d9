/** The station's side of the recorder: hands frames, events and outcomes over and never waits for the disk. */
import { Worker } from "node:worker_threads";
import { entryPath } from "../paths.ts";
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";
import { FrameRing } from "./frame-ring.ts";
import type { WalkOutcome } from "./messages.ts";
import type {
  RecordedEvent,
  RecorderAnswer,
  RecorderData,
  RecorderRequest,
  RecordingHeader,
} from "./recording-messages.ts";

type RequestWithoutPlace = RecorderRequest extends infer R
  ? R extends RecorderRequest
    ? Omit<R, "after">
    : never
  : never;

/** Frames the recorder may be behind at the end of a walk, in wall time, before the walk goes on without it. */
const END_PATIENCE_MS = 5000;

export class Recorder {
  readonly #ring: FrameRing;
  readonly #worker: Worker;
  readonly #onFailure: (words: string) => void;
  #file: string | null = null;
  #failed = false;
  #droppedBefore = 0;
  #ended: (() => void) | null = null;

  /** @param channels values per frame; @param onFailure a recording could not be written, in words */
  constructor(channels: number, onFailure: (words: string) => void) {
    this.#ring = new FrameRing(channels);
    this.#onFailure = onFailure;
    const workerData: RecorderData = { ring: this.#ring.buffer, channels };
    this.#worker = new Worker(entryPath("recorder"), { workerData });
    this.#worker.unref();
    this.#worker.on("message", (answer: RecorderAnswer) => this.#hear(answer));
    this.#worker.on("error", (error) => this.#fail(`the recorder died: ${error.message}`));
  }

  /** Frames of the present walk that found no room. */
  get dropped(): number {
    return this.#ring.dropped - this.#droppedBefore;
  }

  /** A walk is being recorded, and so far nothing went wrong. */
  get recording(): boolean {
    return this.#file !== null && !this.#failed;
  }

  begin(file: string, header: RecordingHeader): void {
    this.#file = file;
    this.#failed = false;
    this.#droppedBefore = this.#ring.dropped;
    this.#request({ kind: "begin", file, header });
  }

  frame(frame: TelemetryFrame): void {
    if (this.#file !== null) this.#ring.push(frame);
  }

  event(event: RecordedEvent): void {
    if (this.#file !== null) this.#request({ kind: "event", event });
  }

  /** The outcome is the last record. Resolves when the file is complete, has failed, or takes too long. */
  end(outcome: WalkOutcome, tStation: number): Promise<void> {
    if (this.#file === null) return Promise.resolve();
    this.#request({ kind: "end", outcome, tStation, dropped: this.dropped });
    this.#file = null;
    if (this.#failed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#fail("the disk is too slow"), END_PATIENCE_MS);
      this.#ended = () => {
        clearTimeout(timer);
        this.#ended = null;
        resolve();
      };
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #request(request: RequestWithoutPlace): void {
    this.#worker.postMessage({ ...request, after: this.#ring.written });
  }

  #hear(answer: RecorderAnswer): void {
    if (answer.kind === "ended") this.#ended?.();
    else this.#fail(`${answer.file}: ${answer.words}`);
  }

  #fail(words: string): void {
    this.#failed = true;
    this.#onFailure(words);
    this.#ended?.();
  }
}
