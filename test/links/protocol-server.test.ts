import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeFrame, FLAG, FrameReader } from "../../firmware-protocol/codec/frame.ts";
import type { Message, MessageOf } from "../../firmware-protocol/codec/message-table.ts";
import { decodeMessage, encodeMessage } from "../../firmware-protocol/codec/payload.ts";
import { ProtocolServer } from "../../sim/serial/protocol-server.ts";
import { openSimulatedRobot } from "../../sim/simulated-robot.ts";
import { ManualClock } from "../../src/clock.ts";

/** A robot without a wire: what is sent to it is answered in `heard`. */
async function server() {
  const clock = new ManualClock();
  const body = await openSimulatedRobot({ variant: "nominal", variation: "none", stationClock: clock });
  const heard: { seq: number; message: Message }[] = [];
  const telemetry: MessageOf<"telemetry">[] = [];
  const reader = new FrameReader((frame) => {
    const message = decodeMessage(frame.type, frame.payload, "robot");
    assert.ok(message !== null);
    if (message.kind === "telemetry") telemetry.push(message);
    if ((frame.flags & FLAG.reply) !== 0) heard.push({ seq: frame.seq, message });
  });
  const robot = new ProtocolServer({
    body,
    capabilities: await body.open(),
    clock,
    bootId: 1,
    write: (bytes) => reader.push(bytes),
  });
  let now = 0;
  const send = async (
    message: Message,
    seq: number,
    flags = 0,
    session = 0,
    time = ++now,
  ): Promise<Message | undefined> => {
    const before = heard.length;
    const { type, payload } = encodeMessage(message);
    robot.onBytes(encodeFrame({ type, flags: flags | FLAG.replyWanted, seq, session, time, payload }));
    for (let turn = 0; turn < 20 && heard.length === before; turn++) await Promise.resolve();
    return heard[before]?.message;
  };
  return { body, robot, send, heard, telemetry };
}

test("a repeated request is answered again and not carried out again", async () => {
  const { body, send } = await server();
  const request: Message = { kind: "acquire-lease", owner: "test" };
  assert.deepEqual(await send(request, 5), { kind: "lease", epoch: 1 });
  assert.deepEqual(await send(request, 5, FLAG.retry), { kind: "lease", epoch: 1 });
  assert.deepEqual(await send(request, 5, FLAG.retry), { kind: "lease", epoch: 1 });
  // A repetition of what never arrived is new; so is the same number without the flag.
  assert.deepEqual(await send(request, 6, FLAG.retry), { kind: "lease", epoch: 2 });
  assert.deepEqual(await send(request, 6), { kind: "lease", epoch: 3 });
  // The line has doubled it.
  assert.deepEqual(await send(request, 7, 0, 0, 500), { kind: "lease", epoch: 4 });
  assert.deepEqual(await send(request, 7, 0, 0, 500), { kind: "lease", epoch: 4 });
  // Another host's request with the same number is no repetition.
  const other: Message = { kind: "get-statistics" };
  assert.equal((await send(other, 6, FLAG.retry))?.kind, "statistics");
  await body.close();
});

test("commands need the session of the present lease; stop needs none", async () => {
  const { body, send } = await server();
  const codeOf = async (...request: Parameters<typeof send>): Promise<string> => {
    const answer = await send(...request);
    return answer?.kind === "nack" ? answer.code : (answer?.kind ?? "silence");
  };
  assert.equal(await codeOf({ kind: "arm" }, 1), "no-lease");
  await send({ kind: "acquire-lease", owner: "test" }, 2);
  assert.equal(await codeOf({ kind: "arm" }, 3, 0, 0), "no-lease");
  assert.equal(await codeOf({ kind: "arm" }, 4, 0, 1), "ack");
  await send({ kind: "acquire-lease", owner: "test" }, 5);
  assert.equal(await codeOf({ kind: "disarm" }, 6, 0, 1), "no-lease");
  assert.equal(await codeOf({ kind: "stop", level: "cut" }, 7, 0, 999), "stopped");
  assert.equal(await codeOf({ kind: "acquire-lease", owner: "other" }, 8), "busy");
  await body.close();
});

test("parts of a parameter set come in order and complete, or are refused", async () => {
  const { body, send } = await server();
  await send({ kind: "acquire-lease", owner: "test" }, 1);
  const part = (index: number, parts: number, values: readonly (readonly [string, number])[]): Message => ({
    kind: "stage",
    gait: "foot-cpg:trot",
    rampIn: 0.5,
    rampOut: 0.5,
    part: index,
    parts,
    values,
  });
  const first = part(0, 2, [
    ["ground_clearance", 0.03],
    ["ground_penetration", 0.005],
    ["step_length", 0.04],
  ]);
  const second = part(1, 2, [
    ["swing_frequency", 2.5],
    ["stance_frequency", 2.4],
  ]);
  assert.equal((await send(second, 2, 0, 1))?.kind, "nack");
  assert.equal((await send(first, 3, 0, 1))?.kind, "ack");
  assert.equal((await send(first, 4, 0, 1))?.kind, "ack");
  assert.equal((await send(second, 5, 0, 1))?.kind, "staged");
  assert.equal((await send(part(3, 2, []), 6, 0, 1))?.kind, "nack");
  await body.close();
});

test("whatever a host sends, the robot goes on answering", async () => {
  const { body, robot, send, heard } = await server();
  const sent = fc.record({
    type: fc.nat(0x60),
    flags: fc.constantFrom(0, FLAG.replyWanted, FLAG.reply, FLAG.replyWanted | FLAG.retry),
    seq: fc.nat(255),
    session: fc.nat(0xffff),
    payload: fc.uint8Array({ maxLength: 60 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(sent), fc.uint8Array(), async (frames, noise) => {
      for (const frame of frames) robot.onBytes(encodeFrame({ ...frame, time: 0 }));
      robot.onBytes(noise);
      robot.onBytes(Uint8Array.of(0));
      heard.length = 0;
      await send({ kind: "hello", oldest: 1, newest: 1, schema: 0, host: "test" }, 0);
      // Answers to what came before may come first.
      for (let turn = 0; turn < 100; turn++) await Promise.resolve();
      assert.ok(heard.some(({ message }) => message.kind === "hello-reply"));
    }),
  );
  await body.close();
});

test("an e-stop latches until a person clears it, quoting the event that latched", async () => {
  const { body, send } = await server();
  await send({ kind: "acquire-lease", owner: "test" }, 1);
  assert.equal((await send({ kind: "arm" }, 2, 0, 1))?.kind, "ack");
  const stopped = await send({ kind: "e-stop", level: "cut", reason: "it smokes" }, 3);
  assert.ok(stopped?.kind === "stopped" && stopped.confirmed && stopped.level === "cut");
  const status = await send({ kind: "get-status" }, 4);
  assert.ok(status?.kind === "status" && status.state === "off" && status.latched > 0);
  const refused = await send({ kind: "arm" }, 5, 0, 1);
  assert.ok(refused?.kind === "nack" && refused.code === "latched");
  const clear = (event: number, seq: number): Promise<Message | undefined> =>
    send({ kind: "clear-e-stop", event, checked: "the cable" }, seq, 0, 1);
  assert.equal((await clear(status.latched + 1, 6))?.kind, "nack");
  assert.equal((await clear(status.latched, 7))?.kind, "ack");
  assert.equal((await send({ kind: "arm" }, 8, 0, 1))?.kind, "ack");
  await body.close();
});

test("a refusal names the field, an unknown message is told from a malformed one, and so is a version", async () => {
  const { body, robot, send, heard } = await server();
  await send({ kind: "acquire-lease", owner: "test" }, 1);
  const stage = (gait: string, name: string, seq: number): Promise<Message | undefined> =>
    send({ kind: "stage", gait, rampIn: 0, rampOut: 0, part: 0, parts: 1, values: [[name, 1]] }, seq, 0, 1);
  const wrongName = await stage("foot-cpg:trot", "step_lenght", 2);
  assert.ok(wrongName?.kind === "nack" && wrongName.field === "step_lenght");
  const wrongGait = await stage("gallop", "step_length", 3);
  assert.ok(wrongGait?.kind === "nack" && wrongGait.field === "gait");
  const hello: Message = { kind: "hello", oldest: 2, newest: 3, schema: 0, host: "test" };
  const version = await send(hello, 4);
  assert.ok(version?.kind === "nack" && version.code === "version");
  for (const [type, code] of [
    [0x7f, "unknown"],
    [0x40, "unknown"],
    [0x23, "malformed"],
  ] as const) {
    const raw = { type, flags: FLAG.replyWanted, seq: 5, session: 1, time: 0, payload: new Uint8Array(1) };
    robot.onBytes(encodeFrame(raw));
    await new Promise((resolve) => setImmediate(resolve));
    const answer = heard.at(-1)?.message;
    assert.ok(answer?.kind === "nack" && answer.code === code, `${type}: ${JSON.stringify(answer)}`);
  }
  await body.close();
});

test("a slower subscription leaves frames out and numbers what it sends without gaps", async () => {
  const { body, send, telemetry } = await server();
  await send({ kind: "acquire-lease", owner: "test" }, 1);
  const subscribe = (rate: number, seq: number): Promise<Message | undefined> =>
    send({ kind: "subscribe", rate, groups: 0xffffffff }, seq, 0, 1);
  const nearest = await subscribe(21, 2);
  assert.ok(
    nearest?.kind === "subscribed" && nearest.rate === 20 && nearest.groups === 3,
    "of 50 and 100 / n Hz",
  );
  for (let frame = 0; frame < 20; frame++) await body.advance();
  const { layout, telemetryRate } = await body.open();
  assert.ok(telemetry.length >= 20 / (telemetryRate / 20) - 2);
  for (const [index, { seq, samples }] of telemetry.entries()) {
    assert.equal(samples.length, nearest.bytes);
    assert.equal(samples.length, 4 * layout.length);
    if (index > 0) assert.equal(seq, telemetry[index - 1]!.seq + 1);
  }
  assert.equal((await subscribe(-1, 3))?.kind, "nack");
  await send({ kind: "arm" }, 4, 0, 1);
  const locked = await subscribe(10, 5);
  assert.ok(locked?.kind === "nack" && locked.code === "locked");
  await body.close();
});

test("what sets the robot in motion and was sent before a stop does not undo it", async () => {
  const { body, send } = await server();
  await send({ kind: "acquire-lease", owner: "test" }, 1);
  assert.equal((await send({ kind: "stop", level: "cut" }, 2, 0, 1, 1000))?.kind, "stopped");
  assert.equal((await send({ kind: "arm" }, 3, 0, 1, 999))?.kind, "nack");
  assert.equal(body.state, "off");
  assert.equal((await send({ kind: "arm" }, 4, 0, 1, 1000))?.kind, "ack");
  // The stamp runs over: 5 is after 2³² - 5.
  await send({ kind: "stop", level: "cut" }, 5, 0, 1, 2 ** 32 - 5);
  assert.equal((await send({ kind: "arm" }, 6, 0, 1, 5))?.kind, "ack");
  await body.close();
});
