import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { QuadServer } from "../../../sim/mjbots/quad-server.ts";
import { GaitsmithError } from "../../../src/errors.ts";
import type { RobotEvent } from "../../../src/robot/robot.ts";
import { channelName, type TelemetryFrame } from "../../../src/robot/telemetry-frame.ts";
import { until, walk } from "../walk.ts";
import { mjbotsRobot, STROLL } from "./mjbots.ts";

interface Met {
  readonly server: QuadServer;
  readonly robot: ReturnType<typeof mjbotsRobot>;
  readonly events: readonly RobotEvent[];
  readonly frames: readonly TelemetryFrame[];
  /** Newest value of a channel. */
  latest(name: string): Promise<number>;
}

async function start(t: TestContext): Promise<Met> {
  const server = await QuadServer.open({ port: 0 });
  const robot = mjbotsRobot(server);
  const events: RobotEvent[] = [];
  const frames: TelemetryFrame[] = [];
  robot.onEvent((event) => events.push(event));
  robot.onFrame((frame) => frames.push({ ...frame, values: frame.values.slice() }));
  t.after(async () => {
    await robot.close();
    await server.close();
  });
  const latest = async (name: string): Promise<number> => {
    const { layout } = await robot.open();
    return frames.at(-1)!.values[layout.indexOf(name)]!;
  };
  return { server, robot, events, frames, latest };
}

describe("an mjbots quad", { concurrency: 8 }, () => {
  it("reports in our axes, and where it went by its legs", async (t) => {
    const { server, robot, latest } = await start(t);
    const curve = STROLL.values.map(([name, value]): [string, number] => [
      name,
      name === "turn_rate" ? 0.2 : value,
    ]);
    await walk(robot, { ...STROLL, values: curve });
    const from = { x: server.quad.x, y: server.quad.y };
    await pause(2000);
    const [x, y] = [server.quad.x - from.x, -(server.quad.y - from.y)];
    assert.ok(x > 0.3 && y > 0.05, `anticlockwise is to the left: ${x}, ${y}`);
    const measured = [await latest(channelName.odometryX), await latest(channelName.odometryY)] as const;
    assert.ok(
      Math.abs(measured[0] - x) < 0.05 && Math.abs(measured[1] - y) < 0.05,
      `${measured} for ${x}, ${y}`,
    );
    assert.ok(Math.abs((await latest(channelName.odometryYaw)) + server.quad.heading) < 0.05);
    const height = await latest(channelName.height);
    assert.ok(Math.abs(height - 0.23) < 0.01, `${height} m`);
    server.quad.tipped = 20;
    await pause(100);
    assert.ok(Math.abs((await latest(channelName.roll)) - 0.35) < 0.06, "the right side goes down");
  });

  it("has no value for a servo that reports none", async (t) => {
    const { server, robot, frames, latest } = await start(t);
    server.quad.blindServo = 5;
    await robot.open();
    await until(() => frames.length > 0, 1);
    assert.ok(Number.isNaN(await latest(channelName.jointPosition("FR_tibia"))));
    assert.ok(Number.isFinite(await latest(channelName.jointPosition("FR_femur"))));
  });

  it("says that it tipped over, is damped, then off", async (t) => {
    const { server, robot, events } = await start(t);
    await walk(robot, STROLL);
    server.quad.tipped = 60;
    await until(() => events.length > 0, 1);
    assert.deepEqual(events, [{ kind: "fault", code: "robot-fault", reason: "Tipping over" }]);
    await pause(100);
    assert.equal(server.quad.mode, "fault", "nothing is asked that would open its latch");
    assert.ok((await robot.stop("settle")).confirmed);
    server.quad.tipped = 0;
    await until(() => server.quad.mode === "stopped", 2);
  });

  it("says that its battery is low", async (t) => {
    const { server, robot, events } = await start(t);
    await walk(robot, STROLL);
    server.quad.voltage = 12;
    await until(() => events.length > 0, 3);
    assert.match((events[0] as { reason: string }).reason, /^Battery low: 15\.9/);
  });

  it("settles damped before the torque goes", async (t) => {
    const { server, robot } = await start(t);
    await walk(robot, STROLL);
    assert.ok((await robot.stop("settle")).confirmed);
    assert.equal(server.quad.mode, "zero_velocity");
    await until(() => server.quad.mode === "stopped", 1.5);
  });

  it("walks on when the link breaks: its command time-out is no dead-man", async (t) => {
    const { server, robot, events } = await start(t);
    await walk(robot, STROLL);
    server.drop();
    await until(() => events.some(({ kind }) => kind === "link-lost"), 1);
    await pause(1500);
    assert.equal(server.quad.mode, "walk");
    assert.equal((await robot.stop("cut")).confirmed, false);
    await robot.close();
    const next = mjbotsRobot(server);
    await next.open();
    assert.equal(server.quad.mode, "stopped", "whoever opens it next stops it");
    await next.close();
  });

  it("drops a second client, who is told why", async (t) => {
    const { server, robot } = await start(t);
    await robot.open();
    const second = mjbotsRobot(server);
    await assert.rejects(second.open(), (error: unknown) => {
      assert.ok(error instanceof GaitsmithError && error.code === "LINK_UNAVAILABLE");
      assert.match(error.remedy ?? "", /one client/);
      return true;
    });
  });

  it("does not stand up while its radio says otherwise", async (t) => {
    const { server, robot } = await start(t);
    await robot.open();
    await robot.acquireLease("test");
    const radio = setInterval(() => server.quad.take({ mode: "zero_velocity", priority: 99 }), 50);
    const arming = robot.send({ kind: "arm" });
    await pause(500);
    assert.equal(server.quad.mode, "zero_velocity");
    const [answer] = await Promise.all([arming, robot.stop("cut")]);
    clearInterval(radio);
    assert.equal(answer.accepted, false);
  });

  it("does not confirm a stop that it does not answer, and reports nothing made up", async (t) => {
    const { server, robot, frames } = await start(t);
    await walk(robot, STROLL);
    server.silent = true;
    await pause(100);
    const heard = frames.length;
    const asked = performance.now();
    assert.equal((await robot.stop("cut")).confirmed, false);
    assert.ok(performance.now() - asked < 3000);
    assert.equal(frames.length, heard);
  });

  it("takes half an answer, and another one, for none", async (t) => {
    const { server, robot, frames } = await start(t);
    await robot.open();
    server.spoilt = (answer) => answer.slice(0, answer.length / 2);
    await pause(100);
    const heard = frames.length;
    await pause(100);
    server.spoilt = () => '{"mode":"walk","fault":"","timestamp":"now","state":null}';
    await pause(100);
    assert.equal(frames.length, heard);
    server.spoilt = (answer) => answer;
    await until(() => frames.length > heard, 1);
    assert.ok((await robot.diagnostics())["malformed"]! > 5);
  });

  it("is gone when its program starts anew", async (t) => {
    const { server, robot, events } = await start(t);
    await walk(robot, STROLL);
    server.restart();
    await until(() => events.length > 0, 1);
    assert.equal(events[0]!.kind, "link-lost");
    await assert.rejects(robot.send({ kind: "disarm" }), GaitsmithError);
  });
});
