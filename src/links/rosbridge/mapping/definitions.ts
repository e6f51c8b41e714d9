/**
 * Message definitions by type: the common ones, which come with us, and the `.msg` text in the config. The spellings of
 * ROS 1 and ROS 2 (`sensor_msgs/JointState`, `sensor_msgs/msg/JointState`) name the same type.
 */
import { createRequire } from "node:module";
import type { parse } from "@foxglove/rosmsg";
import { nearestName } from "../../../config/nearest-name.ts";
import { errorAt, type Finding } from "./finding.ts";
import { PRIMITIVES, type RosField, type RosTypes, shortType } from "./ros-types.ts";

export type MessageDefinition = ReturnType<typeof parse>[number];
type Parse = typeof parse;

/** Common types that the collection of ROS 1 lacks. */
const LACKING = { "std_msgs/UInt8MultiArray": "std_msgs/MultiArrayLayout layout\nuint8[] data" };

const load = createRequire(import.meta.url);

export class MessageDefinitions implements RosTypes {
  readonly ros: 1 | 2;
  /** What is wrong with the config's own text. */
  readonly findings: readonly Finding[];
  readonly #definitions = new Map<string, MessageDefinition>();
  readonly #fields = new Map<string, readonly RosField[]>();

  /** @param own `.msg` text by type name; a type that also comes with us is the config's */
  constructor(own: Readonly<Record<string, string>>, ros: 1 | 2) {
    this.ros = ros;
    for (const [name, definition] of Object.entries(bundled(ros))) this.#definitions.set(name, definition);
    const lacking = Object.entries(LACKING).filter(([name]) => !this.#definitions.has(name));
    this.findings = this.#addOwn({ ...Object.fromEntries(lacking), ...own });
  }

  get names(): readonly string[] {
    return [...this.#definitions.keys()];
  }

  fieldsOf(type: string): readonly RosField[] | null {
    const name = shortType(type);
    const known = this.#fields.get(name);
    if (known !== undefined) return known;
    const definition = this.#definitions.get(name);
    if (definition === undefined) return null;
    const fields = definition.definitions
      .filter(({ isConstant }) => isConstant !== true)
      .map((field) => ({
        name: field.name,
        type: shortType(field.type),
        array: field.isArray === true ? { length: field.arrayLength ?? null } : null,
      }));
    this.#fields.set(name, fields);
    return fields;
  }

  /**
   * The definition with all it depends on, itself first and without a name, as the readers of serialised messages take
   * it.
   *
   * @returns null when it is not known, or one of those is not
   */
  withDependencies(type: string): MessageDefinition[] | null {
    const found: MessageDefinition[] = [];
    const seen = new Set<string>();
    const visit = (name: string): boolean => {
      if (seen.has(name)) return true;
      seen.add(name);
      const definition = this.#definitions.get(name);
      if (definition === undefined) return false;
      const { definitions } = definition;
      found.push(found.length === 0 ? { definitions } : { name, definitions });
      return definitions.every((field) => field.isComplex !== true || visit(field.type));
    };
    return visit(shortType(type)) ? found : null;
  }

  #addOwn(own: Readonly<Record<string, string>>): Finding[] {
    const findings: Finding[] = [];
    const added: { readonly name: string; readonly text: string; readonly where: string }[] = [];
    for (const [written, text] of Object.entries(own)) {
      const where = `link.definitions, ${written}`;
      const parsed = parseText(text, this.ros);
      if ("line" in parsed) {
        const { line, content } = parsed;
        findings.push(
          errorAt(`${where}, line ${line}`, {
            what: `\`${content}\` is not a line of a ROS ${this.ros} message definition`,
            remedy:
              "Write `type name`, `type[] name`, `type[3] name` or `type NAME=constant`; a comment begins with #.",
          }),
        );
        continue;
      }
      for (const definition of parsed.definitions) {
        const name = shortType(definition.name ?? written);
        this.#definitions.set(name, { name, definitions: definition.definitions });
        added.push({ name, text, where });
      }
    }
    for (const one of added) findings.push(...this.#resolve(one));
    return findings;
  }

  /** Gives the fields' types their full names. */
  #resolve({ name, text, where }: { name: string; text: string; where: string }): Finding[] {
    const findings: Finding[] = [];
    const [ownPackage] = name.split("/");
    const definitions = this.#definitions.get(name)?.definitions.map((field) => {
      if (field.isComplex !== true) return field;
      const written = shortType(field.type);
      if (PRIMITIVES.has(written)) return { ...field, type: written, isComplex: false };
      const candidates = [
        written,
        `${ownPackage}/${written}`,
        ...(written === "Header" ? ["std_msgs/Header"] : []),
      ];
      const full = candidates.find((candidate) => this.#definitions.has(candidate));
      if (full !== undefined) return { ...field, type: full };
      const near =
        nearestName(written, [...PRIMITIVES.keys()]) ??
        nearestName(written.includes("/") ? written : `${ownPackage}/${written}`, this.names);
      findings.push(
        errorAt(`${where}, line ${lineOf(text, field.type, field.name)}`, {
          what: `\`${field.type}\` of the field \`${field.name}\` is no known type`,
          remedy:
            near === null
              ? `Add its text to link.definitions as \`${written.includes("/") ? written : `${ownPackage}/${written}`}\`.`
              : `Did you mean \`${near}\`? Otherwise add its text to link.definitions.`,
        }),
      );
      return field;
    });
    if (definitions !== undefined) this.#definitions.set(name, { name, definitions });
    return findings;
  }
}

/** They are large, and only a rosbridge link needs them. */
function bundled(ros: 1 | 2): Readonly<Record<string, MessageDefinition>> {
  const common = load("@foxglove/rosmsg-msgs-common") as typeof import("@foxglove/rosmsg-msgs-common");
  return ros === 1 ? common.ros1 : common.ros2jazzy;
}

type Parsed =
  | { readonly definitions: MessageDefinition[] }
  | { readonly line: number; readonly content: string };

/** What is wrong, the parser tells in its grammar's terms: the line it stumbles over is found by itself. */
function parseText(text: string, ros: 1 | 2): Parsed {
  const { parse } = load("@foxglove/rosmsg") as { readonly parse: Parse };
  const options = { ros2: ros === 2, skipTypeFixup: true };
  try {
    return { definitions: parse(text, options) };
  } catch {
    const lines = text.split(/\r?\n/u);
    const wrong = lines.findIndex((line) => {
      if (/^(?:=+|MSG:.*)?\s*(?:#.*)?$/u.test(line.trim())) return false;
      try {
        parse(line, options);
        return false;
      } catch {
        return true;
      }
    });
    const at = Math.max(0, wrong);
    return { line: at + 1, content: (lines[at] ?? "").trim().slice(0, 80) };
  }
}

function lineOf(text: string, type: string, name: string): number {
  const lines = text.split(/\r?\n/u).map((line) => line.trim().split(/[\s#=]+/u));
  const at = lines.findIndex(
    ([first = "", second]) => second === name && first.replace(/\[.*$/u, "") === type,
  );
  return Math.max(0, at) + 1;
}
