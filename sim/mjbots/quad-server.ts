/**
 * The WebSocket of a pretended mjbots quad (`mech/web_control.h`): `/control`, one client, one answer per message; what its
 * reader cannot read is not answered. `gaitsmith sim --mjbots`, and tests of its link.
 */
import { type WebSocket, WebSocketServer } from "ws";
import { systemClock } from "../../src/clock.ts";
import { fail } from "../../src/errors.ts";
import { PERIOD, Quad } from "./quad.ts";
import { readQuadMessage } from "./quad-command.ts";

export interface QuadServerOptions {
  /** 0: any free one. The real robot's is 4778. */
  readonly port: number;
  readonly seed?: number;
}

/** A stall of this process beyond that is time the robot lost, s. */
const LONGEST_STALL = 0.1;

export class QuadServer {
  quad: Quad;
  /** It answers no more, though its connection stays: a computer that hangs. */
  silent = false;
  /** Put in front of each answer. */
  spoilt: (answer: string) => string = (answer) => answer;
  readonly #options: QuadServerOptions;
  readonly #server: WebSocketServer;
  readonly #timer: NodeJS.Timeout;
  #client: WebSocket | null = null;
  #stepped = systemClock.now();

  /** @throws PORT_TAKEN */
  static async open(options: QuadServerOptions): Promise<QuadServer> {
    const server = new WebSocketServer({
      port: options.port,
      host: "127.0.0.1",
      path: "/control",
      perMessageDeflate: false,
    });
    await new Promise<void>((resolve, reject) => {
      server.once("listening", resolve);
      server.once("error", reject);
    }).catch((cause: unknown) =>
      fail("PORT_TAKEN", {
        what: `port ${options.port} is taken`,
        where: "--mjbots",
        remedy: "Give another one, or 0 for any.",
        cause,
      }),
    );
    return new QuadServer(server, options);
  }

  private constructor(server: WebSocketServer, options: QuadServerOptions) {
    this.#options = options;
    this.#server = server;
    this.quad = new Quad(options.seed);
    server.on("connection", (socket) => this.#onClient(socket));
    this.#timer = setInterval(() => this.#catchUp(), 5);
  }

  get url(): string {
    const address = this.#server.address();
    const port = typeof address === "object" && address !== null ? address.port : this.#options.port;
    return `ws://127.0.0.1:${port}/control`;
  }

  /** The program ends and is started anew, servos off. */
  restart(): void {
    this.drop();
    this.quad = new Quad(this.#options.seed);
  }

  /** The client's connection breaks; the robot goes on. */
  drop(): void {
    this.#client?.terminate();
    this.#client = null;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.drop();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #onClient(socket: WebSocket): void {
    if (this.#client !== null) {
      // Accepted, and let go of at once.
      socket.terminate();
      return;
    }
    this.#client = socket;
    socket.on("error", () => {});
    socket.on("close", () => {
      if (this.#client === socket) this.#client = null;
    });
    socket.on("message", (data) => this.#onMessage(socket, String(data)));
  }

  #onMessage(socket: WebSocket, text: string): void {
    this.#catchUp();
    const read = readQuadMessage(text);
    if (read === "unreadable" || this.silent) return;
    if (read === "fatal") {
      this.restart();
      return;
    }
    if (read !== "nothing") this.quad.take(read);
    // The stamp is that of its last control period, on its own wall clock.
    const time = performance.timeOrigin / 1000 + this.#stepped;
    const status = this.quad.status(new Date(1000 * Math.floor(time)), Math.floor(1e6 * (time % 1)));
    socket.send(this.spoilt(JSON.stringify(status)));
  }

  #catchUp(): void {
    const now = systemClock.now();
    if (now - this.#stepped > LONGEST_STALL) this.#stepped = now - LONGEST_STALL;
    for (; this.#stepped + PERIOD <= now; this.#stepped += PERIOD) this.quad.step(this.#stepped + PERIOD);
  }
}
