/** A WebSocket server that says what a test wants, to see what the link makes of it. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocket, WebSocketServer } from "ws";

export interface Heard {
  readonly op: string;
  readonly id?: string;
  readonly topic?: string;
  readonly service?: string;
  readonly msg?: unknown;
  readonly args?: unknown;
  readonly [field: string]: unknown;
}

export class ScriptedServer {
  readonly heard: Heard[] = [];
  readonly sockets: WebSocket[] = [];
  readonly headers: Record<string, string | string[] | undefined>[] = [];
  /** What is done with each message besides keeping it. */
  onMessage: (message: Heard, socket: WebSocket) => void = () => {};
  readonly #http: Server;
  readonly #webSockets: WebSocketServer;
  readonly #streams = new Set<Socket>();
  readonly #bySocket = new Map<WebSocket, Heard[]>();
  readonly #subscribed = new Map<WebSocket, Set<string>>();

  /** @param port 0: a free one */
  static async listen(port = 0, http: Server = createServer()): Promise<ScriptedServer> {
    const server = new ScriptedServer(http);
    http.listen(port, "127.0.0.1");
    await once(http, "listening");
    return server;
  }

  private constructor(http: Server) {
    this.#http = http;
    http.on("connection", (stream) => {
      this.#streams.add(stream);
      stream.on("close", () => this.#streams.delete(stream));
    });
    this.#webSockets = new WebSocketServer({ server: http });
    this.#webSockets.on("connection", (socket, request) => {
      this.sockets.push(socket);
      this.headers.push(request.headers);
      socket.on("error", () => {});
      socket.on("message", (data) => {
        const message = JSON.parse(data.toString()) as Heard;
        this.heard.push(message);
        this.#bySocket.set(socket, [...this.heardFrom(socket), message]);
        this.#subscribe(message, socket);
        this.onMessage(message, socket);
      });
    });
  }

  #subscribe({ op, topic = "", compression }: Heard, socket: WebSocket): void {
    const topics = this.#subscribed.get(socket) ?? new Set();
    this.#subscribed.set(socket, topics);
    if (op === "subscribe" && (compression ?? "none") === "none") topics.add(topic);
    if (op === "unsubscribe") topics.delete(topic);
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Messages on a topic that were published to the robot. */
  published(topic: string): unknown[] {
    return this.heard.filter((one) => one.op === "publish" && one.topic === topic).map(({ msg }) => msg);
  }

  heardFrom(socket: WebSocket): readonly Heard[] {
    return this.#bySocket.get(socket) ?? [];
  }

  /** To every client that has subscribed to it as JSON. */
  publish(topic: string, msg: unknown): void {
    const json = JSON.stringify({ op: "publish", topic, msg });
    for (const [socket, topics] of this.#subscribed) {
      if (topics.has(topic) && socket.readyState === WebSocket.OPEN) socket.send(json);
    }
  }

  /** Sends to every client. */
  send(message: unknown): void {
    for (const socket of this.sockets) if (socket.readyState === WebSocket.OPEN) socket.send(text(message));
  }

  /** The process behind the server stands still: nothing is read, nothing is answered, the connection stays. */
  freeze(): void {
    for (const stream of this.#streams) stream.pause();
  }

  /** Gone, without a farewell. */
  async die(): Promise<void> {
    for (const stream of this.#streams) stream.destroy();
    this.#webSockets.close();
    await new Promise((resolve) => this.#http.close(resolve));
  }
}

function text(message: unknown): string | Buffer {
  return typeof message === "string" || Buffer.isBuffer(message) ? message : JSON.stringify(message);
}
