/**
 * Walks the protocol against whatever firmware is at the other end of a line, clause by clause, and leaves the robot as
 * it was: without power, latched only if it was latched, its lease given back.
 */
import { type Message, SCHEMA } from "../../../../firmware-protocol/codec/message-table.ts";
import { systemClock } from "../../../clock.ts";
import { describeError, fail } from "../../../errors.ts";
import { Bench, type Effort, type Subject, said } from "./bench.ts";
import type { Clause, Finding, Verdict } from "./clause.ts";
import { skipped } from "./clause.ts";
import { CONFIG_CLAUSES } from "./config-clauses.ts";
import { Conversation, NoAnswer } from "./conversation.ts";
import { FRAME_CLAUSES } from "./frame-clauses.ts";
import { HostPulse } from "./host-pulse.ts";
import { INTRODUCTION_CLAUSES } from "./introduction-clauses.ts";
import { LEASE_CLAUSES } from "./lease-clauses.ts";
import { LIMIT_CLAUSES, restoreLimits } from "./limit-clauses.ts";
import { MOTION_CLAUSES } from "./motion-clauses.ts";
import { REQUEST_CLAUSES, REQUEST_TIME } from "./request-clauses.ts";
import { STAGE_CLAUSES } from "./stage-clauses.ts";
import { clearLatch, STOP_CLAUSES } from "./stop-clauses.ts";
import { subscribeAll, TELEMETRY_CLAUSES } from "./telemetry-clauses.ts";

export const FULL_EFFORT: Effort = { repetitions: 200, seconds: 5 };

export interface CheckOptions {
  /** Opens the line; what comes is handed to the listener until `close`. */
  readonly openLine: (listener: {
    onBytes(bytes: Uint8Array): void;
    onLost(reason: string): void;
  }) => Promise<{ write(bytes: Uint8Array): boolean; close(): Promise<void> }>;
  readonly subject: Subject;
  /** Also what needs power: the robot rises and stands. */
  readonly move: boolean;
  readonly effort?: Effort;
  /** Stops the robot and ends the check. */
  readonly signal?: AbortSignal;
  readonly onFinding?: (finding: Finding) => void;
}

export interface ProtocolReport {
  /** null when it did not answer */
  readonly robot: {
    readonly id: string;
    readonly firmware: string;
    readonly protocol: number;
    readonly schema: number;
    readonly sameSchema: boolean;
  } | null;
  readonly moved: boolean;
  readonly interrupted: boolean;
  readonly findings: readonly Finding[];
}

const ANSWERED: Clause = {
  id: "hello.answered",
  section: 4,
  expected: "hello is answered by hello-reply",
  remedy: "Check cable, power, link.path and link.baud; then that frames are sent as section 11 shows them.",
  run: async (bench) => {
    // A board that resets when its port is opened needs a moment to start.
    const answer = await bench.ask(bench.helloMessage()).catch(() => bench.ask(bench.helloMessage()));
    if (answer.kind !== "hello-reply") return { result: "fail", measured: said(answer) };
    bench.hello = answer;
    return { result: "pass", measured: `${answer.robotId}, version ${answer.protocol}` };
  },
};

const LEFT: Clause = {
  id: "check.left",
  section: 4,
  expected: "the robot is left without power, latched only if it was before, its lease given back",
  remedy: "Switch the robot off; then look at what failed above.",
  run: (bench) => leave(bench),
};

/** In the order in which they are walked. */
export const CLAUSES: readonly Clause[] = [
  ...INTRODUCTION_CLAUSES,
  ...CONFIG_CLAUSES,
  ...FRAME_CLAUSES,
  ...REQUEST_CLAUSES,
  ...LEASE_CLAUSES,
  ...LIMIT_CLAUSES,
  ...STAGE_CLAUSES,
  ...STOP_CLAUSES,
  ...TELEMETRY_CLAUSES,
  ...MOTION_CLAUSES,
  REQUEST_TIME,
];

/**
 * @throws LINK_UNAVAILABLE; ROBOT_BUSY when somebody else holds its lease; ROBOT_REFUSED when it has power. Nothing was
 * changed then.
 */
export async function checkProtocol(options: CheckOptions): Promise<ProtocolReport> {
  const { subject, move, effort = FULL_EFFORT, signal, onFinding = () => {} } = options;
  const now = (): number => systemClock.now();
  let talk: Conversation | null = null;
  const line = await options.openLine({
    onBytes: (bytes) => talk?.onBytes(bytes),
    onLost: (reason) => talk?.lose(reason),
  });
  const converse = (): Conversation => {
    talk = new Conversation({
      now,
      write: (bytes) => {
        if (!line.write(bytes)) throw new NoAnswer("nobody reads at the other end of the line");
      },
    });
    return talk;
  };
  const pulse = new HostPulse(now);
  const bench = new Bench({ talk: converse(), subject, effort, pulse, now });
  const findings: Finding[] = [];
  const walk = async (clause: Clause, at = bench): Promise<void> => {
    const finding = await judge(clause, at, findings, move, signal);
    findings.push(finding);
    onFinding(finding);
  };
  // A clause underway ends at its next word; what it has begun is ended by another conversation.
  const interrupt = (): void => {
    bench.stopFeeding();
    stopNow(bench);
    bench.talk.lose("interrupted");
  };
  signal?.addEventListener("abort", interrupt);
  try {
    if (signal?.aborted) interrupt();
    await walk(ANSWERED);
    let claimed = false;
    if (bench.hello !== null && !signal?.aborted) {
      try {
        await claim(bench);
        claimed = true;
      } catch (error) {
        if (!signal?.aborted) throw error;
        // Whose robot it is was not known yet: it is left alone, and a lease that it gave runs out.
      }
    }
    try {
      for (const clause of CLAUSES) await walk(clause);
    } finally {
      bench.stopFeeding();
      if (claimed) await walk(LEFT, bench.with(converse()));
    }
    return {
      robot: robotOf(bench),
      moved: move,
      interrupted: signal?.aborted ?? false,
      findings,
    };
  } finally {
    signal?.removeEventListener("abort", interrupt);
    pulse.stop();
    await line.close();
  }
}

async function judge(
  clause: Clause,
  bench: Bench,
  before: readonly Finding[],
  move: boolean,
  signal: AbortSignal | undefined,
): Promise<Finding> {
  const { run, moves, needs = [], ...known } = clause;
  const began = bench.now();
  const missing = needs.find((id) => before.find((finding) => finding.id === id)?.result !== "pass");
  let verdict: Verdict;
  if (bench.hello === null && clause !== ANSWERED) verdict = skipped("the robot does not answer");
  else if (signal?.aborted && clause !== LEFT) verdict = skipped("interrupted");
  else if (moves && !move) verdict = skipped("needs power: --move");
  else if (missing !== undefined) verdict = skipped(`${missing} did not pass`);
  else
    verdict = await run(bench).catch((error: unknown): Verdict => {
      if (signal?.aborted && clause !== LEFT) return skipped("interrupted");
      return { result: "fail", measured: error instanceof NoAnswer ? error.message : describeError(error) };
    });
  return { ...known, ...verdict, seconds: bench.now() - began };
}

/** Nobody else must be driving it. */
async function claim(bench: Bench): Promise<void> {
  const { state, latched } = await bench.status();
  if (state !== "off")
    fail("ROBOT_REFUSED", {
      what: `the robot is ${state}`,
      remedy: "Stop and disarm it, then check again.",
    });
  bench.latchedBefore = latched !== 0;
  await bench
    .lease()
    .catch((error: unknown) =>
      fail("ROBOT_BUSY", { what: describeError(error), remedy: "Stop the program that holds this robot." }),
    );
}

/** Written before this returns, also when nobody will answer. */
function stopNow({ armed, talk }: Bench): void {
  if (!armed) return;
  try {
    talk.tell({ kind: "stop", level: "settle" });
  } catch {
    // The line is gone; the robot stops by itself.
  }
}

async function leave(bench: Bench): Promise<Verdict> {
  const stop: Message = { kind: "stop", level: bench.armed ? "settle" : "cut" };
  await bench.ask(stop);
  await bench.lease();
  // A robot that obeys only its host has not obeyed yet.
  if ((await bench.status()).state !== "off") await bench.ask(stop);
  const off = await bench.untilOff();
  await restoreLimits(bench);
  await subscribeAll(bench);
  if (bench.hasLatched && !bench.latchedBefore) await clearLatch(bench);
  await bench.release();
  const { state, latched, owner } = await bench.status();
  const left = [
    ...(off ? [] : [`it is ${state}`]),
    ...((latched !== 0) === bench.latchedBefore
      ? []
      : [latched === 0 ? "its latch was lost" : "it is latched"]),
    ...(owner === "" ? [] : [`it is leased to "${owner}"`]),
  ];
  return left.length === 0
    ? {
        result: "pass",
        measured: bench.latchedBefore ? "off, free, latched as before" : "off, free, not latched",
      }
    : { result: "fail", measured: left.join("; ") };
}

function robotOf({ hello }: Bench): ProtocolReport["robot"] {
  if (hello === null) return null;
  const { robotId, firmware, protocol, schema } = hello;
  return { id: robotId, firmware, protocol, schema, sameSchema: schema === SCHEMA };
}
