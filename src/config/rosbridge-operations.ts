/** One operation of a robot behind rosbridge: a service, topic, action or ROS parameters, and what says that it was done. */
import { type ConfigSource, type FieldPath, pathText } from "./config-source.ts";
import { plainType } from "./plain-type.ts";
import type { Confirmation, Operation } from "./rosbridge-link.ts";
import type { WrittenOperation } from "./rosbridge-schema.ts";
import type { Written } from "./schema-fields.ts";
import type { TemplateReader } from "./template-reader.ts";
import { toSi } from "./units.ts";

/** s */
const USUAL_ANSWER = 2;
/** What an answer that comes after a walk may take longer than the walk, s. */
const AFTER_WALK = 10;

/** Which way an operation goes, and the fields that belong to it. */
const WAYS = {
  service: ["type", "request", "accepted", "reason", "distance", "within"],
  topic: ["type", "message", "repeat", "confirmed_by"],
  action: ["type", "goal", "distance", "within"],
  ros_parameters: ["values", "within"],
  nothing: [],
} as const satisfies Readonly<Record<string, readonly (keyof WrittenOperation)[]>>;

type Way = keyof typeof WAYS;

/** What an operation is for. */
export interface Purpose {
  /** A parameter set is known when it is done. */
  readonly sendsParameters: boolean;
  /** Its answer may tell how far the robot came. */
  readonly walks: boolean;
  /** Why something must be done; null: nothing need be. */
  readonly needed: string | null;
}

export const PLAIN: Purpose = { sendsParameters: false, walks: false, needed: null };

/** What the rest of the config says. */
export interface OperationContext {
  readonly ros: 1 | 2 | "auto";
  /** A whole walk, s. */
  readonly planned: number;
}

export class OperationReader {
  readonly #source: ConfigSource;
  readonly #context: OperationContext;
  readonly #templates: TemplateReader;

  constructor(source: ConfigSource, context: OperationContext, templates: TemplateReader) {
    this.#source = source;
    this.#context = context;
    this.#templates = templates;
  }

  /** @returns null when it was refused */
  read(name: readonly string[], written: WrittenOperation, purpose: Purpose): Operation | null {
    const path: FieldPath = ["link", "control", ...name];
    const way = this.#wayOf(path, written);
    if (way === null) return null;
    this.#refuseForeign(path, way, written);
    if (written.distance !== undefined && !purpose.walks)
      this.#report([...path, "distance"], "only `start` walks", "Move it there.", true);
    const where = `${this.#source.placeOf(path)}, ${pathText(path)}`;
    const within = this.#withinOf(path, written);
    const { type } = written;
    if (type === undefined && way !== "ros_parameters" && way !== "nothing") {
      this.#report(path, "`type` is missing", `Add \`type:\`, that of the ${way}.`);
      return null;
    }
    switch (way) {
      case "nothing":
        if (purpose.needed === null) return { kind: "nothing", because: written.nothing! };
        this.#report([...path, "nothing"], purpose.needed, "Say how it is done.", true);
        return null;
      case "service":
        return {
          kind: "service",
          service: written.service!,
          type: plainType(type!),
          request: this.#templates.read([...path, "request"], written.request ?? {}, purpose.sendsParameters),
          accepted: acceptedOf(written.accepted),
          reason: written.reason ?? null,
          distance: written.distance ?? null,
          within,
          where,
        };
      case "topic":
        if (written.message === undefined)
          this.#report(path, "`message` is missing", "Add `message:`, {} for an empty one.");
        return {
          kind: "topic",
          topic: written.topic!,
          type: plainType(type!),
          message: this.#templates.read([...path, "message"], written.message ?? {}, purpose.sendsParameters),
          repeat: this.#repeatOf([...path, "repeat"], written.repeat),
          confirmedBy: this.#confirmationOf([...path, "confirmed_by"], written.confirmed_by),
          where,
        };
      case "action":
        if (this.#context.ros === 1)
          this.#report(
            [...path, "action"],
            "rosbridge has no actions in ROS 1, and link.ros is 1",
            "Name a service or topic, or publish to the action's goal topic.",
            true,
          );
        return {
          kind: "action",
          action: written.action!,
          type: plainType(type!),
          goal: this.#templates.read([...path, "goal"], written.goal ?? {}, purpose.sendsParameters),
          distance: written.distance ?? null,
          within,
          where,
        };
      case "ros_parameters": {
        const values = this.#templates.read(
          [...path, "values"],
          written.values ?? {},
          purpose.sendsParameters,
        );
        if (Object.keys(values).length === 0)
          this.#report(path, "`values` is missing", "Add `values:`, ROS parameter → value.");
        return { kind: "ros-parameters", node: written.ros_parameters!, values, within, where };
      }
    }
  }

  #wayOf(path: FieldPath, written: WrittenOperation): Way | null {
    const ways = (Object.keys(WAYS) as Way[]).filter((way) => written[way] !== undefined);
    const [way] = ways;
    if (ways.length === 1 && way !== undefined) return way;
    const all = Object.keys(WAYS).join(", ");
    this.#report(
      path,
      ways.length === 0 ? "it does not say what is done" : `it says ${ways.join(" and ")} at once`,
      `Name one of ${all}.`,
    );
    return null;
  }

  #refuseForeign(path: FieldPath, way: Way, written: WrittenOperation): void {
    const own: readonly string[] = WAYS[way];
    for (const field of Object.keys(written)) {
      if (field === way || own.includes(field)) continue;
      this.#report(
        [...path, field],
        way === "nothing" ? "nothing is done here" : `\`${field}\` does not belong to ${way}`,
        own.length === 0 ? "Remove one of the two." : `Known here: ${own.join(", ")}.`,
        true,
      );
    }
  }

  #withinOf(path: FieldPath, { within, distance }: WrittenOperation): number {
    if (within !== undefined) return this.#aboveZero([...path, "within"], within);
    return distance === undefined ? USUAL_ANSWER : this.#context.planned + AFTER_WALK;
  }

  #aboveZero(path: FieldPath, written: Written): number {
    const seconds = toSi(written, "s");
    if (!(seconds > 0)) this.#report(path, "it is not above zero", "Write for example 2 s.");
    return seconds;
  }

  #repeatOf(path: FieldPath, written: Written | undefined): number {
    const rate = written === undefined ? 0 : toSi(written, "Hz");
    if (rate < 0) this.#report(path, "it is below zero", "Leave it out to publish once.");
    return rate;
  }

  #confirmationOf(path: FieldPath, written: WrittenOperation["confirmed_by"]): Confirmation | null {
    if (written === undefined) return null;
    const { topic, type, field, equals, within } = written;
    return {
      topic,
      type: plainType(type),
      field,
      equals,
      within: within === undefined ? USUAL_ANSWER : this.#aboveZero([...path, "within"], within),
    };
  }

  #report(path: FieldPath, what: string, remedy: string, atKey = false): void {
    this.#source.report({ path, what, remedy, atKey });
  }
}

function acceptedOf(
  written: WrittenOperation["accepted"],
): { readonly field: string; readonly equals: string | number | boolean } | null {
  if (written === undefined) return null;
  return typeof written === "string"
    ? { field: written, equals: true }
    : { field: written.field, equals: written.equals ?? true };
}
