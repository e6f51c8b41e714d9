/** Puts a robot in this process behind a rosbridge server: `gaitsmith sim --rosbridge`, and tests of the rosbridge link. */
import type { Clock } from "../../src/clock.ts";
import type { Body } from "../serial/protocol-server.ts";
import { BadServer } from "./bad-server.ts";
import { RosTypes } from "./message-type.ts";
import type { NetworkFaults } from "./network-faults.ts";
import { type ConversationSettings, USUAL_TIMES } from "./node-conversation.ts";
import { RobotNode } from "./robot-node.ts";
import type { RosVersion } from "./ros-definitions.ts";
import { RosGraph } from "./ros-graph.ts";
import { RosbridgeServer, type ServerStatistics } from "./rosbridge-server.ts";

export interface RosbridgePeer {
  /** The address to write into `link.url`. */
  readonly url: string;
  readonly port: number;
  /** Where tests may add nodes, topics and services of their own. */
  readonly graph: RosGraph;
  /** What a server should not do. */
  readonly bad: BadServer;
  readonly statistics: ServerStatistics;
  /** Closes the server and the robot. Idempotent. */
  close(): Promise<void>;
}

export interface RosbridgePeerOptions {
  /** The clock that the robot stamps arrivals with; in lockstep the manual clock it moves. */
  readonly clock: Clock;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 1. */
  readonly ros?: RosVersion;
  /** Differs from start to start, so that a station notices a reboot. */
  readonly boot?: string;
  /** Default `/gaitsmith`. */
  readonly namespace?: string;
  /** Defaults: settle after 0.5 s of silence, cut after 1.5 s, lease free after 2 s. */
  readonly times?: Partial<Pick<ConversationSettings, "settleAfter" | "cutAfter" | "leaseAfter">>;
  readonly faults?: NetworkFaults;
  /** Further message types as the text of .msg files, by name. */
  readonly definitions?: Readonly<Record<string, string>>;
  /** The server's log. */
  readonly log?: (text: string) => void;
}

/** Opens the robot and answers for it. The robot's listeners belong to the peer. @throws LINK_UNAVAILABLE */
export async function openRosbridgePeer(body: Body, options: RosbridgePeerOptions): Promise<RosbridgePeer> {
  const { ros = 1, clock, namespace = "/gaitsmith" } = options;
  const capabilities = await body.open();
  // The robot itself knows one owner: the node, which decides between stations.
  await body.acquireLease("rosbridge");
  const graph = new RosGraph(new RosTypes(ros, options.definitions), () => body.time);
  const node = new RobotNode({
    ...{ graph, body, capabilities, clock, namespace },
    boot: options.boot ?? `${process.pid}-${Date.now()}`,
    times: { ...USUAL_TIMES, ...options.times },
  });
  return serveGraph(graph, options, async () => {
    node.close();
    await body.close();
  });
}

/** A server in front of whatever is in the graph. @param close ends that @throws LINK_UNAVAILABLE */
export async function serveGraph(
  graph: RosGraph,
  { port = 0, host, faults, log }: Pick<RosbridgePeerOptions, "port" | "host" | "faults" | "log">,
  close: () => Promise<void>,
): Promise<RosbridgePeer> {
  try {
    const server = await RosbridgeServer.open(graph, {
      port,
      ...(host === undefined ? {} : { host }),
      ...(faults === undefined ? {} : { faults }),
      ...(log === undefined ? {} : { log }),
    });
    let closing: Promise<void> | null = null;
    return {
      url: server.url,
      port: server.port,
      graph,
      bad: new BadServer(server),
      get statistics() {
        return server.statistics;
      },
      close: () => {
        closing ??= server.close().then(close);
        return closing;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
