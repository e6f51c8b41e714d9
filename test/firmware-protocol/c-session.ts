/** The C library's session as a program that is fed line by line, with a host's codec in front of it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { responseTo } from "../../firmware-protocol/codec/challenge.ts";
import { encodeFrame, FLAG, type Frame, FrameReader } from "../../firmware-protocol/codec/frame.ts";
import type { Message, MessageOf } from "../../firmware-protocol/codec/message-table.ts";
import { decodeMessage, encodeMessage } from "../../firmware-protocol/codec/payload.ts";
import { hex } from "../../firmware-protocol/vectors/vector-json.ts";
import { C_FOLDER, compile, LineProgram, librarySources, SANITIZERS } from "./c-program.ts";

const STATES = ["off", "rising", "standing", "walking", "ramping-out", "settling"] as const;
const DRIVES = ["off", "damp", "follow"] as const;

export interface Heard {
  readonly frame: Frame;
  readonly message: Message;
}

export interface SendOptions {
  readonly seq?: number;
  readonly flags?: number;
  /** Default: the lease this host was given. */
  readonly session?: number;
  /** Of the header, µs; default: another one for every frame. */
  readonly time?: number;
}

export function compileSession(): string {
  const sources = ["session.c", "test_robot.c"].map((name) => join(C_FOLDER, "test", name));
  return compile("session", [...librarySources(/^gs_/), ...sources], SANITIZERS);
}

export class CSession {
  readonly #program: LineProgram;
  readonly #reader: FrameReader;
  #seq = 0;
  #time = 0;
  session = 0;
  state: (typeof STATES)[number] = "off";
  drive: (typeof DRIVES)[number] = "off";
  latched = 0;
  keptLatch = false;
  targets: readonly number[] = [];
  /** Everything it has sent, in order. */
  readonly heard: Heard[] = [];

  constructor(program: string) {
    this.#program = new LineProgram(program);
    this.#reader = new FrameReader((frame) => {
      const message = decodeMessage(frame.type, frame.payload, "robot");
      assert.ok(message !== null, `it sent no message: type ${frame.type}, ${hex(frame.payload)}`);
      this.heard.push({ frame, message });
    });
  }

  /** Tells it one line. @returns what it said, word by word */
  words(line: string): Promise<string[]> {
    return this.#program.tell(line);
  }

  /** Tells it one line. @returns what it sent meanwhile */
  async tell(line: string): Promise<readonly Heard[]> {
    const before = this.heard.length;
    const [sent, state, drive, latched, kept, ...targets] = await this.words(line);
    this.#reader.push(Uint8Array.from(Buffer.from(sent!, "hex")));
    assert.deepEqual(
      Object.values(this.#reader.dropped).filter((count) => count > 0),
      [],
      "it sent broken frames",
    );
    this.state = STATES[Number(state)]!;
    this.drive = DRIVES[Number(drive)]!;
    this.latched = Number(latched);
    this.keptLatch = kept === "1";
    this.targets = targets.map(Number);
    return this.heard.slice(before);
  }

  start(clock: "lockstep" | "realtime", bootId = 7): Promise<readonly Heard[]> {
    this.session = 0;
    return this.tell(`start ${clock} ${bootId}`);
  }

  /** Control periods of 10 ms, or of another length, µs. */
  tick(periods: number, micros = 10_000): Promise<readonly Heard[]> {
    return this.tell(`tick ${periods} ${micros}`);
  }

  bytes(bytes: Uint8Array): Promise<readonly Heard[]> {
    return this.tell(`receive ${hex(bytes)}`);
  }

  wire(message: Message, { seq, flags = 0, session, time }: SendOptions = {}): Uint8Array {
    const { type, payload } = encodeMessage(message);
    this.#seq = seq ?? (this.#seq + 1) & 0xff;
    this.#time++;
    return encodeFrame({
      type,
      flags: flags | FLAG.replyWanted,
      seq: this.#seq,
      session: session ?? this.session,
      time: time ?? this.#time,
      payload,
    });
  }

  /** @returns the answer, undefined when there is none */
  async ask(message: Message, options: SendOptions = {}): Promise<Message | undefined> {
    const sent = await this.bytes(this.wire(message, options));
    const answers = sent.filter(({ frame }) => (frame.flags & FLAG.reply) !== 0);
    assert.ok(answers.length <= 1, "one request, one answer");
    const answer = answers[0];
    if (answer !== undefined) assert.equal(answer.frame.seq, this.#seq);
    return answer?.message;
  }

  /** @returns "ack", "staged" …, or the code of a nack */
  async outcome(message: Message, options: SendOptions = {}): Promise<string> {
    const answer = await this.ask(message, options);
    return answer?.kind === "nack" ? answer.code : (answer?.kind ?? "silence");
  }

  async lease(owner = "test"): Promise<number> {
    const answer = await this.ask({ kind: "acquire-lease", owner }, { session: 0 });
    assert.ok(answer?.kind === "lease", JSON.stringify(answer));
    this.session = answer.epoch & 0xffff;
    return answer.epoch;
  }

  /** Walks time on as a living host does: every frame's challenge is answered. */
  async live(periods: number): Promise<void> {
    for (let period = 0; period < periods; period++)
      for (const { message } of await this.tick(1))
        if (message.kind === "telemetry") await this.keepalive(message);
  }

  keepalive(
    { seq, challenge }: Pick<MessageOf<"telemetry">, "seq" | "challenge">,
    options: SendOptions = {},
  ): Promise<readonly Heard[]> {
    return this.bytes(
      this.wire({ kind: "keepalive", telemetrySeq: seq, response: responseTo(challenge) }, options),
    );
  }

  last<Kind extends Message["kind"]>(kind: Kind): MessageOf<Kind> {
    const found = this.heard.findLast(({ message }) => message.kind === kind);
    assert.ok(found !== undefined, `it never sent ${kind}`);
    return found.message as MessageOf<Kind>;
  }

  close(): Promise<void> {
    return this.#program.close();
  }
}
