/** Reads recordings back, complete or cut off. */
import { existsSync } from "node:fs";
import type { Metrics } from "../config/metrics.ts";
import type { Channel } from "../robot/telemetry-frame.ts";
import { partPath } from "./mcap-file.ts";
import { type McapListener, type McapMessage, readMcap } from "./mcap-reader.ts";
import type { WalkOutcome } from "./messages.ts";
import type { RecordedEntry, RecordedReport } from "./recording-messages.ts";
import { TOPICS } from "./recording-topics.ts";
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

export interface RecordedTrial {
  readonly kind: "trial";
  readonly robot: string;
  readonly trial: number;
  readonly attempt: number;
  /** Hash of the hardware config's text. */
  readonly config: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** Station clock at its beginning, s. */
  readonly stationStart: number;
}

export interface RecordedLimit {
  readonly name: string;
  /** Whose own bounds these are; "": everybody else's. */
  readonly joint: string;
  readonly unit: string;
  readonly low: number;
  readonly high: number;
  readonly nominal: number;
  /** NaN: none. */
  readonly soft_low: number;
  readonly soft_high: number;
  readonly debounce: string;
  readonly action: string;
  readonly outcome: string;
  /** Why it is not watched; "": it is. */
  readonly unwatched: string;
}

export interface RecordedMargins {
  readonly kind: "margins";
  readonly tRobot: number;
  /** Debounced values in the order of `limits`; NaN: not watched then. */
  readonly values: Float64Array;
  readonly limits: readonly string[];
}

export type RecordedItem =
  | RecordedTrial
  | { readonly kind: "limits"; readonly limits: readonly RecordedLimit[] }
  | RecordedFrame
  | RecordedMargins
  | { readonly kind: "targets"; readonly tRobot: number; readonly positions: Float64Array }
  | RecordedEntry
  | { readonly kind: "outcome"; readonly outcome: WalkOutcome };

const LEVELS = ["info", "warn", "error"] as const;

/**
 * What a recording holds in the order in which it was written, as far as the file goes.
 *
 * @param file the recording's path; the unfinished `.part` is read when there is no finished one
 * @param wanted kinds of items; others are not decoded
 * @throws the system's error when the file cannot be read
 */
export async function* readRecording(
  file: string,
  wanted?: readonly RecordedItem["kind"][],
  listener: McapListener = {},
): AsyncGenerator<RecordedItem> {
  const decode = itemDecoder(wanted);
  for await (const message of readMcap(recordingFile(file), listener)) yield* decode(message);
}

/** @returns the file itself, or what its dead writer has left of it */
export function recordingFile(file: string): string {
  return existsSync(file) || !existsSync(partPath(file)) ? file : partPath(file);
}

/** Message → items. Messages of topics that are not ours, and such that do not hold what their topic says, give none. */
export function itemDecoder(
  wanted?: readonly RecordedItem["kind"][],
): (message: McapMessage) => readonly RecordedItem[] {
  const readers = new Map<string, (data: Uint8Array) => unknown>();
  const kinds = new Map<string, RecordedItem["kind"]>(
    Object.entries(TOPICS).map(([kind, { topic }]) => [topic, kind as RecordedItem["kind"]]),
  );
  const names = new Map<string, unknown>();
  return ({ topic, schema, data, time, metadata }) => {
    const kind = kinds.get(topic);
    if (kind === undefined || wanted?.includes(kind) === false) return [];
    try {
      let read = readers.get(topic);
      if (read === undefined) {
        read = rosReader(schema.text);
        readers.set(topic, read);
        names.set(topic, JSON.parse(metadata.get("channels") ?? "[]"));
      }
      return items(kind, read(data) as never, time, names.get(topic));
    } catch {
      // Another program's topic of the same name.
      return [];
    }
  };
}

/** How a recorded walk ended and what it reported on the way. */
export interface RecordedWalk {
  readonly outcome: WalkOutcome;
  readonly reports: readonly RecordedReport[];
}

/** Null when the recording is missing, or cut off before it knew how the walk ended. */
export async function readWalk(file: string): Promise<RecordedWalk | null> {
  if (!existsSync(recordingFile(file))) return null;
  let outcome: WalkOutcome | null = null;
  const reports: RecordedReport[] = [];
  for await (const item of readRecording(file, ["report", "outcome"])) {
    if (item.kind === "outcome") outcome = item.outcome;
    else if (item.kind === "report") reports.push(item);
  }
  return outcome === null ? null : { outcome, reports };
}

export async function readOutcome(file: string): Promise<WalkOutcome | null> {
  return (await readWalk(file))?.outcome ?? null;
}

/** What is written under each topic, see `ros-messages.ts`. */
interface Written {
  readonly trial: {
    readonly robot: string;
    readonly trial: number;
    readonly attempt: number;
    readonly config: string;
    readonly parameter_names: readonly string[];
    readonly parameter_values: Float64Array;
    readonly station_start: number;
  };
  readonly limits: { readonly limits: readonly RecordedLimit[] };
  readonly frame: {
    readonly seq: number;
    readonly t_robot: number;
    readonly t_arrival: number;
    readonly values: Float64Array;
  };
  readonly margins: { readonly t_robot: number; readonly values: Float64Array };
  readonly targets: {
    readonly header: { readonly stamp: { readonly sec: number; readonly nsec: number } };
    readonly position: Float64Array;
  };
  readonly command: {
    readonly id: number;
    readonly kind: string;
    readonly words: string;
    readonly names: readonly string[];
    readonly values: Float64Array;
    readonly t_robot: number;
    readonly t_station: number;
  };
  readonly acknowledgement: {
    readonly id: number;
    readonly kind: string;
    readonly accepted: boolean;
    readonly words: string;
    readonly latency: number;
    readonly t_robot: number;
  };
  readonly report: Metrics & { readonly step: number; readonly t_robot: number; readonly time: number };
  readonly decision: {
    readonly step: number;
    readonly verdict: "go-on" | "stop";
    readonly reason: string;
    readonly value: number;
    readonly threshold: number;
  };
  readonly event: {
    readonly status: readonly {
      readonly level: number;
      readonly name: string;
      readonly message: string;
      readonly values: readonly { readonly key: string; readonly value: string }[];
    }[];
  };
  readonly outcome: { readonly json: string };
}

function items(
  kind: RecordedItem["kind"],
  message: never,
  time: bigint,
  names: unknown,
): readonly RecordedItem[] {
  // When it was logged, as a date: all that a message without the station's time has.
  const tStation = Number(time) / 1e9;
  switch (kind) {
    case "trial": {
      const { robot, trial, attempt, config, ...written } = message as Written["trial"];
      const { parameter_names, parameter_values, station_start: stationStart } = written;
      const parameters = record(parameter_names, parameter_values);
      return [{ kind, robot, trial, attempt, config, parameters, stationStart }];
    }
    case "limits":
      return [{ kind, limits: (message as Written["limits"]).limits }];
    case "frame": {
      const { seq, t_robot: tRobot, t_arrival: tArrival, values } = message as Written["frame"];
      return [{ kind, seq, tRobot, tArrival, values, channels: names as readonly Channel[] }];
    }
    case "margins": {
      const { t_robot: tRobot, values } = message as Written["margins"];
      return [{ kind, tRobot, values, limits: names as readonly string[] }];
    }
    case "targets": {
      const { header, position } = message as Written["targets"];
      return [{ kind, tRobot: header.stamp.sec + header.stamp.nsec / 1e9, positions: position }];
    }
    case "command": {
      const { id, kind: command, words, t_robot: tRobot, ...written } = message as Written["command"];
      const values = record(written.names, written.values);
      return [{ kind, id, command, words, values, tRobot, tStation: written.t_station }];
    }
    case "acknowledgement": {
      const {
        id,
        kind: command,
        accepted,
        words,
        latency,
        t_robot: tRobot,
      } = message as Written["acknowledgement"];
      return [{ kind, id, command, accepted, words, latency, tRobot, tStation }];
    }
    case "report": {
      const { step, t_robot: tRobot, time: measured, ...metrics } = message as Written["report"];
      return [{ kind, step, tRobot, time: measured, metrics, tStation }];
    }
    case "decision":
      return [{ kind, ...(message as Written["decision"]), tStation }];
    case "event":
      return (message as Written["event"]).status.map((status) => {
        const value = (key: string): number =>
          Number(status.values.find((one) => one.key === key)?.value ?? Number.NaN);
        return {
          kind,
          level: LEVELS[status.level] ?? "error",
          name: status.name,
          words: status.message,
          tRobot: value("t_robot"),
          tStation: value("t_station"),
          frame: value("frame"),
        };
      });
    case "outcome":
      return [{ kind, outcome: outcomeOf((message as Written["outcome"]).json) }];
  }
}

function record(names: readonly string[], values: Float64Array): Record<string, number> {
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? Number.NaN]));
}

/** JSON has no NaN: the time of a walk that never began is written as null. Older recordings lack the distance. */
function outcomeOf(json: string): WalkOutcome {
  const outcome = JSON.parse(json) as WalkOutcome & { reason: { time: number | null } };
  const time = outcome.reason.time ?? Number.NaN;
  return { ...outcome, distance: outcome.distance ?? null, reason: { ...outcome.reason, time } };
}
