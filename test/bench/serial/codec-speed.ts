/** How many telemetry frames a second one core encodes and decodes. CPU time, since others may use the machine. */
import { FrameReader } from "../../../firmware-protocol/codec/frame.ts";
import type { MessageOf } from "../../../firmware-protocol/codec/message-table.ts";
import { decodeMessage, encodeMessageFrame } from "../../../firmware-protocol/codec/payload.ts";
import { decodeSamples, encodeSamples, samplesLength } from "../../../firmware-protocol/codec/samples.ts";

export interface CodecSpeed {
  /** Bytes of a frame on the wire. */
  readonly bytes: number;
  /** Frames a second of CPU time, from values to bytes and from bytes to values; the quickest of many rounds. */
  readonly encoded: number;
  readonly decoded: number;
  /** Frames a second of CPU time that are encoded and then decoded. */
  readonly together: number;
}

const ROUNDS = 21;

/** @param resolutions of the channels, 0: f32 */
export function codecSpeed(resolutions: Float64Array, frames = 20_000): CodecSpeed {
  // Made before: sines of large numbers cost as much as half a frame.
  const changes = Float64Array.from({ length: frames }, (_, seq) => Math.sin(seq));
  const values = Float64Array.from(resolutions, (_, index) => Math.sin(1 + index) * 2);
  const samples = new Uint8Array(samplesLength(resolutions));
  const message: MessageOf<"telemetry"> = {
    kind: "telemetry",
    seq: 0,
    time: 123.456789,
    challenge: 1234,
    set: 4321,
    state: "walking",
    samples,
  };
  const encode = (seq: number): Uint8Array => {
    values[seq % values.length] = changes[seq]!;
    encodeSamples(values, resolutions, samples);
    const envelope = { flags: 0, seq: 0, session: 1, time: seq };
    return encodeMessageFrame({ ...message, seq, time: 100 + seq / 1000 }, envelope);
  };
  const wire = Buffer.concat(Array.from({ length: frames }, (_, seq) => encode(seq)));
  // As a serial port hands it over.
  const chunks = Array.from({ length: Math.ceil(wire.length / 4096) }, (_, at) =>
    wire.subarray(4096 * at, 4096 * (at + 1)),
  );
  const decoded = new Float64Array(values.length);
  let seen = 0;
  const reader = new FrameReader((frame) => {
    const heard = decodeMessage(frame.type, frame.payload, "robot");
    if (heard?.kind === "telemetry" && decodeSamples(heard.samples, resolutions, decoded)) seen++;
  });
  // In turn, for others come and go on the machine.
  let encoding = Number.POSITIVE_INFINITY;
  let decoding = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const encodingTook = cpuTime(() => {
      for (let seq = 0; seq < frames; seq++) encode(seq);
    });
    const decodingTook = cpuTime(() => {
      for (const chunk of chunks) reader.push(chunk);
    });
    encoding = Math.min(encoding, encodingTook);
    decoding = Math.min(decoding, decodingTook);
  }
  if (seen !== ROUNDS * frames) throw new Error(`${seen} of ${ROUNDS * frames} frames were decoded`);
  return {
    bytes: wire.length / frames,
    encoded: frames / encoding,
    decoded: frames / decoding,
    together: frames / (encoding + decoding),
  };
}

/** s */
function cpuTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
