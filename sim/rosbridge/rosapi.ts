/** rosapi: the node that tells clients of rosbridge what there is (rosapi_node of both branches). */
import { hostname } from "node:os";
import type { MessageType } from "./message-type.ts";
import type { RosMessage } from "./message-values.ts";
import { rosapiPackage } from "./ros-definitions.ts";
import type { RosGraph } from "./ros-graph.ts";
import { pythonJson } from "./ros-parameters.ts";
import { typeDetails, typeText } from "./type-details.ts";
import { parseWire, type Wire } from "./wire-json.ts";

const DISTRIBUTION = "humble";

type Handler = (request: RosMessage) => RosMessage;

/** Adds the node and its services. */
export function addRosapi(graph: RosGraph): void {
  const { version } = graph.types;
  const node = version === 1 ? "/rosapi_node" : "/rosapi";
  const home = rosapiPackage(version);
  const handlers = {
    ...common(graph),
    ...parameterHandlers(graph),
    ...(version === 2 ? { get_ros_version: () => ({ version: 2, distro: DISTRIBUTION }) } : {}),
  };
  graph.addNode(node);
  if (version === 1) addLoggers(graph, node);
  for (const [name, handler] of Object.entries<Handler>(handlers))
    graph.provide(node, `/rosapi/${name}`, `${home}/${typeNameOf(name)}`, handler);
}

/** Every node of ROS 1 has them. */
export function addLoggers(graph: RosGraph, node: string): void {
  graph.provide(node, `${node}/get_loggers`, "roscpp/GetLoggers", () => ({
    loggers: [{ name: "ros.rospy", level: "info" }],
  }));
  graph.provide(node, `${node}/set_logger_level`, "roscpp/SetLoggerLevel", () => ({}));
}

/** `get_ros_version` → `GetROSVersion` */
function typeNameOf(name: string): string {
  if (name === "action_servers") return "GetActionServers";
  const words = name
    .split("_")
    .map((word) => (word === "ros" ? "ROS" : word[0]!.toUpperCase() + word.slice(1)));
  return words.join("");
}

function common(graph: RosGraph): Record<string, Handler> {
  const { types } = graph;
  const nameOf = (type: MessageType | null): string => (type === null ? "" : types.publicName(type));
  const topics = () => graph.topics.map(({ name, type }) => ({ name, type: nameOf(type) }));
  const described = (type: MessageType | null, name: unknown): RosMessage => {
    if (type !== null) return { typedefs: typeDetails(type, types) };
    if (types.version === 2) return { typedefs: [] };
    throw new Error(`Unable to load the manifest for package ${String(name).split("/")[0]}.`);
  };
  return {
    topics: () => ({ topics: topics().map(({ name }) => name), types: topics().map(({ type }) => type) }),
    topics_for_type: ({ type }) => ({
      topics: topics().flatMap((topic) => (topic.type === type ? [topic.name] : [])),
    }),
    services: () => ({ services: graph.services.map(({ name }) => name) }),
    services_for_type: ({ type }) => ({
      services: graph.services.flatMap((service) => (service.type.name === type ? [service.name] : [])),
    }),
    nodes: () => ({ nodes: graph.nodes }),
    node_details: ({ node }) => ({
      subscribing: namesOf(graph, (topic) => graph.subscribersOf(topic).includes(node as string)),
      publishing: namesOf(graph, (topic) => graph.publishersOf(topic).includes(node as string)),
      services: graph.services.flatMap((service) => (service.node === node ? [service.name] : [])),
    }),
    action_servers: () => ({ action_servers: [] }),
    topic_type: ({ topic }) => ({ type: nameOf(graph.typeOf(topic as string)) }),
    service_type: ({ service }) => ({ type: graph.service(service as string)?.type.name ?? "" }),
    publishers: ({ topic }) => ({ publishers: graph.publishersOf(topic as string) }),
    subscribers: ({ topic }) => ({ subscribers: graph.subscribersOf(topic as string) }),
    service_providers: ({ service }) => ({
      providers: graph.services.flatMap(({ type, node }) => (type.name === service ? [node] : [])),
    }),
    service_node: ({ service }) => ({ node: graph.service(service as string)?.node ?? "" }),
    ...(types.version === 1
      ? {
          service_host: ({ service }: RosMessage) => ({
            host: graph.service(service as string) === null ? "" : hostname(),
          }),
        }
      : {}),
    message_details: ({ type }) => described(types.message(type as string), type),
    service_request_details: ({ type }) => described(types.service(type as string)?.request ?? null, type),
    service_response_details: ({ type }) => described(types.service(type as string)?.response ?? null, type),
    get_time: () => ({ time: graph.now() }),
    topics_and_raw_types: () => ({
      topics: topics().map(({ name }) => name),
      types: topics().map(({ type }) => type),
      typedefs_full_text: graph.topics.map(({ type }) => (type === null ? "" : typeText(type))),
    }),
  };
}

function namesOf(graph: RosGraph, wanted: (topic: string) => boolean): string[] {
  return graph.topics.flatMap(({ name }) => (wanted(name) ? [name] : [])).sort();
}

function parameterHandlers({ types, parameters }: RosGraph): Record<string, Handler> {
  if (types.version === 1)
    return {
      set_param: ({ name, value }) => {
        parameters.set(name as string, parameterValue(value as string));
        return {};
      },
      get_param: (request) => {
        const value = parameters.get(request.name as string);
        return { value: pythonJson(value ?? defaultValue(request.default as string)) };
      },
      has_param: ({ name }) => ({ exists: parameters.get(name as string) !== undefined }),
      search_param: ({ name }) => ({
        global_name: parameters.get(name as string) === undefined ? "" : (name as string),
      }),
      delete_param: ({ name }) => {
        parameters.delete(name as string);
        return {};
      },
      get_param_names: () => ({ names: parameters.names }),
    };
  const split = (name: unknown): readonly [string, string] | null => {
    const parts = (name as string).split(":");
    return parts.length === 2 ? [parts[0]!, parts[1]!] : null;
  };
  const found = (name: unknown): Wire | undefined => {
    const address = split(name);
    return address === null ? undefined : parameters.declared(...address);
  };
  return {
    set_param: ({ name, value }) => {
      const address = split(name);
      if (address !== null) parameters.setDeclared(...address, parameterValue(value as string));
      return {};
    },
    get_param: ({ name, default_value }) => {
      if (split(name) === null) return {};
      return { value: pythonJson(found(name) ?? defaultValue(default_value as string, "")) };
    },
    has_param: ({ name }) => ({ exists: found(name) !== undefined }),
    delete_param: () => ({}),
    get_param_names: () => ({ names: parameters.declaredNames }),
  };
}

function parameterValue(text: string): Wire {
  try {
    return parseWire(text);
  } catch {
    throw new Error(
      "Due to the type flexibility of the ROS parameter server, the value argument to set_param must be a JSON-formatted string.",
    );
  }
}

function defaultValue(text: string, otherwise: Wire = null): Wire {
  if (text === "") return otherwise;
  try {
    return parseWire(text);
  } catch {
    return text;
  }
}
