/** The example firmware as a process of its own, on a board whose sensors say what a test tells it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeFrame, FLAG, FrameReader } from "../../firmware-protocol/codec/frame.ts";
import type { Message, MessageOf } from "../../firmware-protocol/codec/message-table.ts";
import { decodeMessage, encodeMessage } from "../../firmware-protocol/codec/payload.ts";
import { decodeSamples } from "../../firmware-protocol/codec/samples.ts";
import { hex } from "../../firmware-protocol/vectors/vector-json.ts";
import { type Introduction, introduce } from "../../src/links/serial/introduction.ts";
import { C_FOLDER, compile, exampleSources, LineProgram, librarySources, SANITIZERS } from "./c-program.ts";

export interface ExampleSensors {
  /** rad, in the order of the joints, before and behind the springs */
  readonly motor: readonly number[];
  readonly link: readonly number[];
  /** Share of the converter's reference, 0 … 1. */
  readonly thermistor: readonly number[];
  /** m/s² and rad/s: x forward, y left, z up */
  readonly acceleration: readonly number[];
  readonly turning: readonly number[];
  /** V */
  readonly voltage: number;
  readonly button: boolean;
}

const DRIVES = ["off", "damp", "follow"] as const;

export function compileExample(): string {
  const sources = [...exampleSources(), join(C_FOLDER, "test", "example_robot.c")];
  return compile("example_robot", [...librarySources(/^gs_/), ...sources], SANITIZERS);
}

export class ExampleRobot {
  readonly #program: LineProgram;
  readonly #reader: FrameReader;
  /** Lines are answered in their order. */
  #turn: Promise<unknown> = Promise.resolve();
  #seq = 0;
  #answers: Message[] = [];
  #introduction: Introduction | null = null;
  session = 0;
  drive: (typeof DRIVES)[number] = "off";
  /** The newest one it has sent. */
  telemetry: MessageOf<"telemetry"> | null = null;
  /** Gets the bytes that it sends. */
  onBytes: (bytes: Uint8Array) => void = () => {};

  /** It begins when it is first told what its sensors say. */
  constructor(program: string) {
    this.#program = new LineProgram(program);
    this.#reader = new FrameReader((frame) => {
      const message = decodeMessage(frame.type, frame.payload, "robot");
      assert.ok(message !== null, "it sent no message");
      if (message.kind === "telemetry") this.telemetry = message;
      if ((frame.flags & FLAG.reply) !== 0) this.#answers.push(message);
    });
  }

  sense({ motor, link, thermistor, acceleration, turning, voltage, button }: ExampleSensors): Promise<void> {
    const numbers = [...motor, ...link, ...thermistor, ...acceleration, ...turning, voltage];
    const words = numbers.map((number) => (Number.isNaN(number) ? "nan" : String(number)));
    return this.#tell(`sense ${words.join(" ")} ${button ? 1 : 0}`);
  }

  /** Control periods of 10 ms. */
  tick(periods = 1): Promise<void> {
    return this.#tell(`tick ${periods}`);
  }

  receive(bytes: Uint8Array): Promise<void> {
    return this.#tell(`receive ${hex(bytes)}`);
  }

  /** What it is told carries a reply's number; there must be one answer. */
  async ask(message: Message): Promise<Message> {
    this.#answers = [];
    await this.say(message);
    const [answer] = this.#answers;
    assert.ok(answer !== undefined, `${message.kind} was not answered`);
    return answer;
  }

  say(message: Message): Promise<void> {
    const { type, payload } = encodeMessage(message);
    this.#seq = (this.#seq + 1) & 0xff;
    const header = { flags: FLAG.replyWanted, seq: this.#seq, session: this.session, time: this.#seq };
    return this.receive(encodeFrame({ type, payload, ...header }));
  }

  /** As the link learns who it is. */
  async introduce(robotId: string): Promise<Introduction> {
    const ask = (message: Message) => this.ask(message);
    this.#introduction = await introduce(ask, ask, { robotId, clock: "realtime", where: "the example" });
    return this.#introduction;
  }

  /** Values of the newest telemetry, in the order of its channels; after {@link introduce}. */
  values(): Float64Array {
    const channels = this.#introduction!.channels;
    const values = new Float64Array(channels.length);
    const resolutions = channels.map(({ resolution }) => resolution);
    assert.ok(decodeSamples(this.telemetry!.samples, resolutions, values), "samples of other channels");
    return values;
  }

  /** By their channels' names; after {@link introduce}. */
  read(): ReadonlyMap<string, number> {
    const values = this.values();
    return new Map(this.#introduction!.channels.map(({ channel }, index) => [channel.name, values[index]!]));
  }

  close(): Promise<void> {
    return this.#program.close();
  }

  #tell(line: string): Promise<void> {
    const answered = this.#turn.then(async () => {
      const [drive, sent] = await this.#program.tell(line);
      this.drive = DRIVES[Number(drive)]!;
      const bytes = Uint8Array.from(Buffer.from(sent!, "hex"));
      this.#reader.push(bytes);
      if (bytes.length > 0) this.onBytes(bytes);
    });
    this.#turn = answered.catch(() => {});
    return answered;
  }
}
