/** How a robot behind rosbridge is told what to do through its own topics, services, actions and parameters. */
import { type ConfigSource, type FieldPath, pathText } from "./config-source.ts";
import { KNOWN_PLACES, placeOf, placesIn } from "./message-template.ts";
import { nearestName } from "./nearest-name.ts";
import type { Confirmation, MappedControl, Operation, TargetStream, Template } from "./rosbridge-link.ts";
import type { WrittenOperation, WrittenRosbridgeLink, WrittenTemplate } from "./rosbridge-schema.ts";
import { plainType, readSigns } from "./rosbridge-telemetry.ts";
import type { Written } from "./schema-fields.ts";
import { DIMENSIONS, isSiUnit, type SiUnit, toSi, unitNames, unitOf } from "./units.ts";

type WrittenControl = WrittenRosbridgeLink["control"];

/** What the rest of the config says. */
export interface OperationContext {
  /** The gait's parameters, tuned and fixed, and their SI units. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly tuned: readonly string[];
  /** The robot's own gait: gaitsmith cannot compute its targets. */
  readonly ownGait: boolean;
  readonly joints: readonly string[];
  readonly ownName: (joint: string) => string;
  readonly ros: 1 | 2 | "auto";
  /** A whole walk, s. */
  readonly planned: number;
}

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

interface Purpose {
  /** A parameter set is known when it is done. */
  readonly sendsParameters: boolean;
  /** Its answer may tell how far the robot came. */
  readonly walks: boolean;
  /** Why something must be done; null: nothing need be. */
  readonly needed: string | null;
}

const PLAIN: Purpose = { sendsParameters: false, walks: false, needed: null };

/** What is wrong is reported to the source. */
export function readMappedControl(
  source: ConfigSource,
  written: WrittenControl,
  context: OperationContext,
): MappedControl | null {
  const reader = new OperationReader(source, context);
  const missing = (["arm", "disarm", "start", "stop"] as const).filter((name) => written[name] === undefined);
  const { arm, disarm, start, stop } = written;
  if (arm === undefined || disarm === undefined || start === undefined || stop === undefined) {
    source.report({
      path: ["link", "control"],
      what: `${missing.map((name) => `\`${name}\``).join(", ")} ${missing.length === 1 ? "is" : "are"} missing`,
      remedy:
        "Say how each is done, `{ nothing: why }` where nothing is to be done; or `node:` where gaitsmith's own node runs on the robot.",
    });
    return null;
  }
  const harmless = "a robot that cannot be stopped must not be started";
  const operations = {
    arm: reader.read(["arm"], arm, PLAIN),
    disarm: reader.read(["disarm"], disarm, PLAIN),
    parameters:
      written.parameters === undefined
        ? null
        : reader.read(["parameters"], written.parameters, {
            sendsParameters: true,
            walks: false,
            needed: "the gait's parameters would not reach the robot",
          }),
    start: reader.read(["start"], start, { sendsParameters: true, walks: true, needed: null }),
    neutral: reader.read(["stop", "neutral"], stop.neutral, PLAIN),
    settle: reader.read(["stop", "settle"], stop.settle, { ...PLAIN, needed: harmless }),
    cut: reader.read(["stop", "cut"], stop.cut, { ...PLAIN, needed: harmless }),
  };
  const targets = written.targets === undefined ? null : readTargets(source, written.targets, context);
  checkParametersSent(source, written, reader.used, context);
  const { arm: armed, disarm: disarmed, parameters, start: started, neutral, settle, cut } = operations;
  if (armed === null || disarmed === null || started === null || neutral === null) return null;
  if (settle === null || cut === null) return null;
  return {
    kind: "mapped",
    arm: armed,
    disarm: disarmed,
    parameters,
    start: started,
    stop: { neutral, settle, cut },
    targets,
  };
}

/** A parameter that is tuned and not sent would be tuned in vain: the robot never sees it. */
function checkParametersSent(
  source: ConfigSource,
  written: WrittenControl,
  used: ReadonlySet<string>,
  { tuned, ownGait }: OperationContext,
): void {
  const path: FieldPath = ["link", "control"];
  const refuse = (at: FieldPath, what: string, remedy: string, atKey = false): void =>
    source.report({ path: at, what, remedy, atKey });
  if (written.targets !== undefined) {
    if (written.parameters !== undefined)
      refuse(
        [...path, "parameters"],
        "gaitsmith streams joint targets to this robot, so it does not run the gait and takes no parameters",
        "Remove `parameters` or `targets`.",
        true,
      );
    if (ownGait)
      refuse(
        [...path, "targets"],
        "gaitsmith cannot stream the targets of the robot's own gait: it does not know it",
        "Name a gait of the catalogue in gait.name, or send `parameters` instead.",
        true,
      );
    return;
  }
  const unsent = tuned.filter((name) => !used.has(name));
  if (unsent.length === 0) return;
  const places = unsent.map((name) => `\`$${name}\``).join(", ");
  refuse(
    written.parameters === undefined ? path : [...path, "parameters"],
    `${unsent.join(", ")} ${unsent.length === 1 ? "is" : "are"} tuned but never sent: the robot would walk the same whatever is tried`,
    `Send ${places} in \`parameters\` (or in \`start\`), or give ${unsent.length === 1 ? "it" : "each"} a single value in gait.parameters.`,
    written.parameters !== undefined,
  );
}

class OperationReader {
  readonly #source: ConfigSource;
  readonly #context: OperationContext;
  /** Parameters that a message has a place for. */
  readonly used = new Set<string>();

  constructor(source: ConfigSource, context: OperationContext) {
    this.#source = source;
    this.#context = context;
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
          request: this.#messageOf([...path, "request"], written.request ?? {}, purpose),
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
          message: this.#messageOf([...path, "message"], written.message ?? {}, purpose),
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
          goal: this.#messageOf([...path, "goal"], written.goal ?? {}, purpose),
          distance: written.distance ?? null,
          within,
          where,
        };
      case "ros_parameters": {
        const values = this.#messageOf([...path, "values"], written.values ?? {}, purpose);
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

  /** Every place is known and its unit fits; what stands in the message is what a message can hold. */
  #messageOf(
    path: FieldPath,
    written: Readonly<Record<string, WrittenTemplate>>,
    { sendsParameters }: Purpose,
  ): Readonly<Record<string, Template>> {
    if (!this.#holdsNothingOdd(path, written)) return {};
    const template = written as Readonly<Record<string, Template>>;
    for (const place of placesIn(template, path)) this.#checkPlace(place.path, place.text, sendsParameters);
    return template;
  }

  #holdsNothingOdd(path: FieldPath, written: WrittenTemplate): boolean {
    if (written === null) {
      this.#report(
        path,
        "nothing stands here, and a message has no such value",
        "Write a value, or remove the field.",
      );
      return false;
    }
    if (typeof written !== "object") return true;
    return Object.entries(written).every(([key, entry]) =>
      this.#holdsNothingOdd([...path, Array.isArray(written) ? Number(key) : key], entry),
    );
  }

  #checkPlace(path: FieldPath, text: string, sendsParameters: boolean): void {
    const place = placeOf(text);
    const { parameters } = this.#context;
    const known = Object.keys(KNOWN_PLACES);
    const names = sendsParameters ? [...parameters.keys(), ...known] : known;
    if (place === null) {
      this.#report(
        path,
        `\`${text}\` is not written as a place`,
        "Write `$step_length` or `$step_length in mm`.",
      );
    } else if (!names.includes(place.name)) {
      const isParameter = parameters.has(place.name);
      const near = nearestName(place.name, names);
      this.#report(
        path,
        isParameter
          ? `\`$${place.name}\` is a parameter of the gait, and no parameter set is known here`
          : `nothing is called \`$${place.name}\``,
        `${near === null || isParameter ? "" : `Did you mean \`$${near}\`? `}Known here: ${names.map((name) => `$${name}`).join(", ")}.`,
      );
    } else {
      if (parameters.has(place.name)) this.used.add(place.name);
      if (place.unit !== null) this.#checkUnit(path, place.name, place.unit);
    }
  }

  #checkUnit(path: FieldPath, name: string, unit: string): void {
    const known: Readonly<Record<string, SiUnit | null>> = KNOWN_PLACES;
    const written = this.#context.parameters.get(name) ?? known[name] ?? null;
    const si = written !== null && isSiUnit(written) ? written : null;
    if (si !== null && unitOf(unit, si) !== null) return;
    const choices = si === null ? [] : unitNames(si);
    const near = nearestName(unit, choices);
    this.#report(
      path,
      si === null
        ? `\`$${name}\` has no unit that could be converted`
        : `\`$${name}\` is ${DIMENSIONS[si].words}, and \`${unit}\` is no unit of that`,
      choices.length === 0
        ? `Write \`$${name}\` alone.`
        : `${near === null ? "" : `Did you mean \`$${name} in ${near}\`? `}Use one of: ${choices.join(", ")}.`,
    );
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

/** Fewer targets than these may be late before the robot must not stop by itself. */
const TARGETS_IN_TIMEOUT = 3;

function readTargets(
  source: ConfigSource,
  written: NonNullable<WrittenControl["targets"]>,
  { joints, ownName }: OperationContext,
): TargetStream {
  const path: FieldPath = ["link", "control", "targets"];
  const refuse = (field: FieldPath, what: string, remedy: string): void =>
    source.report({ path: [...path, ...field], what, remedy });
  const rate = toSi(written.rate, "Hz");
  if (!(rate > 0))
    refuse(["rate"], "it is not above zero", "Write how many targets a second the robot takes.");
  const timeout = toSi(written.timeout, "s");
  if (!(timeout * rate >= TARGETS_IN_TIMEOUT))
    refuse(
      ["timeout"],
      `\`${written.timeout}\` is shorter than ${TARGETS_IN_TIMEOUT} periods of \`${written.rate}\`: the robot would stop whenever a target is a little late`,
      "Raise the rate, or the robot's time-out.",
    );
  const order = written.order ?? joints;
  const hold = written.hold ?? {};
  const resolved = order.map((entry) => joints.find((joint) => joint === entry || ownName(joint) === entry));
  for (const [index, entry] of order.entries()) {
    if (resolved[index] !== undefined || Object.hasOwn(hold, entry)) continue;
    const near = nearestName(entry, joints);
    refuse(
      ["order", index],
      "no joint has this name",
      `${near === null ? "" : `Did you mean \`${near}\`? `}The joints are: ${joints.join(", ")}.`,
    );
  }
  for (const name of Object.keys(hold))
    if (!order.includes(name))
      refuse(["hold", name], "`order` does not name it", "Name it where the robot takes its angle.");
  const missing = joints.filter((joint) => !resolved.includes(joint));
  if (missing.length > 0 && source.sound)
    refuse(["order"], `${missing.join(", ")} is missing`, "Name every joint once.");
  const named = resolved.flatMap((joint) => joint ?? []);
  const signs = readSigns(source, [...path, "sign"], named, written.sign);
  return {
    topic: written.topic,
    type: written.type === "std_msgs/Float64MultiArray" ? written.type : "trajectory_msgs/JointTrajectory",
    rate,
    joints: order.map((entry, index) => {
      const joint = resolved[index];
      if (joint === undefined)
        return { name: entry, joint: null, sign: 1, hold: toSi(hold[entry] ?? "0 rad", "rad") };
      return { name: ownName(joint), joint, sign: signs[named.indexOf(joint)] ?? 1, hold: 0 };
    }),
    timeout,
    where: `${source.placeOf(path)}, ${pathText(path)}`,
  };
}
