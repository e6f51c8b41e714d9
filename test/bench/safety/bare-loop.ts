/**
 * The least there could be: bytes come from the serial line, a stop goes out, and only then they are looked at. What this
 * takes is the machine's; what a station takes more is ours. In a process of its own.
 */
import { FrameReader } from "../../../firmware-protocol/codec/frame.ts";
import { decodeMessage, encodeMessageFrame } from "../../../firmware-protocol/codec/payload.ts";
import { SerialLine } from "../../../src/links/serial/serial-line.ts";
import { machineTime } from "../machine-clock.ts";
import { Latencies } from "./latencies.ts";
import { RATE } from "./rate.ts";

const WARM_UP = 2000;

const { path, breaches }: { readonly path: string; readonly breaches: number } = JSON.parse(process.argv[2]!);
const reactions = new Latencies();
const stop = encodeMessageFrame({ kind: "stop", level: "cut" }, { flags: 0, seq: 1, session: 1, time: 0 });
let writtenAt = 0;
let seen = 0;
const reader = new FrameReader((frame) => {
  const message = decodeMessage(frame.type, frame.payload, "robot");
  if (message?.kind !== "telemetry" || ++seen < WARM_UP) return;
  reactions.add(writtenAt - message.time);
  if (reactions.count < breaches) return;
  process.send?.(reactions.spread(), () => process.exit(0));
});
const line = await SerialLine.open(path, 1e9, {
  onBytes: (bytes) => {
    line.write(stop);
    writtenAt = machineTime();
    reader.push(bytes);
  },
  onLost: (reason) => {
    throw new Error(reason);
  },
});
line.write(
  encodeMessageFrame(
    { kind: "subscribe", rate: RATE, groups: 0b11 },
    { flags: 0, seq: 0, session: 0, time: 0 },
  ),
);
