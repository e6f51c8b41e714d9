/** Which field of a message fills a channel, or several: its elements, unit, signs, and whether it is measured. */
import { type ConfigSource, type FieldPath, pathText } from "./config-source.ts";
import type { FilledChannels } from "./filled-channels.ts";
import { readSigns } from "./joint-signs.ts";
import { channelsNamed, type KnownChannel } from "./known-channels.ts";
import { nearestName } from "./nearest-name.ts";
import type { ChannelMapping, FieldPick } from "./rosbridge-link.ts";
import type { WrittenChannel, WrittenSign } from "./rosbridge-schema.ts";
import { DIMENSIONS, unitNames, unitOf } from "./units.ts";

/** In `order`: an element of the array that is none of our joints or legs. */
export const NOBODY = "_";

/** `position`, `pose.pose.position.x`, `data[3]`. */
export const FIELD_PATH = /^[A-Za-z]\w*(\[\d+\])?(\.[A-Za-z]\w*(\[\d+\])?)*$/;

/** What the rest of the config says of names. */
export interface ChannelContext {
  readonly joints: readonly string[];
  /** The robot's own name of each joint. */
  readonly ownName: (joint: string) => string;
}

export class ChannelReader {
  readonly #source: ConfigSource;
  readonly #context: ChannelContext;
  readonly #known: readonly KnownChannel[];
  readonly #filled: FilledChannels;

  /** @param known the channels that there are */
  constructor(
    source: ConfigSource,
    context: ChannelContext,
    known: readonly KnownChannel[],
    filled: FilledChannels,
  ) {
    this.#source = source;
    this.#context = context;
    this.#known = known;
    this.#filled = filled;
  }

  /**
   * @param name of a channel, or a pattern of several
   * @param topicSource what the topic says of all its channels
   * @returns nothing when it was refused
   */
  read(
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
      this.#filled.add(channel.name, path, { source, said: said !== undefined, path: sourcePath });
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
        where: `${this.#source.placeOf(path)}, ${pathText(path)}`,
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

  #ownName({ joint, leg }: KnownChannel): string {
    return joint === null ? (leg ?? "") : this.#context.ownName(joint);
  }

  #report(path: FieldPath, what: string, remedy: string, atKey = false): void {
    this.#source.report({ path, what, remedy, atKey });
  }
}
