/** The gait block of a hardware config: the body, what is tuned, and the seed gait. */
import type { BodyGeometry, Gait, GaitParameterSpec } from "../gait/gait.ts";
import { findGait, GAIT_NAMES, OWN_GAIT } from "../gait/gaits.ts";
import type { FloatParameter, SearchSpace } from "../optimizer/search-space.ts";
import type { ConfigSource, FieldPath } from "./config-source.ts";
import type { GaitConfig } from "./hardware-config.ts";
import { nearestName } from "./nearest-name.ts";
import type { TunedParameter, WrittenHardware } from "./schema.ts";
import type { Written } from "./schema-fields.ts";
import { DIMENSIONS, dimensionOf, isSiUnit, readQuantity, type SiUnit, toSi } from "./units.ts";

type WrittenGait = WrittenHardware["gait"];

export interface GaitSection {
  readonly gait: GaitConfig;
  readonly space: SearchSpace;
  readonly seedGait: Readonly<Record<string, number>>;
  /** SI unit of every parameter, tuned and fixed, by name. */
  readonly units: ReadonlyMap<string, string>;
}

/** Reads the block; what is wrong is reported to the source, and the result is then meaningless. */
export function readGait(source: ConfigSource, written: WrittenGait): GaitSection {
  if (written.name === OWN_GAIT) return readOwnGait(source, written);
  const body =
    written.body === undefined ? missingBody(source, written.name) : readBody(source, written.body);
  const gait = findGait(written.name);
  if (gait === undefined) {
    const near = nearestName(written.name, [...GAIT_NAMES, OWN_GAIT]);
    source.report({
      path: ["gait", "name"],
      what: `there is no gait \`${written.name}\``,
      remedy: `${near === null ? "" : `Did you mean \`${near}\`? `}Use one of: ${GAIT_NAMES.join(", ")}; or ${OWN_GAIT}, the robot's own gait.`,
    });
  }
  const parameters = gait === undefined ? noParameters() : readParameters(source, gait, written.parameters);
  if (gait !== undefined && body !== null && source.sound) {
    const seed = gait.check({ ...parameters.constants, ...parameters.seed }, body);
    if (!seed.feasible) {
      source.report({
        path: ["gait", "parameters"],
        what: `the seed gait cannot be walked: ${seed.reasons.join("; ")}`,
        remedy: "Choose a seed gait that the robot is known to walk safely, or measure the body again.",
      });
    }
  }
  return {
    gait: { name: written.name, body, constants: parameters.constants },
    space: { parameters: parameters.tuned },
    seedGait: parameters.seed,
    units: parameters.units,
  };
}

/** The robot's own gait has the parameters that the file names, in the file's order. */
function readOwnGait(source: ConfigSource, written: WrittenGait): GaitSection {
  if (written.body !== undefined)
    source.report({
      path: ["gait", "body"],
      what: "of the robot's own gait nobody can say which parameters its legs can follow, whatever its body is",
      remedy: "Remove `body`, or name a gait of the catalogue.",
      atKey: true,
    });
  const result = noParameters();
  for (const [name, value] of Object.entries(written.parameters)) {
    const path: FieldPath = ["gait", "parameters", name];
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      source.report({
        path,
        what: `\`${name}\` is not a name that expressions can use`,
        remedy: "Use letters, digits and underscores, a letter first.",
        atKey: true,
      });
      continue;
    }
    const unit = ownUnit(source, path, value);
    if (unit !== null) readParameter(source, path, { name, unit }, value, result);
  }
  mustTune(source, result);
  return {
    gait: { name: OWN_GAIT, body: null, constants: result.constants },
    space: { parameters: result.tuned },
    seedGait: result.seed,
    units: result.units,
  };
}

/** The dimension in which a parameter of the robot's own gait is written, the same one in all of its fields; null: refused. */
function ownUnit(source: ConfigSource, path: FieldPath, value: Written | TunedParameter): SiUnit | null {
  if (typeof value !== "object") {
    const si = dimensionOf(value);
    if (si === null) unknownUnit(source, path, value);
    return si;
  }
  const fields = (["low", "high", "seed", "step"] as const).flatMap((field) => {
    const written = value[field];
    return written === undefined ? [] : [{ field, written, si: dimensionOf(written) }];
  });
  for (const { field, written, si } of fields)
    if (si === null) unknownUnit(source, [...path, field], written);
  const [first] = fields;
  if (first === undefined || fields.some(({ si }) => si === null)) return null;
  let agreed: SiUnit | null = first.si;
  for (const { field, written, si } of fields) {
    if (si === null || first.si === null || si === first.si) continue;
    agreed = null;
    source.report({
      path: [...path, field],
      what: `\`${written}\` is ${DIMENSIONS[si].words}, but ${first.field}, \`${first.written}\`, is ${DIMENSIONS[first.si].words}`,
      remedy: "Write all values of a parameter in units of one kind.",
    });
  }
  return agreed;
}

function unknownUnit(source: ConfigSource, path: FieldPath, written: Written): void {
  const units = Object.keys(DIMENSIONS).filter((si) => si !== "");
  source.report({
    path,
    what: `\`${written}\` is not a number with a unit that is known`,
    remedy: `Write a plain number, or one with a unit such as ${units.join(", ")}.`,
  });
}

interface Parameters {
  readonly tuned: FloatParameter[];
  readonly seed: Record<string, number>;
  readonly constants: Record<string, number>;
  readonly units: Map<string, string>;
}

const noParameters = (): Parameters => ({ tuned: [], seed: {}, constants: {}, units: new Map() });

function missingBody(source: ConfigSource, gait: string): null {
  source.report({
    path: ["gait"],
    what: "`body` is missing",
    remedy: `Add \`body:\` (what ${gait} must know of the body), or name the gait ${OWN_GAIT} when the robot has its own.`,
  });
  return null;
}

function readBody(source: ConfigSource, written: NonNullable<WrittenGait["body"]>): BodyGeometry {
  const path = ["gait", "body"];
  const pair = (name: "hip_range" | "knee_range"): readonly [number, number] => {
    const [low = Number.NaN, high = Number.NaN] = written[name].map((end) => toSi(end, "rad"));
    if (!(low < high)) {
      source.report({
        path: [...path, name],
        what: "the low end is not below the high end",
        remedy: "Write [low, high].",
      });
    }
    return [low, high];
  };
  const positive = (name: "thigh" | "shank" | "stance_height", si: SiUnit): number =>
    aboveZero(source, [...path, name], written[name], si);
  const leg = {
    thigh: positive("thigh", "m"),
    shank: positive("shank", "m"),
    hipRange: pair("hip_range"),
    kneeRange: pair("knee_range"),
  };
  const stanceHeight = positive("stance_height", "m");
  if (stanceHeight > leg.thigh + leg.shank) {
    source.report({
      path: [...path, "stance_height"],
      what: `\`${written.stance_height}\` is more than the stretched leg, ${mm(leg.thigh + leg.shank)}`,
      remedy: "Write a height with bent knees; thigh and shank are lengths from joint to joint.",
    });
  }
  const [fr = "", fl = "", rr = "", rl = ""] = written.legs;
  const motorSpeed = aboveZero(source, [...path, "motor_speed"], written.motor_speed, "rad/s");
  return { legs: [fr, fl, rr, rl], leg, stanceHeight, motorSpeed };
}

function readParameters(source: ConfigSource, gait: Gait, written: WrittenGait["parameters"]): Parameters {
  const path: FieldPath = ["gait", "parameters"];
  const known = gait.parameters.map((spec) => spec.name);
  for (const name of Object.keys(written)) {
    if (known.includes(name)) continue;
    const near = nearestName(name, known);
    source.report({
      path: [...path, name],
      what: `the gait ${gait.name} has no such parameter`,
      remedy: `${near === null ? "" : `Did you mean \`${near}\`? `}It has: ${known.join(", ")}.`,
      atKey: true,
    });
  }
  const result = noParameters();
  for (const spec of gait.parameters) {
    const here = [...path, spec.name];
    const value = Object.hasOwn(written, spec.name) ? written[spec.name] : undefined;
    if (value === undefined) {
      source.report({
        path,
        what: `\`${spec.name}\` is missing (${spec.description})`,
        remedy: "Add it with { low, high, seed } to tune it, or with one value to fix it.",
      });
    } else {
      readParameter(source, here, spec, value, result);
    }
  }
  mustTune(source, result);
  return result;
}

function mustTune(source: ConfigSource, { tuned }: Parameters): void {
  if (source.sound && tuned.length === 0) {
    source.report({
      path: ["gait", "parameters"],
      what: "no parameter is tuned",
      remedy: "Give at least one of them { low, high, seed } instead of one value.",
    });
  }
}

type ParameterKind = Pick<GaitParameterSpec, "name" | "unit">;

function readParameter(
  source: ConfigSource,
  path: FieldPath,
  spec: ParameterKind,
  written: Written | TunedParameter,
  result: Parameters,
): void {
  result.units.set(spec.name, spec.unit);
  if (typeof written === "object") readTuned(source, path, spec, written, result);
  else result.constants[spec.name] = parameterValue(source, path, spec, written);
}

function readTuned(
  source: ConfigSource,
  path: FieldPath,
  spec: ParameterKind,
  written: TunedParameter,
  result: Parameters,
): void {
  const low = parameterValue(source, [...path, "low"], spec, written.low);
  const high = parameterValue(source, [...path, "high"], spec, written.high);
  const seed = parameterValue(source, [...path, "seed"], spec, written.seed);
  const step =
    written.step === undefined ? null : parameterValue(source, [...path, "step"], spec, written.step);
  const log = written.log ?? false;
  const refuse = (field: string, what: string, remedy: string): void =>
    source.report({ path: [...path, field], what, remedy });
  if (low >= high) refuse("high", `it is not above low, \`${written.low}\``, "Write low < high.");
  else if (seed < low || seed > high) {
    refuse(
      "seed",
      `the seed gait's \`${written.seed}\` is outside of what is tuned, \`${written.low}\` to \`${written.high}\``,
      "Widen the range, or choose a seed gait inside it.",
    );
  }
  if (log && low <= 0) {
    refuse(
      "low",
      `\`${written.low}\` cannot stand on a logarithmic scale`,
      "Raise low above zero, or remove `log`.",
    );
  }
  if (step !== null && !(step > 0)) refuse("step", "it is not above zero", "Write a step above zero.");
  else if (step !== null && step > (high - low) * (1 + 1e-9)) {
    refuse("step", "it is wider than the range", "Write a smaller step, or remove it.");
  } else if (step !== null && !isMultiple(seed - low, step)) {
    refuse("seed", "it is not low plus a whole number of steps", "Move the seed gait onto a step.");
  }
  if (log && step !== null) refuse("step", "a logarithmic scale has no steps", "Remove `step` or `log`.");
  result.tuned.push({ kind: "float", name: spec.name, unit: spec.unit, low, high, log, step });
  result.seed[spec.name] = seed;
}

function parameterValue(
  source: ConfigSource,
  path: FieldPath,
  spec: ParameterKind,
  written: Written,
): number {
  const si = isSiUnit(spec.unit) ? spec.unit : "";
  const reading = readQuantity(written, si);
  if (reading.ok) return reading.value;
  source.report({ path, what: reading.what, remedy: reading.remedy });
  return Number.NaN;
}

function aboveZero(source: ConfigSource, path: FieldPath, written: unknown, si: SiUnit): number {
  const value = toSi(written, si);
  if (!(value > 0))
    source.report({ path, what: `\`${written}\` is not above zero`, remedy: "Measure it again." });
  return value;
}

/** Within rounding of decimal fractions. */
function isMultiple(value: number, step: number): boolean {
  const count = value / step;
  return Math.abs(count - Math.round(count)) < 1e-6;
}

function mm(metres: number): string {
  return `${Number((1000 * metres).toPrecision(4))} mm`;
}
