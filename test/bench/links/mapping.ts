/**
 * What it costs to turn a message into channels, for twelve joints and for an IMU, beside the parsing alone. Processor
 * time, the quickest of many rounds, since others may use the machine.
 *
 * `node test/bench/links/mapping.ts`
 */
import { MessageWriter } from "@foxglove/rosmsg-serialization";
import { encode } from "cbor2";
import type { TopicMapping } from "../../../src/config/rosbridge-link.ts";
import { decodeCbor } from "../../../src/links/rosbridge/cbor.ts";
import { MessageDefinitions } from "../../../src/links/rosbridge/mapping/definitions.ts";
import { compileMapping } from "../../../src/links/rosbridge/mapping/frame-assembly.ts";
import { imu, JOINTS, jointStates, linkOf } from "../../links/rosbridge/mapping/example-link.ts";

const ROUNDS = 25;
const MESSAGES = 4000;

type Message = Readonly<Record<string, unknown>>;
const definitions = new MessageDefinitions({}, 1);
const NINE = new Array<number>(9).fill(0.01);

function jointMessage(count: number): Message {
  const list = (scale: number): number[] => JOINTS.map((_, index) => Math.sin(count + index) * scale);
  return { name: JOINTS, position: list(1), velocity: list(6), effort: list(3) };
}

function imuMessage(count: number): Message {
  const half = Math.sin(count / 50) / 10;
  return {
    orientation: { x: half, y: 0, z: 0, w: Math.sqrt(1 - half * half) },
    orientation_covariance: NINE,
    angular_velocity: { x: Math.sin(count), y: Math.cos(count), z: 0.1 },
    angular_velocity_covariance: NINE,
    linear_acceleration: { x: Math.sin(count), y: 0.2, z: 9.81 },
    linear_acceleration_covariance: NINE,
  };
}

function header(seq: number, seconds: "secs" | "sec", nanoseconds: "nsecs" | "nsec"): Message {
  return {
    seq,
    stamp: { [seconds]: 1_795_467_333 + seq, [nanoseconds]: 123_456_789 },
    frame_id: "base_link",
  };
}

/** ns of processor time for one message. */
function cost(work: (count: number) => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    for (let count = 0; count < MESSAGES; count++) work(count);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, ((user + system) * 1000) / MESSAGES);
  }
  return best;
}

function measure(mapping: TopicMapping, make: (count: number) => Message): void {
  const { topic, type } = mapping;
  const writer = new MessageWriter(definitions.withDependencies(type) ?? []);
  const numbers = Array.from({ length: MESSAGES }, (_, count) => count + 1);
  const texts = numbers.map((count) =>
    JSON.stringify({ op: "publish", topic, msg: { header: header(count, "secs", "nsecs"), ...make(count) } }),
  );
  const packets = numbers.map((count) => {
    const bytes = writer.writeMessage({ header: header(count, "sec", "nsec"), ...make(count) });
    return Buffer.from(encode({ op: "publish", topic, msg: { secs: count, nsecs: 0, bytes } }));
  });
  const parse = (text: string): unknown => (JSON.parse(text) as { msg: unknown }).msg;
  const unpack = (packet: Buffer): unknown => (decodeCbor(packet) as { msg: unknown }).msg;
  const parsed = texts.map(parse);
  const unpacked = packets.map(unpack);
  let frames = 0;
  // Every round listens anew, for a stamp that repeats makes no frame.
  const taking = (message: (count: number) => unknown) => {
    let telemetry = compileMapping(linkOf([mapping]), JOINTS, 1);
    return (count: number): void => {
      if (count === 0) telemetry = compileMapping(linkOf([mapping]), JOINTS, 1);
      if (telemetry.take(topic, message(count), 1)) frames++;
    };
  };
  const parsing = cost((count) => void parse(texts[count]!));
  const rows: readonly (readonly [string, number, number])[] = [
    ["JSON.parse alone", texts[0]!.length, parsing],
    ["mapping of parsed JSON", texts[0]!.length, cost(taking((count) => parsed[count]))],
    ["JSON.parse and mapping", texts[0]!.length, cost(taking((count) => parse(texts[count]!)))],
    ["cbor decoding alone", packets[0]!.length, cost((count) => void unpack(packets[count]!))],
    ["mapping of cbor-raw", packets[0]!.length, cost(taking((count) => unpacked[count]))],
    ["cbor decoding and mapping", packets[0]!.length, cost(taking((count) => unpack(packets[count]!)))],
  ];
  if (frames !== 4 * ROUNDS * MESSAGES) throw new Error(`${frames} frames were made`);
  console.log(`${type}, ${compileMapping(linkOf([mapping]), JOINTS, 1).layout.length} channels`);
  for (const [what, bytes, ns] of rows) {
    const figures = `${String(bytes).padStart(5)} B ${ns.toFixed(0).padStart(7)} ns`;
    console.log(`  ${what.padEnd(28)}${figures}  ${(ns / parsing).toFixed(2)} × JSON.parse`);
  }
}

measure(jointStates(), jointMessage);
measure(imu(), imuMessage);
