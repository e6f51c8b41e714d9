/** With power (`--move`): arming, what is locked then, and the dead-man. The robot stands; it never walks. */
import { FAULTS, type Message, type MessageOf } from "../../../../firmware-protocol/codec/message-table.ts";
import { type Bench, isNack, rightAnswer, said } from "./bench.ts";
import { type Clause, Complaints, skipped, type Verdict } from "./clause.ts";
import { narrowable, narrower } from "./limit-clauses.ts";
import { milliseconds, sleep } from "./measure.ts";

type Telemetry = MessageOf<"telemetry">;

/** Rising may take this long, s. */
const LONGEST_RISE = 15;
/** This computer stood still this long, s: the robot may have stopped rightly. */
const STALL = 0.1;
/** How much earlier and later than announced a dead-man may be seen to act, s. */
const EARLIER = 0.05;
const LATER = 0.1;
const ATTEMPTS = 3;

const hasPower = ({ state }: Telemetry): boolean => state !== "off" && state !== "settling";

function moving(
  id: string,
  section: number,
  expected: string,
  remedy: string,
  run: (bench: Bench, wrong: Complaints) => Promise<Verdict>,
  needs: readonly string[] = [],
): Clause {
  return {
    id,
    section,
    expected,
    remedy,
    moves: true,
    needs,
    run: async (bench) => {
      if (bench.hello!.clock === "lockstep") return skipped("the robot's clock is in lockstep");
      if (bench.latchedBefore) return skipped("the robot was latched before: clear it, then check again");
      return run(bench, new Complaints());
    },
  };
}

/** Arms and feeds it until it stands, unless it does already. @returns why it does not, or null */
async function stand(bench: Bench): Promise<string | null> {
  const stalled = bench.pulse.mark();
  const problem = await rise(bench);
  if (stalled() < STALL || problem === null) return problem;
  // The host stood still: the robot may have stopped rightly.
  await bench.untilOff();
  return rise(bench);
}

async function rise(bench: Bench): Promise<string | null> {
  if ((await bench.status()).state === "standing" && bench.armed) return null;
  bench.stopFeeding();
  await bench.lease();
  bench.armed = true;
  bench.feed();
  const arm = await bench.ask({ kind: "arm" });
  if (arm.kind !== "ack") return `arm: ${said(arm)}`;
  const until = bench.now() + LONGEST_RISE;
  let { state } = await bench.status();
  while (bench.now() < until && state === "rising") {
    await sleep(0.05);
    ({ state } = await bench.status());
  }
  return state === "standing"
    ? null
    : `${milliseconds(bench.now() - until + LONGEST_RISE)} after arm it is ${state}`;
}

/** Lets the host fall silent in some way, and measures when the robot stops. @param misfeed what it says instead */
async function silence(
  bench: Bench,
  wrong: Complaints,
  misfeed: (() => () => void) | null,
): Promise<Verdict> {
  const { settleAfter, cutAfter, telemetryRate } = bench.hello!;
  for (let attempt = 1; ; attempt++) {
    const problem = await stand(bench);
    if (problem !== null) {
      wrong.add(problem);
      return wrong.verdict("");
    }
    const faults: MessageOf<"event">[] = [];
    const end = bench.talk.listen(({ message }) => {
      if (message?.kind === "event" && message.event === "fault") faults.push(message);
    });
    const stall = bench.pulse.mark();
    bench.stopFeeding();
    const fresh = await bench.frame(() => true, 1);
    if (fresh === null) {
      end();
      stall();
      wrong.add("there is no telemetry");
      return wrong.verdict("");
    }
    const last = bench.wire(rightAnswer(fresh.telemetry)!, { flags: 0 });
    const { message } = await bench.askAfter(last, { kind: "time-sync", sent: bench.now() });
    const fed = message.kind === "time-reply" ? message.received : Number.NaN;
    const stop = misfeed?.();
    const gone = await bench.frame((frame) => frame.time > fed && !hasPower(frame), cutAfter + 1);
    const stalled = stall();
    stop?.();
    if (gone === null) {
      wrong.add(`after ${(cutAfter + 1).toFixed(1)} s it still has full power`);
      await bench.ask({ kind: "stop", level: "settle" });
      await bench.untilOff();
      end();
      return wrong.verdict("");
    }
    const after = gone.telemetry.time - fed;
    const off = await bench.untilOff();
    await sleep(0.1);
    end();
    const latest = settleAfter + LATER + 2 / telemetryRate;
    const inTime = after >= settleAfter - EARLIER && after <= latest;
    if (!inTime && stalled > STALL && attempt < ATTEMPTS) continue;
    wrong.unless(inTime, `it stopped after ${milliseconds(after)}, hello says ${milliseconds(settleAfter)}`);
    wrong.unless(off, "it did not switch off");
    const code = FAULTS["dead-man"].code;
    wrong.unless(
      faults.some((fault) => fault.code === code),
      "no fault event dead-man came",
    );
    wrong.unless((await bench.status()).latched === 0, "it latched");
    return wrong.verdict(`stopped after ${milliseconds(after)} of ${milliseconds(settleAfter)}`, {
      silenceMs: 1000 * after,
    });
  }
}

export const MOTION_CLAUSES: readonly Clause[] = [
  moving(
    "lease.arm",
    4,
    "arm without the session of the present lease is answered by nack no-lease",
    "Compare the header's session with the present lease before anything else of a command.",
    async (bench, wrong) => {
      await bench.lease();
      for (const session of [0, bench.talk.session ^ 0x8000]) {
        bench.armed = true;
        const answer = await bench.ask({ kind: "arm" }, { session });
        if (!wrong.unless(isNack(answer, "no-lease"), said(answer)))
          await bench.ask({ kind: "stop", level: "cut" });
      }
      await bench.untilOff();
      return wrong.verdict("refused");
    },
    ["lease.required"],
  ),
  moving(
    "stop.overtaken",
    2,
    "an arm that was sent before a stop and arrives after it is refused",
    "Remember the header's time of the last stop with the lease's session for 10 s.",
    async (bench, wrong) => {
      await bench.lease();
      const time = bench.talk.stamp();
      await bench.ask({ kind: "stop", level: "cut" }, { time });
      bench.armed = true;
      const answer = await bench.ask({ kind: "arm" }, { time: (time - 1000) >>> 0 });
      if (!wrong.unless(isNack(answer, "refused"), said(answer)))
        await bench.ask({ kind: "stop", level: "cut" });
      await bench.untilOff();
      return wrong.verdict("refused");
    },
  ),
  moving(
    "arm.stand",
    5,
    "arm is acknowledged, the robot rises and stands with its limits locked; arming again is refused",
    "Follow the table of states in section 5.",
    async (bench, wrong) => {
      const problem = await stand(bench);
      if (!wrong.unless(problem === null, problem ?? "")) return wrong.verdict("");
      const again = await bench.ask({ kind: "arm" });
      wrong.unless(isNack(again, "refused"), `arm while it stands: ${said(again)}`);
      const { state, limitsLocked } = await bench.status();
      wrong.unless(state === "standing", `it is ${state}`);
      wrong.unless(limitsLocked, "status says that limits are not locked");
      return wrong.verdict("stands");
    },
  ),
  moving(
    "limit.locked",
    3,
    "set-limit is answered by nack locked while the motors have power, and the limit stays",
    "Refuse set-limit in every state but `off`.",
    async (bench, wrong) => {
      const index = narrowable(bench.limits);
      if (index < 0) return skipped("the robot has no hard limits");
      const problem = await stand(bench);
      if (!wrong.unless(problem === null, problem ?? "")) return wrong.verdict("");
      const limit = bench.limits[index]!;
      const answer = await bench.ask({ kind: "set-limit", index, ...narrower(limit) });
      wrong.unless(isNack(answer, "locked"), said(answer));
      const { low, high } = await bench.expect({ kind: "get-limit", index }, "limit");
      wrong.unless(low === limit.low && high === limit.high, `it is now ${low} … ${high}`);
      return wrong.verdict("locked");
    },
    ["arm.stand"],
  ),
  moving(
    "subscribe.locked",
    8,
    "subscribe is answered by nack locked while the motors have power",
    "Refuse subscribe in every state but `off`: the host's monitor counts on its telemetry.",
    async (bench, wrong) => {
      const problem = await stand(bench);
      if (!wrong.unless(problem === null, problem ?? "")) return wrong.verdict("");
      const answer = await bench.ask({
        kind: "subscribe",
        rate: bench.hello!.telemetryRate,
        groups: 0xffffffff,
      });
      wrong.unless(isNack(answer, "locked"), said(answer));
      return wrong.verdict("locked");
    },
    ["arm.stand"],
  ),
  moving(
    "store.locked",
    7,
    "store is answered by nack locked while the motors have power, or unknown by a firmware without a place for it",
    "Refuse store in every state but `off`: writing flash may hold up the control loop.",
    async (bench, wrong) => {
      const problem = await stand(bench);
      if (!wrong.unless(problem === null, problem ?? "")) return wrong.verdict("");
      const answer = await bench.ask({ kind: "store" });
      wrong.unless(isNack(answer, "locked", "unknown"), said(answer));
      return wrong.verdict(isNack(answer, "unknown") ? "this firmware has no `store`" : "locked");
    },
    ["arm.stand"],
  ),
  moving(
    "disarm.off",
    5,
    "disarm from the stand is acknowledged and switches off",
    "Follow the table of states in section 5.",
    async (bench, wrong) => {
      const problem = await stand(bench);
      if (!wrong.unless(problem === null, problem ?? "")) return wrong.verdict("");
      const answer = await bench.ask({ kind: "disarm" });
      wrong.unless(answer.kind === "ack", said(answer));
      bench.stopFeeding();
      wrong.unless(await bench.untilOff(), "it did not switch off");
      return wrong.verdict("off");
    },
    ["arm.stand"],
  ),
  moving(
    "stop.hardest",
    5,
    "stop settle is obeyed by a standing robot, and a milder stop after it neither softens it nor claims to",
    "Answer the hardest level in force, not the one asked for.",
    async (bench, wrong) => {
      const problem = await stand(bench);
      if (!wrong.unless(problem === null, problem ?? "")) return wrong.verdict("");
      const settle = await bench.ask({ kind: "stop", level: "settle" }, { session: 0 });
      wrong.unless(
        settle.kind === "stopped" && settle.confirmed && settle.level === "settle",
        `settle: ${said(settle)}`,
      );
      const neutral = await bench.ask({ kind: "stop", level: "neutral" }, { session: 0 });
      const level = neutral.kind === "stopped" ? neutral.level : said(neutral);
      wrong.unless(level !== "neutral", `neutral after settle: ${level}`);
      const { state } = await bench.status();
      wrong.unless(state === "settling" || state === "off", `then it is ${state}`);
      bench.stopFeeding();
      wrong.unless(await bench.untilOff(), "it did not switch off");
      return wrong.verdict("settled and off");
    },
    ["arm.stand"],
  ),
  moving(
    "lease.settles",
    4,
    "losing the lease settles a robot that has power",
    "Settle when the lease is given back or goes to another owner.",
    async (bench, wrong) => {
      const problem = await stand(bench);
      if (!wrong.unless(problem === null, problem ?? "")) return wrong.verdict("");
      bench.stopFeeding();
      await bench.release();
      const { state } = await bench.status();
      wrong.unless(state === "settling" || state === "off", `it is ${state}`);
      if (!wrong.none) await bench.ask({ kind: "stop", level: "settle" });
      wrong.unless(await bench.untilOff(), "it did not switch off");
      await bench.lease();
      return wrong.verdict("settled and off");
    },
    ["arm.stand"],
  ),
  moving(
    "deadman.silence",
    6,
    "a robot with power whose host falls silent settles after settleAfter, says so, and is off without a latch",
    "Look in every control period how long ago a keepalive that counts came.",
    (bench, wrong) => silence(bench, wrong, null),
    ["arm.stand"],
  ),
  moving(
    "deadman.wrong",
    6,
    "wrong responses, and questions, do not feed the dead-man",
    "Only a keepalive that counts may reset the dead-man's time.",
    (bench, wrong) =>
      silence(bench, wrong, () => {
        const end = bench.feed(({ seq, challenge }) => ({
          kind: "keepalive",
          telemetrySeq: seq,
          response: challenge,
        }));
        const timer = setInterval(() => bench.talk.tell({ kind: "get-status" }), 50);
        return () => {
          clearInterval(timer);
          end();
        };
      }),
    ["deadman.silence"],
  ),
  moving(
    "deadman.stale",
    6,
    "right answers to frames older than 200 ms do not feed the dead-man",
    "Remember when the frames of the last 200 ms were sent, by the robot's clock.",
    (bench, wrong) => {
      const past: { readonly answer: Message | null; readonly at: number }[] = [];
      return silence(bench, wrong, () =>
        bench.feed((telemetry) => {
          const now = bench.now();
          past.push({ answer: rightAnswer(telemetry), at: now });
          let old: Message | null = null;
          while (past.length > 0 && now - past[0]!.at > 0.25) old = past.shift()!.answer;
          return old;
        }),
      );
    },
    ["deadman.silence"],
  ),
];
