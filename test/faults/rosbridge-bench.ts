/**
 * The simulated robot in this process behind a rosbridge server whose every part can fail by itself, and where it can be
 * seen what the robot truly does.
 */
import { setTimeout as delay } from "node:timers/promises";
import { BadServer } from "../../sim/rosbridge/bad-server.ts";
import { RosTypes } from "../../sim/rosbridge/message-type.ts";
import { type RosMessage, type RosTime, rosTime } from "../../sim/rosbridge/message-values.ts";
import { USUAL_TIMES } from "../../sim/rosbridge/node-conversation.ts";
import { RobotNode } from "../../sim/rosbridge/robot-node.ts";
import { type Publisher, RosGraph } from "../../sim/rosbridge/ros-graph.ts";
import { RosbridgeServer } from "../../sim/rosbridge/rosbridge-server.ts";
import { openSimulatedRobot, type SimulatedRobot } from "../../sim/simulated-robot.ts";
import { systemClock } from "../../src/clock.ts";

/** When the robot's own dead-man damps it, and when it cuts, s. */
export const DEAD_MAN = USUAL_TIMES;

/** ROS time when the robot is switched on, s: a date, as on any robot. */
const SWITCHED_ON = 1_790_000_000;

/** What becomes of a message that a node publishes; null: it is lost. */
export type Spoil = (message: RosMessage) => RosMessage | null;

class SpoiltGraph extends RosGraph {
  /** By topic. */
  readonly spoilt = new Map<string, Spoil>();
  /** What becomes of every stamp in a header. @param time s */
  stamped: ((topic: string, time: number) => number) | null = null;

  override advertise(...args: Parameters<RosGraph["advertise"]>): Publisher {
    const publisher = super.advertise(...args);
    const [, topic] = args;
    return {
      ...publisher,
      publish: (message) => {
        // The graph's own topics are there before it has any.
        const spoil = this.spoilt?.get(topic);
        const sent = spoil === undefined ? message : spoil(message);
        if (sent !== null) publisher.publish(this.#stampedAnew(topic, sent));
      },
    };
  }

  #stampedAnew(topic: string, message: RosMessage): RosMessage {
    const header = message["header"] as { readonly stamp: RosTime } | undefined;
    if (header === undefined || (this.stamped ?? null) === null) return message;
    const { sec, nsec } = header.stamp;
    return { ...message, header: { ...header, stamp: rosTime(this.stamped!(topic, sec + nsec / 1e9)) } };
  }
}

export class RosbridgeBench {
  readonly body: SimulatedRobot;
  readonly graph: SpoiltGraph;
  readonly port: number;
  readonly url: string;
  /** How far ROS time is ahead of the body's own, s: whoever changes it sets the clock of everything on the robot. */
  clockAhead = SWITCHED_ON;
  readonly #node: RobotNode;
  #server: RosbridgeServer;
  #bad: BadServer;
  #closed = false;

  /** In real time. */
  static async open(ros: 1 | 2 = 1): Promise<RosbridgeBench> {
    const body = await openSimulatedRobot({
      variant: "nominal",
      variation: "mild",
      clock: "realtime",
      stationClock: systemClock,
    });
    const capabilities = await body.open();
    await body.acquireLease("rosbridge");
    let bench: RosbridgeBench | null = null;
    const clockAhead = (): number => bench?.clockAhead ?? SWITCHED_ON;
    const graph = new SpoiltGraph(new RosTypes(ros), () => body.time + clockAhead());
    const node = new RobotNode({
      ...{ graph, body, capabilities, clock: systemClock },
      boot: `bench-${process.pid}-${performance.now()}`,
      namespace: "/gaitsmith",
      times: USUAL_TIMES,
      clockAhead,
    });
    bench = new RosbridgeBench(body, graph, node, await RosbridgeServer.open(graph, { port: 0 }));
    return bench;
  }

  private constructor(body: SimulatedRobot, graph: SpoiltGraph, node: RobotNode, server: RosbridgeServer) {
    this.body = body;
    this.graph = graph;
    this.#node = node;
    this.#server = server;
    this.#bad = new BadServer(server);
    this.port = server.port;
    this.url = server.url;
  }

  get bad(): BadServer {
    return this.#bad;
  }

  /** The server's process is gone; the robot and its node are not. */
  killServer(): Promise<void> {
    return this.#server.close();
  }

  async startServer(): Promise<void> {
    this.#server = await RosbridgeServer.open(this.graph, { port: this.port });
    this.#bad = new BadServer(this.#server);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#server.close();
    this.#node.close();
    await this.body.close();
  }

  /** Its motors do what a gait says, or hold it up. */
  get driven(): boolean {
    const { state } = this.body;
    return state !== "off" && state !== "settling";
  }

  /** Until it has walked for a while without a pause. @param patience s @throws when it does not */
  async walking(duration: number, patience = 30): Promise<void> {
    let rested = this.body.time;
    const has = (): boolean => {
      if (this.body.state !== "walking") rested = this.body.time;
      return this.body.time >= rested + duration;
    };
    await this.until(has, patience);
  }

  /** Looks every millisecond. @returns seconds it took by the robot's own clock @throws when it never came */
  async until(condition: () => boolean, patience: number): Promise<number> {
    const since = this.body.time;
    while (!condition()) {
      // A robot that is gone has no time that could pass.
      if (this.#closed) throw new Error("the bench was closed");
      if (this.body.time > since + patience)
        throw new Error(`nothing happened in ${patience} s: the robot is ${this.body.state}`);
      await delay(1);
    }
    return this.body.time - since;
  }
}

/** Changes of the shipped config: short walks, and patience with what a busy machine trips over, which is not tried here. */
export const SHORT_WALKS: readonly (readonly [RegExp, string])[] = [
  [/ {2}stand: 0.5 s/, "  stand: 0.2 s"],
  [/ {2}settle: 0.5 s/, "  settle: 0.2 s"],
  [/measure: 9 s/, "measure: 2 s"],
  [/frame-age: \{ high: 150 ms/, "frame-age: { high: 2 s"],
  [/frame-gap: \{ high: 8/, "frame-gap: { high: 60"],
  [/minimum_telemetry_rate: 90 %/, "minimum_telemetry_rate: 30 %"],
];
