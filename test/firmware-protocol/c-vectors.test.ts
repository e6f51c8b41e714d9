/** The C codec against the shared vectors: it produces, understands and refuses exactly what the TypeScript codec does. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { challengeOf } from "../../firmware-protocol/codec/challenge.ts";
import { encodeFrame, FrameReader } from "../../firmware-protocol/codec/frame.ts";
import { decodeMessage, encodeMessage, messageName } from "../../firmware-protocol/codec/payload.ts";
import type { FrameVectors } from "../../firmware-protocol/generate/frame-vectors.ts";
import type { MessageVectors } from "../../firmware-protocol/generate/message-vectors.ts";
import { protocolPath } from "../../firmware-protocol/generate/table.ts";
import {
  bytesOf,
  type FrameJson,
  frameToJson,
  hex,
  messageToJson,
} from "../../firmware-protocol/vectors/vector-json.ts";
import { C_FOLDER, compile, librarySources, run, SANITIZERS, WITHOUT_CC } from "./c-program.ts";

const messages = read<MessageVectors>("messages.json");
const frames = read<FrameVectors>("frames.json");

/** As the program counts them. */
const CAUSES = ["too-long", "cobs", "too-short", "crc", "version", "flags"] as const;

function read<T>(file: string): T {
  return JSON.parse(readFileSync(protocolPath("vectors", file), "utf8")) as T;
}

/** Bytes in a line of their own. */
function written(bytes: string): string {
  return bytes === "" ? "-" : bytes;
}

function frameLine({ type, flags, seq, session, time, payload }: FrameJson): string {
  return `${type} ${flags} ${seq} ${session} ${time} ${written(payload)}`;
}

function streamLine(heard: readonly FrameJson[], dropped: Readonly<Record<string, number>>): string {
  return `${heard.map((frame) => `${frameLine(frame)};`).join("")} ${CAUSES.map((cause) => dropped[cause] ?? 0).join(" ")}`;
}

describe("the C library's codec", { skip: WITHOUT_CC }, () => {
  const program = WITHOUT_CC
    ? ""
    : compile("vectors", [...librarySources(/^gs_/), join(C_FOLDER, "test", "vectors.c")], SANITIZERS);

  function ask(questions: readonly string[]): string[] {
    return run(program, `${questions.join("\n")}\n`)
      .toString()
      .trimEnd()
      .split("\n");
  }

  it("understands and produces every message of the vectors", () => {
    const answers = ask(
      messages.valid.map(({ from, id, payload }) => `message ${from} ${id} ${written(payload)}`),
    );
    messages.valid.forEach(({ name, payload, encoded }, index) => {
      assert.equal(answers[index], written(encoded ?? payload), name);
    });
  });

  it("refuses every payload that is no message, for the same cause", () => {
    const answers = ask(
      messages.invalid.map(({ from, id, payload }) => `message ${from} ${id} ${written(payload)}`),
    );
    messages.invalid.forEach(({ name, error }, index) => {
      assert.equal(answers[index], error, name);
    });
  });

  it("writes every frame of the vectors", () => {
    const answers = ask(frames.frames.map(({ frame }) => `frame ${frameLine(frame)}`));
    frames.frames.forEach(({ name, wire }, index) => {
      assert.equal(answers[index], wire, name);
    });
  });

  it("finds the frames of every stream and counts what it drops by cause", () => {
    const answers = ask(frames.streams.map(({ wire }) => `stream ${written(wire)}`));
    frames.streams.forEach(({ name, frames: expected, dropped }, index) => {
      assert.equal(answers[index], streamLine(expected, dropped), name);
    });
  });

  it("judges arbitrary payloads as the TypeScript codec does", () => {
    // Broken copies of the vectors reach further into the decoders than noise does.
    const cases = fc.sample(
      fc.record({
        vector: fc.constantFrom(...messages.valid),
        at: fc.nat(),
        byte: fc.nat(255),
        cut: fc.option(fc.nat(480)),
      }),
      { numRuns: 8000, seed: 1 },
    );
    const broken = cases.map(({ vector, at, byte, cut }) => {
      const payload = bytesOf(vector.payload);
      if (payload.length > 0) payload[at % payload.length] = byte;
      return { ...vector, bytes: cut === null ? payload : payload.subarray(0, cut) };
    });
    const answers = ask(broken.map(({ from, id, bytes }) => `message ${from} ${id} ${written(hex(bytes))}`));
    broken.forEach(({ from, id, bytes }, index) => {
      const what = `${from} ${id} ${hex(bytes)}`;
      const answer = answers[index]!;
      const decoded = decodeMessage(id, bytes, from);
      if (decoded === null) {
        assert.equal(answer, messageName(id, from) === undefined ? "unknown" : "payload", what);
        return;
      }
      // Seconds, as TypeScript has them, do not tell apart the microseconds of a clock that runs for a century.
      const again = bytesOf(answer === "-" ? "" : answer);
      const understood = decodeMessage(id, again, from);
      assert.ok(understood !== null, what);
      // As JSON, where all NaNs are alike.
      assert.deepEqual(messageToJson(understood), messageToJson(decoded), what);
      assert.equal(again.length, encodeMessage(decoded).payload.length, what);
    });
  });

  it("hears arbitrary streams as the TypeScript reader does", () => {
    const piece = fc.oneof(
      fc
        .record({
          type: fc.nat(255),
          flags: fc.nat(15),
          seq: fc.nat(255),
          session: fc.nat(0xffff),
          time: fc.nat(0xffffffff),
          payload: fc.uint8Array({ maxLength: 480 }),
        })
        .map(encodeFrame),
      fc.uint8Array({ maxLength: 600 }),
      fc.constant(Uint8Array.of(0)),
    );
    const streams = fc.sample(
      fc.record({ pieces: fc.array(piece, { maxLength: 8 }), flips: fc.array(fc.nat(), { maxLength: 3 }) }),
      { numRuns: 2000, seed: 1 },
    );
    const wires = streams.map(({ pieces, flips }) => {
      const bytes = Uint8Array.from(pieces.flatMap((part) => [...part]));
      for (const flip of flips) if (bytes.length > 0) bytes[(flip >> 3) % bytes.length]! ^= 1 << (flip & 7);
      return bytes;
    });
    const answers = ask(wires.map((wire) => `stream ${written(hex(wire))}`));
    wires.forEach((wire, index) => {
      const heard: FrameJson[] = [];
      const reader = new FrameReader((frame) => heard.push(frameToJson(frame)));
      reader.push(wire);
      assert.equal(answers[index], streamLine(heard, reader.dropped), hex(wire));
    });
  });

  it("draws the same challenges", () => {
    const pairs = fc.sample(fc.tuple(fc.nat(0xffffffff), fc.nat(0xffffffff)), { numRuns: 1000, seed: 1 });
    assert.deepEqual(
      ask(pairs.map(([secret, seq]) => `challenge ${secret} ${seq}`)),
      pairs.map(([secret, seq]) => String(challengeOf(secret, seq))),
    );
  });
});
