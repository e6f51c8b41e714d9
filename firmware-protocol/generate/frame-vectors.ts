/** `vectors/frames.json`: frames that both sides must write, and streams that both must read alike. */
import { cobsDecode, cobsEncode } from "../codec/cobs.ts";
import { crc32c } from "../codec/crc32c.ts";
import {
  encodeFrame,
  type Frame,
  type FrameError,
  FrameReader,
  LONGEST_BLOCK,
  LONGEST_PAYLOAD,
} from "../codec/frame.ts";
import { type FrameJson, frameToJson, hex, type Stream, type ValidFrame } from "../vectors/vector-json.ts";

export interface FrameVectors {
  readonly frames: readonly ValidFrame[];
  readonly streams: readonly Stream[];
}

/** Short, with zeros in it. */
const SHORT: Frame = {
  type: 0x23,
  flags: 1,
  seq: 5,
  session: 3,
  time: 1_000_000,
  payload: Uint8Array.of(0xde, 0, 0xad, 0),
};

export function frameVectors(): FrameVectors {
  return { frames: validFrames(), streams: [...goodStreams(), ...brokenBlocks(), ...damaged(), ...noise()] };
}

function validFrames(): readonly ValidFrame[] {
  const headers: readonly Partial<Frame>[] = [
    {},
    { type: 0, flags: 0, seq: 0, session: 0, time: 0 },
    { type: 0xff, seq: 0xff, session: 0xffff, time: 0xffffffff },
    ...[1, 2, 3, 8, 9, 10, 11].map((flags) => ({ flags })),
  ];
  const run = (length: number, byte: (index: number) => number): Uint8Array =>
    Uint8Array.from({ length }, (_, index) => byte(index));
  const payloads: readonly Uint8Array[] = [
    new Uint8Array(),
    // COBS: blocks of 254 bytes without a zero end a run, wherever they begin.
    ...[239, 240, 241, 242, 243, 244, 245, 253, 254, 255, 256].map((length) => run(length, () => 0x5a)),
    ...[1, 2, 239, 254, 255, LONGEST_PAYLOAD].map((length) => new Uint8Array(length)),
    run(LONGEST_PAYLOAD, () => 0xff),
    run(LONGEST_PAYLOAD, (index) => index & 0xff),
    run(LONGEST_PAYLOAD, (index) => (index % 255) + 1),
  ];
  return [
    ...headers.map((header, index) => validFrame(`header ${index}`, { ...SHORT, ...header })),
    ...payloads.map((payload, index) =>
      validFrame(`payload ${index}, ${payload.length} bytes`, { ...SHORT, payload }),
    ),
  ];
}

function validFrame(name: string, frame: Frame): ValidFrame {
  return { name, frame: frameToJson(frame), wire: hex(encodeFrame(frame)) };
}

const WIRE = encodeFrame(SHORT);
const NEXT = encodeFrame({ ...SHORT, seq: 6 });

function goodStreams(): readonly Stream[] {
  return [
    stream("nothing", []),
    stream("zeros", new Uint8Array(40)),
    stream("a frame", WIRE),
    stream("two frames", [...WIRE, ...NEXT]),
    stream("zeros around frames", [0, 0, 0, ...WIRE, 0, 0, ...NEXT, 0]),
    stream("a frame without its end", WIRE.subarray(0, -1)),
  ];
}

/** A block for each cause, each followed by a frame that must be read. */
function brokenBlocks(): readonly Stream[] {
  const contents = (change: (bytes: Uint8Array) => Uint8Array): number[] => {
    const bytes = change(cobsDecode(WIRE.subarray(0, -1))!.slice());
    new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32c(bytes.subarray(0, -4)), true);
    return [...cobsEncode(bytes), 0];
  };
  const at = (index: number, value: number) => (bytes: Uint8Array) => {
    bytes[index] = value;
    return bytes;
  };
  const longer = (length: number, byte: number) => (bytes: Uint8Array) => {
    const long = new Uint8Array(10 + length + 4).fill(byte);
    long.set(bytes.subarray(0, 10));
    return long;
  };
  const blocks: readonly (readonly [name: string, block: readonly number[], error: FrameError])[] = [
    ["framing version 0", contents(at(0, 0)), "version"],
    ["framing version 2", contents(at(0, 2)), "version"],
    ...[4, 0x10, 0x20, 0x40, 0x80, 0xff].map(
      (flags) => [`flags 0x${flags.toString(16)}`, contents(at(2, flags)), "flags"] as const,
    ),
    ["version before flags", contents((bytes) => at(0, 9)(at(2, 0xff)(bytes))), "version"],
    ["a payload of 481 bytes in a block that is not too long", contents(longer(481, 0)), "too-long"],
    ["a payload of 482 bytes", contents(longer(482, 1)), "too-long"],
    ["a payload of 2000 bytes", contents(longer(2000, 1)), "too-long"],
    ["a block as long as can be", [...new Array(LONGEST_BLOCK).fill(1), 0], "crc"],
    ["a block longer by one", [...new Array(LONGEST_BLOCK + 1).fill(1), 0], "too-long"],
    ["a long run of 0xff", [...new Array(5000).fill(0xff), 0], "too-long"],
    ["a run beyond the end", [9, 1, 2, 0], "cobs"],
    ["a full run beyond the end", [255, 1, 0], "cobs"],
    ["an empty block", [1, 0], "too-short"],
    ["13 bytes", [...cobsEncode(new Uint8Array(13).fill(1)), 0], "too-short"],
    ["14 bytes whose CRC is wrong", [...cobsEncode(new Uint8Array(14).fill(1)), 0], "crc"],
    ["14 zeros", [...cobsEncode(new Uint8Array(14)), 0], "crc"],
    ["a CRC whose bytes stand the other way round", reversedCrc(), "crc"],
  ];
  return blocks.map(([name, block, error]) => {
    const read = stream(name, [...block, ...NEXT]);
    if (read.dropped[error] !== 1 || read.frames.length !== 1)
      throw new TypeError(`${name}: ${JSON.stringify(read)}`);
    return read;
  });
}

function reversedCrc(): number[] {
  const bytes = cobsDecode(WIRE.subarray(0, -1))!.slice();
  bytes.set(bytes.slice(-4).reverse(), bytes.length - 4);
  return [...cobsEncode(bytes), 0];
}

/** One frame cut at every byte, without every byte, with every bit flipped; a frame follows. */
function damaged(): readonly Stream[] {
  const wire = [...WIRE];
  const cuts = wire.flatMap((_, length) => [
    stream(`cut after ${length} bytes, then zero`, [...wire.slice(0, length), 0, ...NEXT]),
    stream(`begun after ${length} bytes`, [...wire.slice(length), ...NEXT]),
    stream(`byte ${length} lost`, [...wire.slice(0, length), ...wire.slice(length + 1), ...NEXT]),
    stream(`byte ${length} twice`, [...wire.slice(0, length), wire[length]!, ...wire.slice(length), ...NEXT]),
  ]);
  const flips = wire.flatMap((byte, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((bit) =>
      stream(`bit ${bit} of byte ${index} flipped`, [...wire.with(index, byte ^ (1 << bit)), ...NEXT]),
    ),
  );
  return [
    ...cuts,
    ...flips,
    stream("cut short, and the next one at once", [...wire.slice(0, 9), ...NEXT, ...WIRE]),
  ];
}

/** Seeded noise with frames in it. */
function noise(): readonly Stream[] {
  let state = 1;
  const byte = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
  return Array.from({ length: 20 }, (_, index) => {
    const some = (): number[] => Array.from({ length: 150 }, byte);
    return stream(`noise ${index}`, [...some(), 0, ...WIRE, ...some(), 0, ...NEXT]);
  });
}

function stream(name: string, wire: Iterable<number>): Stream {
  const bytes = Uint8Array.from(wire);
  const frames: FrameJson[] = [];
  const reader = new FrameReader((frame) => frames.push(frameToJson(frame)));
  reader.push(bytes);
  const dropped = Object.fromEntries(Object.entries(reader.dropped).filter(([, count]) => count > 0));
  return { name, wire: hex(bytes), frames, dropped };
}
