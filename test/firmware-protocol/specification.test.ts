/** What README.md says in bytes and figures, held against the codec. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { challengeOf, responseTo } from "../../firmware-protocol/codec/challenge.ts";
import { cobsDecode } from "../../firmware-protocol/codec/cobs.ts";
import {
  CRC_LENGTH,
  decodeFrame,
  encodeFrame,
  HEADER_LENGTH,
  LONGEST_BLOCK,
  LONGEST_PAYLOAD,
} from "../../firmware-protocol/codec/frame.ts";
import { MESSAGES } from "../../firmware-protocol/codec/message-table.ts";
import { decodeMessage, encodeMessage } from "../../firmware-protocol/codec/payload.ts";
import { decodeSamples } from "../../firmware-protocol/codec/samples.ts";
import { protocolPath } from "../../firmware-protocol/generate/table.ts";
import { bytesOf, hex, messageFromJson, messageToJson } from "../../firmware-protocol/vectors/vector-json.ts";
import { parameterHash } from "../../src/robot/parameters.ts";

const README = readFileSync(protocolPath("README.md"), "utf8");

interface Example {
  readonly means: Readonly<Record<string, unknown>>;
  readonly header: string;
  readonly payload: string;
  readonly crc: string;
  readonly wire: string;
}

const EXAMPLES: readonly Example[] = [
  ...README.matchAll(/```text\nmeans +(.*)\nheader +(.*)\npayload +(.*)\ncrc +(.*)\nwire +(.*)\n```/g),
].map(([, means, ...lines]) => {
  const [header, payload, crc, wire] = lines.map((line) => line.replaceAll(" ", ""));
  return { means: JSON.parse(means!), header: header!, payload: payload!, crc: crc!, wire: wire! };
});

function example(kind: string): Example {
  const found = EXAMPLES.find(({ means }) => means["kind"] === kind);
  assert.ok(found !== undefined, `no example of ${kind}`);
  return found;
}

describe("the specification", () => {
  it("shows bytes that the codec writes and reads", () => {
    assert.equal(EXAMPLES.length, README.split("```text").length - 1);
    assert.ok(EXAMPLES.length >= 6);
    for (const { means, header, payload, crc, wire } of EXAMPLES) {
      const block = bytesOf(wire).subarray(0, -1);
      assert.equal(hex(cobsDecode(block)!), header + payload + crc);
      const frame = decodeFrame(block);
      assert.ok(typeof frame !== "string");
      const message = messageFromJson(means);
      assert.deepEqual(encodeMessage(message), { type: frame.type, payload: bytesOf(payload) });
      assert.equal(hex(encodeFrame(frame)), wire);
      const decoded = decodeMessage(frame.type, frame.payload, MESSAGES[message.kind].from);
      assert.ok(decoded !== null);
      assert.deepEqual(messageToJson(decoded), means);
    }
  });

  it("shows the hash, the challenge and the samples that follow from its figures", () => {
    const { gait, values } = example("stage").means as unknown as Parameters<typeof parameterHash>[0];
    const hash = Number.parseInt(parameterHash({ gait, values }), 16);
    assert.equal(example("staged").means["hash"], hash);
    assert.match(README, new RegExp(`echo of its hash, ${parameterHash({ gait, values })}:`));
    const telemetry = example("telemetry").means;
    assert.equal(telemetry["set"], hash & 0xffff);
    assert.equal(telemetry["challenge"], challengeOf(0x12345678, 1000));
    assert.equal(example("keepalive").means["response"], responseTo(challengeOf(0x12345678, 1000)));
    const sampled = new Float64Array(3);
    assert.ok(decodeSamples(bytesOf(telemetry["samples"] as string), [0.001, 0.001, 0], sampled));
    assert.deepEqual([...sampled], [0.5, Number.NaN, 11.5]);
  });

  it("gives the codec's sizes", () => {
    const { length } = encodeFrame({
      ...encodeMessage({ kind: "stop", level: "cut" }),
      flags: 1,
      seq: 1,
      session: 1,
      time: 1,
    });
    for (const words of [
      `at most ${LONGEST_PAYLOAD} bytes, so a block between two zeros has at most ${LONGEST_BLOCK}`,
      `${HEADER_LENGTH} bytes, little endian`,
      `${HEADER_LENGTH + CRC_LENGTH} bytes of header and`,
      `A stop has ${length} bytes on the wire`,
    ])
      assert.ok(README.includes(words), words);
  });
});
