/** What passes between the station and its recorder, a worker thread. Frames go through a ring in shared memory. */
import type { Channel } from "../robot/telemetry-frame.ts";
import type { Envelope } from "../safety/limit.ts";
import type { WalkOutcome } from "./messages.ts";
import type { EventLevel } from "./trial-parts.ts";

export interface RecordingHeader {
  readonly robotId: string;
  readonly trial: number;
  readonly attempt: number;
  readonly parameters: Readonly<Record<string, number>>;
  readonly envelope: Envelope;
  readonly configHash: string;
  readonly channels: readonly Channel[];
  readonly joints: readonly string[];
  /** Wall time in ms since 1970 and station time in s at the start: recordings are stamped with dates. */
  readonly wallStart: number;
  readonly stationStart: number;
}

export interface RecordedEvent {
  readonly level: EventLevel;
  readonly name: string;
  readonly words: string;
  /** Robot time it speaks of, s; NaN when unknown. */
  readonly tRobot: number;
  /** Station clock when it happened, s. */
  readonly tStation: number;
  /** Sequence number of the newest frame then; −1 before the first. */
  readonly frame: number;
}

/** `after`: how many frames were pushed into the ring before; they are written first. */
export type RecorderRequest =
  | {
      readonly kind: "begin";
      readonly after: number;
      readonly file: string;
      readonly header: RecordingHeader;
    }
  | { readonly kind: "event"; readonly after: number; readonly event: RecordedEvent }
  | {
      readonly kind: "end";
      readonly after: number;
      readonly outcome: WalkOutcome;
      readonly tStation: number;
      readonly dropped: number;
    };

export type RecorderAnswer =
  | { readonly kind: "ended"; readonly file: string }
  | { readonly kind: "failed"; readonly file: string; readonly words: string };

export interface RecorderData {
  readonly ring: SharedArrayBuffer;
  /** Values per frame. */
  readonly channels: number;
}
