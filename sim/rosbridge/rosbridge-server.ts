/**
 * A rosbridge server (protocol v2) in front of a {@link RosGraph}, for roslib not to be told from a real one: rosbridge_suite
 * 0.11.17 on ROS 1, 2.1.0 on ROS 2. Not simulated: png, BSON, globs, authentication, TLS.
 */
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { fail } from "../../src/errors.ts";
import { Defragmentation } from "./fragments.ts";
import { rosTime } from "./message-values.ts";
import { DelayLine, type NetworkFaults, NO_NETWORK_FAULTS } from "./network-faults.ts";
import type { Publisher, RosGraph } from "./ros-graph.ts";
import { addLoggers, addRosapi } from "./rosapi.ts";
import { RosbridgeClient, type Shared } from "./rosbridge-client.ts";
import { ExternalServices } from "./service-calls.ts";
import { SERVER_NODE, SharedPublishers, SharedSubscribers } from "./shared-topics.ts";

export interface RosbridgeServerOptions {
  /** 0: a free one */
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly faults?: NetworkFaults;
  /** Longest message taken, bytes; default that of the ROS 2 server. */
  readonly maxMessageSize?: number;
  readonly log?: (text: string) => void;
}

export interface ServerStatistics {
  readonly clients: number;
  readonly received: number;
  readonly sent: number;
  readonly sentBytes: number;
  /** Messages that the simulated network lost, both ways. */
  readonly lost: number;
}

const ROS2_MAX_MESSAGE = 10_000_000;
const TOPIC_OPERATION = /"op"\s*:\s*"publish"/;

interface Connection {
  readonly socket: WebSocket;
  readonly address: string;
  /** When it came, s since the epoch. */
  readonly since: number;
}

export class RosbridgeServer {
  readonly url: string;
  readonly port: number;
  readonly #server: WebSocketServer;
  readonly #shared: Shared;
  readonly #connections = new Set<Connection>();
  readonly #counts = { received: 0, sent: 0, sentBytes: 0, lost: 0 };
  readonly #clientCount: Publisher;
  readonly #connectedClients: Publisher;
  #streams = 0;
  #faults: NetworkFaults;
  readonly #lines = new Set<Pick<DelayLine<unknown>, "change">>();
  #silent = false;

  /** @throws LINK_UNAVAILABLE when the port is taken */
  static async open(graph: RosGraph, options: RosbridgeServerOptions): Promise<RosbridgeServer> {
    const { port, host = "127.0.0.1", maxMessageSize = ROS2_MAX_MESSAGE } = options;
    const server = new WebSocketServer({ port, host, maxPayload: maxMessageSize, perMessageDeflate: false });
    try {
      await once(server, "listening");
    } catch (error) {
      fail("LINK_UNAVAILABLE", {
        what: `cannot listen on ${host}:${port} (${(error as Error).message})`,
        remedy: "Choose another port; 0 takes any free one.",
      });
    }
    return new RosbridgeServer(graph, server, options);
  }

  private constructor(graph: RosGraph, server: WebSocketServer, options: RosbridgeServerOptions) {
    this.#faults = options.faults ?? NO_NETWORK_FAULTS;
    this.#server = server;
    const { address, port, family } = server.address() as AddressInfo;
    this.port = port;
    this.url = `ws://${family === "IPv6" ? `[${address}]` : address}:${port}`;
    addRosapi(graph);
    if (graph.types.version === 1) addLoggers(graph, SERVER_NODE);
    this.#clientCount = graph.advertise(SERVER_NODE, "/client_count", "std_msgs/Int32", { latch: true });
    const type = "rosbridge_msgs/ConnectedClients";
    this.#connectedClients = graph.advertise(SERVER_NODE, "/connected_clients", type, { latch: true });
    this.#shared = {
      graph,
      publishers: new SharedPublishers(graph),
      subscribers: new SharedSubscribers(graph),
      services: new ExternalServices(graph),
      fragments: new Defragmentation(),
      log: options.log ?? (() => {}),
    };
    this.#announceClients();
    server.on("connection", (socket, request) => {
      this.#accept(socket, request.socket);
    });
  }

  get statistics(): ServerStatistics {
    return { clients: this.#connections.size, ...this.#counts };
  }

  /** Sends every client what no proper server would. */
  sendRaw(data: string | Uint8Array): void {
    for (const { socket } of this.#connections) socket.send(data);
  }

  /** While silent it reads and writes nothing, as a process that was stopped. */
  set silent(silent: boolean) {
    this.#silent = silent;
    for (const { socket } of this.#connections)
      if (silent) socket.pause();
      else socket.resume();
  }

  /** What the network does from now on, on all connections. */
  set network(faults: NetworkFaults) {
    this.#faults = faults;
    for (const line of this.#lines) line.change(faults);
  }

  /** Drops all connections, as a network does. */
  disconnect(): void {
    for (const { socket } of this.#connections) socket.terminate();
  }

  async close(): Promise<void> {
    this.disconnect();
    this.#shared.publishers.close();
    this.#shared.subscribers.close();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }

  #accept(socket: WebSocket, wire: Socket): void {
    const faults = this.#faults;
    const connection = { socket, address: wire.remoteAddress ?? "", since: Date.now() / 1000 };
    // Requests and their answers must not wait for one another's acknowledgement.
    wire.setNoDelay(true);
    const stream = ++this.#streams;
    const out = new DelayLine<string | Uint8Array>(faults, `${stream} to the client`, (data) => {
      if (this.#silent || socket.readyState !== socket.OPEN) return;
      this.#counts.sent++;
      this.#counts.sentBytes += data.length;
      gather(wire);
      socket.send(data);
    });
    const client = new RosbridgeClient(this.#shared, {
      send: (data, message) => out.push(data, message),
      get waiting() {
        return socket.bufferedAmount;
      },
    });
    const into = new DelayLine<string>(faults, `${stream} to the robot`, (text) => client.receive(text));
    this.#connections.add(connection);
    for (const line of [out, into]) this.#lines.add(line);
    socket.on("message", (data) => {
      this.#counts.received++;
      const text = String(data);
      into.push(text, this.#faults.loss > 0 && TOPIC_OPERATION.test(text.slice(0, 200)));
    });
    // What is wrong with a socket is followed by its close.
    socket.on("error", (error) => this.#shared.log(error.message));
    socket.on("close", () => {
      this.#connections.delete(connection);
      this.#counts.lost += into.lost + out.lost;
      into.close();
      out.close();
      for (const line of [out, into]) this.#lines.delete(line);
      client.leave();
      this.#announceClients();
    });
    if (this.#silent) socket.pause();
    this.#announceClients();
  }

  #announceClients(): void {
    this.#clientCount.publish({ data: this.#connections.size });
    const clients = [...this.#connections].map(({ address, since }) => ({
      ip_address: address,
      connection_time: rosTime(since),
    }));
    this.#connectedClients.publish({ clients });
  }
}

/** Messages that are sent in one go leave in one piece: a frame of a robot is a dozen of them. */
function gather(wire: Socket): void {
  if (wire.writableCorked > 0) return;
  wire.cork();
  setImmediate(() => wire.uncork());
}
