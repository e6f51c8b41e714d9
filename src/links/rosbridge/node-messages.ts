/** What a node that speaks gaitsmith's own conversation says (docs/rosbridge.md), read with suspicion. */
import { fail } from "../../errors.ts";
import type { ParameterSetOnWire } from "../../robot/parameters.ts";
import type { ClockKind, StopLevel } from "../../robot/robot.ts";
import { CONVERSATION, type NodeAnswer } from "./node-requests.ts";

/** A message, as far as it was read: fields of single kinds are unchecked. */
export type Fields = Readonly<Record<string, unknown>>;

/** What the node says of the robot. */
export interface NodeHello {
  readonly robot: string;
  readonly firmware: string;
  readonly boot: string;
  readonly joints: readonly string[];
  readonly runsGait: boolean;
  readonly returnsByItself: boolean;
  readonly clock: ClockKind;
  /** Hz; 0: it does not say. */
  readonly rate: number;
  readonly commands: readonly string[];
}

/** A `std_msgs/String` that holds a JSON object of this version. */
export function readObject(message: unknown): Fields | null {
  const data = (message as { readonly data?: unknown } | null)?.data;
  if (typeof data !== "string") return null;
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
    const fields = value as Fields;
    return fields["v"] === CONVERSATION ? fields : null;
  } catch {
    return null;
  }
}

/** @throws ROBOT_MISMATCH for a refusal, or an answer that this side does not understand */
export function readHello(answer: NodeAnswer, namespace: string): NodeHello {
  const { robot, firmware, boot, joints, runsGait, returnsByItself, clock, rate, commands } = answer;
  if (
    !answer.accepted ||
    typeof robot !== "string" ||
    typeof boot !== "string" ||
    !(clock === "realtime" || clock === "lockstep") ||
    !isTextArray(joints ?? []) ||
    !isTextArray(commands)
  )
    return fail("ROBOT_MISMATCH", {
      what: answer.accepted
        ? "the node's answer to hello lacks a field"
        : `the node refuses hello: ${answer.reason}`,
      where: namespace,
      remedy: "Run the node that belongs to this version of gaitsmith.",
    });
  return {
    robot,
    boot,
    clock,
    commands,
    firmware: typeof firmware === "string" ? firmware : "",
    joints: isTextArray(joints) ? joints : [],
    runsGait: runsGait === true,
    returnsByItself: returnsByItself === true,
    rate: typeof rate === "number" && rate > 0 ? rate : 0,
  };
}

/** @returns null for what is no parameter set */
export function readParameterSet(value: unknown): ParameterSetOnWire | null {
  const { gait, values } = (value ?? {}) as { readonly gait?: unknown; readonly values?: unknown };
  if (typeof gait !== "string" || !Array.isArray(values)) return null;
  const pairs = values as readonly unknown[];
  const right = pairs.every(
    (pair) => Array.isArray(pair) && typeof pair[0] === "string" && Number.isFinite(pair[1]),
  );
  return right ? { gait, values: pairs as [string, number][] } : null;
}

function isTextArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

export function isLevel(value: unknown): value is StopLevel {
  return value === "neutral" || value === "settle" || value === "cut";
}
