/** Refuses a search space that cannot be searched, naming the parameter and the remedy. */
import { fail } from "../../errors.ts";
import type { FloatParameter, IntParameter, Parameter, SearchSpace } from "../search-space.ts";

/** @throws SPACE_INVALID */
export function validateSpace(space: SearchSpace): void {
  const earlier = new Map<string, Parameter>();
  if (space.parameters.length === 0)
    refuse("The search space has no parameters.", "", "Declare at least one.");
  for (const parameter of space.parameters) {
    const { name } = parameter;
    if (name === "") refuse("A parameter has an empty name.", name, "Name it.");
    if (earlier.has(name)) refuse(`Two parameters are called "${name}".`, name, "Rename one of them.");
    if (parameter.kind === "categorical") validateChoices(parameter.name, parameter.choices);
    else validateRange(parameter);
    validateCondition(parameter, earlier);
    earlier.set(name, parameter);
  }
}

function validateChoices(name: string, choices: readonly unknown[]): void {
  if (choices.length === 0) refuse("A categorical parameter has no choices.", name, "Give at least one.");
  if (new Set(choices).size !== choices.length) {
    refuse("A categorical parameter lists a choice twice.", name, "Remove the repetition.");
  }
  if (choices.some((choice) => typeof choice === "number" && Number.isNaN(choice))) {
    refuse("A choice is NaN.", name, "Replace it by a value.");
  }
}

function validateRange(parameter: FloatParameter | IntParameter): void {
  const { name, kind, low, high, log, step, lengthscale = 1 } = parameter;
  if (!Number.isFinite(low) || !Number.isFinite(high)) {
    refuse(`The bounds ${low} and ${high} are not both finite numbers.`, name, "Give two finite bounds.");
  }
  if (low > high)
    refuse(`The lower bound ${low} is above the upper bound ${high}.`, name, "Exchange the bounds.");
  if (low === high && kind === "float") {
    refuse(`Both bounds are ${low}.`, name, "Widen the range, or make the parameter a constant.");
  }
  if (log && !(low > 0)) {
    refuse(
      `A logarithmic scale cannot begin at ${low}.`,
      name,
      "Raise the lower bound above 0 or drop `log`.",
    );
  }
  if (step !== null && !(Number.isFinite(step) && step > 0)) {
    refuse(`The step ${step} is not a positive number.`, name, "Give a positive step.");
  }
  if (step !== null && kind === "float" && log) {
    refuse("A float parameter has both `log` and `step`.", name, "Drop one of the two.");
  }
  // A range of one step may come out a rounding error narrower: 0.3 − 0.2 < 0.1.
  if (step !== null && step > (high - low) * (1 + 1e-9) && high > low) {
    refuse(`The step ${step} is wider than the range ${low} to ${high}.`, name, "Make the step smaller.");
  }
  if (!(Number.isFinite(lengthscale) && lengthscale > 0)) {
    refuse(
      `The length-scale ${lengthscale} is not a positive number.`,
      name,
      "Give a positive one, or none where nothing is known.",
    );
  }
  if (kind === "int") {
    if (![low, high, step].every(Number.isSafeInteger)) {
      refuse("Bounds and step of an int parameter must be whole numbers.", name, "Round them, or use float.");
    }
    if (log && (step !== 1 || low < 1)) {
      refuse(
        "A logarithmic int parameter needs step 1 and a lower bound of at least 1.",
        name,
        "Change them.",
      );
    }
  }
}

function validateCondition(parameter: Parameter, earlier: ReadonlyMap<string, Parameter>): void {
  const { name, when } = parameter;
  if (when === undefined) return;
  const parent = earlier.get(when.parameter);
  if (parent === undefined) {
    refuse(
      `Its condition names "${when.parameter}", which does not stand before it.`,
      name,
      "Declare the parameter of the condition first.",
    );
  }
  if (when.in.length === 0) refuse("Its condition lists no values.", name, "List the values it exists for.");
  if (parent.kind === "categorical") {
    const unknown = when.in.find((value) => !parent.choices.includes(value));
    if (unknown !== undefined) {
      refuse(
        `Its condition asks for ${JSON.stringify(unknown)}, no choice of "${parent.name}".`,
        name,
        "Use a choice.",
      );
    }
  }
}

function refuse(what: string, parameter: string, remedy: string): never {
  fail("SPACE_INVALID", { what, where: `parameter "${parameter}"`, remedy });
}
