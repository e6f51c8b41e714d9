/** The conformance check passes a robot that keeps to the protocol, and fails each that breaks one clause by that clause. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { encodeFrame } from "../../../firmware-protocol/codec/frame.ts";
import type { Message } from "../../../firmware-protocol/codec/message-table.ts";
import { encodeMessage } from "../../../firmware-protocol/codec/payload.ts";
import { openSerialPeer } from "../../../sim/serial/serial-peer.ts";
import { openSimulatedRobot } from "../../../sim/simulated-robot.ts";
import { systemClock } from "../../../src/clock.ts";
import { readHardwareConfig } from "../../../src/config/read-hardware-config.ts";
import type { Effort } from "../../../src/links/serial/check/bench.ts";
import { CLAUSES, checkProtocol, type ProtocolReport } from "../../../src/links/serial/check/check.ts";
import { SerialLine } from "../../../src/links/serial/serial-line.ts";
import { hardwareConfigPath } from "../../../src/paths.ts";
import { subjectOf } from "../../../src/processes/check-protocol.ts";
import { openLiar } from "./lying-line.ts";
import { MUTANTS } from "./mutants.ts";
import { OF_TIME } from "./of-time.ts";

const SUBJECT = {
  ...subjectOf(readHardwareConfig(hardwareConfigPath("simulated-elastic-quadruped.yaml"))),
  clock: "realtime",
  telemetry: { baud: 921600 },
} as const;
/** In the first look, which nearly always is the only one, and in the second, on a computer that was busy in the first. */
const LITTLE: Effort = { repetitions: 10, seconds: 0.8 };
const MORE: Effort = { repetitions: 30, seconds: 2.5 };

function checked(path: string, move: boolean, effort: Effort, signal?: AbortSignal): Promise<ProtocolReport> {
  return checkProtocol({
    openLine: (listener) => SerialLine.open(path, 921600, listener),
    subject: SUBJECT,
    move,
    effort,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Checks until the failed clauses are those expected, at most twice: a computer that stood still may break any of them. */
async function checkedFor(
  fails: readonly string[],
  path: string,
  move: boolean,
): Promise<{ report: ProtocolReport; complaints: string[]; ids: string[] }> {
  for (let look = 1; ; look++) {
    const report = await checked(path, move, look === 1 ? LITTLE : MORE);
    const complaints = failed(report).filter((one) => !OF_TIME.has(idOf(one)) || fails.includes(idOf(one)));
    const ids = complaints.map(idOf);
    if (look === 2 || isDeepStrictEqual(ids, fails)) return { report, complaints, ids };
  }
}

const idOf = (complaint: string): string => complaint.replace(/:.*/s, "");

const failed = ({ findings }: ProtocolReport): string[] =>
  findings.filter(({ result }) => result === "fail").map(({ id, measured }) => `${id}: ${measured}`);

async function realTimePeer(test: TestContext) {
  const clock = { clock: "realtime", stationClock: systemClock } as const;
  const body = await openSimulatedRobot({ variant: "nominal", variation: "none", ...clock });
  const peer = await openSerialPeer(body, { clock: systemClock });
  test.after(() => peer.close());
  return { body, peer };
}

describe("conformance check of the serial protocol", { concurrency: 8 }, () => {
  it("passes the simulated robot, standing up included, and leaves it as it was", async (test) => {
    const { body, peer } = await realTimePeer(test);
    const { report, complaints } = await checkedFor([], peer.path, true);
    assert.deepEqual(complaints, []);
    const skipped = report.findings
      .filter(({ result, measured }) => result === "skipped" && !/computer is too busy/.test(measured))
      .map(({ id }) => id);
    // It returns by itself, and has no ranges of single parameters.
    assert.deepEqual(skipped, ["simulated.unknown", "stage.range"]);
    assert.equal(report.findings.length, CLAUSES.length + 2);
    assert.equal(body.state, "off");
  });

  it("does not power the motors unless it may", async (test) => {
    const { body, peer } = await realTimePeer(test);
    const states = new Set<string>();
    const watch = setInterval(() => states.add(body.state), 5);
    const { complaints } = await checkedFor([], peer.path, false);
    clearInterval(watch);
    assert.deepEqual(complaints, []);
    assert.deepEqual([...states], ["off"]);
  });

  it("stops and disarms the robot when it is interrupted while the robot stands", async (test) => {
    const { body, peer } = await realTimePeer(test);
    const interruption = new AbortController();
    const watch = setInterval(() => {
      if (body.state === "standing") interruption.abort();
    }, 5);
    const report = await checked(peer.path, true, LITTLE, interruption.signal);
    clearInterval(watch);
    assert.ok(report.interrupted);
    assert.equal(report.findings.at(-1)?.id, "check.left");
    assert.equal(report.findings.at(-1)?.result, "pass");
    assert.equal(body.state, "off");
  });

  it("leaves alone a robot that it was about to claim when it was interrupted", async (test) => {
    const interruption = new AbortController();
    const heard: string[] = [];
    const robot = await openLiar({
      toRobot: (message) => {
        heard.push(message?.kind ?? "");
        if (message?.kind === "get-status") interruption.abort();
        return undefined;
      },
    });
    test.after(() => robot.close());
    const report = await checked(robot.path, false, LITTLE, interruption.signal);
    assert.ok(report.interrupted);
    // A busy computer asks again.
    assert.deepEqual([...new Set(heard)], ["hello", "get-status"]);
    assert.deepEqual(failed(report), []);
  });

  it("leaves a robot latched that was latched before, and does not move it", async (test) => {
    const { body, peer } = await realTimePeer(test);
    const message: Message = { kind: "e-stop", level: "cut", reason: "before" };
    const frame = { ...encodeMessage(message), flags: 0, seq: 9, session: 0, time: 1 };
    const line = await SerialLine.open(peer.path, 921600, { onBytes: () => {}, onLost: () => {} });
    line.write(encodeFrame(frame));
    await line.close();
    const { report, complaints } = await checkedFor([], peer.path, true);
    assert.deepEqual(complaints, []);
    const of = (id: string) => report.findings.find((finding) => finding.id === id);
    assert.equal(of("check.left")?.measured, "off, free, latched as before");
    for (const id of ["estop.latch", "arm.stand", "deadman.silence"]) assert.equal(of(id)?.result, "skipped");
    assert.equal(body.state, "off");
  });

  it("says so when nobody answers", async (test) => {
    const silent = await openLiar({ toRobot: () => null });
    test.after(() => silent.close());
    const report = await checked(silent.path, false, LITTLE);
    assert.equal(report.robot, null);
    assert.deepEqual(
      report.findings.filter(({ result }) => result !== "skipped").map(({ id, result }) => [id, result]),
      [["hello.answered", "fail"]],
    );
  });

  for (const { name, fails, move = false, lie } of MUTANTS)
    it(`fails a robot that ${name} by ${fails.join(", ")}`, async (test) => {
      const robot = await openLiar(lie());
      test.after(() => robot.close());
      const { complaints, ids } = await checkedFor(fails, robot.path, move);
      assert.deepEqual(ids, fails, complaints.join("\n"));
    });
});
