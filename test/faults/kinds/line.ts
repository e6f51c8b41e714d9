/** What befalls a serial line and whoever is at its other end. In real time, at 921600 baud, with the C library as the firmware. */
import { setTimeout as delay } from "node:timers/promises";
import { encodeFrame, type Frame, FrameReader } from "../../../firmware-protocol/codec/frame.ts";
import type { Message } from "../../../firmware-protocol/codec/message-table.ts";
import { decodeMessage, encodeMessageFrame } from "../../../firmware-protocol/codec/payload.ts";
import type { CPeer } from "../../../sim/serial/c-peer.ts";
import { type LineFaults, NO_FAULTS } from "../../../sim/serial/line-faults.ts";
import { type Fault, GOES_ON, INTERRUPTED, type Scene, type Strike } from "../fault.ts";

/** After this much silence an armed robot is damped by its own firmware, s. */
const DEAD_MAN = 0.3;
/** Longer than a station waits for frames in real time, ms. */
const UNTIL_GIVEN_UP = 3500;
const JUMP = 3600;

const over =
  (strike: (scene: Scene & { readonly peer: CPeer }) => ReturnType<Strike>): Strike =>
  (scene) => {
    const { peer } = scene;
    if (peer === undefined) throw new TypeError("this fault is one of a serial line");
    return strike({ ...scene, peer });
  };

/** From now on the line does this to frames, in both directions; until the robot rests, or for longer. */
const spoils = (faults: (scene: Scene) => Partial<LineFaults>, longer = 0): Strike =>
  over((scene) => {
    const { peer, random } = scene;
    const seed = Math.floor(1e9 * random.uniform());
    peer.change({ ...NO_FAULTS, ...faults(scene), seed });
    return async () => {
      await delay(longer);
      peer.change(NO_FAULTS);
    };
  });

/** What the robot says passes through somebody's hands. @param change returns null for what is passed on as it is */
export function tamper(peer: CPeer, change: (message: Message) => Message | null | "lost"): () => void {
  const passed: Uint8Array[] = [];
  const reader = new FrameReader((frame: Frame) => {
    const message = decodeMessage(frame.type, frame.payload, "robot");
    const changed = message === null ? null : change(message);
    if (changed === "lost") return;
    passed.push(changed === null ? encodeFrame(frame) : encodeMessageFrame(changed, frame));
  });
  peer.tap.toHost = (bytes) => {
    reader.push(bytes);
    return Uint8Array.from(Buffer.concat(passed.splice(0)));
  };
  return () => {
    peer.tap.toHost = undefined;
  };
}

const clockMoves = (by: number): Strike =>
  over(({ peer }) =>
    tamper(peer, (message) =>
      message.kind === "telemetry" ? { ...message, time: Math.max(0, message.time + by) } : null,
    ),
  );

const FAULTS: readonly Fault[] = [
  {
    id: "cable-pulled",
    group: "line",
    words: "the cable is pulled, and put back two seconds later",
    strike: {
      serial: over(({ peer }) => {
        peer.unplug();
        return async () => {
          await delay(2000);
          await peer.replug();
        };
      }),
    },
    promise: { by: ["link-lost"], within: DEAD_MAN, ...INTERRUPTED },
    note: "the port reappears, and the study goes on by itself",
  },
  {
    id: "cable-flaps",
    group: "line",
    words: "the cable comes and goes three times",
    strike: {
      serial: over(({ peer }) => {
        peer.unplug();
        return async () => {
          for (let time = 0; time < 3; time++) {
            await delay(300);
            await peer.replug();
            if (time === 2) return;
            await delay(300);
            peer.unplug();
          }
        };
      }),
    },
    promise: { by: ["link-lost"], within: DEAD_MAN, ...INTERRUPTED },
  },
  {
    id: "half-frames",
    group: "line",
    words: "of every tenth frame only the first half comes",
    strike: { serial: spoils(() => ({ halve: 0.1 })) },
    promise: GOES_ON,
    note: "its checksum is wrong: it is a lost frame, and so is the one that it runs into",
  },
  {
    id: "bits-flip",
    group: "line",
    words: "one to three bits flip in every fifth frame (about one byte in a thousand)",
    strike: { serial: spoils(() => ({ flip: 0.2 })) },
    promise: GOES_ON,
  },
  {
    id: "line-doubles",
    group: "line",
    words: "half of the frames come twice",
    strike: { serial: spoils(() => ({ duplicate: 0.5 })) },
    promise: GOES_ON,
    note: "a request that comes twice is carried out once",
  },
  {
    id: "line-reorders",
    group: "line",
    words: "a third of the frames come after the next one",
    strike: { serial: spoils(() => ({ reorder: 0.3 })) },
    promise: GOES_ON,
  },
  {
    id: "line-loses",
    group: "line",
    words: "10 % of the frames are lost",
    strike: { serial: spoils(() => ({ lose: 0.1 })) },
    promise: GOES_ON,
  },
  {
    id: "line-delays-50ms",
    group: "line",
    words: "everything comes 50 ms late, both ways",
    strike: { serial: spoils(() => ({ delay: 0.05 })) },
    promise: {
      by: ["finished", "robot-fault"],
      within: null,
      end: ["completed", "interrupted"],
      latched: false,
    },
    note: "near what the robot's dead-man allows: an answer to a frame counts for 200 ms",
  },
  {
    id: "line-delays",
    group: "line",
    words: "everything comes 200 to 500 ms late, both ways",
    strike: { serial: spoils(({ random }) => ({ delay: 0.2 + 0.3 * random.uniform() })) },
    promise: {
      by: ["robot-fault", "frame-age", "link-lost"],
      within: DEAD_MAN,
      ...INTERRUPTED,
    },
    note: "the robot wants proof of fresh frames, and gets it too late",
  },
  {
    id: "wrong-baud",
    group: "line",
    words: "the two ends have different baud rates: nothing but garbage arrives",
    strike: { serial: spoils(() => ({ garble: 1 }), UNTIL_GIVEN_UP) },
    promise: { by: ["frame-age"], within: DEAD_MAN, end: ["interrupted"], latched: true },
    note: "the robot stops itself; nobody knows that it did: latched",
  },
  {
    id: "line-noise",
    group: "line",
    words: "bursts of noise, some twenty a second",
    strike: {
      serial: over(({ peer, random }) => {
        let noise: NodeJS.Timeout;
        const disturb = (): void => {
          const bytes = Uint8Array.from({ length: 400 }, () => Math.floor(256 * random.uniform()));
          bytes[bytes.length - 1] = 0;
          peer.disturb(bytes);
          noise = setTimeout(disturb, 20 + 60 * random.uniform());
        };
        disturb();
        return () => clearTimeout(noise);
      }),
    },
    promise: GOES_ON,
  },
  {
    id: "line-babbles",
    group: "line",
    words: "the robot babbles: telemetry of random numbers, with right checksums, as much as the line takes",
    strike: {
      serial: over(({ peer, random }) => {
        const number = (): number => Math.floor(2 ** 32 * random.uniform());
        let bytes = 0;
        const listening = tamper(peer, (message) => {
          if (message.kind === "telemetry") bytes = message.samples.length;
          return null;
        });
        const babble = setInterval(() => {
          for (let count = 0; bytes > 0 && count < 5; count++)
            peer.disturb(
              encodeMessageFrame(
                {
                  kind: "telemetry",
                  seq: number(),
                  time: 1e-6 * number(),
                  challenge: number() >>> 16,
                  set: number() >>> 16,
                  state: "walking",
                  samples: Uint8Array.from({ length: bytes }, () => Math.floor(256 * random.uniform())),
                },
                { flags: 0, seq: 0, session: 0, time: number() },
              ),
            );
        }, 10);
        return () => {
          clearInterval(babble);
          listening();
        };
      }),
    },
    promise: {
      by: ["frame-gap", "frame-age", "not-a-number", "robot-fault", "link-lost", "duration", "stop-button"],
      within: DEAD_MAN,
      end: ["interrupted", "aborted"],
      latched: "possibly",
    },
    note: "latched when the nonsense says that the robot's stop button is pressed",
  },
  {
    id: "line-silent",
    group: "line",
    words: "the robot sends no telemetry any more, and goes on walking",
    strike: {
      serial: over(({ peer }) => tamper(peer, (message) => (message.kind === "telemetry" ? "lost" : null))),
    },
    promise: { by: ["robot-fault", "frame-age"], within: DEAD_MAN, ...INTERRUPTED },
    note: "without frames there is no proof that anybody watches: its dead-man stops it",
  },
  {
    id: "firmware-freezes",
    group: "line",
    words: "the robot's program freezes (SIGSTOP)",
    strike: {
      serial: over(({ peer }) => {
        const { pid } = peer;
        process.kill(pid!, "SIGSTOP");
        return async () => {
          await delay(UNTIL_GIVEN_UP);
          process.kill(pid!, "SIGCONT");
        };
      }),
    },
    promise: { by: ["frame-age"], within: 0.15, end: ["interrupted"], latched: true },
    note: "drives that get no targets switch off by themselves; nobody knows that they did: latched",
  },
  {
    id: "firmware-crashes",
    group: "line",
    words: "the robot's program crashes, and its watchdog starts it again",
    strike: {
      serial: over(({ peer }) => {
        process.kill(peer.pid!, "SIGKILL");
        return undefined;
      }),
    },
    promise: { by: ["link-lost", "robot-rebooted"], within: 0.15, ...INTERRUPTED },
  },
  {
    id: "line-clock-ahead",
    group: "line",
    words: "the robot's clock jumps an hour ahead",
    strike: { serial: clockMoves(JUMP) },
    promise: { by: ["frame-age", "duration"], within: DEAD_MAN, ...INTERRUPTED },
  },
  {
    id: "line-clock-back",
    group: "line",
    words: "the robot's clock jumps back to its start",
    strike: { serial: (scene) => clockMoves(-scene.body.time)(scene) },
    promise: { by: ["frame-age", "link-lost", "robot-fault", "robot-rebooted"], within: 2.2, ...INTERRUPTED },
    note: "frames whose time does not move on count as silence (here for 2 s, since tests are patient with busy computers; 150 ms in process)",
  },
  {
    id: "line-clock-wraps",
    group: "line",
    words: "the microseconds of the robot's clock pass 2³²",
    strike: { serial: () => undefined },
    at: "start",
    clock: "lockstep",
    startTime: (random) => 2 ** 32 / 1e6 - 1.5 - 3 * random.uniform(),
    promise: GOES_ON,
    note: "times have 64 bits in the protocol, and stamps of 32 bits are compared modulo 2³²",
  },
];

export const LINE_FAULTS: readonly Fault[] = FAULTS.map((fault) => ({ clock: "realtime", ...fault }));
