/** The gait block of a hardware config: the body, what is tuned, and the seed gait. */
import type { BodyGeometry, Gait } from "../gait/gait.ts";
import { findGait, GAIT_NAMES, OWN_GAIT } from "../gait/gaits.ts";
import type { SearchSpace } from "../optimizer/search-space.ts";
import type { ConfigSource, FieldPath } from "./config-source.ts";
import { mustTune, noParameters, type Parameters, readParameter } from "./gait-parameters.ts";
import type { GaitConfig } from "./hardware-config.ts";
import { nearestName } from "./nearest-name.ts";
import { readOwnGait } from "./own-gait.ts";
import type { WrittenHardware } from "./schema.ts";
import { type SiUnit, toSi } from "./units.ts";

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
  const parameters =
    gait === undefined ? noParameters() : readParameters(source, gait, body, written.parameters);
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

function readParameters(
  source: ConfigSource,
  gait: Gait,
  body: BodyGeometry | null,
  written: WrittenGait["parameters"],
): Parameters {
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
      const { name, unit, lengthscale } = spec;
      const known = body === null || lengthscale === undefined ? {} : { lengthscale: lengthscale(body) };
      readParameter(source, here, { name, unit, ...known }, value, result);
    }
  }
  mustTune(source, result);
  return result;
}

function aboveZero(source: ConfigSource, path: FieldPath, written: unknown, si: SiUnit): number {
  const value = toSi(written, si);
  if (!(value > 0))
    source.report({ path, what: `\`${written}\` is not above zero`, remedy: "Measure it again." });
  return value;
}

function mm(metres: number): string {
  return `${Number((1000 * metres).toPrecision(4))} mm`;
}
