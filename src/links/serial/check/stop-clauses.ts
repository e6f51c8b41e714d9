/** Sections 2, 5 and 6: stops are obeyed from anybody and at once; an e-stop latches. */
import type { Message, MessageOf } from "../../../../firmware-protocol/codec/message-table.ts";
import { type Bench, isNack, OTHER_OWNER, OWNER, said } from "./bench.ts";
import { type Clause, Complaints, skipped, type Verdict } from "./clause.ts";
import { milliseconds, quantile, sleep } from "./measure.ts";

/** What a host waits before it sends a stop again, s: half of the answers must be faster. */
const PROMPT = 0.02;
/** s */
const SLOWEST = 0.1;
/** This computer stood still this long, s: what it measured meanwhile is its own doing. */
const STALL = 0.005;

const HARDNESS = ["neutral", "settle", "cut"] as const;

function harder(found: MessageOf<"stopped">["level"], asked: MessageOf<"stop">["level"]): boolean {
  return HARDNESS.indexOf(found) >= HARDNESS.indexOf(asked);
}

/** From writing a stop to reading its answer. */
async function latency(bench: Bench, stop: () => Message): Promise<Verdict> {
  const wrong = new Complaints();
  const took: number[] = [];
  let spoilt = 0;
  while (took.length < bench.effort.repetitions && spoilt < 3 * bench.effort.repetitions) {
    // Not in step with the robot's control period.
    await sleep(0.001 * (1 + ((took.length * 7) % 13)));
    const stalled = bench.pulse.mark();
    const answer = await bench.talk.ask(stop(), { session: 0 });
    const disturbed = stalled() > STALL;
    if (!wrong.unless(answer.message.kind === "stopped", said(answer.message))) break;
    if (disturbed) spoilt++;
    else took.push(answer.took);
  }
  if (wrong.none && took.length < bench.effort.repetitions / 2)
    return skipped(
      `this computer is too busy to measure it (${took.length} undisturbed of ${took.length + spoilt})`,
    );
  const [p50, p99] = [quantile(took, 0.5), quantile(took, 0.99)];
  wrong.unless(!(p50 > PROMPT), `p50 is ${milliseconds(p50)}`);
  wrong.unless(!(p99 > SLOWEST), `p99 is ${milliseconds(p99)}`);
  return wrong.verdict(`p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)} of ${took.length}`, {
    p50Ms: 1000 * p50,
    p99Ms: 1000 * p99,
    repetitions: took.length,
  });
}

async function eStop(bench: Bench): Promise<Message> {
  bench.hasLatched = true;
  return bench.ask({ kind: "e-stop", level: "cut", reason: "conformance check" }, { session: 0 });
}

/** Clears the latch of this check. @returns what the robot answered, null when nothing was latched */
export async function clearLatch(bench: Bench): Promise<Message | null> {
  const { latched } = await bench.status();
  if (latched === 0) {
    bench.hasLatched = false;
    return null;
  }
  await bench.lease();
  const answer = await bench.ask({ kind: "clear-e-stop", event: latched, checked: "conformance check" });
  if (answer.kind === "ack") bench.hasLatched = false;
  return answer;
}

/** A clause that latches the robot and clears it again. */
function latching(
  id: string,
  section: number,
  expected: string,
  remedy: string,
  run: (bench: Bench, wrong: Complaints) => Promise<Verdict>,
): Clause {
  return {
    id,
    section,
    expected,
    remedy,
    needs: id === "estop.latch" ? [] : ["estop.latch"],
    run: async (bench) => {
      if (bench.latchedBefore) return skipped("the robot was latched before: clear it, then check again");
      try {
        return await run(bench, new Complaints());
      } finally {
        await clearLatch(bench);
      }
    },
  };
}

export const STOP_CLAUSES: readonly Clause[] = [
  {
    id: "stop.no-lease",
    section: 5,
    expected:
      "a stop at any level is obeyed without a lease and with a wrong session, at least as hard as asked",
    remedy:
      "Carry out stop before looking at session or state; answer `stopped` with the hardest level in force.",
    run: async (bench) => {
      const wrong = new Complaints();
      await bench.lease();
      for (const level of HARDNESS)
        for (const session of [0, bench.talk.session ^ 0x8000]) {
          const answer = await bench.ask({ kind: "stop", level }, { session });
          if (!wrong.unless(answer.kind === "stopped", `${level}: ${said(answer)}`)) continue;
          const { confirmed, level: inForce } = answer as MessageOf<"stopped">;
          wrong.unless(confirmed, `${level}: not confirmed`);
          wrong.unless(harder(inForce, level), `${level}: answered ${inForce}`);
        }
      const { state, owner } = await bench.status();
      wrong.unless(state === "off", `the robot is ${state}`);
      wrong.unless(owner === OWNER, "a stop took the lease away");
      return wrong.verdict("obeyed at 3 levels");
    },
  },
  {
    id: "stop.latency",
    section: 6,
    expected: `stops are answered within ${1000 * PROMPT} ms (half of them), ${1000 * SLOWEST} ms (99 %)`,
    remedy: "Carry a stop out in the byte receiver, and answer before anything that was asked earlier.",
    run: (bench) => latency(bench, () => ({ kind: "stop", level: "cut" })),
  },
  latching(
    "estop.latch",
    6,
    "e-stop without a lease latches, quoting its event; arm is then refused as latched, also with a new lease",
    "Keep the number of the event that latched; look at it first in arm.",
    async (bench, wrong) => {
      await bench.lease();
      const answer = await eStop(bench);
      wrong.unless(answer.kind === "stopped" && answer.confirmed, `e-stop: ${said(answer)}`);
      const { latched } = await bench.status();
      if (!wrong.unless(latched !== 0, "status.latched is 0")) return wrong.verdict("");
      await eStop(bench);
      wrong.unless((await bench.status()).latched === latched, "another e-stop latched again");
      await bench.lease();
      wrong.unless((await bench.status()).latched === latched, "a new lease took the latch away");
      const arm = await bench.ask({ kind: "arm" });
      if (!wrong.unless(isNack(arm, "latched"), `arm: ${said(arm)}`) && arm.kind === "ack") {
        await bench.ask({ kind: "stop", level: "cut" });
        await bench.untilOff();
      }
      return wrong.verdict(`event ${latched} latched it`);
    },
  ),
  latching(
    "estop.clear",
    6,
    "only clear-e-stop with that event's number ends it",
    "Compare `event` with the number of the event that latched.",
    async (bench, wrong) => {
      await bench.lease();
      await eStop(bench);
      const { latched } = await bench.status();
      if (!wrong.unless(latched !== 0, "status.latched is 0")) return wrong.verdict("");
      const checked = "conformance check";
      const other = await bench.ask({ kind: "clear-e-stop", event: latched + 1, checked });
      wrong.unless(isNack(other, "refused") && other.field === "event", `another number: ${said(other)}`);
      wrong.unless((await bench.status()).latched === latched, "that cleared it");
      const answer = await clearLatch(bench);
      wrong.unless(answer === null || answer.kind === "ack", `the right number: ${answer && said(answer)}`);
      wrong.unless((await bench.status()).latched === 0, "it is still latched");
      return wrong.verdict("cleared");
    },
  ),
  latching(
    "event.copies",
    6,
    "an event is sent three times with the same number and time; numbers grow",
    "Keep the last events and send each two more times, 20 ms apart.",
    async (bench, wrong) => {
      await bench.lease();
      const copies: MessageOf<"event">[] = [];
      const end = bench.talk.listen(({ message }) => {
        if (message?.kind === "event") copies.push(message);
      });
      await eStop(bench);
      const { latched } = await bench.status();
      await clearLatch(bench);
      await sleep(0.15);
      end();
      // Copies of what happened before may still come.
      const of = (kind: string): MessageOf<"event">[] =>
        copies.filter(({ event, number }) => event === kind && number >= latched);
      for (const kind of ["latched", "cleared"]) {
        const told = of(kind);
        wrong.unless(told.length === 3, `${kind} came ${told.length} times`);
        const same = told.every(({ number, time }) => number === told[0]!.number && time === told[0]!.time);
        wrong.unless(same, `the copies of ${kind} differ`);
      }
      wrong.unless(
        of("latched")[0]?.number === latched,
        "status.latched is not the number of the latched event",
      );
      const grown = (of("cleared")[0]?.number ?? 0) > (of("latched")[0]?.number ?? 0);
      wrong.unless(grown, "the number did not grow");
      return wrong.verdict("latched and cleared, three times each");
    },
  ),
  latching(
    "estop.latency",
    6,
    `e-stops are answered within ${1000 * PROMPT} ms (half of them), ${1000 * SLOWEST} ms (99 %)`,
    "Carry an e-stop out in the byte receiver; write the latch to flash after the motors have stopped.",
    (bench) => {
      bench.hasLatched = true;
      return latency(bench, () => ({ kind: "e-stop", level: "cut", reason: `check for ${OTHER_OWNER}` }));
    },
  ),
];
