/** The parameters of a gait: fixed by one value, or tuned between two. */
import type { GaitParameterSpec } from "../gait/gait.ts";
import type { FloatParameter } from "../optimizer/search-space.ts";
import type { ConfigSource, FieldPath } from "./config-source.ts";
import type { TunedParameter } from "./gait-schema.ts";
import type { Written } from "./schema-fields.ts";
import { isSiUnit, readQuantity } from "./units.ts";

/** What has been read so far, SI units. */
export interface Parameters {
  readonly tuned: FloatParameter[];
  readonly seed: Record<string, number>;
  readonly constants: Record<string, number>;
  readonly units: Map<string, string>;
}

export const noParameters = (): Parameters => ({ tuned: [], seed: {}, constants: {}, units: new Map() });

/** A study needs something to tune. */
export function mustTune(source: ConfigSource, { tuned }: Parameters): void {
  if (source.sound && tuned.length === 0) {
    source.report({
      path: ["gait", "parameters"],
      what: "no parameter is tuned",
      remedy: "Give at least one of them { low, high, seed } instead of one value.",
    });
  }
}

export interface ParameterKind extends Pick<GaitParameterSpec, "name" | "unit"> {
  /** What the gait says of its length-scale, SI unit. */
  readonly lengthscale?: number;
}

/** Adds one parameter; what is wrong with it is reported to the source. */
export function readParameter(
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
  const lengthscale =
    written.lengthscale === undefined
      ? spec.lengthscale
      : parameterValue(source, [...path, "lengthscale"], spec, written.lengthscale);
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
  if (lengthscale !== undefined && !(lengthscale > 0))
    refuse(
      "lengthscale",
      "it is not above zero",
      "Write by how much the parameter must change before the walk is another one, or remove it.",
    );
  result.tuned.push({
    ...{ kind: "float", name: spec.name, unit: spec.unit, low, high, log, step },
    ...(lengthscale === undefined ? {} : { lengthscale }),
  });
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

/** Within rounding of decimal fractions. */
function isMultiple(value: number, step: number): boolean {
  const count = value / step;
  return Math.abs(count - Math.round(count)) < 1e-6;
}
