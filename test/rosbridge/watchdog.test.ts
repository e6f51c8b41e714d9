/** The watchdog node over a robot of a third party, which this test plays: services and a topic of a real rosbridge server. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Service, Topic } from "roslib";
import { needsServer, serverUrl } from "./real-server.ts";
import { RoslibStation } from "./roslib-station.ts";

describe("a watchdog behind a real rosbridge server", needsServer, () => {
  /** What the watched robot was told, in order. */
  const told: string[] = [];
  let sits = true;
  let robot: RoslibStation;
  let station: RoslibStation;
  let velocity: Topic<unknown>;
  let services: Service<object, { success: boolean; message: string }>[];

  before(async () => {
    robot = new RoslibStation(serverUrl, "/watched");
    await robot.connect();
    const { ros } = robot;
    velocity = new Topic({ ros, name: "/cmd_vel", messageType: "geometry_msgs/Twist" });
    velocity.subscribe((message) => {
      if (told.at(-1) !== "neutral") told.push("neutral");
      assert.deepEqual(message, { linear: { x: 0, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } });
    });
    const sit = new Service<object, { success: boolean; message: string }>({
      ros,
      name: "/sit",
      serviceType: "std_srvs/Trigger",
    });
    sit.advertise((_request, response) => {
      told.push("settle");
      Object.assign(response, { success: sits, message: sits ? "" : "my knees" });
      return true;
    });
    const motors = new Service<{ data: boolean }, { success: boolean; message: string }>({
      ros,
      name: "/motors_on",
      serviceType: "std_srvs/SetBool",
    });
    motors.advertise(({ data }, response) => {
      told.push(data ? "on?" : "cut");
      Object.assign(response, { success: true, message: "" });
      return true;
    });
    services = [sit, motors as typeof sit];
    station = new RoslibStation(serverUrl, "/watched");
    await station.connect();
    // The watchdog's publisher and the server's subscriber find each other in their own time.
    await sleep(1500);
    await station.acquireLease();
  });

  afterEach(async () => {
    sits = true;
    station.keepAlive(false);
    await station.ask("stop", { level: "cut" });
    told.length = 0;
  });

  after(() => {
    velocity?.unsubscribe();
    for (const service of services ?? []) service.unadvertise();
    station?.close();
    robot?.close();
  });

  it("does each stop its own way, and confirms what the robot confirmed", async () => {
    await station.ask("arm");
    for (const level of ["neutral", "settle", "cut"]) {
      const { accepted, reason, level: done } = await station.ask("stop", { level });
      assert.deepEqual([accepted, reason, done], [true, "", level]);
    }
    assert.deepEqual(told, ["neutral", "settle", "cut"]);
  });

  it("says in the robot's words why a stop failed", async () => {
    sits = false;
    await station.ask("arm");
    const { accepted, code, reason } = await station.ask("stop", { level: "settle" });
    assert.deepEqual([accepted, code], [false, "failed"]);
    assert.match(String(reason), /\/sit.*my knees/);
  });

  it("lets a robot go on whose station keeps alive, and brings it to neutral, then cuts, in silence", async () => {
    station.keepAlive(true);
    await station.ask("arm");
    await sleep(1500);
    assert.deepEqual(told, []);
    station.keepAlive(false);
    await station.state(({ dead }) => dead === "neutral", 2000);
    await station.state(({ dead, armed }) => dead === "cut" && armed === false, 3000);
    assert.deepEqual(told, ["neutral", "cut"]);
    await sleep(100);
    const events = station.events.filter(({ code }) => code === "DEAD_MAN");
    assert.deepEqual([events.length, new Set(events.map(({ number }) => number)).size], [6, 2]);
  });

  it("demands nothing of a robot that is not armed", async () => {
    await station.ask("arm");
    assert.equal((await station.ask("disarm")).accepted, true);
    await sleep(2000);
    assert.deepEqual(told, []);
  });
});
