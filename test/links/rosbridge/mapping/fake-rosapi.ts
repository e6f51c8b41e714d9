/** rosapi of a robot that is only a list of nodes. */
import { MessageDefinitions } from "../../../../src/links/rosbridge/mapping/definitions.ts";
import { shortType, spelledFor } from "../../../../src/links/rosbridge/mapping/ros-types.ts";
import type { Ask } from "../../../../src/links/rosbridge/mapping/server-graph.ts";

export interface FakeNode {
  /** Types by topic. */
  readonly publishes?: Readonly<Record<string, string>>;
  readonly subscribes?: Readonly<Record<string, string>>;
  /** Types by service. */
  readonly services?: Readonly<Record<string, string>>;
  /** ROS parameters. */
  readonly parameters?: readonly string[];
  readonly actions?: readonly string[];
}

export interface FakeRobot {
  readonly ros: 1 | 2;
  readonly nodes: Readonly<Record<string, FakeNode>>;
  /** `.msg` text of types: the robot's own, `pkg/Service_Request`, `pkg/Action_Goal` and the like. */
  readonly types?: Readonly<Record<string, string>>;
  /** Services of rosapi that it does not have. */
  readonly lacks?: readonly string[];
}

type Values = Readonly<Record<string, unknown>>;

export function fakeRosapi({ ros, nodes, types = {}, lacks = [] }: FakeRobot): Ask {
  const definitions = new MessageDefinitions(types, ros);
  const list = Object.entries(nodes);
  const merged = (
    of: (node: FakeNode) => Readonly<Record<string, string>> | undefined,
  ): Map<string, string> => new Map(list.flatMap(([, node]) => Object.entries(of(node) ?? {})));
  const services = merged((node) => node.services);
  const having = (kind: "publishes" | "subscribes", topic: unknown): string[] =>
    list.filter(([, node]) => Object.hasOwn(node[kind] ?? {}, String(topic))).map(([name]) => name);
  const details = (type: unknown, suffix: string): Values => {
    const name = `${shortType(String(type))}${suffix}`;
    if (definitions.fieldsOf(name) === null) throw new Error(`${name} does not exist`);
    return { typedefs: typedefs(definitions, name) };
  };
  const [request, response] = ros === 1 ? ["Request", "Response"] : ["_Request", "_Response"];
  const answers: Readonly<Record<string, (args: Values) => Values>> = {
    topics: () => {
      const topics = new Map([...merged((node) => node.subscribes), ...merged((node) => node.publishes)]);
      return { topics: [...topics.keys()], types: [...topics.values()].map((type) => spelledFor(ros, type)) };
    },
    publishers: ({ topic }) => ({ publishers: having("publishes", topic) }),
    subscribers: ({ topic }) => ({ subscribers: having("subscribes", topic) }),
    services: () => ({
      services: [
        ...services.keys(),
        ...(ros === 1 ? ["/rosapi/set_param", "/rosapi/get_param"] : []),
        ...(ros === 2
          ? list.flatMap(([name]) => [`${name}/set_parameters_atomically`, `${name}/get_parameters`])
          : []),
      ],
    }),
    service_type: ({ service }) => ({ type: spelledFor(ros, services.get(String(service)) ?? "", "srv") }),
    node_details: ({ node }) => {
      const { publishes = {}, subscribes = {} } = nodes[String(node)] ?? {};
      return { publishing: Object.keys(publishes), subscribing: Object.keys(subscribes), services: [] };
    },
    message_details: ({ type }) => details(type, ""),
    service_request_details: ({ type }) => details(type, request!),
    service_response_details: ({ type }) => details(type, response!),
    action_servers: () => ({ action_servers: list.flatMap(([, { actions = [] }]) => actions) }),
    action_goal_details: ({ type }) => details(type, "_Goal"),
    action_result_details: ({ type }) => details(type, "_Result"),
    get_param_names: () => ({
      names: list.flatMap(([name, { parameters = [] }]) => parameters.map((one) => `${name}/${one}`)),
    }),
  };
  return async (service, args) => {
    const [, name] = /^\/rosapi\/(\w+)$/u.exec(service) ?? [];
    const [, node] = /^(.+)\/list_parameters$/u.exec(service) ?? [];
    if (node !== undefined) return { result: { names: nodes[node]?.parameters ?? [], prefixes: [] } };
    const answer = name === undefined || lacks.includes(name) ? undefined : answers[name];
    if (answer === undefined) throw new Error(`Service ${service} does not exist`);
    return answer(args);
  };
}

/** As the rosapi of that ROS writes them: names of types, of primitives, lengths. */
function typedefs(definitions: MessageDefinitions, root: string): unknown[] {
  const seen: string[] = [];
  const visit = (type: string): void => {
    if (!seen.includes(type) && definitions.fieldsOf(type) !== null) {
      seen.push(type);
      for (const field of definitions.fieldsOf(type) ?? []) visit(field.type);
    }
  };
  visit(root);
  const ros2: Readonly<Record<string, string>> = {
    float64: "double",
    float32: "float",
    bool: "boolean",
    time: "builtin_interfaces/Time",
  };
  const written = (type: string): string => (definitions.ros === 2 ? (ros2[type] ?? type) : type);
  return seen.map((type) => {
    const fields = definitions.fieldsOf(type) ?? [];
    return {
      type,
      fieldnames: fields.map(({ name }) => name),
      fieldtypes: fields.map((field) => written(field.type)),
      fieldarraylen: fields.map(({ array }) => (array === null ? -1 : (array.length ?? 0))),
    };
  });
}
