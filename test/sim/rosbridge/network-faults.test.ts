import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { BadServer } from "../../../sim/rosbridge/bad-server.ts";
import { RosTypes } from "../../../sim/rosbridge/message-type.ts";
import { DelayLine, NO_NETWORK_FAULTS, parseNetworkFaults } from "../../../sim/rosbridge/network-faults.ts";
import { RosGraph } from "../../../sim/rosbridge/ros-graph.ts";
import { RosbridgeServer } from "../../../sim/rosbridge/rosbridge-server.ts";
import { addFixtureRobot } from "./fixture-robot.ts";
import { RawClient } from "./raw-client.ts";

describe("a bad network", () => {
  it("is told in units", () => {
    assert.deepEqual(parseNetworkFaults("latency=20ms,jitter=0.01s,loss=1%,seed=4"), {
      ...{ latency: 0.02, jitter: 0.01, loss: 0.01, seed: 4 },
    });
    for (const wrong of ["latency=20", "latency=-1ms", "loss=2", "drop=1%", "seed=1.5", "latency"])
      assert.throws(() => parseNetworkFaults(wrong), { code: "BAD_USAGE" }, wrong);
  });

  it("delays within its bounds and never reorders", async () => {
    const sent: number[] = [];
    const delays: number[] = [];
    const order: number[] = [];
    const line = new DelayLine<number>({ latency: 0.02, jitter: 0.01, loss: 0, seed: 1 }, "x", (item) => {
      order.push(item);
      delays.push(performance.now() - sent[item]!);
    });
    for (let item = 0; item < 40; item++) {
      sent.push(performance.now());
      line.push(item, true);
      await sleep(2);
    }
    await sleep(100);
    assert.deepEqual(order, [...sent.keys()]);
    assert.ok(Math.min(...delays) >= 9, `${Math.min(...delays)}`);
    line.close();
  });

  it("loses only what may be lost, the same for the same seed", () => {
    const lost = (seed: number): number[] => {
      const arrived: number[] = [];
      const line = new DelayLine<number>({ ...NO_NETWORK_FAULTS, loss: 0.1, seed }, "x", (item) =>
        arrived.push(item),
      );
      for (let item = 0; item < 1000; item++) line.push(item, item % 2 === 0);
      return Array.from({ length: 1000 }, (_, item) => item).filter((item) => !arrived.includes(item));
    };
    const first = lost(1);
    assert.ok(first.length > 25 && first.length < 80, `${first.length} of 500`);
    assert.ok(first.every((item) => item % 2 === 0));
    assert.deepEqual(lost(1), first);
    assert.notDeepEqual(lost(2), first);
  });
});

describe("a bad server", () => {
  const open = async (): Promise<readonly [RosbridgeServer, RawClient, BadServer]> => {
    const graph = new RosGraph(new RosTypes(1), () => 1);
    addFixtureRobot(graph);
    const server = await RosbridgeServer.open(graph, { port: 0 });
    return [server, await RawClient.open(server.url), new BadServer(server)];
  };

  it("says what no server should", async () => {
    const [server, client, bad] = await open();
    bad.halfJson("/imu");
    bad.nanText("/imu");
    bad.unknownOp();
    bad.wrongTypes("/imu");
    bad.hugeMessage(10_000_000);
    await client.until(5, 5000);
    const [half, nan, unknown, wrong, huge] = client.received as string[];
    for (const text of [half!, nan!]) assert.throws(() => JSON.parse(text));
    assert.equal(JSON.parse(unknown!).op, "frobnicate");
    assert.equal(JSON.parse(wrong!).msg.header, 7);
    assert.equal(huge!.length, 10_000_000);
    client.close();
    await server.close();
  });

  it("falls silent with open connections, and wakes", async () => {
    const [server, client, bad] = await open();
    let pongs = 0;
    client.socket.on("pong", () => pongs++);
    bad.silence();
    client.send({ op: "call_service", id: "a", service: "/ping" });
    client.socket.ping();
    await sleep(200);
    assert.deepEqual([client.received.length, pongs, client.socket.readyState], [0, 0, 1]);
    bad.wake();
    client.send({ op: "call_service", id: "b", service: "/ping" });
    await client.find<{ id: string }>(({ id }) => id === "b");
    client.close();
    await server.close();
  });

  it("drops its connections and takes new ones", async () => {
    const [server, client, bad] = await open();
    const gone = new Promise((resolve) => client.socket.once("close", resolve));
    bad.disconnect();
    await gone;
    const again = await RawClient.open(server.url);
    again.send({ op: "call_service", id: "c", service: "/ping" });
    await again.find<{ id: string }>(({ id }) => id === "c");
    again.close();
    await server.close();
  });
});
