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

/** Implementations of ROS 2 fill the last word up with so many bytes at most. */
const MOST_PADDING = 7;

/** The reader's code is made when the first message comes: most links never need one. */
export function rawReader(definitions: MessageDefinitions, type: string): RawReader {
  let reader: RawReader | null = null;
  return (bytes) => {
    try {
      reader ??= definitions.ros === 1 ? readerOfRos1(definitions, type) : readerOfRos2(definitions, type);
      return reader(bytes);
    } catch {
      return null;
    }
  };
}

/**
 * Both readers would read on in what lies behind a message that is cut short: its length is compared. ROS 1's lazy reader is
 * good for that; read with it, a message whose fields are mostly asked for takes three times as long.
 */
function readerOfRos1(definitions: MessageDefinitions, type: string): RawReader {
  const { LazyMessageReader, MessageReader } = load(
    "@foxglove/rosmsg-serialization",
  ) as typeof import("@foxglove/rosmsg-serialization");
  const parts = definitions.withDependencies(type) ?? [];
  const lazy = new LazyMessageReader(parts);
  const reader = new MessageReader(parts);
  return (bytes) => (lazy.size(bytes) === bytes.byteLength ? reader.readMessage(bytes) : null);
}

function readerOfRos2(definitions: MessageDefinitions, type: string): RawReader {
  const { MessageReader } = load(
    "@foxglove/rosmsg2-serialization",
  ) as typeof import("@foxglove/rosmsg2-serialization");
  const reader = new MessageReader(definitions.withDependencies(type) ?? []);
  return (bytes) => {
    const message = reader.readMessage(bytes);
    const left = bytes.byteLength - reader.lastReadByteLength();
    return left >= 0 && left <= MOST_PADDING ? message : null;
  };
}
