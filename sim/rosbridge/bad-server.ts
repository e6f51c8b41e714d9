/** What a server must not do and some do: for tests of whoever is at its other end. */
import { setTimeout as sleep } from "node:timers/promises";
import type { NetworkFaults } from "./network-faults.ts";
import type { RosbridgeServer } from "./rosbridge-server.ts";
import { stringText } from "./wire-json.ts";

export class BadServer {
  readonly #server: RosbridgeServer;

  constructor(server: RosbridgeServer) {
    this.#server = server;
  }

  /** A message that ends in the middle. */
  halfJson(topic: string): void {
    this.#server.sendRaw(`{"op":"publish","topic":${stringText(topic)},"msg":{"data":[1.0,`);
  }

  /** One message of this many bytes, of a topic nobody asked for. */
  hugeMessage(bytes = 10_000_000): void {
    const head = '{"op":"publish","topic":"/huge","msg":{"data":"';
    this.#server.sendRaw(`${head}${"x".repeat(Math.max(0, bytes - head.length - 3))}"}}`);
  }

  unknownOp(): void {
    this.#server.sendRaw('{"op":"frobnicate","id":"1"}');
  }

  /** NaN as Python's json writes it, which no JSON parser reads. */
  nanText(topic: string): void {
    this.#server.sendRaw(`{"op":"publish","topic":${stringText(topic)},"msg":{"data":[NaN,Infinity]}}`);
  }

  /** A message as no type has it. @param message its JSON */
  wrongTypes(topic: string, message = '{"header":7,"position":"abc","data":{"x":[]}}'): void {
    this.#server.sendRaw(`{"op":"publish","topic":${stringText(topic)},"msg":${message}}`);
  }

  /** A frame that is no message at all. */
  bytes(data: Uint8Array): void {
    this.#server.sendRaw(data);
  }

  /** A status, which servers of today do not send. */
  status(level: string, text: string): void {
    this.#server.sendRaw(`{"op":"status","level":${stringText(level)},"msg":${stringText(text)}}`);
  }

  /** It neither reads nor writes, as a process that was stopped; connections stay open. */
  silence(): void {
    this.#server.silent = true;
  }

  wake(): void {
    this.#server.silent = false;
  }

  /** What the network does to messages from now on. */
  network(faults: NetworkFaults): void {
    this.#server.network = faults;
  }

  /** Connections drop. */
  disconnect(): void {
    this.#server.disconnect();
  }

  /** Connections drop again and again. @param every s */
  async flap(times: number, every: number): Promise<void> {
    for (let time = 0; time < times; time++) {
      this.#server.disconnect();
      await sleep(1000 * every);
    }
  }
}
