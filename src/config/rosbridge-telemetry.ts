/** Which topics of a robot behind rosbridge fill which channels. */
import { type ConfigSource, type FieldPath, pathText } from "./config-source.ts";
import { FilledChannels } from "./filled-channels.ts";
import type { SpeedSource } from "./hardware-config.ts";
import { knownChannels } from "./known-channels.ts";
import { hasHeader } from "./message-header.ts";
import { nearestName } from "./nearest-name.ts";
import { plainType } from "./plain-type.ts";
import { type ChannelContext, ChannelReader, FIELD_PATH, NOBODY } from "./rosbridge-channels.ts";
import type { RosTelemetry, TopicMapping } from "./rosbridge-link.ts";
import type { WrittenRosbridgeLink } from "./rosbridge-schema.ts";
import { toSi } from "./units.ts";

const TOPICS: FieldPath = ["link", "telemetry", "topics"];

type WrittenTopic = WrittenRosbridgeLink["telemetry"]["topics"][string];

/** What the rest of the config says of the robot. */
export interface TelemetryContext extends ChannelContext {
  /** null: the config names none; legs are then those that channels name. */
  readonly legs: readonly string[] | null;
  readonly speedSource: SpeedSource;
  /** `.msg` text of the robot's own types, by name. */
  readonly definitions: Readonly<Record<string, string>>;
}

/** What is wrong is reported to the source. */
export function readTelemetry(
  source: ConfigSource,
  written: WrittenRosbridgeLink["telemetry"],
  context: TelemetryContext,
): RosTelemetry {
  const names = Object.keys(written.topics);
  if (!names.includes(written.frames)) {
    const near = nearestName(written.frames, names);
    source.report({
      path: ["link", "telemetry", "frames"],
      what: `\`${written.frames}\` is none of the topics`,
      remedy: `${near === null ? "" : `Did you mean \`${near}\`? `}Name one of: ${names.join(", ")}.`,
    });
  }
  const filled = new FilledChannels(source);
  const known = knownChannels(context.joints, legsOf(written, context));
  const reader = new TopicReader(source, context, new ChannelReader(source, context, known, filled));
  const topics = Object.entries(written.topics).map(([topic, mapping]) => reader.read(topic, mapping));
  filled.checkSpeedSource(context.speedSource);
  const rate = topics.find(({ topic }) => topic === written.frames)?.rate ?? Number.NaN;
  return { rate, frames: written.frames, topics };
}

/** Legs, where the gait does not name them: those that `contact.…` and its `order` name. */
function legsOf(
  { topics }: WrittenRosbridgeLink["telemetry"],
  { legs }: TelemetryContext,
): readonly string[] {
  if (legs !== null) return legs;
  const found = Object.values(topics).flatMap(({ channels }) =>
    Object.entries(channels).flatMap(([name, mapping]) => {
      const leg = /^contact\.(.+)$/.exec(name)?.[1];
      if (leg === undefined) return [];
      if (!leg.includes("*")) return [leg];
      return typeof mapping === "object" ? (mapping.order ?? []).filter((entry) => entry !== NOBODY) : [];
    }),
  );
  return [...new Set(found)];
}

/**
 * Messages that the server keeps of a topic: on a real server with two busy cores one kept message lost 16 to 32 of 1200 frames,
 * ten lost none. Of all topics alike: after a pause, ten frames beside the newest message of another topic do not fit together.
 */
const QUEUE = 10;

class TopicReader {
  readonly #source: ConfigSource;
  readonly #context: TelemetryContext;
  readonly #channels: ChannelReader;

  constructor(source: ConfigSource, context: TelemetryContext, channels: ChannelReader) {
    this.#source = source;
    this.#context = context;
    this.#channels = channels;
  }

  read(topic: string, written: WrittenTopic): TopicMapping {
    const path = [...TOPICS, topic];
    if (!/^\/[A-Za-z]\w*(\/[A-Za-z]\w*)*$/.test(topic))
      this.#report(
        path,
        `\`${topic}\` is not a topic's full name`,
        "Write it with its slashes: /joint_states.",
        true,
      );
    const rate = toSi(written.rate, "Hz");
    if (!(rate > 0))
      this.#report([...path, "rate"], "it is not above zero", "Write how often messages come.");
    const throttle = written.throttle === undefined ? 0 : toSi(written.throttle, "s");
    if (throttle < 0) this.#report([...path, "throttle"], "it is below zero", "Write 0 ms for all messages.");
    else if (throttle * rate > 1 + 1e-9)
      this.#report(
        [...path, "throttle"],
        `the server would send ${Number((1 / throttle).toPrecision(3))} messages a second, fewer than \`${written.rate}\``,
        "Write the rate that is left, or a shorter time.",
      );
    const type = plainType(written.type);
    const channels = Object.entries(written.channels).flatMap(([name, mapping]) =>
      this.#channels.read([...path, "channels", name], name, mapping, written.source),
    );
    return {
      topic,
      type,
      rate,
      stamp: this.#stampOf([...path, "stamp"], type, written.stamp),
      encoding: written.encoding === "cbor-raw" ? "cbor-raw" : "json",
      throttle,
      queue: written.queue ?? QUEUE,
      channels,
      where: this.#where(path),
    };
  }

  #stampOf(path: FieldPath, type: string, stamp: string | undefined): string | null {
    if (stamp === "none") return null;
    if (stamp === undefined && hasHeader(type, this.#context.definitions) === false) return null;
    if (stamp !== undefined && !FIELD_PATH.test(stamp))
      this.#report(
        path,
        `\`${stamp}\` is not a path in a message`,
        "Write for example header.stamp, or none.",
      );
    return stamp ?? "header.stamp";
  }

  #where(path: FieldPath): string {
    return `${this.#source.placeOf(path)}, ${pathText(path)}`;
  }

  #report(path: FieldPath, what: string, remedy: string, atKey = false): void {
    this.#source.report({ path, what, remedy, atKey });
  }
}
