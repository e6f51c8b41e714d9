/** The C library as a robot: the whole conversation, its state machine, and every way it stops by itself. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { challengeOf } from "../../firmware-protocol/codec/challenge.ts";
import { FLAG } from "../../firmware-protocol/codec/frame.ts";
import { FAULTS, type Message, type MessageOf, SCHEMA } from "../../firmware-protocol/codec/message-table.ts";
import { gaitNamed } from "../../src/gait/gaits.ts";
import { parameterHash } from "../../src/robot/parameters.ts";
import { WITHOUT_CC } from "./c-program.ts";
import { CSession, compileSession, type Heard } from "./c-session.ts";

const SET = {
  gait: "foot-cpg:trot",
  values: [
    ["ground_clearance", 0.03],
    ["ground_penetration", 0.005],
    ["step_length", 0.04],
    ["swing_frequency", 2.5],
    ["stance_frequency", 2.4],
  ] as [string, number][],
};
/** Of the test robot's first boot. */
const SECRET = (Math.imul(7, 2654435761) + 12345) >>> 0;
const HASH = Number.parseInt(parameterHash(SET), 16);
const BODY = {
  legs: ["FR", "FL", "RR", "RL"],
  leg: { thigh: 0.085, shank: 0.085, hipRange: [-1.6, 1.6], kneeRange: [-2.6, 0.05] },
  stanceHeight: 0.138,
  motorSpeed: 4,
} as const;
/** rad; from straight legs the farthest joint decides how long rising takes. */
const NEUTRAL = gaitNamed(SET.gait).neutral(BODY);
const RISE = Math.ceil(Math.max(...NEUTRAL.map(Math.abs)) / 1.5 / 0.01);

function stage(values: [string, number][] = SET.values, rest: Partial<MessageOf<"stage">> = {}): Message {
  return { kind: "stage", gait: SET.gait, rampIn: 0.5, rampOut: 0.4, part: 0, parts: 1, values, ...rest };
}

function kinds(heard: readonly Heard[]): string[] {
  return heard.map(({ message }) => message.kind);
}

function events(heard: readonly Heard[], event?: string): MessageOf<"event">[] {
  return heard
    .map(({ message }) => message)
    .filter((message) => message.kind === "event")
    .filter((message) => event === undefined || message.event === event);
}

describe("the C library's session", { skip: WITHOUT_CC }, () => {
  const program = WITHOUT_CC ? "" : compileSession();

  async function started(test: TestContext, clock: "lockstep" | "realtime" = "realtime"): Promise<CSession> {
    const robot = new CSession(program);
    test.after(() => robot.close());
    await robot.start(clock);
    return robot;
  }

  async function standing(test: TestContext): Promise<CSession> {
    const robot = await started(test);
    await robot.lease();
    assert.equal(await robot.outcome({ kind: "arm" }), "ack");
    await robot.live(RISE + 1);
    assert.equal(robot.state, "standing");
    return robot;
  }

  async function walking(test: TestContext): Promise<CSession> {
    const robot = await standing(test);
    assert.equal(await robot.outcome(stage()), "staged");
    assert.equal(await robot.outcome({ kind: "commit", hash: HASH }), "ack");
    assert.equal(await robot.outcome({ kind: "start" }), "ack");
    await robot.live(80);
    assert.equal(robot.state, "walking");
    return robot;
  }

  it("takes less than 6 kB of memory", async (test) => {
    const robot = new CSession(program);
    test.after(() => robot.close());
    const size = Number((await robot.words("size"))[0]);
    test.diagnostic(`gs_session has ${size} bytes`);
    assert.ok(size < 6000);
  });

  it("introduces itself, its channels, joints, parameters and limits", async (test) => {
    const robot = await started(test);
    const hello = await robot.ask({ kind: "hello", oldest: 1, newest: 3, schema: 0, host: "test" });
    assert.ok(hello?.kind === "hello-reply");
    const { protocol, schema, robotId, bootId, clock, telemetryRate, channels, joints, parameters, limits } =
      hello;
    assert.deepEqual(
      { protocol, schema, robotId, bootId, clock, telemetryRate, channels, joints, limits },
      {
        protocol: 1,
        schema: SCHEMA,
        robotId: "test-quadruped",
        bootId: 7,
        clock: "realtime",
        telemetryRate: 50,
        channels: 18,
        joints: 8,
        limits: 3,
      },
    );
    const channel = await robot.ask({ kind: "describe", subject: "channel", index: 1 });
    assert.ok(channel?.kind === "description");
    assert.equal(channel.name, "motor.FR_knee.position");
    assert.equal(channel.resolution, Math.fround(0.0001));
    const joint = await robot.ask({ kind: "describe", subject: "joint", index: 7 });
    assert.ok(joint?.kind === "description" && joint.name === "RL_knee" && joint.unit === "rad");
    for (const index of [18, 65535])
      assert.equal(await robot.outcome({ kind: "describe", subject: "channel", index }), "refused");
    const names: string[] = [];
    for (let index = 0; index < parameters; index++) {
      const parameter = await robot.ask({ kind: "get-parameter", index });
      assert.ok(parameter?.kind === "parameter" && Number.isNaN(parameter.active));
      names.push(`${parameter.gait} ${parameter.name}`);
    }
    assert.equal(new Set(names).size, parameters);
    assert.ok(names.includes("foot-cpg:trot step_length") && parameters > 26);
    assert.equal(await robot.outcome({ kind: "get-parameter", index: parameters }), "refused");
    const limit = await robot.ask({ kind: "get-limit", index: 2 });
    assert.deepEqual(limit, {
      kind: "limit",
      name: "battery-voltage",
      joint: "",
      unit: "V",
      low: 9.6,
      high: Number.POSITIVE_INFINITY,
      action: "settle",
    });
  });

  it("speaks version 1 only", async (test) => {
    const robot = await started(test);
    const hello = { kind: "hello", schema: 0, host: "test" } as const;
    assert.equal(await robot.outcome({ ...hello, oldest: 2, newest: 9 }), "version");
    assert.equal(await robot.outcome({ ...hello, oldest: 0, newest: 0 }), "version");
    assert.equal(await robot.outcome({ ...hello, oldest: 0, newest: 255 }), "hello-reply");
  });

  it("obeys only the holder of the lease, whose silence another may end", async (test) => {
    const robot = await started(test);
    assert.equal(await robot.outcome({ kind: "arm" }), "no-lease");
    const epoch = await robot.lease("first");
    assert.equal(await robot.outcome({ kind: "arm" }, { session: epoch + 1 }), "no-lease");
    const busy = await robot.ask({ kind: "acquire-lease", owner: "second" }, { session: 0 });
    assert.ok(busy?.kind === "nack" && busy.code === "busy" && busy.reason.includes("first"));
    assert.equal(await robot.outcome({ kind: "arm" }), "ack");
    // The second host's asking is not the first one's voice.
    for (let tenth = 0; tenth < 19; tenth++) {
      await robot.tick(10);
      assert.equal(await robot.outcome({ kind: "acquire-lease", owner: "second" }, { session: 0 }), "busy");
    }
    await robot.tick(11);
    const old = robot.session;
    assert.ok((await robot.lease("second")) > epoch);
    assert.equal(await robot.outcome({ kind: "disarm" }, { session: old }), "no-lease");
    assert.equal(await robot.outcome({ kind: "release-lease" }), "ack");
    assert.equal(await robot.outcome({ kind: "disarm" }), "no-lease");
  });

  it("settles when the lease is given back or taken over", async (test) => {
    const robot = await standing(test);
    assert.equal(await robot.outcome({ kind: "release-lease" }), "ack");
    assert.equal(robot.state, "settling");
    assert.equal(robot.drive, "damp");
    await robot.tick(51);
    assert.equal(robot.state, "off");
    assert.equal(robot.drive, "off");
  });

  it("rises, walks, blends out and stands as the host's own gait says", async (test) => {
    const robot = await started(test);
    await robot.lease();
    assert.equal(await robot.outcome({ kind: "arm" }), "ack");
    assert.equal(robot.drive, "follow");
    await robot.tick(1);
    const first = (1 / RISE) ** 2 * (3 - 2 / RISE);
    assert.ok(Math.abs(robot.targets[0]! / NEUTRAL[0]! - first) < 0.1 * first, "it starts at rest");
    await robot.live(RISE);
    assert.equal(robot.state, "standing");
    robot.targets.forEach((target, joint) => {
      assert.ok(Math.abs(target - NEUTRAL[joint]!) < 1e-7);
    });

    assert.equal(await robot.outcome({ kind: "start" }), "refused");
    await robot.outcome(stage());
    await robot.outcome({ kind: "commit", hash: HASH });
    assert.equal(await robot.outcome({ kind: "start" }), "ack");
    const gait = gaitNamed(SET.gait).start(Object.fromEntries(SET.values), BODY);
    const wanted = new Float64Array(8);
    const smooth = (share: number): number => {
      const t = Math.min(1, Math.max(0, share));
      return t * t * (3 - 2 * t);
    };
    const expectTargets = (weight: number, what: string): void => {
      robot.targets.forEach((target, joint) => {
        const expected = NEUTRAL[joint]! + weight * (wanted[joint]! - NEUTRAL[joint]!);
        assert.ok(Math.abs(target - expected) < 1e-6, `${what}, joint ${joint}: ${target}, not ${expected}`);
      });
    };
    for (let period = 1; period <= 30; period++) {
      await robot.live(1);
      gait.step(0.01, wanted);
      expectTargets(smooth((period * 0.01) / 0.5), `walking, period ${period}`);
    }
    // Stopped during the ramp-in, it leaves from where it had been blended in.
    const stopped = await robot.ask({ kind: "stop", level: "neutral" });
    assert.ok(stopped?.kind === "stopped" && stopped.confirmed && stopped.level === "neutral");
    assert.equal(robot.state, "ramping-out");
    const blendedIn = smooth(0.3 / 0.5);
    for (let period = 1; period <= 40; period++) {
      await robot.live(1);
      gait.step(0.01, wanted);
      expectTargets(blendedIn * (1 - smooth((period * 0.01) / 0.4)), `ramping out, period ${period}`);
    }
    assert.equal(robot.state, "standing");
    assert.equal(await robot.outcome({ kind: "disarm" }), "ack");
    assert.equal(robot.drive, "off");
  });

  it("takes a parameter set as a whole or not at all, and names what was wrong", async (test) => {
    const robot = await started(test);
    await robot.lease();
    assert.equal(await robot.outcome(stage()), "staged");
    assert.equal(robot.last("staged").hash, HASH);
    const others = SET.values.filter(([name]) => name !== "step_length");
    const wrong: readonly [Message, string][] = [
      [stage(SET.values, { gait: "gallop" }), "gait"],
      [stage(SET.values, { rampIn: Number.NaN }), "rampIn"],
      [stage(SET.values, { rampOut: -1 }), "rampOut"],
      [stage([...others, ["step_lenght", 0.04]]), "step_lenght"],
      [stage(others), "step_length"],
      [stage([...SET.values, ["step_length", 0.04]]), "step_length"],
      [stage([...others, ["step_length", Number.NaN]]), "step_length"],
      [stage([...others, ["step_length", Number.POSITIVE_INFINITY]]), "step_length"],
      [stage([...others, ["step_length", 0.5]]), "step_length"],
      [stage(SET.values, { part: 1, parts: 2 }), "part"],
      [stage(SET.values, { part: 0, parts: 0 }), "part"],
    ];
    for (const [message, field] of wrong) {
      const answer = await robot.ask(message);
      assert.ok(answer?.kind === "nack", JSON.stringify(message));
      assert.equal(answer.field, field);
      assert.notEqual(answer.reason, "");
      const status = await robot.ask({ kind: "get-status" });
      assert.ok(status?.kind === "status" && status.stagedHash === HASH && status.activeHash === 0);
    }
    assert.equal(await robot.outcome({ kind: "commit", hash: (HASH ^ 1) >>> 0 }), "refused");
    assert.equal(await robot.outcome({ kind: "commit", hash: HASH }), "ack");
    assert.equal(
      await robot.outcome({ kind: "commit", hash: HASH }),
      "refused",
      "nothing is staged any more",
    );
    const parameter = await robot.ask({ kind: "get-parameter", index: 2 });
    assert.ok(parameter?.kind === "parameter");
    assert.equal(parameter.active, Object.fromEntries(SET.values)[parameter.name]);
  });

  it("collects a set in parts", async (test) => {
    const robot = await started(test);
    await robot.lease();
    const part = (index: number, values: [string, number][]): Message =>
      stage(values, { part: index, parts: 3 });
    const [a, b, c] = [SET.values.slice(0, 2), SET.values.slice(2, 4), SET.values.slice(4)];
    assert.equal(await robot.outcome(part(0, a)), "ack");
    assert.equal(await robot.outcome(part(2, c)), "malformed");
    assert.equal(await robot.outcome(part(1, b)), "ack");
    assert.equal(await robot.outcome(part(2, c)), "staged");
    assert.equal(robot.last("staged").hash, HASH);
    assert.equal(await robot.outcome(part(0, a)), "ack");
    assert.equal(
      await robot.outcome(stage(b, { part: 1, parts: 3, rampIn: 0.6 })),
      "malformed",
      "parts of two sets",
    );
  });

  it("refuses another set while it walks", async (test) => {
    const robot = await walking(test);
    assert.equal(await robot.outcome(stage([...SET.values.slice(0, 4), ["stance_frequency", 2]])), "staged");
    const { hash } = robot.last("staged");
    assert.equal(await robot.outcome({ kind: "commit", hash }), "refused");
    await robot.ask({ kind: "stop", level: "neutral" });
    assert.equal(await robot.outcome({ kind: "commit", hash }), "refused");
    await robot.live(45);
    assert.equal(robot.last("telemetry").set, HASH & 0xffff);
    assert.equal(await robot.outcome({ kind: "commit", hash }), "ack");
    await robot.live(3);
    assert.equal(robot.last("telemetry").set, hash & 0xffff);
  });

  it("stops for anybody, in any state, and never softer than it is told", async (test) => {
    const robot = await walking(test);
    const stop = (level: "neutral" | "settle" | "cut"): Promise<Message | undefined> =>
      robot.ask({ kind: "stop", level }, { session: 9999 });
    assert.equal((await stop("settle"))?.kind, "stopped");
    assert.equal(robot.state, "settling");
    const softer = await stop("neutral");
    assert.ok(softer?.kind === "stopped" && softer.level === "settle");
    assert.equal(robot.state, "settling");
    const cut = await stop("cut");
    assert.ok(cut?.kind === "stopped" && cut.level === "cut");
    assert.equal(robot.drive, "off");
    assert.equal(robot.heard.at(-1)?.frame.flags, FLAG.reply);
  });

  it("what a line has delayed does not undo a stop", async (test) => {
    const robot = await walking(test);
    const stop: Message = { kind: "stop", level: "neutral" };
    await robot.ask(stop, { time: 0x80000010 });
    await robot.live(45);
    assert.equal(await robot.outcome({ kind: "start" }, { time: 0x8000000f }), "refused");
    assert.equal(await robot.outcome({ kind: "start" }, { time: 0x80000010 }), "ack");
    // An older stop stops as well, and does not let older commands in again.
    await robot.ask(stop, { time: 0x80000001 });
    await robot.live(45);
    assert.equal(await robot.outcome({ kind: "start" }, { time: 0x8000000f }), "refused");
    // A stranger's stop has another clock.
    await robot.ask({ kind: "stop", level: "cut" }, { time: 0x90000000, session: 0 });
    assert.equal(await robot.outcome({ kind: "arm" }, { time: 0x80000011 }), "ack");
    await robot.ask(stop, { time: 0xa0000000 });
    await robot.live(1001);
    assert.equal(robot.state, "standing");
    await robot.tell("clock 200000");
    assert.equal(await robot.outcome({ kind: "start" }, { time: 0x80000020 }), "ack");
  });

  it("a stop that says it is a repetition is carried out all the same", async (test) => {
    const robot = await walking(test);
    await robot.ask({ kind: "stop", level: "neutral" }, { seq: 77 });
    await robot.live(45);
    assert.equal(await robot.outcome({ kind: "start" }), "ack");
    await robot.live(5);
    assert.equal(
      await robot.outcome({ kind: "stop", level: "neutral" }, { seq: 77, flags: FLAG.retry }),
      "stopped",
    );
    assert.equal(robot.state, "ramping-out");
  });

  it("repeats its answer to a request that comes again, and carries out what it has not heard", async (test) => {
    const robot = await started(test);
    const acquire: Message = { kind: "acquire-lease", owner: "test" };
    const answer = await robot.ask(acquire, { seq: 5, time: 1 });
    assert.deepEqual(await robot.ask(acquire, { seq: 5, time: 9, flags: FLAG.retry }), answer);
    // Doubled on the line: the same to the microsecond.
    assert.deepEqual(await robot.ask(acquire, { seq: 5, time: 1 }), answer);
    const next = await robot.ask(acquire, { seq: 6, time: 2, flags: FLAG.retry });
    assert.notDeepEqual(next, answer);
    // Another host with the same numbers.
    assert.equal(
      (
        await robot.ask(
          { kind: "hello", oldest: 1, newest: 1, schema: 0, host: "x" },
          { seq: 6, flags: FLAG.retry },
        )
      )?.kind,
      "hello-reply",
    );
    const statistics = await robot.ask({ kind: "get-statistics" });
    assert.ok(statistics?.kind === "statistics" && statistics.framesRepeated === 2);
  });

  it("sends telemetry that can be subscribed, in groups and at rates that divide the control rate", async (test) => {
    const robot = await started(test);
    await robot.tell("value 0 0.12345");
    await robot.tell("value 1 nan");
    await robot.tell("value 16 0.25");
    const frames = kinds(await robot.tick(20)).filter((kind) => kind === "telemetry");
    assert.equal(frames.length, 10);
    const { samples } = robot.last("telemetry");
    const view = new DataView(samples.buffer, samples.byteOffset, samples.length);
    assert.equal(samples.length, 8 * 2 + 8 * 4 + 4 + 2);
    assert.equal(view.getInt16(0, true), 1235);
    assert.equal(view.getInt16(2, true), -32768);
    assert.equal(view.getFloat32(48, true), 0.25);
    assert.equal(await robot.outcome({ kind: "subscribe", rate: 33, groups: 4 }), "no-lease");
    await robot.lease();
    const subscribed = await robot.ask({ kind: "subscribe", rate: 33, groups: 0b10100 });
    assert.deepEqual(subscribed, {
      kind: "subscribed",
      rate: Math.fround(100 / 3),
      groups: 0b100,
      bytes: 4,
    });
    const before = robot.last("telemetry").seq;
    const sent = (await robot.tick(30))
      .map(({ message }) => message)
      .filter(({ kind }) => kind === "telemetry");
    assert.equal(sent.length, 10);
    assert.equal(robot.last("telemetry").seq, before + 10, "no number is left out");
    assert.equal(robot.last("telemetry").samples.length, 4);
    for (const rate of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      assert.equal(await robot.outcome({ kind: "subscribe", rate, groups: 1 }), "refused");
    const fastest = await robot.ask({ kind: "subscribe", rate: 5000, groups: 15 });
    assert.ok(fastest?.kind === "subscribed" && fastest.rate === 100);
    await robot.tell("value 1 0");
    assert.equal(await robot.outcome({ kind: "arm" }), "ack");
    assert.equal(await robot.outcome({ kind: "subscribe", rate: 50, groups: 15 }), "locked");
  });

  it("lives on valid keepalives alone; silence settles, then cuts", async (test) => {
    const robot = await standing(test);
    const before = robot.heard.length;
    // The last frame that was answered is one or two periods old.
    await robot.tick(28);
    assert.equal(robot.state, "standing");
    assert.equal(robot.last("telemetry").challenge, challengeOf(SECRET, robot.last("telemetry").seq));
    // Everything but a valid keepalive is no sign of life.
    const { seq, challenge } = robot.last("telemetry");
    await robot.ask({ kind: "get-status" });
    await robot.keepalive({ seq, challenge: challenge ^ 1 });
    await robot.keepalive({ seq: seq + 1, challenge });
    await robot.keepalive({ seq: seq + 1, challenge: challengeOf(SECRET, seq + 1) });
    await robot.keepalive({ seq, challenge }, { session: robot.session + 1 });
    const old = robot.heard.findLast(
      ({ message }) => message.kind === "telemetry" && message.seq === seq - 11,
    )?.message;
    assert.ok(old?.kind === "telemetry");
    await robot.keepalive(old);
    await robot.tick(3);
    assert.equal(robot.state, "settling");
    const statistics = await robot.ask({ kind: "get-statistics" });
    assert.ok(statistics?.kind === "statistics" && statistics.keepalivesStale === 5);
    await robot.tick(52);
    assert.equal(robot.state, "off");
    const faults = events(robot.heard.slice(before), "fault");
    assert.ok(faults.length >= 3 && faults.every(({ code }) => code === FAULTS["dead-man"].code));
    // Hearing the host again starts nothing; it can be armed anew.
    await robot.live(20);
    assert.equal(robot.state, "off");
    assert.equal(await robot.outcome({ kind: "arm" }), "ack");
  });

  it("a keepalive counts for 200 ms after its frame and no longer", async (test) => {
    for (const [wait, fresh] of [
      [200_000, true],
      [200_001, false],
    ] as const) {
      const robot = await standing(test);
      await robot.live(1);
      if (robot.heard.at(-1)?.message.kind !== "telemetry") await robot.live(1);
      const frame = robot.last("telemetry");
      const stale = async (): Promise<number> => {
        await robot.ask({ kind: "get-statistics" });
        return robot.last("statistics").keepalivesStale;
      };
      const before = await stale();
      await robot.tell(`clock ${wait}`);
      await robot.keepalive(frame);
      assert.equal((await stale()) - before, fresh ? 0 : 1);
    }
  });

  it("an e-stop latches through resets until a person clears it, quoting the event", async (test) => {
    const robot = await walking(test);
    const stopped = await robot.ask({ kind: "e-stop", level: "cut", reason: "it smökes" }, { session: 0 });
    assert.ok(stopped?.kind === "stopped" && stopped.level === "cut");
    assert.equal(robot.drive, "off");
    assert.ok(robot.keptLatch);
    const event = robot.last("event");
    assert.equal(event.event, "latched");
    assert.equal(event.reason, "it smökes");
    assert.equal(robot.latched, event.number);
    assert.equal(await robot.outcome({ kind: "arm" }), "latched");
    // Latching again changes nothing.
    await robot.ask({ kind: "e-stop", level: "cut", reason: "again" });
    assert.equal(robot.latched, event.number);

    await robot.start("realtime", 8);
    await robot.lease();
    assert.equal(await robot.outcome({ kind: "arm" }), "latched");
    const status = await robot.ask({ kind: "get-status" });
    assert.ok(status?.kind === "status" && status.latched > 0 && status.owner === "test");
    const clear = (number: number, checked: string): Promise<string> =>
      robot.outcome({ kind: "clear-e-stop", event: number, checked });
    assert.equal(await clear(status.latched + 1, "the cable"), "refused");
    assert.equal(await clear(status.latched, ""), "refused");
    assert.equal(await clear(status.latched, "the cable"), "ack");
    assert.equal(robot.keptLatch, false);
    assert.equal(await clear(status.latched, "the cable"), "refused");
    assert.equal(await robot.outcome({ kind: "arm" }), "ack");
  });

  it("keeps a parameter set over a reset when it is told to, and only one that it would accept", async (test) => {
    const robot = new CSession(program);
    test.after(() => robot.close());
    const active = async (): Promise<number> => {
      const status = await robot.ask({ kind: "get-status" });
      assert.ok(status?.kind === "status");
      return status.activeHash;
    };
    const restarted = async (boot: number): Promise<number> => {
      await robot.start("realtime", boot);
      await robot.lease();
      return active();
    };
    await robot.start("realtime");
    await robot.lease();
    assert.equal(await robot.outcome({ kind: "store" }), "unknown", "it has no memory");
    await robot.tell("memory 1");
    assert.equal(await restarted(8), 0);
    assert.equal(await robot.outcome({ kind: "store" }), "refused", "there is nothing to keep");
    assert.equal(await robot.outcome({ kind: "store" }, { session: 0 }), "no-lease");
    assert.equal(await robot.outcome(stage()), "staged");
    assert.equal(await robot.outcome({ kind: "commit", hash: HASH }), "ack");
    assert.equal(await restarted(9), 0, "committing alone keeps nothing");
    assert.equal(await robot.outcome(stage()), "staged");
    assert.equal(await robot.outcome({ kind: "commit", hash: HASH }), "ack");
    assert.equal(await robot.outcome({ kind: "arm" }), "ack");
    assert.equal(await robot.outcome({ kind: "store" }), "locked");
    assert.equal(await robot.outcome({ kind: "stop", level: "cut" }), "stopped");
    assert.equal(await robot.outcome({ kind: "store" }), "ack");
    assert.equal(await restarted(10), HASH);
    assert.equal(robot.state, "off", "it starts nothing");
    const told: [string, number][] = [];
    for (let index = 0; ; index++) {
      const one = await robot.ask({ kind: "get-parameter", index });
      if (one?.kind !== "parameter") break;
      if (one.gait === SET.gait) told.push([one.name, one.active]);
      else assert.ok(Number.isNaN(one.active), `${one.gait} is not active`);
    }
    assert.deepEqual(told, SET.values);
    // Whatever byte of what was kept is another one.
    for (let byte = 0; byte < 2 + SET.gait.length + 1 + 4 + 16 + 8 * SET.values.length + 8; byte++) {
      await robot.tell(`spoil ${byte}`);
      assert.equal(await restarted(11), 0, `byte ${byte}`);
      await robot.tick(1);
      assert.ok(events(robot.heard.slice(-8), "note").length > 0, "it says so");
      await robot.tell(`spoil ${byte}`);
    }
    assert.equal(await restarted(12), HASH);
    for (const length of [60, 31, 5, 1]) {
      await robot.tell(`cut ${length}`);
      assert.equal(await restarted(13), 0, `${length} bytes`);
    }
    await robot.tell("memory 0");
    assert.equal(await restarted(14), 0);
  });

  it("a mild e-stop lets it walk out, and starts no further walk", async (test) => {
    const robot = await walking(test);
    await robot.ask({ kind: "e-stop", level: "neutral", reason: "" });
    assert.equal(robot.state, "ramping-out");
    await robot.live(45);
    assert.equal(robot.state, "standing");
    assert.equal(await robot.outcome({ kind: "start" }), "latched");
  });

  it("hard limits act by themselves, in the period they are crossed or after their debounce", async (test) => {
    const robot = await walking(test);
    await robot.tell("value 8 21");
    await robot.live(2);
    assert.equal(robot.state, "walking");
    const before = robot.heard.length;
    await robot.live(1);
    assert.equal(robot.state, "settling");
    await robot.tell("value 16 -1.01");
    await robot.tick(1);
    assert.equal(robot.drive, "off");
    await robot.tick(6);
    const faults = events(robot.heard.slice(before), "fault");
    assert.equal(faults.length, 6, "two events, three times each");
    assert.ok(faults.every(({ code }) => code === FAULTS.limit.code));
    assert.ok(faults.some(({ reason }) => reason === "motor-speed FR_hip: 21.000 rad/s"));
    const refused = await robot.ask({ kind: "arm" });
    assert.ok(refused?.kind === "nack" && refused.reason.includes("tilt"));
    await robot.tell("value 16 0");
    await robot.tell("value 8 0");
    await robot.tick(1);
    assert.equal(await robot.outcome({ kind: "arm" }), "ack");
  });

  it("a limited channel that says nothing for 100 ms stops it", async (test) => {
    const robot = await walking(test);
    await robot.tell("value 16 nan");
    await robot.live(9);
    assert.equal(robot.state, "walking");
    await robot.live(1);
    assert.equal(robot.state, "off");
    assert.equal(robot.last("event").code, FAULTS.sensor.code);
  });

  it("limits are narrowed, never widened, and not while the motors have power", async (test) => {
    const robot = await started(test);
    const set = (low: number, high: number): Message => ({ kind: "set-limit", index: 0, low, high });
    assert.equal(await robot.outcome(set(-0.5, 0.5)), "no-lease");
    await robot.lease();
    for (const [low, high] of [
      [-1.1, 0.5],
      [-0.5, 1.1],
      [0.5, -0.5],
      [Number.NaN, 0.5],
      [-0.5, Number.NaN],
    ] as const)
      assert.equal(await robot.outcome(set(low, high)), "refused");
    const answer = await robot.ask(set(-0.5, 0.5));
    assert.ok(answer?.kind === "limit" && answer.low === -0.5 && answer.high === 0.5);
    await robot.outcome({ kind: "arm" });
    assert.equal(await robot.outcome(set(-0.4, 0.4)), "locked");
    await robot.tell("value 16 0.6");
    await robot.tick(1);
    assert.equal(robot.state, "off");
    await robot.start("realtime", 9);
    const limit = await robot.ask({ kind: "get-limit", index: 0 });
    assert.ok(limit?.kind === "limit" && limit.high === 1, "kept until the next reset");
  });

  it("a loop that stands still settles it and is counted", async (test) => {
    const robot = await walking(test);
    await robot.tick(1, 16_000);
    assert.equal(robot.state, "walking");
    await robot.tick(1, 201_000);
    assert.equal(robot.state, "settling");
    assert.equal(robot.last("event").code, FAULTS.overrun.code);
    const statistics = await robot.ask({ kind: "get-statistics" });
    assert.ok(statistics?.kind === "statistics" && statistics.loopOverruns === 2);
    assert.ok(Math.abs(statistics.longestPeriod - 0.201) < 1e-6);
  });

  it("does not arm against its own hardware, nor without knowing its joints", async (test) => {
    const robot = await started(test);
    await robot.lease();
    await robot.tell("arms 0");
    const refused = await robot.ask({ kind: "arm" });
    assert.ok(refused?.kind === "nack" && refused.reason === "its stop button is pressed");
    await robot.tell("arms 1");
    await robot.tell("value 3 nan");
    const blind = await robot.ask({ kind: "arm" });
    assert.ok(blind?.kind === "nack" && blind.reason.includes("FL_knee"));
    assert.equal(robot.drive, "off");
  });

  it("stops for reasons of its own, and a button latches", async (test) => {
    const robot = await walking(test);
    await robot.tell("fault 1");
    assert.equal(robot.state, "settling");
    await robot.tick(1);
    assert.equal(robot.last("event").code, FAULTS.motor.code);
    await robot.tell("latch 2");
    assert.equal(robot.drive, "off");
    await robot.tick(1);
    const told = events(robot.heard).slice(-2);
    assert.deepEqual(
      told.map(({ event, code }) => [event, code]),
      [
        ["fault", FAULTS.button.code],
        ["latched", 0],
      ],
    );
    assert.equal(await robot.outcome({ kind: "arm" }), "latched");
  });

  it("tells every event three times, 20 ms apart", async (test) => {
    const robot = await started(test);
    await robot.tick(10);
    const before = robot.heard.length;
    await robot.tell("note");
    const times: number[] = [];
    for (let period = 0; period < 10; period++)
      for (const event of events(await robot.tick(1))) {
        assert.equal(event.event, "note");
        times.push(period);
      }
    assert.deepEqual(times, [0, 2, 4]);
    assert.equal(new Set(events(robot.heard.slice(before)).map(({ number }) => number)).size, 1);
  });

  it("says that it has started", async (test) => {
    const robot = await started(test);
    const heard = events(await robot.tick(1));
    assert.equal(heard[0]?.event, "rebooted");
    assert.equal(heard[0]?.number, 1);
  });

  it("a line that takes nothing costs frames, never a stop, and the next answer is whole", async (test) => {
    const robot = await walking(test);
    await robot.tell("room 0");
    await robot.tick(10);
    assert.equal(await robot.outcome({ kind: "stop", level: "cut" }), "silence");
    assert.equal(robot.drive, "off");
    await robot.tick(100);
    await robot.tell("room 65536");
    await robot.tick(1);
    const statistics = await robot.ask({ kind: "get-statistics" });
    assert.ok(statistics?.kind === "statistics" && statistics.framesUnsent > 30);
    // In small pieces, as a UART with a short buffer takes them.
    await robot.tell("room 3");
    await robot.bytes(robot.wire({ kind: "get-status" }));
    for (let piece = 0; piece < 30; piece++) {
      await robot.tell("room 3");
      await robot.tell("receive");
    }
    assert.equal(robot.heard.at(-1)?.message.kind, "status");
  });

  it("answers the clock", async (test) => {
    const robot = await started(test);
    const answer = await robot.ask({ kind: "time-sync", sent: 12.5 });
    assert.deepEqual(answer, { kind: "time-reply", sent: 12.5, received: 1, replied: 1 });
  });

  it("refuses what it cannot do: targets, unknown and malformed messages, placing, advancing", async (test) => {
    const robot = await started(test);
    await robot.lease();
    assert.equal(await robot.outcome({ kind: "targets", positions: new Float64Array(8) }), "refused");
    assert.equal(await robot.outcome({ kind: "advance" }), "unknown");
    assert.equal(await robot.outcome({ kind: "place", seed: 1, suggestion: 1, carryOver: "" }), "unknown");
    await robot.ask({ kind: "get-statistics" });
    assert.equal(robot.last("statistics").framesMalformed, 0);
  });

  it("in lockstep moves its clock to the next frame, and there is no dead-man", async (test) => {
    const robot = await started(test, "lockstep");
    const hello = await robot.ask({ kind: "hello", oldest: 1, newest: 1, schema: 0, host: "test" });
    assert.ok(hello?.kind === "hello-reply" && hello.settleAfter === 0 && hello.returnsByItself);
    await robot.lease();
    assert.equal(await robot.outcome({ kind: "place", seed: 1, suggestion: 2, carryOver: "{}" }), "ack");
    assert.equal(
      await robot.outcome({ kind: "place", seed: 1, suggestion: 0xffffffff, carryOver: "" }),
      "refused",
    );
    const sent = await robot.bytes(robot.wire({ kind: "arm" }));
    assert.ok(!kinds(sent).includes("carry-over"), "the motors have power");
    for (let frame = 1; frame <= 100; frame++) {
      const advanced = await robot.bytes(robot.wire({ kind: "advance" }));
      assert.deepEqual(kinds(advanced), ["telemetry", "ack"]);
      assert.ok(Math.abs(robot.last("telemetry").time - (1 + 0.02 * frame)) < 1e-9);
    }
    assert.equal(robot.state, "standing");
    const stopped = await robot.bytes(robot.wire({ kind: "stop", level: "cut" }));
    assert.deepEqual(kinds(stopped), ["carry-over", "stopped"]);
    const latched = await robot.bytes(robot.wire({ kind: "e-stop", level: "cut", reason: "" }));
    assert.deepEqual(kinds(latched), ["event", "event", "event", "carry-over", "stopped"]);
    // A silent host loses its lease by the clock on the wall.
    const other = { kind: "acquire-lease", owner: "other" } as const;
    assert.equal(await robot.outcome(other, { session: 0 }), "busy");
    await robot.tell("wall 2000000");
    assert.equal(await robot.outcome(other, { session: 0 }), "lease");
  });
});
