/** A parameter of the search space as Optuna's distribution JSON, and its value as Optuna's internal number. */
import { fail } from "../errors.ts";
import type { Parameter, ParameterValue } from "../optimizer/search-space.ts";
import type { JsonValue } from "../optimizer/trial.ts";
import { parsePython, pythonFloat, stringifyPython } from "./python-json.ts";

/** What Optuna would have written, keys in its order (`optuna/distributions.py`, `distribution_to_json`). */
export function distributionJson(parameter: Parameter): string {
  switch (parameter.kind) {
    case "float": {
      const { low, high, log, step } = parameter;
      const top = step === null ? high : lastOnGrid(low, high, step);
      return `{"name": "FloatDistribution", "attributes": {"step": ${step === null ? "null" : pythonFloat(step)}, "low": ${pythonFloat(low)}, "high": ${pythonFloat(top)}, "log": ${log}}}`;
    }
    case "int": {
      const { low, high, log, step } = parameter;
      return `{"name": "IntDistribution", "attributes": {"log": ${log}, "step": ${step}, "low": ${low}, "high": ${lastOnGrid(low, high, step)}}}`;
    }
    case "categorical":
      return `{"name": "CategoricalDistribution", "attributes": {"choices": ${stringifyPython(parameter.choices)}}}`;
  }
}

/** Optuna warns at every load about a range that is not a whole number of steps, and cuts it: so do we. */
function lastOnGrid(low: number, high: number, step: number): number {
  const steps = Math.floor((high - low) / step + 1e-9);
  return Number((low + steps * step).toPrecision(15));
}

/** @throws STORE_UNREADABLE on a distribution that Optuna 3.2 to 5.0 does not write */
export function parameterOf(name: string, json: string): Parameter {
  const known = parsed(json);
  if (known === null)
    return fail("STORE_UNREADABLE", {
      what: `the distribution of "${name}" is none that Optuna writes: ${json}`,
      remedy: "Upgrade the file with `optuna storage upgrade`.",
    });
  const { kind, attributes } = known;
  const number = (key: string): number => Number(attributes[key]);
  const range = { name, unit: "", low: number("low"), high: number("high"), log: attributes["log"] === true };
  switch (kind) {
    case "FloatDistribution":
      return { ...range, kind: "float", step: attributes["step"] === null ? null : number("step") };
    case "IntDistribution":
      return { ...range, kind: "int", step: number("step") };
    case "CategoricalDistribution":
      return { name, unit: "", kind: "categorical", choices: attributes["choices"] as ParameterValue[] };
  }
}

const KINDS = ["FloatDistribution", "IntDistribution", "CategoricalDistribution"] as const;

interface Distribution {
  readonly kind: (typeof KINDS)[number];
  readonly attributes: { readonly [key: string]: JsonValue };
}

function parsed(json: string): Distribution | null {
  try {
    const document = parsePython(json) as { name?: unknown; attributes?: Distribution["attributes"] };
    const kind = KINDS.find((one) => one === document.name);
    return kind === undefined || document.attributes === undefined
      ? null
      : { kind, attributes: document.attributes };
  } catch {
    return null;
  }
}

/** Numbers stand for themselves (logarithmic ones too), a choice for its index. */
export function internalValue(parameter: Parameter, value: ParameterValue): number {
  if (parameter.kind !== "categorical") {
    if (typeof value === "number" && Number.isFinite(value)) return value;
  } else {
    const index = parameter.choices.indexOf(value);
    if (index >= 0) return index;
  }
  return fail("INTERNAL", { what: `${JSON.stringify(value)} is no value of parameter "${parameter.name}"` });
}

export function externalValue(parameter: Parameter, internal: number): ParameterValue {
  if (parameter.kind !== "categorical") return internal;
  const choice = parameter.choices[internal];
  return choice === undefined
    ? fail("STORE_UNREADABLE", {
        what: `parameter "${parameter.name}" has no choice number ${internal}`,
        remedy: "The file is damaged: restore a copy.",
      })
    : choice;
}
