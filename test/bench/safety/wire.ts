/** What a wire adds to the reaction: the time that the frames of a robot of twelve joints and a stop take on it. */
import { encodeMessageFrame } from "../../../firmware-protocol/codec/payload.ts";
import { encodeSamples } from "../../../firmware-protocol/codec/samples.ts";
import { benchChannels } from "../serial/bench-layout.ts";

/** A byte is ten bits on the line. */
const BITS = 10;

export interface WireTime {
  readonly baud: number;
  readonly telemetryBytes: number;
  readonly stopBytes: number;
  /** ms */
  readonly telemetry: number;
  readonly stop: number;
}

export function wireTime(baud: number): WireTime {
  const channels = benchChannels().filter(({ group }) => group === 0);
  const values = Float64Array.from(channels, (_, index) => Math.sin(index));
  const samples = encodeSamples(
    values,
    channels.map(({ resolution }) => resolution),
  );
  const header = { flags: 0, seq: 1, session: 1, time: 123_456 };
  const telemetryBytes = encodeMessageFrame(
    { kind: "telemetry", seq: 1, time: 1, challenge: 1, set: 1, state: "walking", samples },
    header,
  ).length;
  // A delimiter goes before it, which closes what was cut short.
  const stopBytes = 1 + encodeMessageFrame({ kind: "stop", level: "cut" }, header).length;
  const time = (bytes: number): number => (1000 * BITS * bytes) / baud;
  return { baud, telemetryBytes, stopBytes, telemetry: time(telemetryBytes), stop: time(stopBytes) };
}
