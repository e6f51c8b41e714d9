/**
 * A robot that is told what to do through its own services and ROS parameters, over a real rosbridge server: this test
 * plays the robot, the sample robot lends it its sensors, and the watchdog node watches.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Service } from "roslib";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { openRobot } from "../../src/processes/open-robot.ts";
import type { Command } from "../../src/robot/command.ts";
import type { Acknowledgement, Robot } from "../../src/robot/robot.ts";
import { GAIT } from "./let-walk.ts";
import { needsServer, SAMPLE_CONFIG, serverUrl } from "./real-server.ts";
import { RoslibStation } from "./roslib-station.ts";

const CONTROL = `control:
    arm: { service: /motors_on, type: std_srvs/SetBool, request: { data: true }, accepted: success, reason: message }
    disarm: { service: /motors_on, type: std_srvs/SetBool, request: { data: false }, accepted: success }
    parameters:
      ros_parameters: /watched_gait
      values: { step_length: $step_length in mm, frequency: $step_frequency, clearance: $ground_clearance }
    start: { service: /walk, type: std_srvs/Trigger, accepted: success, reason: message }
    stop:
      neutral: { service: /stand, type: std_srvs/Trigger, accepted: success }
      settle: { service: /sit, type: std_srvs/Trigger, accepted: success }
      cut: { service: /motors_on, type: std_srvs/SetBool, request: { data: false }, accepted: success }
  watchdog: { node: /watched }`;

type Response = { success: boolean; message: string };

describe("a robot with its own interfaces behind a real rosbridge server", needsServer, () => {
  /** What the robot was told, in order. */
  const told: string[] = [];
  let clumsy = false;
  let body: RoslibStation;
  let services: Service<object, Response>[];

  before(async () => {
    body = new RoslibStation(serverUrl, "/watched");
    await body.connect();
    const { ros } = body;
    const serve = (name: string, type: string, does: (request: { data?: boolean }) => string) => {
      const service = new Service<object, Response>({ ros, name, serviceType: type });
      service.advertise((request, response) => {
        const what = does(request);
        told.push(what);
        const success = !(clumsy && what === "walk");
        Object.assign(response, { success, message: success ? "" : "my left leg hurts" });
        return true;
      });
      return service;
    };
    services = [
      serve("/motors_on", "std_srvs/SetBool", ({ data }) => (data === true ? "on" : "off")),
      serve("/walk", "std_srvs/Trigger", () => "walk"),
      serve("/stand", "std_srvs/Trigger", () => "neutral"),
      serve("/sit", "std_srvs/Trigger", () => "settle"),
    ];
    await sleep(1500);
  });

  after(() => {
    for (const service of services ?? []) service.unadvertise();
    body?.close();
  });

  async function open(): Promise<Robot> {
    const text = readFileSync(SAMPLE_CONFIG, "utf8")
      .replace("id: sample-robot", "id: watched-robot")
      .replace(/control: .*\n {2}watchdog: .*/, CONTROL);
    const config = readHardwareConfig(SAMPLE_CONFIG, text);
    assert.equal(config.link.kind, "rosbridge");
    const { robot } = await openRobot({ ...config, link: { ...config.link, url: serverUrl } });
    await robot.open();
    await robot.acquireLease("mapped test");
    return robot;
  }

  /** Stands in for the gate. */
  const send = (robot: Robot, command: Command): Promise<Acknowledgement> => robot.send(command as never);

  async function accept(robot: Robot, command: Command): Promise<Acknowledgement> {
    const answer = await send(robot, command);
    assert.equal(answer.accepted, true, `${command.kind}: ${answer.reason}`);
    return answer;
  }

  it("walks and stops by them, with the watchdog armed meanwhile", async () => {
    told.length = 0;
    const robot = await open();
    try {
      await accept(robot, { kind: "arm" });
      await body.state(({ armed }) => armed === true);
      const { gait, rampIn, rampOut } = GAIT;
      const values = GAIT.values as [string, number][];
      const { hash } = await accept(robot, { kind: "stage", parameters: { gait, values }, rampIn, rampOut });
      await accept(robot, { kind: "commit", hash: hash! });
      await accept(robot, { kind: "start" });
      await sleep(1500);
      const asked = new Service<object, { value: string }>({
        ros: body.ros,
        name: "/rosapi/get_param",
        serviceType: "rosapi/GetParam",
      });
      const { value } = await new Promise<{ value: string }>((resolve, reject) =>
        asked.callService({ name: "/watched_gait/step_length" }, resolve, reject),
      );
      assert.equal(Number(value), 50);
      assert.deepEqual(told, ["on", "walk"]);
      assert.equal(body.states.at(-1)!.armed, true);
      assert.equal((await robot.stop("neutral")).level, "neutral");
      assert.equal((await robot.stop("settle")).confirmed, true);
      await body.state(({ armed }) => armed === false);
      // The link and the watchdog both see to the second one.
      assert.deepEqual(told.slice(0, 4), ["on", "walk", "neutral", "settle"]);
    } finally {
      await robot.close();
    }
  });

  it("says in the robot's words why it does not walk", async () => {
    const robot = await open();
    clumsy = true;
    try {
      await accept(robot, { kind: "arm" });
      const { gait, rampIn, rampOut } = GAIT;
      const values = GAIT.values as [string, number][];
      const { hash } = await accept(robot, { kind: "stage", parameters: { gait, values }, rampIn, rampOut });
      await accept(robot, { kind: "commit", hash: hash! });
      const { accepted, reason } = await send(robot, { kind: "start" });
      assert.equal(accepted, false);
      assert.match(reason, /my left leg hurts/);
    } finally {
      clumsy = false;
      await robot.stop("cut");
      await robot.close();
    }
  });

  it("is settled when its link is closed while it is armed", async () => {
    const robot = await open();
    await accept(robot, { kind: "arm" });
    await body.state(({ armed }) => armed === true);
    told.length = 0;
    await robot.close();
    await body.state(({ armed }) => armed === false);
    assert.ok(told.length > 0 && told.every((what) => what === "settle"), told.join());
  });
});
