/** The parameters of a node of ROS 2, and the services through which others read and set them (rcl_interfaces). */
import type { RosMessage } from "./message-values.ts";
import type { RosGraph } from "./ros-graph.ts";
import { kindOf } from "./ros-parameters.ts";
import { WholeFloat, type Wire } from "./wire-json.ts";

/** `rcl_interfaces/ParameterType` */
const TYPES = { bool: 1, integer: 2, double: 3, string: 4 } as const;

/** @param values numbers are doubles */
export function declareParameters(
  graph: RosGraph,
  node: string,
  values: Readonly<Record<string, number | boolean | string>>,
): void {
  const { parameters } = graph;
  for (const [name, value] of Object.entries(values))
    parameters.declare(node, name, typeof value === "number" ? doubleOf(value) : value);
  const set = ({ name, value }: RosMessage): string =>
    parameters.setDeclared(node, name as string, fromMessage(value as RosMessage));
  const refusal = ({ name, value }: RosMessage): string =>
    parameters.refusal(node, name as string, fromMessage(value as RosMessage));
  graph.provide(node, `${node}/get_parameters`, "rcl_interfaces/GetParameters", ({ names }) => ({
    values: (names as string[]).map((name) => toMessage(parameters.declared(node, name))),
  }));
  graph.provide(node, `${node}/set_parameters`, "rcl_interfaces/SetParameters", (request) => ({
    results: (request.parameters as RosMessage[]).map((parameter) => result(set(parameter))),
  }));
  graph.provide(
    node,
    `${node}/set_parameters_atomically`,
    "rcl_interfaces/SetParametersAtomically",
    (request) => {
      const list = request.parameters as RosMessage[];
      const reason = list.map(refusal).find((one) => one !== "") ?? "";
      if (reason === "") list.forEach(set);
      return { result: result(reason) };
    },
  );
}

function result(reason: string): RosMessage {
  return { successful: reason === "", reason };
}

function doubleOf(value: number): Wire {
  return Number.isInteger(value) ? new WholeFloat(value) : value;
}

function toMessage(value: Wire | undefined): RosMessage {
  if (value === undefined) return {};
  const kind = kindOf(value);
  switch (kind) {
    case "bool":
    case "integer":
    case "string":
      return { type: TYPES[kind], [`${kind}_value`]: value };
    case "double":
      return { type: TYPES.double, double_value: value instanceof WholeFloat ? value.value : value };
    default:
      return {};
  }
}

function fromMessage(value: RosMessage): Wire {
  switch (value.type) {
    case TYPES.bool:
      return value.bool_value as boolean;
    case TYPES.integer:
      return value.integer_value as number;
    case TYPES.double:
      return doubleOf(value.double_value as number);
    case TYPES.string:
      return value.string_value as string;
    default:
      return null;
  }
}
