/** What a simulated robot says about itself: who it is, its channels, and the parameters of its gaits. */
import type { Message, MessageOf } from "../../firmware-protocol/codec/message-table.ts";
import { PROTOCOL, SCHEMA } from "../../firmware-protocol/codec/message-table.ts";
import type { GaitParameterSpec } from "../../src/gait/gait.ts";
import { findGait, GAIT_NAMES } from "../../src/gait/gaits.ts";
import type { ParameterSetOnWire } from "../../src/robot/parameters.ts";
import type { Capabilities } from "../../src/robot/robot.ts";
import type { DeadManTimes } from "./dead-man.ts";
import { groupOf } from "./telemetry-format.ts";

/** Every parameter of every gait, in the order of `get-parameter`. */
const PARAMETERS: readonly { readonly gait: string; readonly spec: GaitParameterSpec }[] = GAIT_NAMES.flatMap(
  (gait) => (findGait(gait)?.parameters ?? []).map((spec) => ({ gait, spec })),
);

export interface Introduction {
  readonly capabilities: Capabilities;
  readonly bootId: number;
  /** null: it has none, in lockstep */
  readonly deadMan: DeadManTimes | null;
  /** How many hard limits it has. */
  readonly limits: number;
}

/** Answers `hello`. */
export function introduce(
  { oldest, newest }: MessageOf<"hello">,
  { capabilities, bootId, deadMan, limits }: Introduction,
): Message {
  if (oldest > PROTOCOL || newest < PROTOCOL)
    return {
      kind: "nack",
      code: "version",
      field: "newest",
      reason: `this robot speaks version ${PROTOCOL}, the host ${oldest} to ${newest}`,
    };
  return {
    kind: "hello-reply",
    protocol: PROTOCOL,
    schema: SCHEMA,
    robotId: capabilities.robotId,
    firmware: capabilities.firmware,
    bootId,
    reset: "power-on",
    clock: capabilities.clock,
    telemetryRate: capabilities.telemetryRate,
    settleAfter: deadMan?.settle ?? 0,
    cutAfter: deadMan?.cut ?? 0,
    runsGait: capabilities.runsGait,
    returnsByItself: capabilities.returnsByItself,
    channels: capabilities.layout.length,
    joints: capabilities.joints.length,
    parameters: PARAMETERS.length,
    limits,
  };
}

/** @returns null when there is no such channel or joint */
export function describe(
  { subject, index }: MessageOf<"describe">,
  { layout, joints }: Capabilities,
  resolutions: Float64Array,
): MessageOf<"description"> | null {
  const channel = subject === "channel" ? layout.channels[index] : undefined;
  if (channel !== undefined) {
    const { name, unit, source } = channel;
    const [group, resolution] = [groupOf(channel), resolutions[index]!];
    return { kind: "description", name, unit, source, joint: channel.joint ?? "", group, resolution };
  }
  const joint = subject === "joint" ? joints[index] : undefined;
  return joint === undefined
    ? null
    : {
        kind: "description",
        name: joint,
        unit: "rad",
        source: "measured",
        joint,
        group: 0,
        resolution: 0,
      };
}

/** @returns null when there is no such parameter */
export function parameter(index: number, active: ParameterSetOnWire | null): MessageOf<"parameter"> | null {
  const entry = PARAMETERS[index];
  if (entry === undefined) return null;
  const { gait, spec } = entry;
  const value = active?.gait === gait ? active.values.find(([name]) => name === spec.name)?.[1] : undefined;
  return {
    kind: "parameter",
    gait,
    name: spec.name,
    unit: spec.unit,
    // What it accepts is decided by reach, over the whole set, and by no bound of one parameter.
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    active: value ?? Number.NaN,
  };
}
