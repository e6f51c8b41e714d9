/** The codec against the shared vectors; the C library is held to the same files. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { encodeFrame, FrameReader } from "../../firmware-protocol/codec/frame.ts";
import { MESSAGES, type MessageName } from "../../firmware-protocol/codec/message-table.ts";
import { decodeMessage, encodeMessage, messageName } from "../../firmware-protocol/codec/payload.ts";
import type { FrameVectors } from "../../firmware-protocol/generate/frame-vectors.ts";
import type { MessageVectors } from "../../firmware-protocol/generate/message-vectors.ts";
import { protocolPath } from "../../firmware-protocol/generate/table.ts";
import {
  bytesOf,
  type FrameJson,
  frameFromJson,
  frameToJson,
  hex,
  messageFromJson,
  messageToJson,
} from "../../firmware-protocol/vectors/vector-json.ts";

const messages = read<MessageVectors>("messages.json");
const frames = read<FrameVectors>("frames.json");

function read<T>(file: string): T {
  return JSON.parse(readFileSync(protocolPath("vectors", file), "utf8")) as T;
}

describe("vectors", () => {
  it("are about every message and every cause of refusal", () => {
    const named = (list: readonly { readonly id: number }[]): Set<number> =>
      new Set(list.map(({ id }) => id));
    for (const name of Object.keys(MESSAGES) as MessageName[]) {
      assert.ok(named(messages.valid).has(MESSAGES[name].id), name);
      assert.ok(named(messages.invalid).has(MESSAGES[name].id), name);
    }
    const causes = new Set(frames.streams.flatMap(({ dropped }) => Object.keys(dropped)));
    assert.deepEqual([...causes].sort(), ["cobs", "crc", "flags", "too-long", "too-short", "version"]);
  });

  it("messages are produced and understood exactly", () => {
    for (const { name, from, id, payload, encoded, message } of messages.valid) {
      assert.deepEqual(
        encodeMessage(messageFromJson(message)),
        { type: id, payload: bytesOf(encoded ?? payload) },
        name,
      );
      const decoded = decodeMessage(id, bytesOf(payload), from);
      assert.ok(decoded !== null, name);
      assert.deepEqual(messageToJson(decoded), message, name);
      assert.equal(hex(encodeMessage(decoded).payload), encoded ?? payload, name);
    }
  });

  it("payloads that are no message are refused", () => {
    for (const { name, from, id, payload, error } of messages.invalid) {
      assert.equal(decodeMessage(id, bytesOf(payload), from), null, name);
      assert.equal(messageName(id, from) === undefined, error === "unknown", name);
    }
  });

  it("frames are written and read exactly", () => {
    for (const { name, frame, wire } of frames.frames) {
      assert.equal(hex(encodeFrame(frameFromJson(frame))), wire, name);
      assert.deepEqual(hear(wire), { frames: [frame], dropped: {} }, name);
    }
  });

  it("streams give their frames and their counts, all at once and byte by byte", () => {
    for (const { name, wire, frames: expected, dropped } of frames.streams) {
      assert.deepEqual(hear(wire), { frames: expected, dropped }, name);
      assert.deepEqual(hear(wire, 1), { frames: expected, dropped }, name);
    }
  });
});

function hear(wire: string, piece = Number.POSITIVE_INFINITY): { frames: FrameJson[]; dropped: object } {
  const heard: FrameJson[] = [];
  const reader = new FrameReader((frame) => heard.push(frameToJson(frame)));
  const bytes = bytesOf(wire);
  for (let at = 0; at < bytes.length; at += piece) reader.push(bytes.subarray(at, at + piece));
  const dropped = Object.fromEntries(Object.entries(reader.dropped).filter(([, count]) => count > 0));
  return { frames: heard, dropped };
}
