/** The telemetry part of a link's config against message definitions: every topic, field, stamp and channel. */
import { nearestName } from "../../../config/nearest-name.ts";
import type { RosbridgeLinkConfig, TopicMapping } from "../../../config/rosbridge-link.ts";
import type { MessageDefinitions } from "./definitions.ts";
import { type FieldStep, resolveField } from "./field-path.ts";
import { type PickedField, pickField } from "./field-pick.ts";
import { errorAt, type Finding, type Mismatch, mismatch } from "./finding.ts";
import { rawRefused } from "./raw-message.ts";
import { nearestType, type RosTypes, shortType, typeInWords } from "./ros-types.ts";

/** A topic whose every field has been found. */
export interface CheckedTopic {
  readonly mapping: TopicMapping;
  /** null: the messages have no stamp. */
  readonly stamp: readonly FieldStep[] | null;
  /** In the order of the mapping's channels. */
  readonly fields: readonly PickedField[];
}

export interface CheckedTelemetry {
  /** Those without an error. */
  readonly topics: readonly CheckedTopic[];
  readonly findings: readonly Finding[];
}

/** @param joints of the robot, by the names the channels go by */
export function checkTelemetry(
  link: RosbridgeLinkConfig,
  joints: readonly string[],
  definitions: MessageDefinitions,
): CheckedTelemetry {
  const findings: Finding[] = [...definitions.findings, ...checkNames(link, joints)];
  const topics: CheckedTopic[] = [];
  for (const mapping of link.telemetry.topics) {
    const raw = mapping.encoding === "cbor-raw" ? rawRefused(definitions, mapping.type) : null;
    if (raw !== null) findings.push(errorAt(mapping.where, raw));
    const checked = checkTopic(definitions, mapping);
    findings.push(...checked.findings);
    if (checked.topic !== null) topics.push(checked.topic);
  }
  return { topics, findings };
}

/** @param types where the message definitions come from: files, or the server */
export function checkTopic(
  types: RosTypes,
  mapping: TopicMapping,
): { readonly topic: CheckedTopic | null; readonly findings: readonly Finding[] } {
  const { type, where } = mapping;
  if (types.fieldsOf(type) === null) {
    const unknown = mismatch(
      `the message type ${type} is not known`,
      `${nearestType(type, types)}Add its .msg text to link.definitions.`,
    );
    return { topic: null, findings: [errorAt(where, unknown)] };
  }
  const findings: Finding[] = [];
  const stamp = mapping.stamp === null ? null : stampSteps(types, type, mapping.stamp);
  if (stamp !== null && "ok" in stamp) findings.push(errorAt(where, stamp));
  const fields: PickedField[] = [];
  for (const channel of mapping.channels) {
    const picked = pickField(types, type, channel);
    if (picked.ok) fields.push(picked);
    else findings.push(errorAt(channel.where, picked));
  }
  if (findings.length > 0 || (stamp !== null && "ok" in stamp)) return { topic: null, findings };
  return { topic: { mapping, stamp, fields }, findings };
}

function stampSteps(types: RosTypes, type: string, path: string): readonly FieldStep[] | Mismatch {
  const field = resolveField(types, type, path);
  if (!field.ok) return field;
  if (field.kind === "time" && field.array === null) return field.steps;
  const inside = field.kind === "message" && types.fieldsOf(field.type)?.find((one) => one.type === "time");
  return mismatch(
    `\`${path}\` of ${field.parent} is ${typeInWords(field)}, not a time`,
    inside ? `Did you mean \`${path}.${inside.name}\`?` : "Name its stamp, usually `header.stamp`, or none.",
  );
}

/** What can be said without any definition. */
function checkNames({ telemetry }: RosbridgeLinkConfig, joints: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  const topics = telemetry.topics.map(({ topic }) => topic);
  if (!topics.includes(telemetry.frames)) {
    const near = nearestName(telemetry.frames, topics);
    findings.push(
      errorAt("link.telemetry.frames", {
        what: `no topic ${telemetry.frames} is mapped; every message of it would make a frame`,
        remedy: `${near === null ? "" : `Did you mean \`${near}\`? `}Name one of: ${topics.join(", ")}.`,
      }),
    );
  }
  const channels = new Set<string>();
  for (const [index, mapping] of telemetry.topics.entries()) {
    if (topics.indexOf(mapping.topic) !== index)
      findings.push(
        errorAt(mapping.where, {
          what: `the topic ${mapping.topic} is mapped twice`,
          remedy: "Put all of its channels in one place.",
        }),
      );
    for (const channel of mapping.channels) {
      for (const name of channel.channels) {
        if (channels.has(name))
          findings.push(
            errorAt(channel.where, {
              what: `the channel ${name} is filled twice`,
              remedy: "Leave one of the two out.",
            }),
          );
        channels.add(name);
      }
      for (const joint of new Set(channel.joints)) {
        if (joints.includes(joint)) continue;
        const near = nearestName(joint, joints);
        findings.push(
          errorAt(channel.where, {
            what: `the robot has no joint ${joint}`,
            remedy: `${near === null ? "" : `Did you mean \`${near}\`? `}Its joints: ${joints.join(", ")}.`,
          }),
        );
      }
    }
  }
  return findings;
}

/** Whether two spellings name the same type. */
export function sameType(a: string, b: string): boolean {
  return shortType(a) === shortType(b);
}
