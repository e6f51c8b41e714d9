/** Who is at the other end, and what it reports: the first questions of a conversation. */
import {
  type Message,
  type MessageOf,
  PROTOCOL,
  SCHEMA,
} from "../../../firmware-protocol/codec/message-table.ts";
import { fail } from "../../errors.ts";
import type { ClockKind } from "../../robot/robot.ts";
import type { DescribedChannel } from "./telemetry-plan.ts";

/** Versions of the messages that this side speaks. */
const OLDEST = PROTOCOL;
const NEWEST = PROTOCOL;

export type Ask = (message: Message) => Promise<Message>;

export interface Introduction {
  readonly hello: MessageOf<"hello-reply">;
  readonly channels: readonly DescribedChannel[];
  readonly joints: readonly string[];
}

export interface Expected {
  readonly robotId: string;
  readonly clock: ClockKind;
  /** The device, for error messages. */
  readonly where: string;
}

/**
 * @param askHello with the patience that a robot deserves which may just be starting
 * @throws ROBOT_MISMATCH for another version, robot or clock, and whatever `ask` throws
 */
export async function introduce(askHello: Ask, ask: Ask, expected: Expected): Promise<Introduction> {
  const { robotId, clock, where } = expected;
  const hello = await greet(askHello, where);
  refuseUnless(hello.robotId === robotId, where, {
    what: `it is ${hello.robotId}, the config describes ${robotId}`,
    remedy: "Check link.path and robot.id.",
  });
  refuseUnless(hello.clock === clock, where, {
    what: `its clock is ${hello.clock}, the config says ${clock}`,
    remedy: `Write link.clock: ${hello.clock}.`,
  });
  const channels: DescribedChannel[] = [];
  for (let index = 0; index < hello.channels; index++) {
    const { name, unit, source, joint, group, resolution } = await describe(ask, "channel", index, where);
    const channel = { name, unit, source, ...(joint === "" ? {} : { joint }) };
    channels.push({ channel, group, resolution });
  }
  const joints: string[] = [];
  for (let index = 0; index < hello.joints; index++)
    joints.push((await describe(ask, "joint", index, where)).name);
  return { hello, channels, joints };
}

/** @throws ROBOT_MISMATCH when no version is common to both */
export async function greet(ask: Ask, where: string): Promise<MessageOf<"hello-reply">> {
  const reply = await ask({
    kind: "hello",
    oldest: OLDEST,
    newest: NEWEST,
    schema: SCHEMA,
    host: "gaitsmith",
  });
  const ours = OLDEST === NEWEST ? `version ${NEWEST}` : `versions ${OLDEST} to ${NEWEST}`;
  const remedy = "Install a firmware and a gaitsmith that speak the same version.";
  if (reply.kind === "nack" && reply.code === "version")
    refuseUnless(false, where, {
      what: `gaitsmith speaks ${ours} of the protocol, and the robot answers: ${reply.reason || "another"}`,
      remedy,
    });
  if (reply.kind !== "hello-reply") return confused("hello", reply, where);
  refuseUnless(reply.protocol >= OLDEST && reply.protocol <= NEWEST, where, {
    what: `gaitsmith speaks ${ours} of the protocol, the robot chose version ${reply.protocol}`,
    remedy,
  });
  return reply;
}

async function describe(
  ask: Ask,
  subject: "channel" | "joint",
  index: number,
  where: string,
): Promise<MessageOf<"description">> {
  const reply = await ask({ kind: "describe", subject, index });
  return reply.kind === "description" ? reply : confused("describe", reply, where);
}

function refuseUnless(
  holds: boolean,
  where: string,
  { what, remedy }: { readonly what: string; readonly remedy: string },
): void {
  if (!holds) fail("ROBOT_MISMATCH", { what, where, remedy });
}

/** Why the robot refused, in its words, with the field that it is about. */
export function reasonOf({ field, reason }: MessageOf<"nack">): string {
  return field === "" || reason.includes(field) ? reason : `${field}: ${reason}`;
}

/** The robot answered something that answers no such question. */
export function confused(asked: string, reply: Message, where: string): never {
  const words = reply.kind === "nack" ? `refused it: ${reasonOf(reply)}` : `answered ${reply.kind}`;
  return fail(reply.kind === "nack" ? "ROBOT_REFUSED" : "PROTOCOL_VIOLATION", {
    what: `${asked}: the robot ${words}`,
    where,
    remedy: "Check that firmware and gaitsmith speak the same version of the protocol.",
  });
}
