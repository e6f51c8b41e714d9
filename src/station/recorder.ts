/** The station's side of the recorder: hands over what happens and never waits for the disk. */
import { Worker } from "node:worker_threads";
import { entryPath } from "../paths.ts";
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";
import { LIMIT_NAMES } from "../safety/limit.ts";
import { FrameRing } from "./frame-ring.ts";
import type { WalkOutcome } from "./messages.ts";
import type {
  RecordedEntry,
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

/**
 * A recorder makes much garbage and keeps little. Without a small nursery its memory, and with it the station's, climbs for hundreds
 * of walks before it stays.
 */
const HEAP = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 } as const;

export interface RecorderListener {
  /**
   * The recording could not be written.
   *
   * @param lost false: it still gets the outcome
   */
  onFailure(words: string, lost: boolean): void;
  /** The recorder is behind by a whole ring: the first row of this walk was dropped. */
  onOverrun(): void;
}

export class Recorder {
  readonly #frames: FrameRing;
  readonly #targets: FrameRing;
  readonly #margins: FrameRing;
  readonly #worker: Worker;
  readonly #listener: RecorderListener;
  #file: string | null = null;
  #failed = false;
  #droppedBefore = 0;
  #targetCount = 0;
  #ended: (() => void) | null = null;

  /** @param channels values per frame; @param joints values per target */
  constructor(channels: number, joints: number, listener: RecorderListener) {
    this.#frames = new FrameRing(channels);
    this.#targets = new FrameRing(joints);
    this.#margins = new FrameRing(LIMIT_NAMES.length);
    this.#listener = listener;
    const ring = ({ buffer, channels }: FrameRing) => ({ buffer, length: channels });
    const workerData: RecorderData = {
      rings: { frame: ring(this.#frames), targets: ring(this.#targets), margins: ring(this.#margins) },
    };
    this.#worker = new Worker(entryPath("recorder"), { workerData, resourceLimits: HEAP });
    this.#worker.unref();
    this.#worker.on("message", (answer: RecorderAnswer) => this.#hear(answer));
    this.#worker.on("error", (error) => this.#fail(`the recorder died: ${error.message}`));
  }

  /** Rows of the present walk that found no room. */
  get dropped(): number {
    return this.#allDropped - this.#droppedBefore;
  }

  /** A walk is being recorded, and its outcome will be. */
  get recording(): boolean {
    return this.#file !== null && !this.#failed;
  }

  begin(file: string, header: RecordingHeader): void {
    this.#file = file;
    this.#failed = false;
    this.#droppedBefore = this.#allDropped;
    this.#targetCount = 0;
    this.#request({ kind: "begin", file, header });
  }

  frame(frame: TelemetryFrame): void {
    if (this.#file !== null && !this.#frames.push(frame)) this.#overrun();
  }

  /** Joint targets that were written to the robot, rad; copied. */
  targets(tRobot: number, tStation: number, positions: Float64Array): void {
    if (this.#file !== null && !this.#targets.pushRow(this.#targetCount++, tRobot, tStation, positions))
      this.#overrun();
  }

  /** The debounced values of the limits, in the order of LIMIT_NAMES; copied. */
  margins(seq: number, tRobot: number, tStation: number, values: Float64Array): void {
    if (this.#file !== null && !this.#margins.pushRow(seq, tRobot, tStation, values)) this.#overrun();
  }

  entry(entry: RecordedEntry): void {
    if (this.#file !== null) this.#request({ kind: "entry", entry });
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

  get #allDropped(): number {
    return this.#frames.dropped + this.#targets.dropped + this.#margins.dropped;
  }

  #overrun(): void {
    if (this.dropped === 1) this.#listener.onOverrun();
  }

  #request(request: RequestWithoutPlace): void {
    const [frame, targets, margins] = [this.#frames.written, this.#targets.written, this.#margins.written];
    this.#worker.postMessage({ ...request, after: { frame, targets, margins } });
  }

  #hear(answer: RecorderAnswer): void {
    if (answer.kind === "ended") this.#ended?.();
    else if (answer.kind === "full") this.#listener.onFailure(`${answer.file}: ${answer.words}`, false);
    else this.#fail(`${answer.file}: ${answer.words}`);
  }

  #fail(words: string): void {
    this.#failed = true;
    this.#listener.onFailure(words, true);
    this.#ended?.();
  }
}
