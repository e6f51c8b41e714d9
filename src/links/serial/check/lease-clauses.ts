/** Section 4: one lease at a time, and without it nothing but questions and stops. */
import type { Message } from "../../../../firmware-protocol/codec/message-table.ts";
import { type Bench, isNack, OTHER_OWNER, OWNER, said } from "./bench.ts";
import { type Clause, Complaints } from "./clause.ts";
import { sleep } from "./measure.ts";

/** Commands that cannot move a robot without power, the most telling last. */
function commands(bench: Bench): readonly Message[] {
  return [
    { kind: "subscribe", rate: bench.hello!.telemetryRate, groups: 0xffffffff },
    { kind: "set-limit", index: 0, low: Number.NaN, high: Number.NaN },
    bench.stage(),
    { kind: "commit", hash: 1 },
    { kind: "clear-e-stop", event: 0xffffffff, checked: "" },
    { kind: "disarm" },
    { kind: "start" },
    { kind: "targets", positions: new Float64Array() },
    { kind: "release-lease" },
  ];
}

export const LEASE_CLAUSES: readonly Clause[] = [
  {
    id: "lease.epoch",
    section: 4,
    expected: "each lease has a higher epoch, also for the same owner",
    remedy: "Count leases; the low half of the count is the session.",
    run: async (bench) => {
      const wrong = new Complaints();
      const first = await bench.lease();
      const second = await bench.lease();
      wrong.unless(second > first, `${second} came after ${first}`);
      const { owner, epoch } = await bench.status();
      wrong.unless(owner === OWNER && epoch === second, `status says ${epoch}, "${owner}"`);
      return wrong.verdict(`${first}, then ${second}`);
    },
  },
  {
    id: "lease.required",
    section: 4,
    expected: "every command without the session of the present lease is answered by nack no-lease",
    remedy: "Compare the header's session with the present lease before anything else of a command.",
    run: async (bench) => {
      const wrong = new Complaints();
      const old = (await bench.lease()) & 0xffff;
      await bench.lease();
      for (const session of [0, old, bench.talk.session ^ 0x8000])
        for (const message of commands(bench)) {
          const answer = await bench.ask(message, { session });
          const whose =
            session === 0 ? "without a session" : session === old ? "of an old lease" : "of another lease";
          wrong.unless(isNack(answer, "no-lease"), `${message.kind} ${whose}: ${said(answer)}`);
        }
      const { owner } = await bench.status();
      wrong.unless(owner === OWNER, `the lease is now "${owner}"'s`);
      await bench.lease();
      return wrong.verdict(
        `${commands(bench).length} commands refused with 3 wrong sessions (arm: see lease.arm)`,
      );
    },
  },
  {
    id: "lease.release",
    section: 4,
    expected: "release-lease is answered by ack; then nobody owns the robot and the old session is void",
    remedy: "Forget owner and session.",
    run: async (bench) => {
      const wrong = new Complaints();
      await bench.lease();
      const session = bench.talk.session;
      await bench.release();
      const { owner, epoch } = await bench.status();
      wrong.unless(owner === "" && epoch === 0, `status says epoch ${epoch}, owner "${owner}"`);
      const answer = await bench.ask({ kind: "disarm" }, { session });
      wrong.unless(isNack(answer, "no-lease"), `disarm with the old session: ${said(answer)}`);
      const other = await bench.ask({ kind: "acquire-lease", owner: OTHER_OWNER });
      wrong.unless(other.kind === "lease", `another owner: ${said(other)}`);
      if (other.kind === "lease")
        await bench.ask({ kind: "release-lease" }, { session: other.epoch & 0xffff });
      await bench.lease();
      return wrong.verdict("released, and given to another");
    },
  },
  {
    id: "lease.silence",
    section: 4,
    expected: "a lease whose session was silent for 2 s goes to another owner, and not before",
    remedy:
      "Note when a good frame with the lease's session last came; frames with another session do not count.",
    run: async (bench) => {
      const wrong = new Complaints();
      await bench.lease();
      // The last frame with the session.
      await bench.status();
      const silentSince = bench.now();
      const ask: Message = { kind: "acquire-lease", owner: OTHER_OWNER };
      let granted: number | null = null;
      let session = 0;
      while (granted === null && bench.now() - silentSince < 2.6) {
        await sleep(0.1);
        const answer = await bench.ask(ask, { session: 0 });
        if (answer.kind !== "lease") continue;
        granted = bench.now() - silentSince;
        session = answer.epoch & 0xffff;
      }
      if (wrong.unless(granted !== null, "after 2.6 s it is still refused"))
        wrong.unless(granted! > 1.9, `it was given away after ${granted!.toFixed(2)} s`);
      if (granted !== null) await bench.ask({ kind: "release-lease" }, { session });
      await bench.lease();
      return wrong.verdict(`given to another after ${granted?.toFixed(2)} s`, {
        afterMs: 1000 * (granted ?? 0),
      });
    },
  },
];
