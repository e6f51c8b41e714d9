/**
 * The WebSocket of an mjbots quad: every message is answered with its state, in order. The robot serves one client and drops
 * the second, so that there is one socket for everything; nothing is ever held back on this side, so that a stop is written
 * at once.
 */
import { WebSocket } from "ws";
import { describeError } from "../../errors.ts";

/** s */
const CONNECTING = 5;
const HIGHEST_PAYLOAD = 1 << 20;

export interface ConnectionListener {
  onReply(text: string): void;
  /** At most once, never after `close`. */
  onLost(reason: string): void;
}

export class QuadConnection {
  readonly #socket: WebSocket;
  #open = true;
  #unanswered = 0;

  /** Rejects with words when nobody is there. */
  static async open(url: string, listener: ConnectionListener): Promise<QuadConnection> {
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      handshakeTimeout: 1000 * CONNECTING,
      maxPayload: HIGHEST_PAYLOAD,
    });
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    return new QuadConnection(socket, listener);
  }

  private constructor(socket: WebSocket, listener: ConnectionListener) {
    this.#socket = socket;
    const lost = (reason: string): void => {
      if (!this.#open) return;
      this.#open = false;
      socket.terminate();
      listener.onLost(reason);
    };
    socket.on("message", (data) => {
      this.#unanswered = Math.max(0, this.#unanswered - 1);
      if (this.#open) listener.onReply(String(data));
    });
    socket.on("error", (error) => lost(describeError(error)));
    socket.on("close", (code) => lost(`the robot closed the connection (${code})`));
  }

  /** Messages the robot has not answered yet. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** @returns whether it was written */
  send(message: unknown): boolean {
    if (!this.#open || this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#unanswered++;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    const closed = new Promise<void>((resolve) => this.#socket.once("close", () => resolve()));
    this.#socket.close();
    const timer = setTimeout(() => this.#socket.terminate(), 500);
    await closed;
    clearTimeout(timer);
  }
}
