/**
 * The conversation exists twice, in TypeScript for the simulated robot and in Python for real ones. Whatever they are told,
 * in whatever order, they say and do the same.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { type Moment, NodeConversation, USUAL_TIMES } from "../../sim/rosbridge/node-conversation.ts";
import { skipWithoutPython } from "./python.ts";

const SEQUENCES = 50;
const STEPS = 100;

interface Step {
  readonly topic: "command" | "keepalive" | "tick";
  readonly text: string;
  /** Steady and robot's clock, s. */
  readonly at: number;
  readonly clock: number;
  /** What the robot says instead of stopping; null: it stops. */
  readonly fails: string | null;
}

interface Sequence {
  readonly firstStop: "neutral" | "settle";
  readonly steps: readonly Step[];
}

/** Numbers from 0 to 1; mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function randomSequence(seed: number): Sequence {
  const random = randomNumbers(seed);
  const pick = <T>(...of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
  const often = <T>(usual: T, ...odd: readonly T[]): T => (random() < 0.8 ? usual : pick(...odd));
  const numbers = new Map<string, number>();
  let at = 0;
  let shift = 0;
  // Guessed, not known: now and then it is the present one.
  let epoch = 0;
  const steps = Array.from({ length: STEPS }, (): Step => {
    at += pick(0, 1, 2, 4, 8, 16, 32, 96) / 64;
    if (random() < 0.01) shift += pick(-3, 3, 3600);
    const clock = at + shift;
    const owner = often("ann", "bob");
    const topic = pick<Step["topic"]>("command", "command", "command", "keepalive", "keepalive", "tick");
    const counter = `${topic} ${owner}`;
    const number: number = (numbers.get(counter) ?? 0) + often<number>(1, 0, -1, -4, 3);
    numbers.set(counter, Math.max(number, numbers.get(counter) ?? 0));
    const kind = pick(
      "acquire-lease",
      "arm",
      "arm",
      "disarm",
      "stop",
      "hello",
      "time",
      "release-lease",
      "start",
      "parameters",
      "store",
    );
    if (kind === "acquire-lease" && topic === "command") epoch++;
    const message = {
      v: often(1, 1, 1, 2),
      owner,
      epoch: often<unknown>(epoch, epoch - 1, 0, epoch + 1, null),
      number: kind === "stop" ? number : often<unknown>(number, number, number, "7", null, 1.5),
      sent: often<unknown>(clock, clock - 0.25, clock - 0.75, clock + 0.125, clock + 0.5, null),
      valid: often<unknown>(0.5, 0.125, 1, 2, null),
      ...(topic === "keepalive"
        ? { seen: often<unknown>(clock, clock - 0.25, clock - 0.625, clock + 1, null) }
        : { kind, ...(kind === "stop" ? { level: pick("neutral", "settle", "cut", "slowly") } : {}) }),
    };
    const whole = JSON.stringify(message);
    const fails = topic === "command" && kind === "stop" && random() < 0.2 ? "it does not" : null;
    return { topic, text: often(whole, whole, whole, whole.slice(0, -1), "[]", "7"), at, clock, fails };
  });
  return { firstStop: pick("neutral", "settle"), steps };
}

function replay({ firstStop, steps }: Sequence): unknown[] {
  const conversation = new NodeConversation({
    introduction: {
      robot: "robot",
      firmware: "",
      boot: "boot",
      joints: [],
      runsGait: false,
      returnsByItself: false,
      clock: "realtime",
      rate: 0,
      commands: [
        "hello",
        "time",
        "acquire-lease",
        "release-lease",
        "arm",
        "disarm",
        "stop",
        "parameters",
        "store",
      ],
    },
    ...USUAL_TIMES,
    firstStop,
  });
  return steps.map(({ topic, text, at, clock, fails }) => {
    const now: Moment = { steady: at, clock };
    const did: string[] = [];
    const answers: unknown[] = [];
    if (topic === "keepalive") conversation.onKeepalive(text, now);
    else {
      const { stops, request, answer } =
        topic === "tick" ? conversation.tick(now) : conversation.onCommand(text, now);
      did.push(...stops);
      if (answer !== null) answers.push(answer);
      if (request !== null) {
        const { kind } = request.command;
        const carriedOut = kind === "stop" && !request.softer;
        if (carriedOut) did.push(request.level);
        if (kind === "disarm" || kind === "store") did.push(kind);
        const accepted = fails === null || !carriedOut;
        const parameters = { gait: "own", values: [["step_length", 0.05]] };
        const fields = kind === "parameters" ? { fields: { parameters } } : {};
        answers.push(conversation.finish(request, { accepted, reason: fails ?? "", ...fields }, now));
      }
    }
    return {
      answers: answers.map((answer) => ({ ...(answer as object), reason: undefined })),
      did,
      state: conversation.state(now),
    };
  });
}

describe("the conversation in TypeScript and in Python", () => {
  it("answers, acts and counts alike, whatever comes", skipWithoutPython, () => {
    const sequences = Array.from({ length: SEQUENCES }, (_, seed) => randomSequence(seed + 1));
    const { stdout, stderr, status } = spawnSync(
      "python3",
      [join(import.meta.dirname, "replay_conversation.py")],
      {
        input: JSON.stringify(sequences),
        encoding: "utf8",
        env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
        maxBuffer: 2 ** 28,
      },
    );
    assert.equal(status, 0, stderr);
    const inPython = JSON.parse(stdout) as unknown[][];
    const seen = new Set<string>();
    for (const [index, sequence] of sequences.entries()) {
      const inTypeScript = JSON.parse(JSON.stringify(replay(sequence))) as {
        answers: { code: string; accepted: boolean; level?: string }[];
        did: string[];
        state: { dead: string | null; armed: boolean };
      }[];
      for (const [step, ours] of inTypeScript.entries()) {
        if (isDeepStrictEqual(inPython[index]![step], ours)) continue;
        const before = JSON.stringify(sequence.steps.slice(Math.max(0, step - 5), step + 1), null, 1);
        assert.deepEqual(inPython[index]![step], ours, `seed ${index + 1}, step ${step}: ${before}`);
      }
      for (const ours of inTypeScript) {
        for (const { code } of ours.answers) seen.add(code);
        if (ours.state.dead !== null) seen.add(`dead ${ours.state.dead}`);
      }
    }
    // The sequences go everywhere.
    const everything = [
      "",
      "busy",
      "dead cut",
      "dead neutral",
      "dead settle",
      "failed",
      "late",
      "lease",
      "old",
      "order",
      "unknown",
    ];
    assert.deepEqual([...seen].sort(), everything);
  });
});
