/** ROS parameters of a node: set together where ROS can, and read back. */
import type { ParameterWrite } from "../../config/rosbridge-link.ts";
import type { Ros } from "./ros-version.ts";
import type { ServerConnection } from "./server-connection.ts";

export type ParameterContent = number | boolean | string;

/** Of `rcl_interfaces/ParameterValue`. */
const KIND = { bool: 1, integer: 2, double: 3, string: 4 } as const;
const FIELDS: Readonly<Record<number, string>> = {
  1: "bool_value",
  2: "integer_value",
  3: "double_value",
  4: "string_value",
};

/** Kinds by name, as declared at the node: ROS 2 refuses a whole number for a `double`, and JSON has only one kind. */
export type ParameterKinds = ReadonlyMap<string, number>;

/** @returns null in ROS 1, whose parameters have no declared kind, and when the node does not tell */
export async function parameterKinds(
  connection: ServerConnection,
  ros: Ros,
  { node, values, within }: ParameterWrite,
): Promise<ParameterKinds | null> {
  if (ros === 1) return null;
  const names = Object.keys(values);
  const answer = await connection.call(`${node}/get_parameters`, { names }, within);
  const found = valuesIn(answer.result ? answer.values : null);
  if (found === null || found.length !== names.length) return null;
  return new Map(names.map((name, index) => [name, Number(found[index]?.["type"] ?? 0)]));
}

/** @returns why not, or null when the robot took them all */
export async function setParameters(
  connection: ServerConnection,
  ros: Ros,
  { node, within }: ParameterWrite,
  contents: Readonly<Record<string, ParameterContent>>,
  kinds: ParameterKinds | null,
  urgent: boolean,
): Promise<string | null> {
  if (ros === 1) {
    // One by one: rosapi sets a whole namespace only by replacing all that is in it.
    const calls = Object.entries(contents).map(([name, value]) =>
      connection.call(
        "/rosapi/set_param",
        { name: `${node}/${name}`, value: JSON.stringify(value) },
        within,
        urgent,
      ),
    );
    const answers = await Promise.all(calls);
    const failed = answers.find(({ result }) => !result);
    return failed === undefined ? null : `rosapi did not set a parameter: ${String(failed.values)}`;
  }
  const parameters = Object.entries(contents).map(([name, value]) => ({
    name,
    value: parameterValue(value, kinds?.get(name) ?? 0),
  }));
  const service = `${node}/set_parameters_atomically`;
  const { result, values } = await connection.call(service, { parameters }, within, urgent);
  if (!result) return `${service}: ${String(values)}`;
  const outcome = (
    values as { readonly result?: { readonly successful?: unknown; readonly reason?: unknown } } | null
  )?.result;
  if (outcome?.successful === true) return null;
  return typeof outcome?.reason === "string" && outcome.reason !== ""
    ? outcome.reason
    : "the node refused its parameters";
}

/** What the robot holds now; null for what it does not tell. */
export async function readParameters(
  connection: ServerConnection,
  ros: Ros,
  { node, values: written, within }: ParameterWrite,
): Promise<ReadonlyMap<string, unknown>> {
  const names = Object.keys(written);
  if (ros === 1) {
    const answers = await Promise.all(
      names.map((name) =>
        connection.call("/rosapi/get_param", { name: `${node}/${name}`, default: "null" }, within),
      ),
    );
    return new Map(names.map((name, index) => [name, parsed(answers[index]!.values)]));
  }
  const answer = await connection.call(`${node}/get_parameters`, { names }, within);
  const found = valuesIn(answer.result ? answer.values : null);
  return new Map(
    names.map((name, index) => {
      const one = found?.[index];
      const field = FIELDS[Number(one?.["type"] ?? 0)];
      return [name, field === undefined ? null : (one?.[field] ?? null)];
    }),
  );
}

function parameterValue(content: ParameterContent, declared: number): Readonly<Record<string, unknown>> {
  const type = declared in FIELDS ? declared : kindOf(content);
  return { type, [FIELDS[type]!]: content };
}

/** Gait parameters are quantities: a round one is not a whole number by nature. */
function kindOf(content: ParameterContent): number {
  if (typeof content === "boolean") return KIND.bool;
  return typeof content === "string" ? KIND.string : KIND.double;
}

function valuesIn(answer: unknown): readonly Readonly<Record<string, unknown>>[] | null {
  const values = (answer as { readonly values?: unknown } | null)?.values;
  return Array.isArray(values) ? (values as Readonly<Record<string, unknown>>[]) : null;
}

function parsed(values: unknown): unknown {
  const text = (values as { readonly value?: unknown } | null)?.value;
  if (typeof text !== "string") return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
