/** The robot that stood behind the recorded server: it echoes, publishes at the rates it is told, and has two services. */
import type { RosGraph } from "../../../sim/rosbridge/ros-graph.ts";
import { addLoggers } from "../../../sim/rosbridge/rosapi.ts";

const NODE = "/robot";
const JOINTS = 12;

/** @returns ends it */
export function addFixtureRobot(graph: RosGraph): () => void {
  graph.addNode(NODE);
  const echo = graph.advertise(NODE, "/echo", "std_msgs/Float64MultiArray");
  graph.subscribe(NODE, "/cmd", "std_msgs/Float64MultiArray", ({ message }) => echo.publish(message));
  const imu = graph.advertise(NODE, "/imu", "sensor_msgs/Imu");
  const jointStates = graph.advertise(NODE, "/joint_states", "sensor_msgs/JointState");
  const timers: NodeJS.Timeout[] = [];
  const every = (rate: number, publish: () => void): void => {
    if (rate > 0) timers.push(setInterval(publish, 1000 / rate));
  };
  const stop = (): void => {
    for (const timer of timers.splice(0)) clearInterval(timer);
  };
  const perJoint = (factor: number): number[] => Array.from({ length: JOINTS }, (_, joint) => factor * joint);
  graph.subscribe(NODE, "/rates", "std_msgs/UInt32", ({ message }) => {
    stop();
    const rates = message.data as number;
    every(rates >>> 16, () =>
      imu.publish({
        header: { stamp: graph.now() },
        orientation: { w: 1 },
        angular_velocity: { x: 0.123456789 },
        linear_acceleration: { z: 9.80665 },
      }),
    );
    every(rates & 0xffff, () =>
      jointStates.publish({
        header: { stamp: graph.now() },
        name: perJoint(1).map((joint) => `j${joint}`),
        position: perJoint(0.1234567),
        velocity: perJoint(1.7654321),
        effort: perJoint(2.345678),
      }),
    );
  });
  if (graph.types.version === 1) addLoggers(graph, NODE);
  graph.provide(NODE, "/arm", "std_srvs/SetBool", ({ data }) => ({
    success: true,
    message: data === true ? "armed" : "disarmed",
  }));
  graph.provide(NODE, "/ping", "std_srvs/Trigger", () => ({
    success: true,
    message: `${Date.now() / 1000 + 1e-4}`,
  }));
  return stop;
}
