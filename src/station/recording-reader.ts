/** Reads recordings back, complete or cut off. */
import { existsSync } from "node:fs";
import type { Channel } from "../robot/telemetry-frame.ts";
import { partPath, readMcap } from "./mcap-file.ts";
import type { WalkOutcome } from "./messages.ts";
import type { RecordedEvent } from "./recording-messages.ts";
import { rosReader } from "./ros-messages.ts";

export interface RecordedFrame {
  readonly kind: "frame";
  readonly seq: number;
  /** s */
  readonly tRobot: number;
  readonly tArrival: number;
  /** In the order of `channels`. */
  readonly values: Float64Array;
  readonly channels: readonly Channel[];
}

export type RecordedItem =
  | RecordedFrame
  | ({ readonly kind: "event" } & RecordedEvent)
  | { readonly kind: "outcome"; readonly outcome: WalkOutcome };

const LEVELS = ["info", "warn", "error"] as const;

/**
 * Frames, events and the outcome in the order in which they happened, as far as the file goes.
 *
 * @param file the recording's path; the unfinished `.part` is read when there is no finished one
 */
export async function* readRecording(file: string): AsyncGenerator<RecordedItem> {
  const path = existsSync(file) ? file : partPath(file);
  const readers = new Map<string, (data: Uint8Array) => unknown>();
  let channels: readonly Channel[] = [];
  for await (const message of readMcap(path)) {
    const { topic, schema, data } = message;
    if (topic !== "/gaitsmith/frame" && topic !== "/diagnostics" && topic !== "/gaitsmith/outcome") continue;
    let read = readers.get(topic);
    if (read === undefined) {
      read = rosReader(schema.text);
      readers.set(topic, read);
      if (topic === "/gaitsmith/frame")
        channels = JSON.parse(message.metadata.get("channels") ?? "[]") as Channel[];
    }
    const content = read(data);
    if (topic === "/gaitsmith/frame") yield frameOf(content as WrittenFrame, channels);
    else if (topic === "/diagnostics") yield* eventsOf(content as WrittenDiagnostics);
    else yield { kind: "outcome", outcome: outcomeOf((content as { json: string }).json) };
  }
}

/** How a recorded walk ended, or null when the recording is missing, or cut off before it knew. */
export async function readOutcome(file: string): Promise<WalkOutcome | null> {
  if (!existsSync(file) && !existsSync(partPath(file))) return null;
  let outcome: WalkOutcome | null = null;
  for await (const item of readRecording(file)) if (item.kind === "outcome") outcome = item.outcome;
  return outcome;
}

interface WrittenFrame {
  readonly seq: number;
  readonly t_robot: number;
  readonly t_arrival: number;
  readonly values: Float64Array;
}

interface WrittenDiagnostics {
  readonly status: readonly {
    readonly level: number;
    readonly name: string;
    readonly message: string;
    readonly values: readonly { readonly key: string; readonly value: string }[];
  }[];
}

function frameOf(written: WrittenFrame, channels: readonly Channel[]): RecordedFrame {
  return {
    kind: "frame",
    seq: written.seq,
    tRobot: written.t_robot,
    tArrival: written.t_arrival,
    values: written.values,
    channels,
  };
}

function* eventsOf(written: WrittenDiagnostics): Generator<RecordedItem> {
  for (const status of written.status) {
    const value = (key: string): number =>
      Number(status.values.find((one) => one.key === key)?.value ?? Number.NaN);
    yield {
      kind: "event",
      level: LEVELS[status.level] ?? "error",
      name: status.name,
      words: status.message,
      tRobot: value("t_robot"),
      tStation: value("t_station"),
      frame: value("frame"),
    };
  }
}

/** JSON has no NaN: the time of a walk that never began is written as null. Older recordings lack the distance. */
function outcomeOf(json: string): WalkOutcome {
  const outcome = JSON.parse(json) as WalkOutcome & { reason: { time: number | null } };
  const time = outcome.reason.time ?? Number.NaN;
  return { ...outcome, distance: outcome.distance ?? null, reason: { ...outcome.reason, time } };
}
