/** Messages that came as the bytes ROS itself sends (rosbridge's `cbor-raw`): ROS 1 serialisation, CDR in ROS 2. */
import { createRequire } from "node:module";
import type { MessageDefinitions } from "./definitions.ts";
import { type Mismatch, mismatch } from "./finding.ts";

const load = createRequire(import.meta.url);

/** @returns the message; null when the bytes are none of this type */
export type RawReader = (bytes: Uint8Array) => unknown;

/** The bytes of a message of `cbor-raw`, `{secs, nsecs, bytes}`; null: it is none. */
export function rawBytes(message: unknown): Uint8Array | null {
  if (typeof message !== "object" || message === null) return null;
  const { bytes } = message as { readonly bytes?: unknown };
  return bytes instanceof Uint8Array ? bytes : null;
}

/** Why messages of a type cannot come as bytes; null: they can. */
export function rawRefused(definitions: MessageDefinitions, type: string): Mismatch | null {
  const parts = definitions.withDependencies(type);
  if (parts === null) return null;
  const wide = parts.flatMap((part) => part.definitions).find((field) => field.type === "wstring");
  if (wide === undefined) return null;
  return mismatch(
    `${type} has a wstring, \`${wide.name}\`, whose bytes depend on the robot's ROS`,
    "Take `encoding: json` for this topic.",
  );
}

/** The reader's code is made when the first message comes: most links never need one. */
export function rawReader(definitions: MessageDefinitions, type: string): RawReader {
  let reader: { readMessage(bytes: Uint8Array): unknown } | null = null;
  return (bytes) => {
    try {
      reader ??= makeReader(definitions, type);
      return reader.readMessage(bytes);
    } catch {
      return null;
    }
  };
}

function makeReader(
  definitions: MessageDefinitions,
  type: string,
): { readMessage(bytes: Uint8Array): unknown } {
  const parts = definitions.withDependencies(type) ?? [];
  if (definitions.ros === 1) {
    const ros1 = load("@foxglove/rosmsg-serialization") as typeof import("@foxglove/rosmsg-serialization");
    return new ros1.MessageReader(parts);
  }
  const ros2 = load("@foxglove/rosmsg2-serialization") as typeof import("@foxglove/rosmsg2-serialization");
  return new ros2.MessageReader(parts);
}
