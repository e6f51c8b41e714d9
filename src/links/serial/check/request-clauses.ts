/** Sections 2 and 3: every message is answered, what is no message is refused, what comes twice is done once. */
import { encodeFrame, FLAG } from "../../../../firmware-protocol/codec/frame.ts";
import {
  MESSAGES,
  type Message,
  type MessageName,
} from "../../../../firmware-protocol/codec/message-table.ts";
import { encodeMessage } from "../../../../firmware-protocol/codec/payload.ts";
import { type Bench, isNack, OTHER_OWNER, OWNER, said } from "./bench.ts";
import { type Clause, Complaints, skipped } from "./clause.ts";
import { milliseconds, quantile } from "./measure.ts";

/** Harmless questions and what answers them. */
function questions(bench: Bench): readonly (readonly [Message, Message["kind"]])[] {
  return [
    [bench.helloMessage(), "hello-reply"],
    [{ kind: "describe", subject: "channel", index: 0 }, "description"],
    [{ kind: "describe", subject: "joint", index: 0 }, "description"],
    [{ kind: "get-status" }, "status"],
    [{ kind: "get-statistics" }, "statistics"],
    [{ kind: "time-sync", sent: 12.5 }, "time-reply"],
    [{ kind: "acquire-lease", owner: OWNER }, "lease"],
    [{ kind: "stop", level: "cut" }, "stopped"],
  ];
}

/** A good message of every kind that cannot move a robot, whatever it takes for granted. */
function harmless(bench: Bench): readonly Message[] {
  return [
    ...questions(bench).map(([message]) => message),
    { kind: "get-parameter", index: 0 },
    { kind: "get-limit", index: 0 },
    { kind: "set-limit", index: 255, low: 0, high: 0 },
    { kind: "release-lease" },
    { kind: "disarm" },
    bench.stage(),
    { kind: "commit", hash: 0 },
    { kind: "e-stop", level: "cut", reason: "conformance check" },
    { kind: "clear-e-stop", event: 0, checked: "" },
    { kind: "subscribe", rate: 0, groups: 0 },
  ];
}

/** @returns null when every payload was refused as malformed and counted */
async function allMalformed(
  bench: Bench,
  cases: readonly { readonly name: string; readonly type: number; readonly payload: Uint8Array }[],
) {
  const wrong = new Complaints();
  await bench.lease();
  const before = await bench.statistics();
  for (const { name, type, payload } of cases) {
    const frame = bench.talk.frame({ type, payload });
    const { message } = await bench.talk.askFrame(frame, name);
    wrong.unless(isNack(message, "malformed"), `${name}: ${said(message)}`);
    // A robot that reads on has perhaps latched, or lost us the lease.
    if (message.kind === "stopped") bench.hasLatched = true;
  }
  await bench.lease();
  const { framesMalformed } = await bench.statistics();
  const counted = framesMalformed - before.framesMalformed;
  wrong.unless(counted === cases.length, `framesMalformed grew by ${counted}, not by ${cases.length}`);
  return wrong.verdict(`${cases.length} payloads refused as malformed and counted`);
}

const id = (name: MessageName): number => MESSAGES[name].id;

export const REQUEST_CLAUSES: readonly Clause[] = [
  {
    id: "message.answered",
    section: 4,
    expected: "hello, describe, get-…, time-sync, acquire-lease and stop are answered without a lease",
    remedy: "Answer every request of the table; these need no lease.",
    run: async (bench) => {
      const wrong = new Complaints();
      for (const [message, kind] of questions(bench)) {
        const answer = await bench.ask(message, { session: 0 });
        wrong.unless(answer.kind === kind, `${message.kind}: ${said(answer)}`);
        if (answer.kind === "time-reply") {
          wrong.unless(answer.sent === 12.5, "time-reply does not repeat the request's stamp");
          wrong.unless(answer.replied >= answer.received, "time-reply left before it came");
        }
      }
      return wrong.verdict(`${questions(bench).length} questions answered`);
    },
  },
  {
    id: "message.unknown",
    section: 2,
    expected: "ids that no host sends are answered by nack unknown",
    remedy: "Answer `unknown` in the default branch, also to the robot's own messages.",
    run: async (bench) => {
      const wrong = new Complaints();
      for (const type of [0x00, 0x7f, 0xfe, id("telemetry"), id("ack")]) {
        const frame = bench.talk.frame({ type, payload: new Uint8Array() });
        const { message } = await bench.talk.askFrame(frame, `message 0x${type.toString(16)}`);
        wrong.unless(isNack(message, "unknown"), `0x${type.toString(16)}: ${said(message)}`);
      }
      return wrong.verdict("5 ids refused");
    },
  },
  {
    id: "message.truncated",
    section: 3,
    expected: "a payload that ends early is answered by nack malformed, and nothing of it is used",
    remedy: "Decode the whole payload before using any field.",
    run: (bench) => {
      const cases = harmless(bench).flatMap((message) => {
        const { type, payload } = encodeMessage(message);
        return payload.length === 0 ? [] : [{ name: message.kind, type, payload: payload.subarray(0, -1) }];
      });
      return allMalformed(bench, cases);
    },
  },
  {
    id: "message.trailing",
    section: 3,
    expected: "a payload that ends late is answered by nack malformed, and nothing of it is used",
    remedy: "After the last field no byte may be left.",
    run: (bench) => {
      const cases = harmless(bench).map((message) => {
        const { type, payload } = encodeMessage(message);
        return { name: message.kind, type, payload: Buffer.concat([payload, Uint8Array.of(0)]) };
      });
      return allMalformed(bench, cases);
    },
  },
  {
    id: "message.words",
    section: 3,
    expected:
      "a word that is none, text that is not UTF-8 and a time beyond 2⁵³ − 1 are answered by nack malformed",
    remedy: "Check each word's index, each text and each time while decoding.",
    run: (bench) => {
      const time = new Uint8Array(8).fill(0xff);
      return allMalformed(bench, [
        { name: "stop at level 3", type: id("stop"), payload: Uint8Array.of(3) },
        { name: "e-stop at level 255", type: id("e-stop"), payload: Uint8Array.of(255, 0) },
        { name: "describe subject 2", type: id("describe"), payload: Uint8Array.of(2, 0, 0) },
        { name: "a time too long", type: id("time-sync"), payload: time },
        { name: "an owner that is ff", type: id("acquire-lease"), payload: Uint8Array.of(1, 0xff) },
        { name: "an overlong owner", type: id("acquire-lease"), payload: Uint8Array.of(2, 0xc0, 0xaf) },
        {
          name: "a surrogate as owner",
          type: id("acquire-lease"),
          payload: Uint8Array.of(3, 0xed, 0xa0, 0x80),
        },
      ]);
    },
  },
  {
    id: "request.silent",
    section: 2,
    expected: "a request without flag 0x01 is obeyed and gets no reply",
    remedy: "Carry it out as ever; send the answer only when flag 0x01 is set.",
    run: async (bench) => {
      const wrong = new Complaints();
      const epoch = await bench.lease();
      const seq = bench.talk.nextSeq();
      const reply = bench.talk.replyTo(seq, 150);
      bench.talk.tell({ kind: "acquire-lease", owner: OWNER }, { seq });
      wrong.unless((await reply) === null, "it was answered");
      const { epoch: now } = await bench.status();
      wrong.unless(now > epoch, "it was not obeyed");
      await bench.lease();
      return wrong.verdict("obeyed, not answered");
    },
  },
  {
    id: "retry.once",
    section: 2,
    expected: "a request repeated with flag 0x08 is answered as before, counted, and carried out once",
    remedy: "Keep the answers to the last requests by session and seq; repeat the answer, not the deed.",
    run: async (bench) => {
      const wrong = new Complaints();
      await bench.lease();
      const before = await bench.statistics();
      const frame = bench.talk.frameOf({ kind: "acquire-lease", owner: OWNER });
      const again = { ...frame, flags: frame.flags | FLAG.retry };
      const epochs: number[] = [];
      for (const sent of [frame, again, again]) {
        const { message } = await bench.talk.askFrame({ ...sent, time: bench.talk.stamp() }, "acquire-lease");
        if (message.kind === "lease") epochs.push(message.epoch);
        else wrong.add(said(message));
      }
      wrong.unless(new Set(epochs).size === 1, `the epoch went ${epochs.join(", ")}`);
      const { epoch } = await bench.status();
      wrong.unless(epoch === epochs[0], `the epoch is ${epoch} in the end, not ${epochs[0]}`);
      bench.talk.session = epoch & 0xffff;
      const { framesRepeated } = await bench.statistics();
      const counted = framesRepeated - before.framesRepeated;
      wrong.unless(counted >= 2, `framesRepeated grew by ${counted}, not by 2`);
      return wrong.verdict("sent three times, carried out once");
    },
  },
  {
    id: "retry.doubled",
    section: 2,
    expected: "the same frame twice, as a line may double it, is carried out once",
    remedy:
      "A frame without flag 0x08 is a repetition when session, seq, type, payload and time are the same.",
    run: async (bench) => {
      const wrong = new Complaints();
      const epoch = await bench.lease();
      const frame = bench.talk.frameOf({ kind: "acquire-lease", owner: OWNER });
      await bench.talk.askFrame(frame, "acquire-lease", encodeFrame(frame));
      // Both have been read before this is answered.
      const status = await bench.status();
      wrong.unless(status.epoch === epoch + 1, `the epoch grew by ${status.epoch - epoch}`);
      bench.talk.session = status.epoch & 0xffff;
      return wrong.verdict("the epoch grew by 1");
    },
  },
  {
    id: "retry.new",
    section: 2,
    expected: "flag 0x08 on what was never received, or with other contents, is a new request",
    remedy: "A repetition has the same session, seq, type and payload; anything else is carried out.",
    run: async (bench) => {
      const wrong = new Complaints();
      const epoch = await bench.lease();
      const seq = bench.talk.nextSeq();
      const flags = FLAG.replyWanted | FLAG.retry;
      const first = await bench.ask({ kind: "acquire-lease", owner: OWNER }, { seq, flags });
      wrong.unless(first.kind === "lease" && first.epoch > epoch, `never received: ${said(first)}`);
      const other = await bench.ask({ kind: "get-status" }, { seq, flags });
      wrong.unless(other.kind === "status", `other contents: ${said(other)}`);
      await bench.lease();
      return wrong.verdict("carried out");
    },
  },
  {
    id: "retry.memory",
    section: 2,
    needs: ["retry.once"],
    expected: "at least the last 8 answers are remembered",
    remedy: "Keep 8 answers or more.",
    run: async (bench) => {
      const wrong = new Complaints();
      await bench.lease();
      const frame = bench.talk.frameOf({ kind: "acquire-lease", owner: OWNER });
      const { message: first } = await bench.talk.askFrame(frame, "acquire-lease");
      for (let other = 0; other < 7; other++) await bench.talk.ask({ kind: "get-status" });
      const { message: again } = await bench.talk.askFrame(
        { ...frame, flags: frame.flags | FLAG.retry },
        "acquire-lease",
      );
      const epochs = [first, again].map((answer) => (answer.kind === "lease" ? answer.epoch : said(answer)));
      wrong.unless(epochs[0] === epochs[1], `answered ${epochs[0]}, after 7 other requests ${epochs[1]}`);
      await bench.lease();
      return wrong.verdict("remembered after 7 other requests");
    },
  },
  {
    id: "lease.busy",
    section: 4,
    expected: "a second owner gets nack busy with the first one's name, and nothing changes",
    remedy: "Compare owners; refuse another one until the lease is given back or silent for 2 s.",
    run: async (bench) => {
      const wrong = new Complaints();
      const epoch = await bench.lease();
      const answer = await bench.ask({ kind: "acquire-lease", owner: OTHER_OWNER }, { session: 0 });
      wrong.unless(isNack(answer, "busy"), `a second owner got ${said(answer)}`);
      if (isNack(answer))
        wrong.unless(answer.reason.includes(OWNER), `the reason does not name "${OWNER}": ${answer.reason}`);
      const { owner, epoch: now } = await bench.status();
      wrong.unless(owner === OWNER && now === epoch, `the lease is now ${owner}'s, epoch ${now}`);
      if (!wrong.none) await bench.ask({ kind: "release-lease" }, { session: now & 0xffff });
      await bench.lease();
      return wrong.verdict("refused, naming the owner");
    },
  },
];

/** Looks back on all others. */
export const REQUEST_TIME: Clause = {
  id: "request.time",
  section: 2,
  expected: "requests are answered before a host repeats them: p99 below 250 ms, repeated 1 % at most",
  remedy: "Answer in the control period in which the request came; look for frames that the line loses.",
  run: async ({ talk: { answered } }) => {
    if (answered.length < 100) return skipped("too few requests were answered");
    const wrong = new Complaints();
    const p99 = quantile(
      answered.map(({ took }) => took),
      0.99,
    );
    const repeated = answered.filter(({ tries }) => tries > 1).length;
    const share = repeated / answered.length;
    wrong.unless(p99 < 0.25, `p99 is ${milliseconds(p99)}`);
    wrong.unless(share <= 0.01, `${repeated} of ${answered.length} requests had to be repeated`);
    return wrong.verdict(`${answered.length} requests, p99 ${milliseconds(p99)}, ${repeated} repeated`, {
      p99Ms: 1000 * p99,
      requests: answered.length,
      repeated,
    });
  },
};
