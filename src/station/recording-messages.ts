/**
 * What passes between the station and its recorder, a worker thread. Telemetry, streamed targets and margins go through rings
 * in shared memory; everything else is rare and goes as a message.
 */
import type { Metrics } from "../config/metrics.ts";
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

/** What was sent to the robot; streamed targets are a topic of their own. */
export interface RecordedCommand {
  /** Counts the commands of a recording from 1; its acknowledgement carries the same. */
  readonly id: number;
  /** `arm`, `stage`, `commit`, `start`, `disarm`, `stop`. */
  readonly command: string;
  /** The level of a stop, the hash of a commit, the gait of a stage; else "". */
  readonly words: string;
  /** The values it carried, by name: a stage's parameters and ramps. */
  readonly values: Readonly<Record<string, number>>;
  /** Robot time of the newest frame, s, and station clock when it had been written. */
  readonly tRobot: number;
  readonly tStation: number;
}

export interface RecordedAcknowledgement {
  readonly id: number;
  readonly command: string;
  /** Of a stop: confirmed. */
  readonly accepted: boolean;
  /** Why not, or the hash that the robot answered a stage with. */
  readonly words: string;
  /** From the command written to the answer, s of the station's clock. */
  readonly latency: number;
  /** When it took effect, robot time, s; NaN when the robot does not say. */
  readonly tRobot: number;
  readonly tStation: number;
}

export interface RecordedReport {
  readonly step: number;
  readonly tRobot: number;
  /** s measured so far */
  readonly time: number;
  readonly metrics: Metrics;
  readonly tStation: number;
}

export interface RecordedDecision {
  readonly step: number;
  readonly verdict: "go-on" | "stop";
  readonly reason: string;
  /** The reward of the report, and what it had to reach; NaN where there is none. */
  readonly value: number;
  readonly threshold: number;
  readonly tStation: number;
}

/** What is recorded one by one. */
export type RecordedEntry =
  | ({ readonly kind: "event" } & RecordedEvent)
  | ({ readonly kind: "command" } & RecordedCommand)
  | ({ readonly kind: "acknowledgement" } & RecordedAcknowledgement)
  | ({ readonly kind: "report" } & RecordedReport)
  | ({ readonly kind: "decision" } & RecordedDecision);

/** The rings, in this order: frames, streamed targets (in the order of the joints), margins (in the order of LIMIT_NAMES). */
export const RINGS = ["frame", "targets", "margins"] as const;
export type RingName = (typeof RINGS)[number];

/** Values that were ever pushed into each ring before; they are written first. */
export type RingMarks = Readonly<Record<RingName, number>>;

export type RecorderRequest = { readonly after: RingMarks } & (
  | { readonly kind: "begin"; readonly file: string; readonly header: RecordingHeader }
  | { readonly kind: "entry"; readonly entry: RecordedEntry }
  | {
      readonly kind: "end";
      readonly outcome: WalkOutcome;
      readonly tStation: number;
      /** Frames, targets and margins that found no room. */
      readonly dropped: number;
    }
);

export type RecorderAnswer =
  | { readonly kind: "ended"; readonly file: string }
  /** Nothing more of this walk is recorded, not even its outcome. */
  | { readonly kind: "failed"; readonly file: string; readonly words: string }
  /** The disk is full: telemetry is recorded no further, but the outcome will be. */
  | { readonly kind: "full"; readonly file: string; readonly words: string };

export interface RecorderData {
  readonly rings: Readonly<Record<RingName, { readonly buffer: SharedArrayBuffer; readonly length: number }>>;
}
