/** Which topics of a robot behind rosbridge fill which channels. */
import { type ConfigSource, type FieldPath, pathText } from "./config-source.ts";
import type { SpeedSource } from "./hardware-config.ts";
import { readSigns } from "./joint-signs.ts";
import { channelsNamed, type KnownChannel, knownChannels } from "./known-channels.ts";
import { hasHeader } from "./message-header.ts";
import { nearestName } from "./nearest-name.ts";
import type { ChannelMapping, FieldPick, RosTelemetry, TopicMapping } from "./rosbridge-link.ts";
import type { WrittenChannel, WrittenRosbridgeLink, WrittenSign } from "./rosbridge-schema.ts";
import { DIMENSIONS, toSi, unitNames, unitOf } from "./units.ts";

const TOPICS: FieldPath = ["link", "telemetry", "topics"];

type WrittenTopic = WrittenRosbridgeLink["telemetry"]["topics"][string];

/** What the rest of the config says of the robot. */
export interface TelemetryContext {
  readonly joints: readonly string[];
  /** null: the config names none; legs are then those that channels name. */
  readonly legs: readonly string[] | null;
  /** The robot's own name of each joint. */
  readonly ownName: (joint: string) => string;
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
  const reader = new TopicReader(source, context, knownChannels(context.joints, legsOf(written, context)));
  const topics = Object.entries(written.topics).map(([topic, mapping]) =>
    reader.read(topic, mapping, topic === written.frames ? FRAMES_QUEUE : 1),
  );
  reader.checkSpeedSource();
  const rate = topics.find(({ topic }) => topic === written.frames)?.rate ?? Number.NaN;
  return { rate, frames: written.frames, topics };
}

/** The type's name in either ROS, as {@link TopicMapping.type} has it. */
export function plainType(written: string): string {
  return written.replace(/\/(msg|srv|action)\//, "/");
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
 * Of the topic that makes the frames no message should be dropped: on a real server with two busy cores one kept message lost 16
 * to 32 of 1200 frames, ten lost none. Of the others only the newest value is wanted.
 */
const FRAMES_QUEUE = 10;

/** In `order`: an element of the array that is none of our joints or legs. */
const NOBODY = "_";

/** `position`, `pose.pose.position.x`, `data[3]`. */
const FIELD_PATH = /^[A-Za-z]\w*(\[\d+\])?(\.[A-Za-z]\w*(\[\d+\])?)*$/;

class TopicReader {
  readonly #source: ConfigSource;
  readonly #context: TelemetryContext;
  readonly #known: readonly KnownChannel[];
  /** Who fills each channel already. */
  readonly #filled = new Map<string, Filled>();

  constructor(source: ConfigSource, context: TelemetryContext, known: readonly KnownChannel[]) {
    this.#source = source;
    this.#context = context;
    this.#known = known;
  }

  /** @param queue where the file does not say */
  read(topic: string, written: WrittenTopic, queue: number): TopicMapping {
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
      this.#readChannel([...path, "channels", name], name, mapping, written.source),
    );
    return {
      topic,
      type,
      rate,
      stamp: this.#stampOf([...path, "stamp"], type, written.stamp),
      encoding: written.encoding === "cbor-raw" ? "cbor-raw" : "json",
      throttle,
      queue: written.queue ?? queue,
      channels,
      where: this.#where(path),
    };
  }

  /** Where forward speed comes from must be there, and must be measured. */
  checkSpeedSource(): void {
    const { speedSource } = this.#context;
    if (speedSource !== "pose" && speedSource !== "odometry") return;
    const needed = ["x", "y", "yaw"].map((axis) => `${speedSource}.${axis}`);
    const missing = needed.filter((name) => !this.#filled.has(name));
    if (missing.length > 0)
      this.#report(
        ["telemetry", "speed_source"],
        `it is ${speedSource}, but no topic fills ${missing.join(", ")}`,
        `Map ${missing.join(", ")} in link.telemetry.topics, or name another source.`,
      );
    for (const name of needed) {
      const filled = this.#filled.get(name);
      if (filled?.source === "commanded") {
        this.#report(
          filled.path,
          `${name} is commanded, and forward speed is to come from it: computed from what the robot was told, it says ` +
            "where the robot was asked to go, and the optimiser would maximise its own wish",
          "Map odometry from encoders behind the springs or an external pose; or let telemetry.speed_source be `robot` or `operator`.",
        );
        return;
      }
      if (speedSource === "odometry" && filled?.said === false) {
        this.#report(
          filled.path,
          `nothing says whether ${name} is measured, and forward speed is to come from it; many robots compute their odometry from what they were told`,
          "Find out, and add `source: measured` or `source: commanded` to the topic.",
        );
        return;
      }
    }
  }

  #readChannel(
    path: FieldPath,
    name: string,
    written: string | WrittenChannel,
    topicSource: string | undefined,
  ): ChannelMapping[] {
    const channels = this.#channelsNamed(path, name);
    const [first] = channels;
    if (first === undefined) return [];
    const mapping: WrittenChannel = typeof written === "string" ? { field: written } : written;
    const said = mapping.source ?? topicSource;
    const commanded = first.commanded || said === "commanded";
    const source = commanded ? "commanded" : "measured";
    const sourcePath =
      mapping.source === undefined && topicSource !== undefined ? [...path.slice(0, -2), "source"] : path;
    for (const channel of channels)
      this.#fill(channel, path, { source, said: said !== undefined, sourcePath });
    const pick = this.#readPick(path, channels, mapping);
    if (pick === null) return [];
    const joints = channels.flatMap(({ joint }) => joint ?? []);
    return [
      {
        channels: channels.map((channel) => channel.name),
        joints: joints.length === 0 ? null : joints,
        field: this.#fieldOf(path, mapping, typeof written === "string"),
        pick,
        unit: first.unit,
        ...this.#scaleOf(path, first, mapping),
        signs: this.#signsOf([...path, "sign"], channels, mapping.sign),
        source,
        where: this.#where(path),
      },
    ];
  }

  /** The channels that a name or a pattern stands for: of one kind, so that one array can fill them. */
  #channelsNamed(path: FieldPath, name: string): readonly KnownChannel[] {
    const channels = channelsNamed(name, this.#known);
    const kinds = [...new Set(channels.map(({ kind }) => kind))];
    if (channels.length === 0) {
      const kindsKnown = [...new Set(this.#known.map(({ kind }) => kind))];
      const near = nearestName(name, [...this.#known.map((channel) => channel.name), ...kindsKnown]);
      this.#report(
        path,
        "there is no such channel",
        `${near === null ? "" : `Did you mean \`${near}\`? `}Known: ${kindsKnown.join(", ")}; the joints are ${this.#context.joints.join(", ")}.`,
        true,
      );
    } else if (kinds.length > 1) {
      this.#report(
        path,
        `it stands for channels of ${kinds.length} kinds: ${kinds.join(", ")}`,
        "Map each kind by itself.",
        true,
      );
      return [];
    }
    return channels;
  }

  #fill(
    { name }: KnownChannel,
    path: FieldPath,
    { source, said, sourcePath }: { source: Filled["source"]; said: boolean; sourcePath: FieldPath },
  ): void {
    const before = this.#filled.get(name);
    if (before === undefined) {
      this.#filled.set(name, { source, said, path: sourcePath, where: this.#where(path) });
    } else if (before.where !== this.#where(path)) {
      this.#report(
        path,
        `${name} is filled already, at ${before.where}`,
        "Let one field fill each channel.",
        true,
      );
    }
  }

  #readPick(path: FieldPath, channels: readonly KnownChannel[], written: WrittenChannel): FieldPick | null {
    const { names, order, angle, tilt } = written;
    const ways = Object.entries({ names, order, angle, tilt }).filter(([, value]) => value !== undefined);
    const refuse = (what: string, remedy: string): null => {
      this.#report(path, what, remedy);
      return null;
    };
    if (ways.length > 1)
      return refuse(`${ways.map(([way]) => `\`${way}\``).join(" and ")} cannot both be`, "Keep one of them.");
    if (names !== undefined)
      return { kind: "names", field: names, names: channels.map((one) => this.#ownName(one)) };
    if (order !== undefined) return this.#placesOf([...path, "order"], channels, order);
    const several = `${channels.length} channels are filled`;
    if (tilt !== undefined || angle !== undefined) {
      if (channels.length > 1) return refuse(`${several}, but an angle is one number`, "Name one channel.");
      if (channels[0]?.unit !== "rad")
        return refuse("this channel is no angle", "Name the field that holds it.");
      if (written.unit !== undefined)
        return refuse("an angle that gaitsmith computes is in rad already", "Remove `unit`.");
    }
    if (tilt !== undefined) return { kind: "tilt", angle: tilt === "pitch" ? "pitch" : "roll" };
    if (angle !== undefined)
      return { kind: "angle", angle: angle === "pitch" || angle === "yaw" ? angle : "roll" };
    if (channels.length > 1)
      return refuse(
        `${several} from one array, but nothing says which element is whose`,
        "Add `names:` (the field that names the elements) or `order:` (what each element belongs to).",
      );
    return { kind: "value" };
  }

  #placesOf(path: FieldPath, channels: readonly KnownChannel[], order: readonly string[]): FieldPick | null {
    const whose = channels.map(({ joint, leg }) => joint ?? leg ?? "");
    const all = this.#known.flatMap(({ kind, joint, leg }) =>
      kind === channels[0]?.kind ? (joint ?? leg ?? []) : [],
    );
    // Our name first: a robot may use our names for other joints.
    const resolved = order.map(
      (entry) => all.find((one) => one === entry) ?? all.find((one) => this.#context.ownName(one) === entry),
    );
    const before = this.#source.sound;
    for (const [index, entry] of order.entries()) {
      const one = resolved[index];
      if (one === undefined && entry !== NOBODY) {
        const near = nearestName(entry, all);
        this.#report(
          [...path, index],
          `\`${entry}\` is none of ${all.join(", ")}`,
          `${near === null ? "" : `Did you mean \`${near}\`? `}Write ${NOBODY} for an element that is none of them.`,
        );
      } else if (one !== undefined && resolved.indexOf(one) !== index) {
        this.#report([...path, index], `\`${entry}\` stands in the order twice`, "Name each one once.");
      }
    }
    const places = whose.map((one) => resolved.indexOf(one));
    const missing = whose.filter((_, index) => places[index] === -1);
    if (missing.length > 0 && before === this.#source.sound)
      this.#report(path, `${missing.join(", ")} is missing`, "Name what every element belongs to.");
    return missing.length > 0 ? null : { kind: "places", places };
  }

  /** @param short the path stands alone in place of the block */
  #fieldOf(path: FieldPath, { field, tilt, names }: WrittenChannel, short: boolean): string {
    // The message is the IMU's own where no field of it is named.
    if (field === undefined && tilt !== undefined) return "";
    if (field === undefined) {
      this.#report(
        path,
        "`field` is missing",
        "Add `field:`, the path in the message, for example position.",
      );
      return "";
    }
    for (const [key, text] of Object.entries({ field, names })) {
      if (text === undefined || FIELD_PATH.test(text)) continue;
      this.#report(
        short ? path : [...path, key],
        `\`${text}\` is not a path in a message`,
        "Write for example pose.pose.position.x or data[3].",
      );
    }
    return field;
  }

  #scaleOf(
    path: FieldPath,
    { unit: si }: KnownChannel,
    { unit }: WrittenChannel,
  ): { readonly factor: number; readonly offset: number } {
    if (unit === undefined) return { factor: 1, offset: 0 };
    const found = unitOf(unit, si);
    if (found !== null) return found;
    const choices = unitNames(si);
    const near = nearestName(unit, choices);
    this.#report(
      [...path, "unit"],
      `\`${unit}\` is no unit of ${DIMENSIONS[si].words}`,
      `${near === null ? "" : `Did you mean \`${near}\`? `}Use one of: ${choices.join(", ")}.`,
    );
    return { factor: 1, offset: 0 };
  }

  #signsOf(path: FieldPath, channels: readonly KnownChannel[], sign: WrittenSign | undefined): (1 | -1)[] {
    const whose = channels.map(({ joint, leg }) => joint ?? leg);
    return readSigns(this.#source, path, whose, sign);
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

  #ownName({ joint, leg }: KnownChannel): string {
    return joint === null ? (leg ?? "") : this.#context.ownName(joint);
  }

  #where(path: FieldPath): string {
    return `${this.#source.placeOf(path)}, ${pathText(path)}`;
  }

  #report(path: FieldPath, what: string, remedy: string, atKey = false): void {
    this.#source.report({ path, what, remedy, atKey });
  }
}

interface Filled {
  readonly source: "measured" | "commanded";
  /** The file says which of the two. */
  readonly said: boolean;
  /** Where it says so, or where the channel is. */
  readonly path: FieldPath;
  readonly where: string;
}
