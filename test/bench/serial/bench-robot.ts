/** A robot that only talks: telemetry at its rate over a paced line, and an answer to everything. In a process of its own. */
import { challengeOf } from "../../../firmware-protocol/codec/challenge.ts";
import { FLAG, type Frame, FrameReader } from "../../../firmware-protocol/codec/frame.ts";
import { type Message, PROTOCOL, SCHEMA } from "../../../firmware-protocol/codec/message-table.ts";
import { decodeMessage, encodeMessageFrame } from "../../../firmware-protocol/codec/payload.ts";
import { encodeSamples, samplesLength } from "../../../firmware-protocol/codec/samples.ts";
import { Line } from "../../../sim/serial/line.ts";
import { hashOf, ParameterSets } from "../../../sim/serial/parameter-sets.ts";
import { Talking } from "../links/talking.ts";
import { machineTime as now } from "../machine-clock.ts";
import { LeaningRobot } from "../safety/leaning-robot.ts";
import { benchChannels, JOINTS } from "./bench-layout.ts";

export interface BenchRobotOptions {
  /** null: takes no time */
  readonly baud: number | null;
  /** Hz */
  readonly rate: number;
  /** It is well, and leans beyond any limit after about so many frames, until it is stopped. */
  readonly leansEvery?: number;
}

const { baud, rate, leansEvery }: BenchRobotOptions = JSON.parse(process.argv[2]!);
const leaning = leansEvery === undefined ? null : new LeaningRobot(leansEvery);
const channels = benchChannels();
const sets = new ParameterSets();
let chosen = channels;

const reader = new FrameReader((frame) => {
  const message = decodeMessage(frame.type, frame.payload, "host");
  if (message === null || message.kind === "keepalive") return;
  send(answer(message), FLAG.reply, frame);
});

const line = await Line.open({
  ...(baud === null ? {} : { baud }),
  onBytes: (bytes) => reader.push(bytes),
});

function answer(message: Message): Message {
  switch (message.kind) {
    case "hello":
      return {
        kind: "hello-reply",
        protocol: PROTOCOL,
        schema: SCHEMA,
        robotId: "bench",
        firmware: "bench",
        bootId: 1,
        reset: "power-on",
        clock: "realtime",
        telemetryRate: rate,
        settleAfter: 0.3,
        cutAfter: 0.8,
        runsGait: true,
        returnsByItself: false,
        channels: channels.length,
        joints: JOINTS.length,
        parameters: 0,
        limits: 0,
      };
    case "describe": {
      if (message.subject === "joint") {
        const name = JOINTS[message.index]!;
        return {
          kind: "description",
          name,
          unit: "rad",
          source: "measured",
          joint: name,
          group: 0,
          resolution: 0,
        };
      }
      const { channel, group, resolution } = channels[message.index]!;
      const { name, unit, source } = channel;
      return { kind: "description", name, unit, source, joint: "", group, resolution };
    }
    case "acquire-lease":
      return { kind: "lease", epoch: 1 };
    case "subscribe": {
      chosen = channels.filter(({ group }) => (message.groups >>> group) & 1);
      talking.start(message.rate);
      const bytes = samplesLength(chosen.map(({ resolution }) => resolution));
      return { kind: "subscribed", rate: message.rate, groups: message.groups, bytes };
    }
    case "time-sync":
      return { kind: "time-reply", sent: message.sent, received: now(), replied: now() };
    case "stage": {
      const offer = sets.collect(message);
      if (offer === null) return { kind: "ack" };
      return "parameters" in offer
        ? { kind: "staged", hash: hashOf(offer.parameters) }
        : { kind: "nack", ...offer };
    }
    case "stop":
      leaning?.stop();
      return { kind: "stopped", confirmed: true, level: message.level, time: now() };
    default:
      return { kind: "ack" };
  }
}

function send(message: Message, flags = 0, request: Pick<Frame, "seq"> = { seq: 0 }): void {
  const time = Math.round(now() * 1e6) % 2 ** 32;
  line.write(encodeMessageFrame(message, { flags, seq: request.seq, session: 1, time }));
}

// What does not fit is not sent before it was chosen: a real robot would only fill its buffer.
const talking = new Talking(telemetry);

function telemetry(seq: number): void {
  const values =
    leaning?.values(
      chosen.map(({ channel }) => channel.name),
      seq,
    ) ?? Float64Array.from(chosen, (_, index) => Math.sin(index + seq / 100));
  const samples = encodeSamples(
    values,
    chosen.map(({ resolution }) => resolution),
  );
  send({
    kind: "telemetry",
    seq,
    time: now(),
    challenge: challengeOf(7, seq),
    set: 0,
    state: "walking",
    samples,
  });
}

process.once("disconnect", () => {
  line.close();
  process.exit(0);
});
process.send?.(line.path);
