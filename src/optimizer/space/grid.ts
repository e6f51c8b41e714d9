/**
 * The points of a grid over a search space, numbered 0 … size − 1, each found from its number: nothing is written down,
 * so a grid may be far larger than what will ever be walked.
 *
 * A parameter that exists only under a condition multiplies the points of those sets alone that have it. Parameters form
 * a forest, each below the one its condition names, and numbers are read in mixed radix along it.
 */
import { fail } from "../../errors.ts";
import type { Parameter, ParameterSet, ParameterValue, SearchSpace } from "../search-space.ts";
import { admits, dimensionOf, levelCoordinate, valueAt } from "./dimension.ts";

export interface GridOptions {
  /** Levels of each continuous parameter, bounds included, even on its scale; one level is the middle. */
  readonly points: number;
  /** The values of single parameters, SI units, by name; in place of levels. */
  readonly values: Readonly<Record<string, readonly ParameterValue[]>>;
}

export interface Grid {
  /** Number of points: distinct parameter sets of the space. */
  readonly size: number;
  /** @param index whole number in [0, size) */
  at(index: number): ParameterSet;
}

interface Node {
  readonly name: string;
  readonly values: readonly ParameterValue[];
  /** Per value: the nodes that exist below it, and how many points lie before those that it makes with them. */
  readonly below: readonly (readonly Node[])[];
  readonly starts: readonly number[];
  /** Points of the node and what is below it. */
  readonly size: number;
}

/** Levels of one parameter that are still written down. */
const MOST_LEVELS = 100_000;

/** @throws CONFIG_INVALID when `values` do not fit the space, or the grid has more points than can be numbered */
export function gridOf(space: SearchSpace, options: GridOptions): Grid {
  refuseUnknown(space, options);
  const roots = space.parameters.filter(({ when }) => when === undefined);
  const nodes = roots.map((parameter) => nodeOf(parameter, space, options));
  const size = product(nodes);
  if (!Number.isSafeInteger(size)) {
    refuse(
      `The grid has about ${size.toPrecision(2)} points.`,
      "options of sampler grid",
      "Lower `points`, or list fewer `values`.",
    );
  }
  return {
    size,
    at(index) {
      const found = new Map<string, ParameterValue>();
      let rest = index;
      for (const node of nodes) rest = readNode(node, rest, found);
      // In the order of the space, as every other sampler gives them.
      const order = space.parameters.filter(({ name }) => found.has(name));
      return Object.fromEntries(order.map(({ name }) => [name, found.get(name)!]));
    },
  };
}

function nodeOf(parameter: Parameter, space: SearchSpace, options: GridOptions): Node {
  const values = levels(parameter, options);
  const children = space.parameters
    .filter(({ when }) => when?.parameter === parameter.name)
    .map((child) => ({ child, node: nodeOf(child, space, options) }));
  const below = values.map((value) =>
    children.filter(({ child }) => child.when?.in.includes(value)).map(({ node }) => node),
  );
  let size = 0;
  const starts = below.map((nodes) => {
    const start = size;
    size += product(nodes);
    return start;
  });
  return { name: parameter.name, values, below, starts, size };
}

function product(nodes: readonly Node[]): number {
  return nodes.reduce((total, { size }) => total * size, 1);
}

/** Takes a node's digit off the number; the values of the node and below it go to `found`. Returns what is left. */
function readNode(node: Node, index: number, found: Map<string, ParameterValue>): number {
  let digit = index % node.size;
  const choice = lastAtMost(node.starts, digit);
  digit -= node.starts[choice]!;
  found.set(node.name, node.values[choice]!);
  for (const child of node.below[choice]!) digit = readNode(child, digit, found);
  return Math.floor(index / node.size);
}

/** Index of the last of ascending numbers that is not above `limit`; the first is not. */
function lastAtMost(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (ascending[middle]! <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}

function levels(parameter: Parameter, { points, values }: GridOptions): readonly ParameterValue[] {
  const given = Object.hasOwn(values, parameter.name) ? values[parameter.name] : undefined;
  if (given !== undefined) return checkedValues(parameter, given);
  if (parameter.kind === "categorical") return parameter.choices;
  const dimension = dimensionOf(parameter);
  const count = dimension.kind === "ordered" ? dimension.count : points;
  if (count > MOST_LEVELS)
    refuse(
      `"${parameter.name}" has ${count} levels.`,
      "options of sampler grid",
      `List some of them: values: { ${parameter.name}: [${parameter.low}, ${parameter.high}] }.`,
    );
  if (dimension.kind === "ordered")
    return Array.from({ length: dimension.count }, (_, level) =>
      valueAt(dimension, levelCoordinate(dimension, level)),
    );
  return Array.from({ length: points }, (_, level) =>
    valueAt(dimension, points === 1 ? 0.5 : level / (points - 1)),
  );
}

function checkedValues(parameter: Parameter, given: unknown): readonly ParameterValue[] {
  const where = `option values.${parameter.name} of sampler grid`;
  if (!Array.isArray(given) || given.length === 0)
    refuse(`${JSON.stringify(given)} is not a list of values.`, where, "List at least one value.");
  const wrong: unknown = given.find((value) => !admits(parameter, value));
  if (wrong !== undefined)
    refuse(
      `${JSON.stringify(wrong)} is not a value of "${parameter.name}".`,
      where,
      parameter.kind === "categorical"
        ? `Use its choices: ${parameter.choices.map((choice) => JSON.stringify(choice)).join(", ")}.`
        : `Use numbers from ${parameter.low} to ${parameter.high}${parameter.unit === "" ? "" : ` ${parameter.unit}`}, on its steps.`,
    );
  if (new Set(given).size !== given.length)
    refuse("A value is listed twice.", where, "Remove the repetition.");
  return given as ParameterValue[];
}

function refuseUnknown(space: SearchSpace, { values }: GridOptions): void {
  const known = space.parameters.map(({ name }) => name);
  const unknown = Object.keys(values).find((name) => !known.includes(name));
  if (unknown !== undefined)
    refuse(
      `There is no parameter "${unknown}".`,
      "option values of sampler grid",
      `Use: ${known.join(", ")}.`,
    );
}

function refuse(what: string, where: string, remedy: string): never {
  fail("CONFIG_INVALID", { what, where, remedy });
}
