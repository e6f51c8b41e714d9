/** What a recording holds, in one pass through it and with memory that does not grow with it. */
import type { McapCondition } from "./mcap-reader.ts";
import { readMcap } from "./mcap-reader.ts";
import type { WalkOutcome } from "./messages.ts";
import { itemDecoder, type RecordedItem, type RecordedLimit, recordingFile } from "./recording-reader.ts";
import { REPAIR_METADATA } from "./recording-repair.ts";

/** Times are seconds since the beginning of the recording, unless they are called otherwise. */
export interface RecordingSummary {
  readonly file: string;
  readonly condition: McapCondition;
  /** What a repaired recording was made from, in words; null: it was never repaired. */
  readonly repaired: string | null;
  readonly robot: string | null;
  readonly trial: number | null;
  readonly attempt: number | null;
  /** Hash of the hardware config's text. */
  readonly config: string | null;
  readonly parameters: Readonly<Record<string, number>>;
  readonly started: Date | null;
  /** s */
  readonly duration: number;
  readonly topics: readonly TopicSummary[];
  readonly events: readonly { readonly time: number; readonly item: Of<"event"> }[];
  readonly commands: readonly {
    readonly time: number;
    readonly command: Of<"command">;
    readonly answer: Of<"acknowledgement"> | null;
  }[];
  readonly reports: readonly {
    readonly time: number;
    readonly report: Of<"report">;
    readonly decision: Of<"decision"> | null;
  }[];
  readonly limits: readonly LimitSummary[];
  /** Null: cut off before the walk ended. */
  readonly outcome: WalkOutcome | null;
}

export interface TopicSummary {
  readonly topic: string;
  readonly type: string;
  readonly messages: number;
  /** Hz; NaN of fewer than two messages. */
  readonly rate: number;
  /** s from its first to its last message */
  readonly duration: number;
}

export interface LimitSummary extends RecordedLimit {
  /**
   * Where the debounced value came closest to its bound, as far as the recorded samples show; null: never watched.
   * `left`: what was left of the way from nominal to the bound, 1 at nominal or on its far side, 0 at the bound, less
   * beyond it.
   */
  readonly closest: { readonly time: number; readonly value: number; readonly left: number } | null;
}

type Of<K extends RecordedItem["kind"]> = Extract<RecordedItem, { kind: K }>;

/** Beyond this many, events and commands are those of a program gone wild. */
const MOST_LISTED = 10_000;

/** @throws the system's error when the file cannot be read */
export async function summarise(file: string): Promise<RecordingSummary> {
  const path = recordingFile(file);
  const decode = itemDecoder(ONCE);
  const topics = new Map<string, { type: string; messages: number; first: bigint; last: bigint }>();
  const found = new Found();
  let condition: McapCondition | null = null;
  let repaired: string | null = null;
  let start: bigint | null = null;
  let end = 0n;
  const messages = readMcap(path, {
    channel: (topic, { name }) => {
      if (!topics.has(topic)) topics.set(topic, { type: name, messages: 0, first: 0n, last: 0n });
    },
    metadata: (name, values) => {
      if (name === REPAIR_METADATA) repaired = values.get("problems") ?? "";
    },
    condition: (final) => {
      condition = final;
    },
  });
  for await (const message of messages) {
    const topic = topics.get(message.topic)!;
    if (topic.messages++ === 0) topic.first = message.time;
    topic.last = message.time;
    start ??= message.time;
    if (message.time > end) end = message.time;
    const time = Number(message.time - start) / 1e9;
    for (const item of decode(message)) found.take(item, time);
  }
  const { trial } = found;
  return {
    file: path,
    condition: condition as unknown as McapCondition,
    repaired,
    robot: trial?.robot ?? null,
    trial: trial?.trial ?? null,
    attempt: trial?.attempt ?? null,
    config: trial?.config ?? null,
    parameters: trial?.parameters ?? {},
    started: start === null ? null : new Date(Number(start / 1_000_000n)),
    duration: start === null ? 0 : Number(end - start) / 1e9,
    topics: [...topics].map(([topic, { type, messages, first, last }]) => {
      const duration = Number(last - first) / 1e9;
      return { topic, type, messages, rate: messages > 1 ? (messages - 1) / duration : Number.NaN, duration };
    }),
    events: found.events,
    commands: found.commands,
    reports: found.reports,
    limits: found.limits.map(({ closest, ...limit }) => ({
      ...limit,
      closest: closest === null ? null : { ...closest, left: Math.min(1, closest.left) },
    })),
    outcome: found.outcome,
  };
}

/** Telemetry and targets are only counted. */
const ONCE = [
  "trial",
  "limits",
  "margins",
  "command",
  "acknowledgement",
  "report",
  "decision",
  "event",
  "outcome",
] as const satisfies readonly RecordedItem["kind"][];

type Writable<T> = { -readonly [K in keyof T]: T[K] };

class Found {
  trial: Of<"trial"> | null = null;
  outcome: WalkOutcome | null = null;
  readonly events: { time: number; item: Of<"event"> }[] = [];
  readonly commands: Writable<RecordingSummary["commands"][number]>[] = [];
  readonly reports: Writable<RecordingSummary["reports"][number]>[] = [];
  limits: Writable<LimitSummary>[] = [];

  take(item: RecordedItem, time: number): void {
    switch (item.kind) {
      case "trial":
        this.trial = item;
        return;
      case "limits":
        this.limits = item.limits.map((limit) => ({ ...limit, closest: null }));
        return;
      case "margins":
        for (const [index, name] of item.limits.entries()) this.#approach(name, item.values[index]!, time);
        return;
      case "event":
        if (this.events.length < MOST_LISTED) this.events.push({ time, item });
        return;
      case "command":
        if (this.commands.length < MOST_LISTED) this.commands.push({ time, command: item, answer: null });
        return;
      case "acknowledgement": {
        const asked = this.commands.findLast(({ command }) => command.id === item.id);
        if (asked !== undefined) asked.answer = item;
        return;
      }
      case "report":
        this.reports.push({ time, report: item, decision: null });
        return;
      case "decision": {
        const reported = this.reports.findLast(({ report }) => report.step === item.step);
        if (reported !== undefined) reported.decision = item;
        return;
      }
      case "outcome":
        this.outcome = item.outcome;
    }
  }

  #approach(name: string, value: number, time: number): void {
    if (Number.isNaN(value)) return;
    const bounds = this.limits.filter((one) => one.name === name);
    const limit = bounds.find(({ joint }) => joint === "");
    if (limit === undefined) return;
    // Which joint it is of is not recorded: by the bounds of the freest it may be judged too mildly, never too hard.
    const room = Math.max(...bounds.map((one) => roomLeft(one, value)));
    if (limit.closest === null || room < limit.closest.left) limit.closest = { time, value, left: room };
  }
}

/** Share of the way from nominal to the nearer bound that is left; beyond 1 on the far side of nominal. */
function roomLeft({ low, high, nominal }: RecordedLimit, value: number): number {
  const share = (room: number, way: number): number =>
    Number.isFinite(way) ? room / way : Number.POSITIVE_INFINITY;
  return Math.min(share(high - value, high - nominal), share(value - low, nominal - low));
}
