/** One topic as it is listened to: its newest message, whether that is too old, and what was wrong with others. */
import type { TopicMapping } from "../../../config/rosbridge-link.ts";
import type { CheckedTopic } from "./check-telemetry.ts";
import { TopicExtractor } from "./extract.ts";
import type { FieldStep } from "./field-path.ts";
import { type RawReader, rawBytes } from "./raw-message.ts";
import type { StampOrigin } from "./ros-stamp.ts";
import { StampOrder } from "./stamp-order.ts";

/** A topic is stale after so many of its periods, but not before so many s. */
const STALE_PERIODS = 3;
const STALE_AT_LEAST = 0.1;

export interface TopicCounts {
  messages: number;
  /** Not newer than the one before it, by their stamps: not used. */
  repeated: number;
  /** Newer than the one before it by more than the time between them, by their stamps: not used. */
  ahead: number;
  /** Without a stamp where the config says there is one, or with an unset one: not used. */
  unstamped: number;
  /** No message of the type at all: not used. */
  undecodable: number;
  /** Values that were null, missing or of another type. */
  implausible: number;
}

export class TelemetryTopic {
  readonly mapping: TopicMapping;
  readonly counts: TopicCounts = {
    messages: 0,
    repeated: 0,
    ahead: 0,
    unstamped: 0,
    undecodable: 0,
    implausible: 0,
  };
  /** Which of the frame's values are its own: from, and up to. */
  readonly first: number;
  readonly end: number;
  /** s; without a message for longer, it is stale. */
  readonly patience: number;
  readonly extractor: TopicExtractor;
  /** Stamp of the newest message, s since the origin; NaN: none yet, or its messages have none. */
  stamp = Number.NaN;
  /** When that came, station clock, s; NaN: none yet. */
  heardAt = Number.NaN;
  /** The newest message, until the next one. */
  message: unknown = null;
  /** Why the newest message of all was not used; null: it was. */
  refused: "undecodable" | "unstamped" | "repeated" | "ahead" | null = null;
  /** By how much its clock was set before the newest message, s; 0: it was not. */
  clockSet = 0;
  readonly #order: StampOrder;
  readonly #steps: readonly FieldStep[] | null;
  readonly #read: RawReader;

  /** @param settable its stamps are those of a clock that may be set */
  constructor({ mapping, stamp, fields }: CheckedTopic, first: number, read: RawReader, settable: boolean) {
    this.mapping = mapping;
    this.first = first;
    let index = first;
    const compiled = fields.map((picked, at) => {
      const field = { mapping: mapping.channels[at]!, picked, first: index };
      index += field.mapping.channels.length;
      return field;
    });
    this.end = index;
    // Messages that the server drops on our wish are not missed.
    const period = Math.max(1 / mapping.rate, mapping.throttle);
    this.patience = Math.max(STALE_PERIODS * period, STALE_AT_LEAST);
    this.extractor = new TopicExtractor(compiled);
    this.#steps = stamp;
    this.#read = read;
    this.#order = new StampOrder(settable);
  }

  get stamped(): boolean {
    return this.#steps !== null;
  }

  /** @returns whether it was a message, newer than the last one: then its values are in the frame */
  take(message: unknown, heardAt: number, origin: StampOrigin, values: Float64Array): boolean {
    this.counts.messages++;
    this.refused = this.#use(message, heardAt, origin, values);
    if (this.refused !== null) this.counts[this.refused]++;
    return this.refused === null;
  }

  /**
   * @param now station clock, s
   * @param frame stamp of the newest frame, s since the origin; NaN: unknown
   */
  isStale(now: number, frame: number): boolean {
    if (!(now - this.heardAt <= this.patience)) return true;
    // A stamp far ahead is as wrong as an old one: its true age is not known.
    return Math.abs(frame - this.stamp) > this.patience;
  }

  /** The robot's clock was set: this topic's next message is taken, whatever its stamp. */
  beginAnew(): void {
    this.#order.beginAnew();
  }

  #use(
    message: unknown,
    heardAt: number,
    origin: StampOrigin,
    values: Float64Array,
  ): TelemetryTopic["refused"] {
    const bytes = rawBytes(message);
    const content = bytes === null ? message : this.#read(bytes);
    if (typeof content !== "object" || content === null || Array.isArray(content)) return "undecodable";
    let stamp = Number.NaN;
    if (this.#steps !== null) {
      stamp = origin.read(content, this.#steps);
      if (Number.isNaN(stamp)) return "unstamped";
      const verdict = this.#order.judge(stamp, heardAt);
      if (verdict === "repeated" || verdict === "ahead") return verdict;
      this.clockSet = verdict === "new clock" ? this.#order.set : 0;
      this.stamp = stamp;
    }
    this.heardAt = heardAt;
    this.message = content;
    const time = this.#steps === null ? heardAt : stamp;
    this.counts.implausible += this.extractor.take(content, time, values);
    return null;
  }
}
