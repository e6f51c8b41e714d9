/**
 * The whole config of a link against the robot's own server, before anything moves: `open()` refuses the errors,
 * `gaitsmith check` shows all of it.
 */
import { nearestName } from "../../../config/nearest-name.ts";
import type { RosbridgeLinkConfig, TopicMapping } from "../../../config/rosbridge-link.ts";
import { checkControl, commandTopics, otherType, type ServerContext } from "./check-operations.ts";
import { checkTelemetry, checkTopic, sameType } from "./check-telemetry.ts";
import { knownByName, suspicionAbout } from "./commanded-trap.ts";
import { definitionText } from "./definition-text.ts";
import { MessageDefinitions } from "./definitions.ts";
import { type ResolvedField, resolveField } from "./field-path.ts";
import { errorAt, type Finding } from "./finding.ts";
import { type RosTypes, typeInWords } from "./ros-types.ts";
import { type Ask, absolute, isBridge, ServerGraph, type ServerType } from "./server-graph.ts";

export interface ServerCheckOptions {
  readonly link: RosbridgeLinkConfig;
  /** Of the robot, by the names the channels go by. */
  readonly joints: readonly string[];
  readonly ros: 1 | 2;
  /** Where the reward's speed comes from, `telemetry.speed_source` of the hardware config. */
  readonly speedSource: string;
  readonly ask: Ask;
}

/** @returns which ROS is behind the server, by its own word or the spelling of its types; null: rosapi does not tell */
export async function rosVersion(ask: Ask): Promise<1 | 2 | null> {
  const graph = new ServerGraph(ask);
  const version = (await graph.call("/rosapi/get_ros_version", {}))?.["version"];
  if (version === 1 || version === 2) return version;
  const types = [...((await graph.topics()) ?? new Map<string, string>()).values()];
  if (types.length === 0) return null;
  return types.some((type) => /^\w+\/msg\/\w+$/u.test(type)) ? 2 : 1;
}

/** Never rejects: what cannot be asked is a finding. */
export async function checkAgainstServer(options: ServerCheckOptions): Promise<Finding[]> {
  const { link, joints, ros, ask } = options;
  const definitions = new MessageDefinitions(link.definitions, ros);
  const local = checkTelemetry(link, joints, definitions).findings;
  const graph = new ServerGraph(ask);
  const topics = await graph.topics();
  if (topics === null)
    return [
      ...local,
      errorAt(link.url, {
        what: "rosapi does not answer on this server: what the robot has cannot be checked",
        remedy: "Start it beside rosbridge (rosbridge_websocket.launch does) and allow it to see all topics.",
      }),
    ];
  const context: ServerContext = { graph, ros, topics };
  const findings = [...local];
  for (const mapping of link.telemetry.topics)
    findings.push(...(await checkMappedTopic(context, definitions, mapping)));
  if (link.control.kind === "mapped") findings.push(...(await checkControl(context, link.control)));
  for (const namespace of namespacesOf(link)) findings.push(...(await checkNode(context, namespace)));
  findings.push(...(await checkSources(context, options)));
  return withoutRepetition(findings);
}

async function checkMappedTopic(
  { graph, topics }: ServerContext,
  definitions: MessageDefinitions,
  mapping: TopicMapping,
): Promise<Finding[]> {
  const { where } = mapping;
  const topic = absolute(mapping.topic);
  const there = topics.get(topic);
  const publishers = await graph.publishers(topic);
  if (there === undefined) {
    const near = nearestName(topic, [...topics.keys()]);
    return [
      errorAt(where, {
        what: `the robot has no topic ${topic}`,
        remedy: near === null ? "Start the node that publishes it." : `Did you mean \`${near}\`?`,
      }),
    ];
  }
  if (!sameType(there, mapping.type)) return [otherType(where, topic, there, mapping.type)];
  const findings: Finding[] = [];
  if (publishers?.length === 0)
    findings.push(
      errorAt(where, {
        what: `nobody publishes ${topic}`,
        remedy: "Start the node that does, or leave it out.",
      }),
    );
  if (publishers !== null && publishers.length > 1)
    findings.push({
      severity: "warning",
      where,
      what: `${topic} has ${publishers.length} publishers: ${publishers.join(", ")}`,
      remedy: "Let only one publish it; messages of several mix.",
    });
  const details = await graph.details("message_details", there);
  if (details === null) return findings;
  if (definitions.fieldsOf(mapping.type) === null) {
    findings.push({
      severity: "note",
      where,
      what: `the server describes ${details.root}`,
      remedy: `Put this into the config's link:\n  definitions:\n${definitionText(details, definitions)
        .map((line) => `  ${line}`)
        .join("\n")}`,
    });
  }
  const { topic: fits, findings: wrong } = checkTopic(details.types, mapping);
  findings.push(...wrong);
  if (fits !== null) findings.push(...definitionsDiffer(definitions, details, mapping));
  return findings;
}

/** The config's definitions, by which messages are read, may not be those that the robot was built with. */
function definitionsDiffer(definitions: RosTypes, server: ServerType, mapping: TopicMapping): Finding[] {
  const { type, where } = mapping;
  if (definitions.fieldsOf(type) === null) return [];
  if (mapping.encoding === "cbor-raw") {
    const different = firstDifference(definitions, server.types, server.root);
    if (different === null) return [];
    return [
      errorAt(where, {
        what: `${different}: its bytes cannot be read by this definition`,
        remedy: "Put the robot's own .msg text into link.definitions, or take `encoding: json`.",
      }),
    ];
  }
  return mapping.channels.flatMap((channel) => {
    const ours = resolveField(definitions, type, channel.field);
    const theirs = resolveField(server.types, server.root, channel.field);
    if (!ours.ok || !theirs.ok || readAlike(ours, theirs)) return [];
    return [
      errorAt(channel.where, {
        what: `\`${channel.field}\` is ${typeInWords(theirs)} on the robot, ${typeInWords(ours)} in the definition here`,
        remedy: "Put the robot's own .msg text into link.definitions.",
      }),
    ];
  });
}

function readAlike(a: ResolvedField, b: ResolvedField): boolean {
  return a.kind === b.kind && (a.array === null) === (b.array === null) && bytes(a.type) === bytes(b.type);
}

/** Bytes are written as text in JSON, other numbers as numbers. */
function bytes(type: string): boolean {
  return type === "uint8";
}

function firstDifference(
  ours: RosTypes,
  theirs: RosTypes,
  type: string,
  seen = new Set<string>(),
): string | null {
  if (seen.has(type)) return null;
  seen.add(type);
  const [left, right] = [ours.fieldsOf(type), theirs.fieldsOf(type)];
  if (left === null || right === null) return null;
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [a, b] = [left[index], right[index]];
    if (a === undefined || b === undefined || a.name !== b.name || layoutOf(a) !== layoutOf(b)) {
      const here = a === undefined ? "nothing" : `${typeInWords(a)} ${a.name}`;
      const there = b === undefined ? "nothing" : `${typeInWords(b)} ${b.name}`;
      return `${type} has \`${there}\` on the robot where the definition here has \`${here}\``;
    }
    const deeper = firstDifference(ours, theirs, a.type, seen);
    if (deeper !== null) return deeper;
  }
  return null;
}

/** A byte is signed in one description and not in the other. */
function layoutOf(field: Parameters<typeof typeInWords>[0]): string {
  return typeInWords(field).replace(/^u?int8/u, "int8");
}

function namespacesOf({ control, watchdog }: RosbridgeLinkConfig): string[] {
  const ours = [control, watchdog].flatMap((one) => (one.kind === "node" ? [one.namespace] : []));
  return [...new Set(ours.map((namespace) => absolute(namespace).replace(/\/$/u, "")))];
}

/** Our own node on the robot, `docs/rosbridge.md`. */
async function checkNode({ graph }: ServerContext, namespace: string): Promise<Finding[]> {
  const listeners = (await graph.subscribers(`${namespace}/command`)) ?? [];
  const speakers = (await graph.publishers(`${namespace}/state`)) ?? [];
  if (listeners.some((node) => !isBridge(node)) && speakers.length > 0) return [];
  return [
    errorAt("link", {
      what: `no gaitsmith node runs on the robot under ${namespace}: nobody listens to ${namespace}/command or publishes ${namespace}/state`,
      remedy: "Start it on the robot (examples/ros1, examples/ros2), with the same namespace.",
    }),
  ];
}

/** Whether what is called measured is measured. */
async function checkSources({ graph }: ServerContext, options: ServerCheckOptions): Promise<Finding[]> {
  const { link, speedSource } = options;
  const commands = link.control.kind === "mapped" ? commandTopics(link.control) : [];
  const findings: Finding[] = [];
  for (const mapping of link.telemetry.topics) {
    const measured = mapping.channels.filter(({ source }) => source === "measured");
    // Only where the robot or its joints are can be wished for.
    const places = measured.filter(({ channels }) =>
      channels.some((name) => /^(?:odometry|pose|joint)\./u.test(name)),
    );
    if (places.length === 0) continue;
    const suspicion = await suspicionAbout(graph, mapping.topic, commands);
    if (suspicion === null) continue;
    findings.push(trapFinding(mapping, speedSource, suspicion.degree === "certain", suspicion.because));
  }
  return findings;
}

/**
 * Refuses a reward source that is known by its name to be commanded: what can be said without a server.
 *
 * @param speedSource see {@link ServerCheckOptions.speedSource}
 */
export function checkSourceNames(link: RosbridgeLinkConfig, speedSource: string): Finding[] {
  return link.telemetry.topics.flatMap((mapping) => {
    const because = knownByName(mapping);
    const measured = mapping.channels.some(({ source }) => source === "measured");
    return because === null || !measured ? [] : [trapFinding(mapping, speedSource, true, because)];
  });
}

function trapFinding(mapping: TopicMapping, speedSource: string, certain: boolean, because: string): Finding {
  const scored = mapping.channels.some(({ channels }) =>
    channels.some((name) => name.startsWith(`${speedSource}.`)),
  );
  const remedy = scored
    ? "Take the speed from motion capture or tags (`pose`), from encoders on the links, or type the distance (`speed_source: operator`)."
    : "Declare these channels `commanded`, unless the robot has encoders.";
  return {
    severity: certain && scored ? "error" : "warning",
    where: mapping.where,
    what:
      `${absolute(mapping.topic)} is called measured, but ${because}` +
      (scored ? "; the reward would be the robot's own wish, and the optimiser would maximise it" : ""),
    remedy,
  };
}

function withoutRepetition(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ where, what }) => {
    const key = `${where}\n${what}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
