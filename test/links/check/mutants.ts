/** Robots that break the protocol in one way each, and the clauses that must say so. */
import { cobsEncode } from "../../../firmware-protocol/codec/cobs.ts";
import { crc32c } from "../../../firmware-protocol/codec/crc32c.ts";
import { FLAG } from "../../../firmware-protocol/codec/frame.ts";
import type { Message } from "../../../firmware-protocol/codec/message-table.ts";
import { OTHER_OWNER, OWNER } from "../../../src/links/serial/check/bench.ts";
import { decodedBlock, type Lie } from "./lying-line.ts";

export interface Mutant {
  readonly name: string;
  readonly fails: readonly string[];
  readonly move?: true;
  /** A fresh one for every robot. */
  lie(): Lie;
}

const COMMANDS: ReadonlySet<string> = new Set([
  "subscribe",
  "set-limit",
  "stage",
  "commit",
  "store",
  "clear-e-stop",
  "disarm",
  "start",
  "targets",
  "release-lease",
]);

const isNumber = ([, value]: readonly [string, number]): boolean => !Number.isNaN(value);

/** Grows. */
function counter(): () => number {
  let count = 0;
  return () => ++count;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: "ignores the lease",
    fails: ["lease.required", "store.lease"],
    lie: () => ({
      toRobot: (message, _, { session }) => (COMMANDS.has(message?.kind ?? "") ? { session } : undefined),
    }),
  },
  {
    name: "gives its lease to anybody",
    fails: ["lease.busy", "lease.silence"],
    lie: () => ({
      toRobot: (message) =>
        message?.kind === "acquire-lease" && message.owner === OTHER_OWNER
          ? { ...message, owner: OWNER }
          : undefined,
    }),
  },
  {
    name: "stores for anybody at any time",
    fails: ["store.lease", "store.locked"],
    move: true,
    lie: () => ({ answer: (message) => (message?.kind === "store" ? { kind: "ack" } : undefined) }),
  },
  {
    name: "commits without the hash",
    fails: ["commit.hash"],
    lie: () => ({
      toRobot: (message, _, { stagedHash }) =>
        message?.kind === "commit" ? { ...message, hash: stagedHash } : undefined,
    }),
  },
  {
    name: "carries out twice what the line has doubled",
    fails: ["retry.doubled"],
    lie: () => {
      const time = counter();
      return { toRobot: (_, { flags }) => ((flags & FLAG.retry) === 0 ? { time: time() } : undefined) };
    },
  },
  {
    name: "carries out twice what the host repeats",
    fails: ["retry.once"],
    lie: () => {
      const time = counter();
      return {
        toRobot: (_, { flags }) =>
          (flags & FLAG.retry) === 0 ? undefined : { flags: flags & ~FLAG.retry, time: time() },
      };
    },
  },
  {
    name: "accepts NaN",
    fails: ["stage.nan"],
    lie: () => {
      // The last number that was offered for each parameter stands in.
      const last = new Map<string, number>();
      return {
        toRobot: (message) => {
          if (message?.kind !== "stage") return undefined;
          for (const [name, value] of message.values.filter(isNumber)) last.set(name, value);
          const values = message.values.map(([name, value]): [string, number] => [
            name,
            Number.isNaN(value) ? last.get(name)! : value,
          ]);
          return { ...message, values };
        },
      };
    },
  },
  {
    name: "takes a parameter that comes twice",
    fails: ["stage.duplicate"],
    lie: () => ({
      toRobot: (message) =>
        message?.kind === "stage" ? { ...message, values: [...new Map(message.values)] } : undefined,
    }),
  },
  {
    name: "widens its limits",
    fails: ["limit.narrow"],
    lie: () => ({
      answer: (message, _, { session }) =>
        message?.kind === "set-limit" && session !== 0 && message.low < -1.5
          ? {
              kind: "limit",
              name: "any",
              joint: "",
              unit: "",
              low: message.low,
              high: message.high,
              action: "cut",
            }
          : undefined,
    }),
  },
  {
    name: "keeps its lease when it is given back",
    fails: ["lease.release", "check.left"],
    lie: () => ({
      answer: (message, frame, { session }) =>
        message?.kind === "release-lease" && frame.session === session ? { kind: "ack" } : undefined,
    }),
  },
  {
    name: "says the hash of another set in telemetry",
    fails: ["commit.active"],
    lie: () => ({
      toHost: (message) => (message.kind === "telemetry" ? { ...message, set: message.set ^ 1 } : undefined),
    }),
  },
  {
    name: "answers stops slowly",
    fails: ["stop.latency"],
    lie: () => ({
      delay: (message, { seq }, { asked }) =>
        message.kind === "stopped" && asked.get(seq) === "stop" ? 40 : 0,
    }),
  },
  {
    name: "obeys no stop without the lease",
    fails: ["message.answered", "stop.no-lease", "stop.latency"],
    lie: () => ({
      answer: (message, frame, { session }) =>
        message?.kind === "stop" && frame.session !== session
          ? { kind: "nack", code: "no-lease", field: "", reason: "no" }
          : undefined,
    }),
  },
  {
    name: "stops at an e-stop and does not latch",
    fails: ["estop.latch"],
    lie: () => ({
      toRobot: (message) => (message?.kind === "e-stop" ? { kind: "stop", level: message.level } : undefined),
    }),
  },
  {
    name: "tells an event once",
    fails: ["event.copies"],
    lie: () => {
      const told = new Set<number>();
      return {
        toHost: (message) => {
          if (message.kind !== "event") return undefined;
          if (told.has(message.number)) return null;
          told.add(message.number);
          return undefined;
        },
      };
    },
  },
  {
    name: "takes frames whose CRC is wrong",
    fails: ["frame.crc"],
    lie: () => ({
      repair: (block) => {
        const bytes = decodedBlock(block);
        if (bytes === null || bytes.length < 14 || bytes[0] !== 1 || (bytes[2]! & 0x10) !== 0) return null;
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        view.setUint32(bytes.length - 4, crc32c(bytes.subarray(0, -4)), true);
        return cobsEncode(bytes);
      },
    }),
  },
  {
    name: "takes payloads that end late",
    fails: ["message.trailing"],
    lie: () => ({
      toRobot: (message, { type, payload }) =>
        message === null && payload.length > 0 && payload.at(-1) === 0 && type < 0x30
          ? { payload: payload.subarray(0, -1) }
          : undefined,
    }),
  },
  {
    name: "does not accept all that the config asks for",
    fails: ["parameter.list"],
    lie: () => ({
      toHost: (message) =>
        message.kind === "parameter" && message.name === "swing_frequency"
          ? { ...message, high: 2.6 }
          : undefined,
      answer: (message) =>
        message?.kind === "stage" &&
        message.values.some(([name, value]) => name === "swing_frequency" && value > 2.6)
          ? { kind: "nack", code: "refused", field: "swing_frequency", reason: "is out of range" }
          : undefined,
    }),
  },
  {
    name: "reports no torques",
    fails: ["limits.channels"],
    lie: () => ({
      toHost: (message) =>
        message.kind === "description" && message.name.endsWith(".torque")
          ? { ...message, name: message.name.replace("torque", "strain") }
          : undefined,
    }),
  },
  {
    name: "sends the same challenge for ever",
    fails: ["keepalive.challenge"],
    lie: () => ({
      toHost: (message) => (message.kind === "telemetry" ? { ...message, challenge: 0x1234 } : undefined),
    }),
  },
  {
    name: "loses every tenth frame",
    fails: ["telemetry.loss"],
    lie: () => ({
      toHost: (message) => (message.kind === "telemetry" && message.seq % 10 === 0 ? null : undefined),
    }),
  },
  {
    name: "sets its clock back now and then",
    fails: ["telemetry.time"],
    lie: () => ({
      toHost: (message) =>
        message.kind === "telemetry" && message.seq % 20 === 0 && message.time > 1
          ? { ...message, time: message.time - 0.02 }
          : undefined,
    }),
  },
  {
    name: "has a clock that runs 1 % fast",
    fails: ["clock.drift"],
    lie: () => {
      const fast = (message: Message): Message => {
        if (message.kind === "telemetry") return { ...message, time: 1.01 * message.time };
        if (message.kind !== "time-reply") return message;
        return { ...message, received: 1.01 * message.received, replied: 1.01 * message.replied };
      };
      return { toHost: fast };
    },
  },
  {
    name: "keeps its limits unlocked",
    fails: ["limit.locked"],
    move: true,
    lie: () => ({
      answer: (message, _, { state }) =>
        message?.kind === "set-limit" && state !== "off"
          ? {
              kind: "limit",
              name: "any",
              joint: "",
              unit: "",
              low: message.low,
              high: message.high,
              action: "cut",
            }
          : undefined,
    }),
  },
  {
    name: "never times out",
    fails: ["deadman.silence"],
    move: true,
    lie: () => ({
      deadMan: { settle: 1e6, cut: 2e6 },
      toHost: (message) =>
        message.kind === "hello-reply" ? { ...message, settleAfter: 0.3, cutAfter: 0.8 } : undefined,
    }),
  },
  {
    name: "takes any keepalive for a good one",
    fails: ["keepalive.counted", "deadman.wrong"],
    move: true,
    lie: () => ({
      toRobot: (message, _, { challenges }) => {
        const challenge = message?.kind === "keepalive" ? challenges.get(message.telemetrySeq) : undefined;
        if (message?.kind !== "keepalive" || challenge === undefined) return undefined;
        return { ...message, response: ~challenge & 0xffff };
      },
    }),
  },
];
