/**
 * One walk's recording: telemetry as the ROS messages that viewers know and as it came, what was sent and answered, what was
 * judged and by what, events, and the outcome.
 *
 * The stamp in a message's header is the robot's time. A message is logged under the station's time of its arrival, turned
 * into a date.
 */
import type { Bounds, Limit } from "../safety/limit.ts";
import { LIMIT_NAMES } from "../safety/limit.ts";
import { McapFile } from "./mcap-file.ts";
import type { WalkOutcome } from "./messages.ts";
import type { RecordedEntry, RecordingHeader, RingName } from "./recording-messages.ts";
import {
  type RosHeader,
  type TelemetryTopic,
  TOPICS,
  type TopicName,
  telemetryTopics,
} from "./recording-topics.ts";
import { type RosType, rosType } from "./ros-messages.ts";

const LEVELS = { info: 0, warn: 1, error: 2 } as const;

interface OpenTopic {
  readonly id: number;
  readonly ros: RosType;
}

export class RecordingWriter {
  readonly #file: McapFile;
  readonly #header: RecordingHeader;
  readonly #topics: Readonly<Record<TopicName, OpenTopic>>;
  readonly #telemetry: readonly (OpenTopic & TelemetryTopic & { next: number })[];

  private constructor(file: McapFile, header: RecordingHeader) {
    this.#file = file;
    this.#header = header;
    const { channels, joints } = header;
    const metadata: Partial<Record<TopicName, object>> = {
      frame: channels,
      margins: LIMIT_NAMES,
      targets: joints,
    };
    const open = (topic: string, name: string, of?: object): OpenTopic => {
      const ros = known.get(name) ?? rosType(name);
      known.set(name, ros);
      const entries = of === undefined ? [] : ([["channels", JSON.stringify(of)]] as const);
      return { id: file.addChannel(topic, ros, new Map(entries)), ros };
    };
    this.#topics = Object.fromEntries(
      Object.entries(TOPICS).map(([name, { topic, type }]) => [
        name,
        open(topic, type, metadata[name as TopicName]),
      ]),
    ) as Record<TopicName, OpenTopic>;
    const indices = new Map(channels.map(({ name }, index) => [name, index]));
    this.#telemetry = telemetryTopics(joints, (name) => indices.get(name) ?? -1).map((topic) => ({
      ...topic,
      ...open(topic.topic, topic.type),
      next: Number.NEGATIVE_INFINITY,
    }));
  }

  /** @throws the system's error when the file cannot be made */
  static create(path: string, header: RecordingHeader): RecordingWriter {
    const file = McapFile.create(path);
    try {
      const writer = new RecordingWriter(file, header);
      writer.#begin();
      return writer;
    } catch (error) {
      file.abandon();
      throw error;
    }
  }

  /** The disk's words once it was full; rows are left out from then on. */
  get full(): string | null {
    return this.#file.full;
  }

  /** A row of a ring. @param tArrival station clock, s */
  row(ring: RingName, seq: number, tRobot: number, tArrival: number, values: Float64Array): void {
    if (this.full !== null) return;
    if (ring === "frame") this.#frame(seq, tRobot, tArrival, values);
    else if (ring === "margins") this.#write("margins", tArrival, { t_robot: tRobot, values });
    else
      this.#write("targets", tArrival, {
        header: { seq, stamp: stamp(tRobot), frame_id: "trunk" },
        name: this.#header.joints,
        position: values,
        velocity: [],
        effort: [],
      });
  }

  entry(entry: RecordedEntry): void {
    const { tStation } = entry;
    switch (entry.kind) {
      case "event":
        this.#write("event", tStation, this.#diagnostics(entry));
        return;
      case "command": {
        const { id, command: kind, words, tRobot } = entry;
        const names = Object.keys(entry.values);
        const values = Object.values(entry.values);
        this.#write("command", tStation, {
          id,
          kind,
          words,
          names,
          values,
          t_robot: tRobot,
          t_station: tStation,
        });
        return;
      }
      case "acknowledgement": {
        const { id, command: kind, accepted, words, latency, tRobot } = entry;
        this.#write("acknowledgement", tStation, { id, kind, accepted, words, latency, t_robot: tRobot });
        return;
      }
      case "report": {
        const { step, tRobot, time, metrics } = entry;
        this.#write("report", tStation, { ...metrics, step, t_robot: tRobot, time });
        return;
      }
      case "decision": {
        const { step, verdict, reason, value, threshold } = entry;
        this.#write("decision", tStation, { step, verdict, reason, value, threshold });
      }
    }
  }

  /** The last record. @param tStation station clock, s */
  outcome(outcome: WalkOutcome, tStation: number): void {
    this.#write("outcome", tStation, { json: JSON.stringify(outcome) });
    this.#file.closeChunk();
  }

  /** To be called every few milliseconds, see {@link McapFile.tick}. */
  tick(): void {
    this.#file.tick();
  }

  end(): void {
    this.#file.end();
  }

  abandon(): void {
    this.#file.abandon();
  }

  /** What the walk is and what it may not cross, in a chunk of their own with every definition. */
  #begin(): void {
    const { robotId, trial, attempt, configHash, parameters, envelope, stationStart } = this.#header;
    this.#file.addMetadata(
      "gaitsmith",
      new Map([
        ["robot", robotId],
        ["trial", String(trial)],
        ["attempt", String(attempt)],
        ["config", configHash],
        ["parameters", JSON.stringify(parameters)],
        ["limits", JSON.stringify(envelope)],
      ]),
    );
    this.#write("trial", stationStart, {
      robot: robotId,
      trial,
      attempt,
      config: configHash,
      parameter_names: Object.keys(parameters),
      parameter_values: Object.values(parameters),
      station_start: stationStart,
    });
    this.#write("limits", stationStart, {
      limits: LIMIT_NAMES.flatMap((name) => limitMessages(envelope[name])),
    });
    this.#file.closeChunk();
  }

  #frame(seq: number, tRobot: number, tArrival: number, values: Float64Array): void {
    this.#write("frame", tArrival, { seq, t_robot: tRobot, t_arrival: tArrival, values });
    const header: RosHeader = { seq, stamp: stamp(tRobot), frame_id: "trunk" };
    const time = this.#time(tArrival);
    for (const topic of this.#telemetry) {
      const { rate } = topic;
      if (rate !== undefined) {
        if (tArrival < topic.next) continue;
        topic.next = tArrival + 1 / rate;
      }
      this.#file.write(topic.id, time, topic.ros.write(topic.message(header, values)));
    }
  }

  #diagnostics(event: Extract<RecordedEntry, { kind: "event" }>): unknown {
    const values = { t_robot: event.tRobot, t_station: event.tStation, frame: event.frame };
    return {
      header: { seq: 0, stamp: stamp(event.tRobot), frame_id: "" },
      status: [
        {
          level: LEVELS[event.level],
          name: event.name,
          message: event.words,
          hardware_id: this.#header.robotId,
          values: Object.entries(values).map(([key, value]) => ({ key, value: String(value) })),
        },
      ],
    };
  }

  #write(topic: TopicName, tStation: number, message: unknown): void {
    const { id, ros } = this.#topics[topic];
    this.#file.write(id, this.#time(tStation), ros.write(message));
  }

  /** Station time → wall time, ns: viewers show dates. */
  #time(tStation: number): bigint {
    const { wallStart, stationStart } = this.#header;
    const seconds = Number.isFinite(tStation) ? Math.max(0, tStation - stationStart) : 0;
    return BigInt(Math.round(wallStart)) * 1_000_000n + BigInt(Math.round(seconds * 1e9));
  }
}

/** Building a serialiser takes a while; recordings follow one another. */
const known = new Map<string, RosType>();

/** Where a walk is noted before its limit is reached, where the limit has such bounds. */
interface SoftBounds {
  readonly softLow?: number;
  readonly softHigh?: number;
}

/** A limit, and once more for every joint with bounds of its own. */
function limitMessages(limit: Limit): unknown[] {
  const { name, unit, action, outcome, unwatched = "", debounce } = limit;
  const { softLow = Number.NaN, softHigh = Number.NaN } = limit as Limit & SoftBounds;
  const rule =
    debounce.kind === "streak"
      ? `streak of ${debounce.frames}`
      : debounce.kind === "window"
        ? `mean of ${debounce.seconds} s`
        : "single";
  const shared = { name, unit, debounce: rule, action, outcome, unwatched };
  const message = ({ low, high, nominal }: Bounds, joint: string): unknown => ({
    ...shared,
    joint,
    ...{ low, high, nominal, soft_low: softLow, soft_high: softHigh },
  });
  const own = Object.entries(limit.joints ?? {});
  return [message(limit, ""), ...own.map(([joint, bounds]) => message(bounds, joint))];
}

/** A ROS 1 time: robot time where it is one, else 0. */
function stamp(seconds: number): { sec: number; nsec: number } {
  if (!(seconds >= 0)) return { sec: 0, nsec: 0 };
  const sec = Math.floor(seconds);
  return { sec, nsec: Math.floor((seconds - sec) * 1e9) };
}
