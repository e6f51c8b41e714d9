/** The control part of a link's config against the server: services, topics, actions and parameters, and their fields. */
import { nearestName } from "../../../config/nearest-name.ts";
import type {
  ActionGoal,
  Confirmation,
  MappedControl,
  Operation,
  ParameterWrite,
  ServiceCall,
  TargetStream,
  Template,
  TopicPublication,
} from "../../../config/rosbridge-link.ts";
import { checkTemplate } from "./check-template.ts";
import { resolveField } from "./field-path.ts";
import { errorAt, type Finding } from "./finding.ts";
import { shortType, spelledFor, typeInWords } from "./ros-types.ts";
import { absolute, isBridge, type ServerGraph, type ServerType } from "./server-graph.ts";

export interface ServerContext {
  readonly graph: ServerGraph;
  readonly ros: 1 | 2;
  /** Types by topic. */
  readonly topics: ReadonlyMap<string, string>;
}

/** @param namespaces of our own nodes on the robot: the watchdog may publish joint targets as well */
export async function checkControl(
  context: ServerContext,
  control: MappedControl,
  namespaces: readonly string[],
): Promise<Finding[]> {
  const { arm, disarm, parameters, start, stop, targets } = control;
  const operations = [arm, disarm, parameters, start, stop.neutral, stop.settle, stop.cut];
  const findings: Finding[] = [];
  for (const operation of new Set(operations))
    if (operation !== null) findings.push(...(await checkOperation(context, operation)));
  if (targets !== null) findings.push(...(await checkTargets(context, targets, namespaces)));
  return findings;
}

/** Topics that carry what the robot is to do. */
export function commandTopics({ arm, disarm, parameters, start, stop, targets }: MappedControl): string[] {
  const operations = [arm, disarm, parameters, start, stop.neutral, stop.settle, stop.cut];
  const published = operations.flatMap((one) => (one?.kind === "topic" ? [one.topic] : []));
  return [...new Set(targets === null ? published : [targets.topic, ...published])];
}

function checkOperation(context: ServerContext, operation: Operation): Promise<Finding[]> {
  switch (operation.kind) {
    case "service":
      return checkService(context, operation);
    case "topic":
      return checkPublication(context, operation);
    case "action":
      return checkAction(context, operation);
    case "ros-parameters":
      return checkParameters(context, operation);
    case "nothing":
      return Promise.resolve([]);
  }
}

async function checkService({ graph, ros }: ServerContext, call: ServiceCall): Promise<Finding[]> {
  const { where } = call;
  const service = absolute(call.service);
  const services = (await graph.services()) ?? [];
  if (!services.map(absolute).includes(service))
    return [absent(where, "service", service, services, "offers it")];
  const type = (await graph.serviceType(service)) ?? spelledFor(ros, call.type, "srv");
  if (shortType(type) !== shortType(call.type)) return [otherType(where, service, type, call.type)];
  const request = await graph.details("service_request_details", type);
  const response = await graph.details("service_response_details", type);
  const wrong =
    request === null
      ? [unseen(where, `the request of ${type}`)]
      : templateWrong(where, request, call.request);
  return [...wrong, ...responseWrong(where, response, type, call)];
}

function responseWrong(
  where: string,
  response: ServerType | null,
  type: string,
  { accepted, reason, distance }: ServiceCall,
): Finding[] {
  if (accepted === null && reason === null && distance === null) return [];
  if (response === null) return [unseen(where, `the response of ${type}`)];
  return [
    ...(accepted === null ? [] : fieldWrong(where, response, accepted.field, typeof accepted.equals)),
    ...(reason === null ? [] : fieldWrong(where, response, reason, "string")),
    ...(distance === null ? [] : fieldWrong(where, response, distance, "number")),
  ];
}

async function checkPublication(context: ServerContext, publication: TopicPublication): Promise<Finding[]> {
  const { topic, type, message, confirmedBy, where } = publication;
  const { graph, ros, topics } = context;
  const there = topics.get(absolute(topic));
  const findings = await heard(context, topic, type, where);
  if (there === undefined || shortType(there) === shortType(type)) {
    const details = await graph.details("message_details", there ?? spelledFor(ros, type));
    findings.push(
      ...(details === null
        ? [unseen(where, `the message type ${type}`)]
        : templateWrong(where, details, message)),
    );
  }
  if (confirmedBy !== null) findings.push(...(await checkConfirmation(context, confirmedBy, where)));
  return findings;
}

async function checkConfirmation(
  { graph, topics }: ServerContext,
  { topic, type, field, equals }: Confirmation,
  where: string,
): Promise<Finding[]> {
  const there = topics.get(absolute(topic));
  const publishers = await graph.publishers(topic);
  if (there === undefined || publishers?.length === 0)
    return [absent(where, "topic", absolute(topic), [...topics.keys()], "publishes it")];
  if (shortType(there) !== shortType(type)) return [otherType(where, absolute(topic), there, type)];
  const details = await graph.details("message_details", there);
  return details === null
    ? [unseen(where, `the message type ${there}`)]
    : fieldWrong(where, details, field, typeof equals);
}

async function checkTargets(
  context: ServerContext,
  { topic, type, where }: TargetStream,
  namespaces: readonly string[],
): Promise<Finding[]> {
  const { graph } = context;
  const publishers = (await graph.publishers(topic)) ?? [];
  const ours: string[] = [];
  for (const namespace of namespaces) ours.push(...((await graph.subscribers(`${namespace}/command`)) ?? []));
  const others = publishers.filter((node) => !isBridge(node) && !ours.includes(node));
  const findings = await heard(context, topic, type, where);
  if (others.length === 0) return findings;
  const [what, them] = others.length === 1 ? ["publishes", "it"] : ["publish", "them"];
  return [
    ...findings,
    errorAt(where, {
      what: `${others.join(", ")} ${what} joint targets on ${absolute(topic)} as well: the joints would jump between two wishes`,
      remedy: `Stop ${them}, or have gaitsmith tell the robot's own controller what to do instead of streaming.`,
    }),
  ];
}

/** Whether anybody listens to what we publish. */
async function heard(
  { graph, topics }: ServerContext,
  topic: string,
  type: string,
  where: string,
): Promise<Finding[]> {
  const there = topics.get(absolute(topic));
  if (there !== undefined && shortType(there) !== shortType(type))
    return [otherType(where, absolute(topic), there, type)];
  const subscribers = await graph.subscribers(topic);
  if (subscribers === null)
    return there === undefined
      ? [absent(where, "topic", absolute(topic), [...topics.keys()], "listens to it")]
      : [];
  if (subscribers.some((node) => !isBridge(node))) return [];
  return [absent(where, "topic", absolute(topic), [...topics.keys()], "listens to it")];
}

async function checkAction({ graph, ros }: ServerContext, goal: ActionGoal): Promise<Finding[]> {
  const { where } = goal;
  if (ros === 1)
    return [
      errorAt(where, {
        what: "rosbridge sends action goals in ROS 2 only",
        remedy: "Use a service or a topic.",
      }),
    ];
  const action = absolute(goal.action);
  const servers = await graph.actionServers();
  if (servers === null) return [unseen(where, "the actions")];
  if (!servers.map(absolute).includes(action)) return [absent(where, "action", action, servers, "offers it")];
  const type = spelledFor(ros, goal.type, "action");
  const request = await graph.details("action_goal_details", type);
  if (request === null) return [unseen(where, `the goal of ${type}`)];
  const findings = templateWrong(where, request, goal.goal);
  if (goal.distance === null) return findings;
  const result = await graph.details("action_result_details", type);
  const wrong =
    result === null
      ? [unseen(where, `the result of ${type}`)]
      : fieldWrong(where, result, goal.distance, "number");
  return [...findings, ...wrong];
}

async function checkParameters({ graph, ros }: ServerContext, write: ParameterWrite): Promise<Finding[]> {
  const { where } = write;
  const node = absolute(write.node).replace(/\/$/u, "");
  const services = ((await graph.services()) ?? []).map(absolute);
  const wanted = ros === 1 ? ["/rosapi/set_param", "/rosapi/get_param"] : parameterServices(node);
  const gone = wanted.filter((service) => !services.includes(service));
  if (gone.length > 0) return gone.map((service) => absent(where, "service", service, services, "offers it"));
  const names = ros === 1 ? await parametersOfRos1(graph, node) : await parametersOfRos2(graph, node);
  if (names === null) return [unseen(where, `the parameters of ${node}`)];
  // In ROS 1 a parameter may be set that nobody has asked for yet.
  const severity = ros === 1 ? "warning" : "error";
  return Object.keys(write.values)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      ...absent(where, "parameter", name, names, `has declared it (${node === "" ? "/" : node})`),
      severity,
    }));
}

function parameterServices(node: string): string[] {
  return [`${node}/set_parameters_atomically`, `${node}/get_parameters`];
}

async function parametersOfRos1(graph: ServerGraph, node: string): Promise<string[] | null> {
  const answer = await graph.call("/rosapi/get_param_names", {});
  const names = answer?.["names"];
  if (!Array.isArray(names)) return null;
  return names
    .filter((name) => String(name).startsWith(`${node}/`))
    .map((name) => String(name).slice(node.length + 1));
}

async function parametersOfRos2(graph: ServerGraph, node: string): Promise<string[] | null> {
  const answer = await graph.call(`${node}/list_parameters`, { prefixes: [], depth: 0 });
  const names = (answer?.["result"] as { readonly names?: unknown } | undefined)?.names;
  return Array.isArray(names) ? names.map(String) : null;
}

function templateWrong(where: string, { root, types }: ServerType, template: Template): Finding[] {
  return checkTemplate(types, root, template).map((wrong) => errorAt(where, wrong));
}

const KINDS: Readonly<Record<string, string>> = { string: "text", number: "number", boolean: "bool" };

function fieldWrong(where: string, { root, types }: ServerType, path: string, wanted: string): Finding[] {
  const field = resolveField(types, root, path);
  if (!field.ok) return [errorAt(where, field)];
  if (field.array === null && field.kind === KINDS[wanted]) return [];
  return [
    errorAt(where, {
      what: `\`${path}\` of ${field.parent} is ${typeInWords(field)}; a ${KINDS[wanted]} is expected`,
      remedy: "Name another field, or write the value that it takes.",
    }),
  ];
}

function absent(
  where: string,
  kind: string,
  name: string,
  names: readonly string[],
  nobody: string,
): Finding {
  if (names.includes(name))
    return errorAt(where, {
      what: `nobody ${nobody}: ${kind} ${name}`,
      remedy: "Start the robot's node that does.",
    });
  const near = nearestName(name, names);
  return errorAt(where, {
    what: `there is no ${kind} ${name}: nobody ${nobody}`,
    remedy: near === null ? "Start the robot's node that does." : `Did you mean \`${near}\`?`,
  });
}

export function otherType(where: string, name: string, there: string, written: string): Finding {
  return errorAt(where, {
    what: `${name} is of type ${there} on the robot, not ${written}`,
    remedy: `Write \`type: ${shortType(there)}\`.`,
  });
}

function unseen(where: string, what: string): Finding {
  return {
    severity: "warning",
    where,
    what: `the server does not describe ${what}: it goes unchecked`,
    remedy: "Check it by hand; a server refuses a wrong message without telling.",
  };
}
