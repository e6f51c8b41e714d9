/** A WebSocket and nothing else: what a rosbridge client sends and gets, as it is. */
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";

export type Received = string | Uint8Array;

export class RawClient {
  readonly socket: WebSocket;
  readonly received: Received[] = [];
  #waiting: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data: Buffer, binary: boolean) => {
      this.received.push(binary ? Uint8Array.from(data) : data.toString());
      for (const wake of this.#waiting.splice(0)) wake();
    });
    // Seen by whoever waits for a message in vain.
    socket.on("error", () => {});
  }

  static async open(url: string): Promise<RawClient> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    const client = new RawClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    return client;
  }

  send(message: string | object): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** Resolves once so many messages have been received in all, or after so long. @param within ms */
  async until(count: number, within = 2000): Promise<void> {
    const end = performance.now() + within;
    while (this.received.length < count && performance.now() < end) {
      const woken = new Promise<void>((resolve) => this.#waiting.push(resolve));
      await Promise.race([woken, sleep(Math.max(1, end - performance.now()), undefined, { ref: false })]);
    }
  }

  /** Waits for the first message, from the given one on, that fits. @throws when none comes in time */
  async find<T extends object>(fits: (message: T) => boolean, from = 0, within = 2000): Promise<T> {
    const end = performance.now() + within;
    for (let index = from; performance.now() < end; index++) {
      await this.until(index + 1, end - performance.now());
      const one = this.received[index];
      if (typeof one !== "string") continue;
      const message = JSON.parse(one) as T;
      if (fits(message)) return message;
    }
    throw new Error(`no such message among ${this.received.length}`);
  }

  close(): void {
    this.socket.terminate();
  }
}
