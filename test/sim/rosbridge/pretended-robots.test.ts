/** The Mini Pupper and the robot that walks in episodes, as a client of their rosbridge sees them. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openEpisodicRobot } from "../../../sim/rosbridge/episodic-robot.ts";
import { type MiniPupperOptions, openMiniPupper } from "../../../sim/rosbridge/mini-pupper.ts";
import { PUPPER_JOINTS } from "../../../sim/rosbridge/pupper-geometry.ts";
import { RawClient } from "./raw-client.ts";
import { StationClient } from "./station-client.ts";

interface Published<T> {
  readonly op: string;
  readonly topic: string;
  readonly msg: T;
}
interface Imu {
  readonly orientation_covariance: readonly number[];
  readonly linear_acceleration: { readonly z: number };
  readonly header: { readonly frame_id: string };
}
interface Odometry {
  readonly pose: { readonly pose: { readonly position: { readonly x: number } } };
}

const SERVOS = "/joint_group_effort_controller/joint_trajectory";
const TRAJECTORY = "trajectory_msgs/msg/JointTrajectory";
const IMU = "/imu/data";

async function pupper(t: TestContext, options: MiniPupperOptions = {}) {
  const { peer, body } = await openMiniPupper({ variation: "none", ...options });
  const client = await RawClient.open(peer.url);
  t.after(async () => {
    client.close();
    await peer.close();
  });
  return { peer, body, client };
}

/** Joint targets as the servo interface takes them. */
function targets(hip: number, knee: number, joints = 12): object {
  const positions = Array.from({ length: 4 }, () => [0, hip, knee]).flat();
  return { op: "publish", topic: SERVOS, msg: { points: [{ positions: positions.slice(0, joints) }] } };
}

describe("pretended robots", { concurrency: true }, () => {
  describe("a pretended Mini Pupper", { concurrency: 2 }, () => {
    it("calibrates its IMU for two seconds without a word, and says that it has no orientation", async (t) => {
      const began = performance.now();
      const { client } = await pupper(t);
      client.send({ op: "subscribe", topic: IMU });
      const first = await client.find<Published<Imu>>(({ topic }) => topic === IMU, 0, 4000);
      assert.ok(performance.now() - began > 1900);
      assert.equal(first.msg.orientation_covariance[0], -1);
      assert.equal(first.msg.header.frame_id, "imu_link");
      assert.ok(Math.abs(first.msg.linear_acceleration.z - 9.80665) < 1);
    });

    it("takes targets by place whoever sends them, and dies of too few", async (t) => {
      const { peer, body, client } = await pupper(t);
      client.send({ op: "advertise", topic: SERVOS, type: TRAJECTORY });
      await sleep(300);
      const standing = body.height;
      client.send(targets(2.35, -2.15));
      await sleep(1000);
      assert.ok(body.height < 0.7 * standing, `${body.height} of ${standing} m: it lies`);
      client.send(targets(...PUPPER_JOINTS.stance));
      await sleep(1000);
      assert.ok(Math.abs(body.height - standing) < 0.01, "it has risen");
      assert.deepEqual(peer.graph.subscribersOf(SERVOS), ["/servo_interface"]);
      client.send(targets(0.9, -1.7, 11));
      await sleep(100);
      assert.deepEqual(peer.graph.subscribersOf(SERVOS), []);
      client.send(targets(2.35, -2.15));
      await sleep(600);
      assert.ok(Math.abs(body.height - standing) < 0.01, "nobody listens any more");
    });

    it("is lain down by the watchdog when whoever armed it falls silent", async (t) => {
      const { peer, body } = await pupper(t, { times: { settleAfter: 0.2 } });
      const station = await StationClient.open(peer.url);
      await station.synchronise();
      const hello = await station.ask("hello");
      assert.deepEqual(hello.commands, [
        ...["hello", "time", "acquire-lease", "release-lease", "arm", "disarm", "stop"],
      ]);
      await station.ask("acquire-lease");
      assert.equal((await station.ask("start")).code, "unknown");
      assert.ok((await station.ask("arm")).accepted);
      const standing = body.height;
      const feeding = setInterval(() => station.keepalive(), 50);
      await sleep(600);
      assert.ok(Math.abs(body.height - standing) < 0.01, "it is fed");
      clearInterval(feeding);
      await sleep(1200);
      assert.ok(body.height < 0.7 * standing, `${body.height} of ${standing} m`);
      station.close();
    });

    it("with CHAMP has odometry that goes forward while the robot stands", async (t) => {
      const { body, client } = await pupper(t, { champ: true });
      client.send({ op: "advertise", topic: SERVOS, type: TRAJECTORY });
      // The servos are deaf from now on.
      client.send(targets(0, 0, 1));
      client.send({ op: "advertise", topic: "/cmd_vel", type: "geometry_msgs/msg/Twist" });
      client.send({ op: "publish", topic: "/cmd_vel", msg: { linear: { x: 0.1 } } });
      body.markStart();
      await sleep(2000);
      const from = client.received.length;
      client.send({ op: "subscribe", topic: "/odom" });
      const { msg } = await client.find<Published<Odometry>>(({ topic }) => topic === "/odom", from);
      assert.ok(msg.pose.pose.position.x > 0.12, `${msg.pose.pose.position.x} m by its odometry`);
      assert.ok(Math.abs(body.walked) < 0.01, `${body.walked} m in truth`);
    });
  });

  interface Response {
    readonly op: string;
    readonly id: string;
    readonly result: boolean;
    readonly values: { readonly success: boolean; readonly message: string; readonly distance?: number };
  }

  const SEED = [15, 1.5, 0.5, 3, 0.6];

  describe("a pretended robot that walks in episodes", { concurrency: 2 }, () => {
    async function episodic(t: TestContext) {
      const walked: number[] = [];
      const { peer, body } = await openEpisodicRobot({
        variation: "none",
        onWalked: (metres) => walked.push(metres),
      });
      const client = await RawClient.open(peer.url);
      t.after(async () => {
        client.close();
        await peer.close();
      });
      let calls = 0;
      const call = async (service: string, args: object = {}): Promise<Response["values"]> => {
        const id = `call ${++calls}`;
        const from = client.received.length;
        client.send({ op: "call_service", service: `/robot/${service}`, args, id });
        const answered = (one: Response): boolean => one.op === "service_response" && one.id === id;
        return (await client.find(answered, from, 9000)).values;
      };
      return { body, call, walked };
    }

    it("says no to what is out of range or out of order, and why", async (t) => {
      const { call } = await episodic(t);
      const refused = async (service: string, args: object, why: RegExp): Promise<void> => {
        const { success, message } = await call(service, args);
        assert.deepEqual([success, why.test(message)], [false, true], message);
      };
      await refused("set_ctrl", { ctrl: [15, 1.5] }, /2 numbers, 5 are needed/);
      await refused("set_ctrl", { ctrl: SEED.with(4, 60) }, /duty = 60 is not within 0.2 to 0.9/);
      await refused("run_episode", { duration: 3 }, /not enabled/);
      assert.ok((await call("enable_motors", { data: true })).success);
      await refused("run_episode", { duration: 3 }, /set_ctrl has not been called/);
      assert.ok((await call("set_ctrl", { ctrl: SEED })).success);
      await refused("run_episode", { duration: 0.5 }, /1 to 60 s/);
      const walking = call("run_episode", { duration: 3 });
      await sleep(100);
      await refused("set_ctrl", { ctrl: SEED }, /walking/);
      await refused("run_episode", { duration: 3 }, /walking/);
      assert.ok((await call("enable_motors", { data: false })).success);
      const { success, message } = await walking;
      assert.deepEqual([success, message], [false, "the motors were disabled"]);
    });

    it("answers with the distance when the episode is over, or was ended", async (t) => {
      const { body, call, walked } = await episodic(t);
      const told: (number | undefined)[] = [];
      await call("set_ctrl", { ctrl: SEED });
      await call("enable_motors", { data: true });
      const began = body.time;
      const whole = await call("run_episode", { duration: 4 });
      assert.ok(whole.success && Math.abs(body.time - began - 4) < 0.3, `${body.time - began} s`);
      assert.ok(whole.distance! > 0.1, `${whole.distance} m`);
      assert.ok(Math.abs(body.walked - whole.distance!) < 0.02);
      told.push(whole.distance);
      const second = body.time;
      const ended = call("run_episode", { duration: 30 });
      await sleep(1500);
      assert.ok((await call("stand")).success);
      const { success, message, distance } = await ended;
      assert.ok(success && message === "it was told to stand");
      assert.ok(body.time - second < 3 && distance! < whole.distance!);
      told.push(distance);
      const relaxed = call("run_episode", { duration: 30 });
      await sleep(600);
      await call("relax");
      const last = await relaxed;
      assert.deepEqual([last.success, last.message], [false, "relaxed"]);
      assert.deepEqual(walked, [...told, last.distance]);
    });

    it("is put on its feet when it has fallen and has no torque", async (t) => {
      const { body, call } = await episodic(t);
      await call("enable_motors", { data: true });
      body.shove([0, 2.5, 1]);
      await sleep(1000);
      assert.ok(body.needsAPerson, "it has fallen over");
      await sleep(1500);
      assert.ok(body.needsAPerson, "nobody reaches for a robot that has torque");
      await call("enable_motors", { data: false });
      await sleep(1500);
      assert.ok(!body.needsAPerson);
      assert.ok((await call("enable_motors", { data: true })).success);
    });
  });
});
