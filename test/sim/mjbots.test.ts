/** The pretended mjbots quad has the real one's habits, also those that bite. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "ws";
import { PERIOD, Quad } from "../../sim/mjbots/quad.ts";
import { readQuadMessage } from "../../sim/mjbots/quad-command.ts";
import { QuadServer } from "../../sim/mjbots/quad-server.ts";

describe("the pretended mjbots quad", () => {
  let server: QuadServer;
  let socket: WebSocket;

  beforeEach(async () => {
    server = await QuadServer.open({ port: 0 });
    socket = new WebSocket(server.url);
    socket.on("error", () => {});
    await once(socket, "open");
  });

  afterEach(async () => {
    socket.terminate();
    await server.close();
  });

  it("answers each message once, and none that it cannot read", async () => {
    const answers: string[] = [];
    socket.on("message", (data) => answers.push(String(data)));
    for (const message of ["{}", "{", '{"command":{"mode":"wlak"}}', '{"command":{"v_R":[1,2]}}', "{}"])
      socket.send(message);
    await pause(200);
    assert.equal(answers.length, 2);
    const status = JSON.parse(answers[0]!);
    assert.match(status.timestamp, /^\d{4}-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d(\.\d{6})?$/);
    assert.equal(status.state.joints.length, 12);
  });

  it("lets go of a second client", async () => {
    const second = new WebSocket(server.url);
    second.on("error", () => {});
    const [code] = await once(second, "close");
    assert.equal(code, 1006);
  });

  it("goes down when it is told a mode that nobody may command", async () => {
    assert.equal(readQuadMessage('{"command":{"mode":"fault"}}'), "fatal");
    const closed = once(socket, "close");
    socket.send('{"command":{"mode":"configuring"}}');
    await closed;
    assert.equal(server.quad.mode, "configuring");
  });
});

describe("its modes", () => {
  /** Lets so many seconds go by. */
  const after = (quad: Quad, from: number, seconds: number): number => {
    let now = from;
    for (; now < from + seconds; now += PERIOD) quad.step(now);
    return now;
  };

  it("stands up before it walks, and comes to a stand before it stops walking", () => {
    const quad = new Quad();
    let now = after(quad, 0, 0.5);
    assert.equal(quad.mode, "stopped");
    quad.take({ mode: "walk", v_R: [0.3, 0, 0] });
    now = after(quad, now, 0.1);
    assert.equal(quad.mode, "stand_up");
    now = after(quad, now, 4);
    assert.equal(quad.mode, "walk");
    quad.take({ mode: "rest" });
    now = after(quad, now, 0.1);
    assert.equal(quad.mode, "walk");
    after(quad, now, 2);
    assert.equal(quad.mode, "rest");
  });

  it("walks on without further commands, and keeps a fault until it is stopped", () => {
    const quad = new Quad();
    let now = after(quad, 0, 0.5);
    quad.take({ mode: "walk", v_R: [0.3, 0, 0] });
    now = after(quad, now, 10);
    assert.equal(quad.mode, "walk");
    quad.tipped = 50;
    now = after(quad, now, 0.1);
    quad.tipped = 0;
    quad.take({ mode: "zero_velocity" });
    now = after(quad, now, 0.1);
    assert.deepEqual([quad.mode, quad.fault], ["fault", "Tipping over"]);
    quad.take({ mode: "stopped" });
    after(quad, now, 0.1);
    assert.deepEqual([quad.mode, quad.fault], ["stopped", ""]);
  });

  it("hears its radio first", () => {
    const quad = new Quad();
    let now = after(quad, 0, 0.5);
    quad.take({ mode: "zero_velocity", priority: 99 });
    now = after(quad, now, 0.5);
    quad.take({ mode: "walk" });
    now = after(quad, now, 0.1);
    assert.equal(quad.mode, "zero_velocity");
    now = after(quad, now, 1);
    quad.take({ mode: "walk" });
    after(quad, now, 0.1);
    assert.equal(quad.mode, "stand_up");
  });
});
