import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { GaitsmithError } from "../../../src/errors.ts";
import { ServerConnection } from "../../../src/links/rosbridge/server-connection.ts";
import { LARGEST_MESSAGE } from "../../../src/links/rosbridge/socket-transport.ts";
import { until } from "../until.ts";
import { ScriptedServer } from "./scripted-server.ts";

const TLS = new URL("../../fixtures/tls/", import.meta.url).pathname;

const now = (): number => performance.now() / 1000;

describe("connection to a rosbridge server", () => {
  let server: ScriptedServer;
  let connection: ServerConnection | null;
  let notices: string[];
  let lost: string[];
  let pressed: number[];

  beforeEach(async () => {
    server = await ScriptedServer.listen();
    connection = null;
    notices = [];
    lost = [];
    pressed = [];
  });

  afterEach(async () => {
    await connection?.close();
    await server.die();
  });

  const open = async (url = server.url, authority: string | null = null): Promise<ServerConnection> => {
    connection = await ServerConnection.open({
      url,
      headers: { Authorization: "Bearer secret" },
      certificateAuthority: authority === null ? null : readFileSync(join(TLS, authority)),
      lockstep: false,
      now,
      wall: now,
      notice: (words) => notices.push(words),
      onBackPressure: (bytes) => pressed.push(bytes),
      onLost: (reason) => lost.push(reason),
    });
    return connection;
  };

  const rejectsWith = (code: string, words: RegExp) => (error: unknown) => {
    assert.ok(error instanceof GaitsmithError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, words);
    return true;
  };

  it("says who is asking, and speaks the protocol", async () => {
    const link = await open();
    const heard: unknown[] = [];
    link.subscribe({ topic: "/imu", type: "sensor_msgs/Imu", throttle: 0.01, queue: 2 }, (message) =>
      heard.push(message),
    );
    link.advertise("/cmd", "std_msgs/String");
    link.publish("/cmd", { data: "go" });
    await until(() => server.heard.length === 3);
    server.send({ op: "publish", topic: "/imu", msg: { x: 1 } });
    await until(() => heard.length === 1);
    assert.deepEqual(heard, [{ x: 1 }]);
    assert.equal(server.headers[0]!["authorization"], "Bearer secret");
    const [subscribe, advertise, published] = server.heard;
    assert.deepEqual(
      [subscribe!.op, subscribe!["throttle_rate"], subscribe!["queue_length"], subscribe!["compression"]],
      ["subscribe", 10, 2, "none"],
    );
    assert.deepEqual([advertise!.op, advertise!["type"]], ["advertise", "std_msgs/String"]);
    assert.deepEqual(published!.msg, { data: "go" });
  });

  it("says that nobody is there", async () => {
    const { url } = server;
    await server.die();
    await assert.rejects(open(url), rejectsWith("LINK_UNAVAILABLE", /ECONNREFUSED/));
    server = await ScriptedServer.listen();
  });

  it("speaks TLS with a server whose certificate it can trust, and with no other", async () => {
    await server.die();
    server = await ScriptedServer.listen(
      0,
      createServer({
        cert: readFileSync(join(TLS, "server.pem")),
        key: readFileSync(join(TLS, "server-key.pem")),
      }),
    );
    const url = server.url.replace("ws:", "wss:");
    await assert.rejects(open(url), rejectsWith("LINK_UNAVAILABLE", /certificate/));
    const link = await open(url, "ca.pem");
    link.advertise("/cmd", "std_msgs/String");
    await until(() => server.heard.length === 1);
    assert.equal(server.headers.at(-1)!["authorization"], "Bearer secret");
    assert.equal(server.headers.length, 1, "nothing was said to a server that is not trusted");
  });

  it("counts and tells what makes no sense, and goes on", async () => {
    const link = await open();
    let heard = 0;
    link.subscribe({ topic: "/imu", type: "sensor_msgs/Imu" }, () => heard++);
    for (const nonsense of [
      '{"op":"publish","topic":"/imu","msg":{"x":',
      Buffer.from([0xff, 0x00]),
      "null",
      "[1,2]",
      '"publish"',
      { topic: "/imu", msg: {} },
      { op: 7 },
      { op: "publish", topic: "/imu" },
      { op: "publish", topic: "close", msg: {} },
      { op: "publish", topic: 3, msg: {} },
      { op: "service_response", id: "/imu", service: "/x", result: true },
      { op: "action_result", id: "connection", action: "/x" },
      { op: "dance" },
      { op: "fragment", id: "1", num: 0, total: 1e9, data: "x" },
      { op: "png", data: "x" },
      { op: "publish", topic: "/nobody", msg: {} },
    ])
      server.send(nonsense);
    server.send({ op: "status", level: "error", msg: "disk full" });
    server.send({ op: "publish", topic: "/imu", msg: {} });
    await until(() => heard === 1);
    assert.equal(link.counts.malformed, 12);
    assert.equal(link.counts.unknown, 3);
    assert.ok(link.isOpen);
    assert.ok(notices.some((words) => /no JSON/.test(words)));
    assert.ok(notices.some((words) => /unknown operation "dance"/.test(words)));
    assert.ok(notices.some((words) => /\(error\): disk full/.test(words)));
  });

  it("is ended by a message that is too large, and says so", async () => {
    const link = await open();
    server.send(JSON.stringify({ op: "publish", topic: "/map", msg: "x".repeat(10 * LARGEST_MESSAGE) }));
    await until(() => lost.length === 1);
    assert.match(lost[0]!, /more than 1 MB/);
    assert.equal(link.isOpen, false);
  });

  it("settles a service call: answered, refused, too late, or with the connection", async () => {
    const link = await open();
    server.onMessage = ({ service, id, args }, socket) => {
      if (service === "/hang") return;
      const values = service === "/no" ? "no such service" : { echo: args };
      socket.send(JSON.stringify({ op: "service_response", id, service, result: service !== "/no", values }));
    };
    assert.deepEqual(await link.call("/echo", { a: 1 }, 1), { result: true, values: { echo: { a: 1 } } });
    assert.deepEqual(await link.call("/no", {}, 1), { result: false, values: "no such service" });
    await assert.rejects(
      link.call("/hang", {}, 0.05),
      rejectsWith("LINK_LOST", /\/hang did not answer within 0.05 s/),
    );
    const hanging = link.call("/hang", {}, 60);
    const rejected = assert.rejects(hanging, rejectsWith("LINK_LOST", /closed the connection/));
    for (const socket of server.sockets) socket.terminate();
    await rejected;
    assert.equal(lost.length, 1);
  });

  it("waits for the result of an action's goal, which can be taken back", async () => {
    const link = await open();
    const { result, cancel } = link.sendGoal("/walk", "my/Walk", { speed: 1 }, 1);
    await until(() => server.heard.length === 1);
    const { id } = server.heard[0]!;
    server.send({ op: "action_feedback", id, action: "/walk", values: { far: 0.1 } });
    server.send({
      op: "action_result",
      id,
      action: "/walk",
      values: { distance: 2 },
      status: 4,
      result: true,
    });
    assert.deepEqual(await result, { result: true, values: { distance: 2 }, status: 4 });
    cancel();
    await until(() => server.heard.length === 2);
    assert.deepEqual([server.heard[1]!.op, server.heard[1]!.id], ["cancel_action_goal", id]);
  });

  it("notices a server that hangs: soon while the robot may move, later when it may not", async () => {
    const link = await open();
    link.watchful = true;
    await until(() => link.counts.pings.count > 20);
    server.freeze();
    const since = now();
    await until(() => lost.length === 1);
    const after = now() - since;
    assert.ok(after > 0.25 && after < 0.6, `noticed after ${after} s`);
    assert.match(lost[0]!, /has not answered for 0.3 s/);
  });

  it("does not take its own standing still for the server's silence", async () => {
    const link = await open();
    link.watchful = true;
    await until(() => link.counts.pings.count > 5);
    const end = now() + 0.6;
    while (now() < end);
    await pause(100);
    assert.deepEqual(lost, []);
    assert.ok(link.isOpen);
  });

  it("refuses to write behind what does not leave, but takes a stop", async () => {
    const link = await open();
    link.advertise("/cmd", "std_msgs/String");
    await until(() => server.heard.length === 1);
    server.freeze();
    const data = "x".repeat(30_000);
    let refused: unknown = null;
    for (let count = 0; refused === null && count < 2000; count++) {
      try {
        link.publish("/cmd", { data });
      } catch (error) {
        refused = error;
      }
      if (count % 20 === 0) await pause(0);
    }
    assert.ok(rejectsWith("LINK_LOST", /bytes wait to leave/)(refused));
    assert.ok(pressed.length === 1 && pressed[0]! > 65_536);
    link.publishUrgently("/cmd", { data: "stop" });
    assert.equal(link.counts.withheld, 1);
  });

  it("delivers nothing to a server that comes back", async () => {
    const link = await open();
    link.advertise("/cmd", "std_msgs/String");
    link.publish("/cmd", { data: "before" });
    await until(() => server.published("/cmd").length === 1);
    const { port } = server;
    await server.die();
    await until(() => lost.length === 1);
    for (let count = 0; count < 20; count++)
      assert.throws(
        () => link.publish("/cmd", { data: `${count}` }),
        rejectsWith("LINK_LOST", /closed|reset/i),
      );
    assert.throws(() => link.publishUrgently("/cmd", { data: "stop" }));
    await assert.rejects(link.call("/arm", {}, 1), rejectsWith("LINK_LOST", /./));
    server = await ScriptedServer.listen(port);
    await pause(300);
    assert.deepEqual(server.heard, []);
    assert.equal(server.sockets.length, 0);
  });
});
