/** roslib as the client: it must not see a difference to a real server, of either ROS. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { RosTypes } from "../../../sim/rosbridge/message-type.ts";
import { declareParameters } from "../../../sim/rosbridge/node-parameters.ts";
import { RosGraph } from "../../../sim/rosbridge/ros-graph.ts";
import { RosbridgeServer } from "../../../sim/rosbridge/rosbridge-server.ts";
import { addFixtureRobot } from "./fixture-robot.ts";
import { Param, Ros, Service, Topic } from "./roslib-client.ts";

const NAMES = {
  1: { array: "std_msgs/Float64MultiArray", imu: "sensor_msgs/Imu", bool: "std_srvs/SetBool" },
  2: { array: "std_msgs/msg/Float64MultiArray", imu: "sensor_msgs/msg/Imu", bool: "std_srvs/srv/SetBool" },
} as const;

for (const version of [1, 2] as const)
  describe(`roslib and a simulated ROS ${version}`, () => {
    const { array, imu, bool } = NAMES[version];
    let graph: RosGraph;
    let server: RosbridgeServer;
    let stop: () => void;
    let ros: Ros;

    before(async () => {
      graph = new RosGraph(new RosTypes(version), () => Date.now() / 1000);
      stop = addFixtureRobot(graph);
      server = await RosbridgeServer.open(graph, { port: 0 });
      ros = new Ros();
      await ros.connect(server.url);
    });

    after(async () => {
      stop();
      ros.close();
      await server.close();
    });

    it("publishes and subscribes", async () => {
      const echo = new Topic({ ros, name: "/echo", messageType: array });
      const heard = new Promise<{ data: number[] }>((resolve) => echo.subscribe(resolve));
      new Topic({ ros, name: "/cmd", messageType: array }).publish({ data: [1, 2.5] });
      assert.deepEqual((await heard).data, [1, 2.5]);
      echo.unsubscribe();
    });

    for (const compression of ["cbor", "cbor-raw"] as const)
      it(`subscribes with ${compression}`, async () => {
        const echo = new Topic({
          ros,
          name: "/echo",
          messageType: array,
          compression,
        });
        const heard = new Promise<Record<string, unknown>>((resolve) => echo.subscribe(resolve));
        const cmd = new Topic({ ros, name: "/cmd", messageType: array });
        cmd.publish({ data: [0.1, -3] });
        const message = await heard;
        echo.unsubscribe();
        if (compression === "cbor") {
          assert.deepEqual([...(message.data as Float64Array)], [0.1, -3]);
          return;
        }
        const bytes = Buffer.from(message.bytes as Uint8Array);
        // Layout: an empty list and an offset; then the data's length and numbers. CDR has a header and aligns them.
        const [length, first] = version === 1 ? [8, 12] : [12, 20];
        assert.equal(bytes.readUInt32LE(length), 2);
        assert.deepEqual([bytes.readDoubleLE(first), bytes.readDoubleLE(first + 8)], [0.1, -3]);
      });

    it("names stamps as its ROS does", async () => {
      const topic = new Topic({
        ros,
        name: "/imu",
        messageType: imu,
      });
      const heard = new Promise<{ header: { stamp: object; seq?: number } }>((resolve) =>
        topic.subscribe(resolve),
      );
      new Topic({
        ros,
        name: "/rates",
        messageType: version === 1 ? "std_msgs/UInt32" : "std_msgs/msg/UInt32",
      }).publish({ data: 100 * 65536 });
      const { header } = await heard;
      stop();
      topic.unsubscribe();
      assert.deepEqual(Object.keys(header.stamp), version === 1 ? ["secs", "nsecs"] : ["sec", "nanosec"]);
      assert.equal(header.seq !== undefined, version === 1);
    });

    const call = (service: InstanceType<typeof Service>, request: object): Promise<Record<string, unknown>> =>
      new Promise((resolve, reject) => {
        service.callService(request, resolve, reject);
      });

    it("calls a service, and is told what went wrong", async () => {
      const arm = new Service({ ros, name: "/arm", serviceType: bool });
      assert.deepEqual(await call(arm, { data: true }), { success: true, message: "armed" });
      await assert.rejects(call(arm, { nonsense: 1 }), (reason) =>
        /does not have a field nonsense/.test(String(reason)),
      );
      const nobody = new Service({ ros, name: "/nobody", serviceType: bool });
      await assert.rejects(call(nobody, {}), (reason) =>
        /Service \/nobody does not exist/.test(String(reason)),
      );
    });

    it("provides a service that others call", async () => {
      const mine = new Service({
        ...{ ros, name: "/mine", serviceType: bool },
      });
      mine.advertise((request, response) => {
        response.success = !request.data;
        response.message = "heard";
        return true;
      });
      // Calls come in after the advertisement: it is on the same socket as this one.
      await new Promise<void>((resolve) => ros.getNodes(() => resolve()));
      const service = graph.service("/mine");
      assert.ok(service !== null);
      assert.deepEqual(await service.call({ data: true }), { success: false, message: "heard" });
      mine.unadvertise();
      await new Promise<void>((resolve) => ros.getNodes(() => resolve()));
      assert.equal(graph.service("/mine"), null);
    });

    it("asks rosapi for topics and types", async () => {
      const topics = await new Promise<{ topics: string[]; types: string[] }>((resolve, reject) =>
        ros.getTopics(resolve, reject),
      );
      assert.equal(topics.types[topics.topics.indexOf("/imu")], imu);
      const details = await new Promise<{ type: string; fieldnames: string[]; fieldtypes: string[] }[]>(
        (resolve, reject) => ros.getMessageDetails(imu, resolve, reject),
      );
      const head = details[0]!;
      assert.equal(head.type, "sensor_msgs/Imu");
      const at = head.fieldnames.findIndex((name) => /^_?orientation_covariance$/.test(name));
      assert.equal(head.fieldtypes[at], version === 1 ? "float64" : "double");
    });

    it("sets and gets parameters", async () => {
      if (version === 2) declareParameters(graph, "/robot", { step: 0.01 });
      const name = version === 1 ? "/gait/step" : "/robot:step";
      const param = new Param({ ros, name });
      await new Promise<unknown>((resolve, reject) => param.set(0.05, resolve, reject));
      const value = await new Promise<unknown>((resolve, reject) => param.get(resolve, reject));
      assert.equal(value, 0.05);
    });

    if (version === 2)
      it("sets the parameters of a node together or not at all", async () => {
        declareParameters(graph, "/gait", { step: 0.01, swing: 2 });
        const service = (name: string): InstanceType<typeof Service> =>
          new Service({ ros, name: `/gait/${name}`, serviceType: "" });
        const set = (values: Readonly<Record<string, number>>): Promise<Record<string, unknown>> =>
          call(service("set_parameters_atomically"), {
            parameters: Object.entries(values).map(([name, double_value]) => ({
              name,
              value: { type: 3, double_value },
            })),
          });
        const read = async (): Promise<unknown> => {
          const { values } = await call(service("get_parameters"), { names: ["step", "swing"] });
          return (values as { double_value: number }[]).map((one) => one.double_value);
        };
        assert.deepEqual(await set({ step: 0.05, swing: 3 }), { result: { successful: true, reason: "" } });
        assert.deepEqual(await read(), [0.05, 3]);
        const { result } = await set({ step: 0.07, other: 1 });
        assert.deepEqual(result, { successful: false, reason: "parameter 'other' has not been declared" });
        assert.deepEqual(await read(), [0.05, 3]);
      });
  });
