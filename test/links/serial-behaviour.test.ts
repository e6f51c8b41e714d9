/** What the serial link does with robots that are slow, deaf, new, or not what they were. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { challengeOf, responseTo } from "../../firmware-protocol/codec/challenge.ts";
import { FLAG, type Frame } from "../../firmware-protocol/codec/frame.ts";
import type { Message } from "../../firmware-protocol/codec/message-table.ts";
import { systemClock } from "../../src/clock.ts";
import { probe } from "../../src/links/serial/device.ts";
import { SerialRobot } from "../../src/links/serial/serial-robot.ts";
import type { Cleared, Command } from "../../src/robot/command.ts";
import type { RobotEvent } from "../../src/robot/robot.ts";
import type { TelemetryFrame } from "../../src/robot/telemetry-frame.ts";
import { HELLO, obey, ScriptedRobot, SECRET } from "./scripted-robot.ts";
import { until } from "./until.ts";

const BAUD = 921600;

/** What a test that fails leaves open would keep this process alive. */
const unclosed: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of unclosed) await close();
});
const start = { kind: "start" } as Cleared<Command>;

function link(path: string): SerialRobot {
  return new SerialRobot({
    link: { kind: "serial", clock: "realtime", path, baud: BAUD },
    robotId: "scripted",
    clock: systemClock,
  });
}

async function opened(): Promise<{
  peer: ScriptedRobot;
  robot: SerialRobot;
  frames: TelemetryFrame[];
  events: RobotEvent[];
  close(): Promise<void>;
}> {
  const peer = new ScriptedRobot();
  const robot = link(peer.path);
  const frames: TelemetryFrame[] = [];
  const events: RobotEvent[] = [];
  robot.onFrame((frame) => frames.push({ ...frame, values: frame.values.slice() }));
  robot.onEvent((event) => events.push(event));
  await robot.open();
  await robot.acquireLease("test");
  const close = async (): Promise<void> => {
    await robot.close();
    peer.close();
  };
  unclosed.push(close);
  return { peer, robot, frames, events, close };
}

test("a robot of another version is refused with what both speak", async () => {
  const answers: [Message, RegExp][] = [
    [
      { kind: "nack", code: "version", field: "newest", reason: "this robot speaks version 2 to 3" },
      /gaitsmith speaks version 1 .*this robot speaks version 2 to 3/,
    ],
    [{ ...HELLO, protocol: 2 }, /gaitsmith speaks version 1 .*robot chose version 2/],
  ];
  for (const [answer, message] of answers) {
    const peer = new ScriptedRobot();
    peer.answer = () => answer;
    await assert.rejects(link(peer.path).open(), { code: "ROBOT_MISMATCH", message });
    peer.close();
  }
});

test("a robot with another table of the same version is spoken to", async () => {
  const peer = new ScriptedRobot();
  peer.answer = (message) => (message.kind === "hello" ? { ...HELLO, schema: 5 } : obey(message));
  const robot = link(peer.path);
  assert.equal((await robot.open()).robotId, "scripted");
  assert.equal(robot.identity?.schema, 5);
  assert.equal((await robot.diagnostics())["otherSchema"], 1);
  await robot.close();
  peer.close();
});

test("the clocks are compared: a line that is slow from the first frame on is known to be", async () => {
  const peer = new ScriptedRobot();
  peer.delay = 40;
  const robot = link(peer.path);
  const delays: number[] = [];
  robot.onFrame(({ delay = Number.NaN }) => delays.push(delay));
  await robot.open();
  await robot.acquireLease("test");
  const end = peer.stream();
  await waitFor(() => delays.filter((delay) => !Number.isNaN(delay)).length > 50);
  end();
  const known = delays.filter((delay) => !Number.isNaN(delay)).sort((a, b) => a - b);
  // Both ways are as slow here, so half the round trip is the way of a frame.
  const median = known[known.length >> 1]!;
  assert.ok(median > 0.035 && median < 0.12, `${median}`);
  const { clockOffset, clockUncertainty, roundTripMedian } = await robot.diagnostics();
  assert.ok(Math.abs(clockOffset! + peer.ahead) <= clockUncertainty!, `${clockOffset}`);
  assert.ok(roundTripMedian! >= 0.079, `${roundTripMedian}`);
  await robot.close();
  peer.close();
});

test("a keepalive answers the newest frame that was listened to, once the listener has returned", async () => {
  const { peer, robot, close } = await opened();
  const keepalives = () => peer.heard.filter(({ message }) => message.kind === "keepalive");
  const newest = () =>
    keepalives().reduce((seq, { message }) => (message.kind === "keepalive" ? message.telemetrySeq : seq), 0);
  /** From a time of ours to that of a header, which wraps around, µs. */
  const since = (time: number, frame: Frame) => (frame.time - Math.floor(time * 1e6)) | 0;
  const listened: { began: number; returned: number }[] = [];
  robot.onFrame(() => {
    const began = systemClock.now();
    while (systemClock.now() < began + 0.1);
    listened.push({ began, returned: systemClock.now() });
  });
  peer.together(() => {
    for (let count = 0; count < 3; count++) peer.telemetry();
  });
  await waitFor(() => listened.length === 3 && newest() === 3);
  for (const { message, frame } of keepalives()) {
    assert.ok(message.kind === "keepalive");
    assert.equal(message.response, responseTo(challengeOf(SECRET, message.telemetrySeq)));
    const { returned } = listened[message.telemetrySeq - 1]!;
    assert.ok(since(returned, frame) >= 0, "answered before it was listened to");
    const next = listened[message.telemetrySeq];
    assert.ok(next === undefined || since(next.began, frame) <= 0, "a newer one was listened to");
  }
  const answered = keepalives().length;
  // Without telemetry there is nothing to answer.
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(keepalives().length, answered);
  await close();
});

test("what would move the robot is not sent again behind a stop", async () => {
  const { peer, robot, close } = await opened();
  // The robot hears neither arm nor start the first time: the line lost them.
  const lost = new Set(["arm", "start"]);
  peer.answer = (message) => (lost.has(message.kind) ? null : obey(message));
  const arming = robot.send({ kind: "arm" } as Cleared<Command>);
  const starting = robot.send(start);
  const confirmation = await robot.stop("settle");
  assert.ok(confirmation.confirmed);
  const refusal = { accepted: false, reason: "a stop came in between" };
  assert.deepEqual(await arming, refusal);
  assert.deepEqual(await starting, refusal);
  lost.clear();
  const heard = peer.heard.length;
  await new Promise((resolve) => setTimeout(resolve, 600));
  const later = peer.heard.slice(heard).map(({ message }) => message.kind);
  assert.deepEqual(
    later.filter((kind) => kind === "arm" || kind === "start"),
    [],
  );
  // The line is free for what comes next.
  assert.deepEqual(await robot.send(start), { accepted: true, reason: "" });
  await close();
});

test("one ordinary request is underway at a time, and a stop waits for none", async () => {
  const { peer, robot, close } = await opened();
  const open = new Set<number>();
  let most = 0;
  peer.answer = (message, frame) => {
    if (message.kind === "stop") return obey(message);
    open.add(frame.seq);
    most = Math.max(most, open.size);
    setTimeout(() => {
      open.delete(frame.seq);
      peer.send({ kind: "ack" }, FLAG.reply, frame.seq);
    }, 100);
    return null;
  };
  const asked = [robot.send(start), robot.send(start), robot.send(start)];
  const began = systemClock.now();
  assert.ok((await robot.stop("settle")).confirmed);
  assert.ok(systemClock.now() - began < 0.1, "the stop waited");
  await Promise.all(asked);
  assert.equal(most, 1);
  await close();
});

test("a stop to a robot that reads nothing is handed over at once, with little in front of it", async () => {
  const { peer, robot, close } = await opened();
  peer.freeze();
  const end = peer.stream();
  const asked = [robot.send(start), robot.diagnostics()];
  await new Promise((resolve) => setTimeout(resolve, 2500));
  const began = systemClock.now();
  const stopping = robot.stop("cut");
  const took = systemClock.now() - began;
  assert.ok(took < 0.02, `writing the stop took ${took} s`);
  const before = { heard: peer.heard.length, bytes: peer.bytesRead };
  await new Promise((resolve) => setTimeout(resolve, 50));
  peer.thaw();
  assert.ok((await stopping).confirmed);
  const since = peer.heard.slice(before.heard).map(({ message }) => message.kind);
  assert.ok(since.includes("stop"));
  assert.ok(peer.bytesRead - before.bytes < 4096, `${peer.bytesRead - before.bytes} bytes were in front`);
  assert.ok(since.indexOf("stop") < 80, since.join(" "));
  end();
  await Promise.allSettled(asked);
  await close();
});

test("a robot that was reset by its watchdog is another conversation", async () => {
  const { peer, robot, events, close } = await opened();
  peer.telemetry([1, 2], { seq: 900, time: 50 });
  peer.answer = (message) =>
    message.kind === "hello" ? { ...HELLO, bootId: 2, reset: "watchdog" } : obey(message);
  peer.telemetry([1, 2], { seq: 1, time: 0.1 });
  await waitFor(() => events.length === 2);
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ["rebooted", "link-lost"],
  );
  assert.match(events[0]!.reason, /watchdog/);
  await assert.rejects(robot.send(start), { code: "LINK_LOST" });
  // It may hear all the same.
  assert.ok((await robot.stop("cut")).confirmed);
  await close();
});

test("a refusal says which field it is about, once", async () => {
  const { peer, robot, close } = await opened();
  for (const [field, reason, words] of [
    ["swing_frequency", "is out of range", "swing_frequency: is out of range"],
    ["swing_frequency", "swing_frequency is out of range", "swing_frequency is out of range"],
    ["", "stop button is pressed", "stop button is pressed"],
  ] as const) {
    peer.answer = (message) =>
      message.kind === "start" ? { kind: "nack", code: "refused", field, reason } : obey(message);
    assert.deepEqual(await robot.send(start), { accepted: false, reason: words });
  }
  await close();
});

test("a clock that goes back without a reset changes nothing", async () => {
  const { peer, frames, events, close } = await opened();
  peer.telemetry([1, 2], { seq: 5, time: 50 });
  peer.telemetry([1, 2], { seq: 6, time: 3 });
  await waitFor(() => peer.heard.filter(({ message }) => message.kind === "hello").length === 2);
  peer.telemetry([1, 2], { seq: 7, time: 3.1 });
  await waitFor(() => frames.length === 3);
  assert.deepEqual(events, []);
  await close();
});

test("repeated events are told once, and what is missing in their count and in the telemetry's is counted", async () => {
  const { peer, robot, events, frames, close } = await opened();
  const fault = (number: number, time: number): void => {
    for (let copy = 0; copy < 3; copy++)
      peer.send({ kind: "event", number, event: "fault", code: 4, time, reason: `number ${number}` });
  };
  fault(1, 1);
  fault(4, 2);
  for (const seq of [1, 2, 5, 0xffff_ffff]) peer.telemetry([1, 2], { seq });
  peer.raw(Uint8Array.from({ length: 700 }, (_, index) => 1 + (index % 255)));
  peer.raw(Uint8Array.of(0));
  peer.telemetry([1, 2, 3], { seq: 6 });
  await waitFor(() => frames.length === 4 && robot.dropped === 2);
  assert.deepEqual(events, [
    { kind: "fault", code: "MOTOR", reason: "number 1" },
    { kind: "fault", code: "MOTOR", reason: "number 4" },
  ]);
  const { telemetry, telemetryMissed, eventsMissed, broken, malformed } = await robot.diagnostics();
  assert.deepEqual(
    { telemetry, telemetryMissed, eventsMissed, broken, malformed },
    { telemetry: 4, telemetryMissed: 2, eventsMissed: 2, broken: 1, malformed: 1 },
  );
  await close();
});

test("what was counted before the link was opened is not this link's", async () => {
  const peer = new ScriptedRobot();
  let [framesReceived, loopOverruns] = [5000, 40];
  let begun = false;
  peer.answer = (message) => {
    // The rest of a frame that was under way.
    if (!begun) peer.raw(Uint8Array.of(9, 9, 9, 0));
    begun = true;
    if (message.kind !== "get-statistics") return obey(message);
    return {
      kind: "statistics",
      framesReceived,
      framesBroken: 7,
      framesMalformed: 0,
      framesRepeated: 0,
      framesSent: 9000,
      framesUnsent: 0,
      keepalivesStale: 3,
      loopOverruns,
      longestPeriod: 0.25,
    };
  };
  const robot = link(peer.path);
  unclosed.push(async () => {
    await robot.close();
    peer.close();
  });
  await robot.open();
  await robot.acquireLease("test");
  [framesReceived, loopOverruns] = [5100, 41];
  const figures = await robot.diagnostics();
  const named = (name: string): number | undefined => figures[name];
  assert.equal(robot.dropped, 1);
  assert.deepEqual(
    ["broken", "robot.framesBroken", "robot.keepalivesStale", "robot.framesSent"].map(named),
    [0, 0, 0, 0],
  );
  assert.deepEqual(["robot.framesReceived", "robot.loopOverruns"].map(named), [100, 1]);
  assert.equal(named("robot.longestPeriod"), 0.25);
});

test("probing says hello everywhere and takes the port where the robot answers", async () => {
  const [one, other] = [new ScriptedRobot(), new ScriptedRobot()];
  other.answer = (message) => (message.kind === "hello" ? { ...HELLO, robotId: "bert" } : obey(message));
  assert.equal(await probe([other.path, one.path, "/dev/no-such-tty"], BAUD, "scripted"), one.path);
  await assert.rejects(probe([other.path], BAUD, "scripted"), {
    code: "LINK_UNAVAILABLE",
    message: new RegExp(`answers nowhere at ${BAUD} Bd \\(${other.path}: it is bert\\)`),
  });
  await assert.rejects(probe([], BAUD, "scripted"), { message: /no USB serial port/ });
  assert.ok([...one.heard, ...other.heard].every(({ message }) => message.kind === "hello"));
  one.close();
  other.close();
});

// They wait, and hold nothing to a time that is short.
describe("a robot that is waited for", { concurrency: true }, () => {
  test("a lease whose holder has just died is waited for, one that is held is not", async () => {
    const cases = [3, 1000].map(async (freeAfter) => {
      const peer = new ScriptedRobot();
      let asked = 0;
      peer.answer = (message) =>
        message.kind === "acquire-lease" && asked++ < freeAfter
          ? { kind: "nack", code: "busy", field: "owner", reason: "leased to bert" }
          : obey(message);
      const robot = link(peer.path);
      await robot.open();
      const began = systemClock.now();
      if (freeAfter === 3) assert.equal((await robot.acquireLease("test")).epoch, 7);
      else
        await assert.rejects(robot.acquireLease("test"), { code: "ROBOT_BUSY", message: /leased to bert/ });
      assert.ok(systemClock.now() - began < 4);
      await robot.close();
      peer.close();
    });
    await Promise.all(cases);
  });

  test("a port where nobody answers is no robot", async () => {
    const peer = new ScriptedRobot();
    peer.answer = () => null;
    await assert.rejects(link(peer.path).open(), {
      code: "LINK_UNAVAILABLE",
      message: /nothing answers there/,
    });
    peer.close();
  });
});

/** For as long as it may take on a busy computer. */
const waitFor = (condition: () => boolean): Promise<void> => until(condition, 10);
