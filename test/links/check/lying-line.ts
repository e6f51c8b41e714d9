/** A robot that breaks the protocol in one way: a sound one behind a line that changes what goes over it. */
import { cobsDecode } from "../../../firmware-protocol/codec/cobs.ts";
import { decodeFrame, encodeFrame, FLAG, type Frame } from "../../../firmware-protocol/codec/frame.ts";
import type { Message, MessageOf } from "../../../firmware-protocol/codec/message-table.ts";
import { decodeMessage, encodeMessage } from "../../../firmware-protocol/codec/payload.ts";
import { PERFECT_TELEMETRY } from "../../../sim/sensor-model.ts";
import type { DeadManTimes } from "../../../sim/serial/dead-man.ts";
import { ProtocolServer } from "../../../sim/serial/protocol-server.ts";
import { PseudoTerminal } from "../../../sim/serial/pseudo-terminal.ts";
import { openSimulatedRobot } from "../../../sim/simulated-robot.ts";
import { systemClock } from "../../../src/clock.ts";

/** What the line knows of the robot. */
export interface Known {
  /** Of the present lease. */
  session: number;
  stagedHash: number;
  state: MessageOf<"telemetry">["state"];
  /** By frame number. */
  readonly challenges: Map<number, number>;
  /** Kinds of the host's requests by seq. */
  readonly asked: Map<number, string>;
}

/** Undefined leaves the frame as it is, null swallows it. */
type Change = Partial<Frame> | Message | null | undefined;

export interface Lie {
  toRobot?(message: Message | null, frame: Frame, known: Known): Change;
  /** Answers in the robot's place; undefined lets the robot answer. */
  answer?(message: Message | null, frame: Frame, known: Known): Message | undefined;
  toHost?(message: Message, frame: Frame, known: Known): Change;
  /** How long a frame of the robot is held back, ms. */
  delay?(message: Message, frame: Frame, known: Known): number;
  /** Takes a block that is no frame for one. */
  repair?(block: Uint8Array): Uint8Array | null;
  readonly deadMan?: DeadManTimes;
}

/** The block between two delimiters, without its COBS; null when it is none. */
export function decodedBlock(block: Uint8Array): Uint8Array | null {
  return cobsDecode(block);
}

export async function openLiar(lie: Lie): Promise<{ readonly path: string; close(): Promise<void> }> {
  const known: Known = {
    session: 0,
    stagedHash: 0,
    state: "off",
    challenges: new Map(),
    asked: new Map(),
  };
  let server: ProtocolServer | null = null;
  const body = await openSimulatedRobot({
    variant: "nominal",
    variation: "none",
    clock: "realtime",
    stationClock: systemClock,
    telemetry: PERFECT_TELEMETRY,
  });
  const toHost = blocks((block) => {
    const frame = decodeFrame(block);
    const message = typeof frame === "string" ? null : decodeMessage(frame.type, frame.payload, "robot");
    if (typeof frame === "string" || message === null) throw new Error("the robot sends what is no message");
    known.session = frame.session;
    if (message.kind === "staged") known.stagedHash = message.hash;
    if (message.kind === "telemetry") {
      known.state = message.state;
      known.challenges.set(message.seq, message.challenge);
    }
    const change = lie.toHost?.(message, frame, known);
    if (change === null) return;
    const wire = encodeFrame(applied(frame, change));
    const wait = lie.delay?.(message, frame, known) ?? 0;
    if (wait > 0) setTimeout(() => terminal.write(wire), wait);
    else terminal.write(wire);
  });
  const toRobot = blocks((block) => {
    const frame = decodeFrame(block);
    if (typeof frame === "string") {
      const repaired = lie.repair?.(block) ?? block;
      server?.onBytes(Buffer.concat([repaired, Uint8Array.of(0)]));
      return;
    }
    const message = decodeMessage(frame.type, frame.payload, "host");
    known.asked.set(frame.seq, message?.kind ?? "");
    const answer = lie.answer?.(message, frame, known);
    if (answer !== undefined) {
      const { type, payload } = encodeMessage(answer);
      terminal.write(encodeFrame({ ...frame, flags: FLAG.reply, type, payload }));
      return;
    }
    const change = lie.toRobot?.(message, frame, known);
    if (change !== null) server?.onBytes(encodeFrame(applied(frame, change)));
  });
  const terminal = await PseudoTerminal.open(toRobot);
  const capabilities = await body.open();
  const { deadMan } = lie;
  server = new ProtocolServer({
    body,
    capabilities,
    clock: systemClock,
    bootId: 77,
    ...(deadMan === undefined ? {} : { deadMan }),
    write: toHost,
  });
  return {
    path: terminal.path,
    close: async () => {
      terminal.close();
      await body.close();
    },
  };
}

function applied(frame: Frame, change: Change): Frame {
  if (change === undefined || change === null) return frame;
  return "kind" in change ? { ...frame, ...encodeMessage(change) } : { ...frame, ...change };
}

/** Cuts a stream at its zeros. */
function blocks(onBlock: (block: Uint8Array) => void): (bytes: Uint8Array) => void {
  let pending: number[] = [];
  return (bytes) => {
    for (const byte of bytes) {
      if (byte !== 0) pending.push(byte);
      else if (pending.length > 0) {
        const block = Uint8Array.from(pending);
        pending = [];
        onBlock(block);
      }
    }
  };
}
