/**
 * Frames from messages. Every message of one topic makes a frame; of the others a frame has the newest values, and NaN
 * once they are too old. Nothing is allocated per frame beyond what the parsing of the message has allocated.
 */
import type { RosbridgeLinkConfig } from "../../../config/rosbridge-link.ts";
import { type Channel, ChannelLayout } from "../../../robot/telemetry-frame.ts";
import { type CheckedTopic, checkTelemetry } from "./check-telemetry.ts";
import { MessageDefinitions } from "./definitions.ts";
import { type FieldStep, resolveField, valueAt } from "./field-path.ts";
import { type Finding, refuseErrors } from "./finding.ts";
import { rawReader } from "./raw-message.ts";
import { StampOrigin } from "./ros-stamp.ts";
import { spelledFor } from "./ros-types.ts";
import { TelemetryTopic, type TopicCounts } from "./telemetry-topic.ts";

export interface Subscription {
  readonly topic: string;
  /** As a server of that ROS spells it. */
  readonly type: string;
  readonly encoding: "json" | "cbor-raw";
  /** s */
  readonly throttle: number;
  readonly queue: number;
}

export interface MappingCounts extends Readonly<TopicCounts> {
  readonly frames: number;
  /** Missing between two frames, by their numbers. */
  readonly lost: number;
  /** Times that a topic's values were left out of a frame as too old. */
  readonly stale: number;
  /** Of topics that are not in the mapping. */
  readonly unmapped: number;
}

export interface TopicFigures extends Readonly<TopicCounts> {
  readonly topic: string;
  /** Of the newest message, s since the origin; NaN: none yet, or its messages have none. */
  readonly stamp: number;
  /** When that came, station clock, s; NaN: none yet. */
  readonly heardAt: number;
}

export interface MappedTelemetry {
  readonly layout: ChannelLayout;
  readonly subscriptions: readonly Subscription[];
  /**
   * @param message parsed from JSON, or `{secs, nsecs, bytes}` of cbor-raw, whatever was asked for
   * @param heardAt station clock, s
   * @returns whether it completed a frame
   */
  take(topic: string, message: unknown, heardAt: number): boolean;
  /**
   * The newest frame, overwritten by the next message. `stamp` is the time of the message that made it, s since
   * {@link origin}; of messages without a stamp their arrival on the station's clock. `seq` counts modulo 2³². `clockSet` is
   * by how much the clock of the stamps was set before it, s; 0: it was not.
   */
  readonly frame: {
    readonly values: Float64Array;
    readonly stamp: number;
    readonly seq: number;
    readonly clockSet: number;
  };
  /**
   * Whole seconds of ROS time: ROS time = origin + stamp. NaN until the first stamp was read, and where frames have none.
   */
  readonly origin: number;
  /**
   * Topics that have been silent for too long or whose stamps differ too much from the frames', at this moment.
   *
   * @param now station clock, s
   * @returns a list that is reused
   */
  stale(now: number): readonly string[];
  /** What is wrong with the messages of a topic, in words; null: with the newest nothing is. */
  wrongWith(topic: string): string | null;
  readonly counts: MappingCounts;
  readonly topics: readonly TopicFigures[];
  /** What the messages so far have shown about the mapping. */
  findings(): Finding[];
}

/**
 * @param joints of the robot, by the names the channels go by
 * @throws CONFIG_INVALID with every field that is not in its message, and the nearest that is
 */
export function compileMapping(
  link: RosbridgeLinkConfig,
  joints: readonly string[],
  ros: 1 | 2,
): MappedTelemetry {
  const definitions = new MessageDefinitions(link.definitions, ros);
  const { topics, findings } = checkTelemetry(link, joints, definitions);
  refuseErrors(findings);
  return new FrameAssembly(link, topics, definitions);
}

const SEQUENCE: readonly FieldStep[] = [
  { name: "header", index: null },
  { name: "seq", index: null },
];
/** So often a header's number may disagree with the stamps before it is not looked at any more. */
const MOST_DISAGREEMENTS = 3;

class FrameAssembly implements MappedTelemetry {
  readonly layout: ChannelLayout;
  readonly subscriptions: readonly Subscription[];
  readonly frame: { readonly values: Float64Array; stamp: number; seq: number; clockSet: number };
  readonly #topics = new Map<string, TelemetryTopic>();
  readonly #others: readonly TelemetryTopic[];
  readonly #frames: TelemetryTopic;
  readonly #origin = new StampOrigin();
  readonly #numbering: FrameNumbering;
  readonly #stale: string[] = [];
  #count = 0;
  #lost = 0;
  #left = 0;
  #unmapped = 0;

  constructor(link: RosbridgeLinkConfig, checked: readonly CheckedTopic[], definitions: MessageDefinitions) {
    const channels: Channel[] = [];
    const settable = link.clock === "realtime";
    for (const topic of checked) {
      const { mapping } = topic;
      const read = rawReader(definitions, mapping.type);
      this.#topics.set(mapping.topic, new TelemetryTopic(topic, channels.length, read, settable));
      for (const field of mapping.channels) {
        for (const [index, name] of field.channels.entries()) {
          const joint = field.joints?.[index];
          const { unit, source } = field;
          channels.push(joint === undefined ? { name, unit, source } : { name, unit, source, joint });
        }
      }
    }
    this.layout = new ChannelLayout(channels);
    this.subscriptions = checked.map(({ mapping: { topic, type, encoding, throttle, queue } }) => ({
      topic,
      type: spelledFor(definitions.ros, type),
      encoding,
      throttle,
      queue,
    }));
    this.#frames = this.#topics.get(link.telemetry.frames)!;
    this.#others = [...this.#topics.values()].filter((topic) => topic !== this.#frames);
    const { type, throttle } = this.#frames.mapping;
    const numbered = throttle === 0 && resolveField(definitions, type, "header.seq").ok;
    this.#numbering = new FrameNumbering(Math.max(1 / link.telemetry.rate, throttle), numbered);
    this.frame = {
      values: new Float64Array(channels.length).fill(Number.NaN),
      stamp: Number.NaN,
      seq: 0,
      clockSet: 0,
    };
  }

  take(topic: string, message: unknown, heardAt: number): boolean {
    const known = this.#topics.get(topic);
    if (known === undefined) {
      this.#unmapped++;
      return false;
    }
    if (!known.take(message, heardAt, this.#origin, this.frame.values) || known !== this.#frames)
      return false;
    this.#complete(heardAt);
    return true;
  }

  get origin(): number {
    return this.#frames.stamped ? this.#origin.seconds : Number.NaN;
  }

  stale(now: number): readonly string[] {
    this.#stale.length = 0;
    const frame = this.#frames.stamp;
    if (this.#frames.isStale(now, frame)) this.#stale.push(this.#frames.mapping.topic);
    for (const topic of this.#others) if (topic.isStale(now, frame)) this.#stale.push(topic.mapping.topic);
    return this.#stale;
  }

  wrongWith(topic: string): string | null {
    const { mapping, refused } = this.#topics.get(topic)!;
    switch (refused) {
      case "undecodable":
        return `what comes is no ${mapping.type}`;
      case "unstamped":
        return `what comes has no stamp in \`${mapping.stamp ?? ""}\``;
      case "repeated":
        return "what comes has the stamp of an earlier message, or an older one";
      case "ahead":
        return "what comes has a stamp that is ahead of its time";
      case null:
        return null;
    }
  }

  get counts(): MappingCounts {
    const total = { messages: 0, repeated: 0, ahead: 0, unstamped: 0, undecodable: 0, implausible: 0 };
    for (const { counts } of this.#topics.values()) {
      total.messages += counts.messages;
      total.repeated += counts.repeated;
      total.ahead += counts.ahead;
      total.unstamped += counts.unstamped;
      total.undecodable += counts.undecodable;
      total.implausible += counts.implausible;
    }
    return { ...total, frames: this.#count, lost: this.#lost, stale: this.#left, unmapped: this.#unmapped };
  }

  get topics(): readonly TopicFigures[] {
    return [...this.#topics.values()].map(({ mapping: { topic }, counts, stamp, heardAt }) => ({
      topic,
      ...counts,
      stamp,
      heardAt,
    }));
  }

  findings(): Finding[] {
    return [...this.#topics.values()].flatMap(shownByMessages);
  }

  #complete(heardAt: number): void {
    const { frame } = this;
    const { stamp, message, clockSet } = this.#frames;
    const time = this.#frames.stamped ? stamp : heardAt;
    // What is missing by a clock that was set is what did not come meanwhile.
    const elapsed = time - frame.stamp - clockSet;
    const step = this.#count === 0 ? 1 : this.#numbering.step(elapsed, message);
    if (this.#count === 0) this.#numbering.begin(message);
    frame.stamp = time;
    frame.clockSet = clockSet;
    frame.seq = (frame.seq + step) >>> 0;
    this.#count++;
    this.#lost += step - 1;
    for (let index = 0; index < this.#others.length; index++) {
      const topic = this.#others[index]!;
      if (!topic.isStale(heardAt, stamp)) continue;
      // It is the same clock, and the rare messages of a slow topic need not prove it.
      if (clockSet !== 0) topic.beginAnew();
      frame.values.fill(Number.NaN, topic.first, topic.end);
      this.#left++;
    }
  }
}

/**
 * Numbers frames so that a gap is a lost one. ROS 1 counts a publisher's messages in their header; where that goes up
 * with the stamps it is better than they are, which jitter. Otherwise a gap of n periods has lost n − 1.
 */
class FrameNumbering {
  readonly #period: number;
  #numbered: boolean;
  #last = 0;
  #disagreements = 0;

  constructor(period: number, numbered: boolean) {
    this.#period = period;
    this.#numbered = numbered;
  }

  begin(message: unknown): void {
    const number = valueAt(message, SEQUENCE);
    if (typeof number === "number") this.#last = number;
  }

  /** @param elapsed since the last frame, s @returns how much further its number is, ≥ 1 */
  step(elapsed: number, message: unknown): number {
    const byStamp = Math.max(1, Math.round(elapsed / this.#period));
    if (!this.#numbered) return byStamp;
    const number = valueAt(message, SEQUENCE);
    const byNumber = typeof number === "number" ? (number - this.#last) >>> 0 : 0;
    if (typeof number === "number") this.#last = number;
    if (byNumber >= 1 && byNumber <= 2 * byStamp + 1) return byNumber;
    // Another publisher has begun, two take turns, or nobody counts.
    this.#disagreements++;
    if (this.#disagreements > MOST_DISAGREEMENTS) this.#numbered = false;
    return byStamp;
  }
}

function shownByMessages({ mapping, counts, extractor }: TelemetryTopic): Finding[] {
  const { topic, where, stamp } = mapping;
  const findings: Finding[] = [];
  const add = (severity: Finding["severity"], what: string, remedy: string): void => {
    findings.push({ severity, where, what, remedy });
  };
  for (const path of extractor.notProvided)
    add(
      "error",
      `${topic} says that its \`${path}\` is not provided (${path}_covariance[0] is −1)`,
      /orientation$/u.test(path)
        ? "Take roll and pitch as `tilt`, from its accelerometer and gyroscope, or turn the robot's orientation filter on."
        : "Leave out what comes from it, or have the robot's driver fill it.",
    );
  for (const { path, missing, has } of extractor.missingNames)
    add(
      "error",
      `\`${path}\` of ${topic} does not have ${missing.join(", ")} once; it has ${has.join(", ") || "nothing"}`,
      "Write the names as the robot does.",
    );
  if (counts.unstamped > 0)
    add(
      counts.unstamped === counts.messages ? "error" : "warning",
      `${counts.unstamped} of ${counts.messages} messages of ${topic} had no stamp in \`${stamp ?? ""}\`, or zero`,
      "Have the robot fill it, or leave `stamp` out: then arrival counts.",
    );
  if (counts.undecodable > 0)
    add(
      "warning",
      `${counts.undecodable} of ${counts.messages} messages of ${topic} were no ${mapping.type}`,
      "Check the topic's type on the robot.",
    );
  if (counts.repeated > 0)
    add(
      "warning",
      `${counts.repeated} of ${counts.messages} messages of ${topic} had the stamp of an earlier one, or an older one`,
      "Look for a second publisher, and for a clock on the robot that is being set.",
    );
  if (counts.ahead > 0)
    add(
      "warning",
      `${counts.ahead} of ${counts.messages} messages of ${topic} had a stamp ahead of its time`,
      "Look for a second publisher, and for a clock on the robot that is being set.",
    );
  return findings;
}
