/** One client's subscription to one topic: several requests, of which the most demanding counts (capabilities/subscribe.py). */
import { type Cbor, encodeCbor, messageToCbor } from "./cbor.ts";
import type { Publication } from "./ros-graph.ts";
import { type Outlet, Throttle } from "./throttle.ts";
import { stringText } from "./wire-json.ts";

export type Compression = "none" | "png" | "cbor" | "cbor-raw";

export interface Demand {
  readonly throttleRate: number;
  readonly queueLength: number;
  readonly compression: string;
}

const NO_DEMAND: Demand = { throttleRate: 0, queueLength: 0, compression: "none" };

export interface Encoded {
  readonly text?: string;
  readonly bytes?: Uint8Array;
}

export class ClientSubscription {
  readonly throttle: Throttle;
  /** By id of the request; null: it has none. */
  readonly #demands = new Map<unknown, Demand>();
  #compression: Compression = "none";

  constructor(outlet: Outlet) {
    this.throttle = new Throttle(outlet);
  }

  add(id: unknown, demand: Demand): void {
    this.#demands.set(id, demand);
    this.#update();
  }

  /** @param id null: all. @returns whether none is left */
  remove(id: unknown): boolean {
    if (id === null) this.#demands.clear();
    else this.#demands.delete(id);
    if (this.#demands.size > 0) this.#update();
    return this.#demands.size === 0;
  }

  /**
   * @param raw whether the server has the message as bytes only
   * @param now stamp of `cbor-raw`
   * @returns null when the server fails on it, and for png, which is not simulated
   */
  encode(
    publication: Publication,
    raw: boolean,
    now: { readonly sec: number; readonly nsec: number },
  ): Encoded | null {
    const compression = this.#compression;
    if (compression === "png" || raw !== (compression === "cbor-raw")) return null;
    const { topic } = publication;
    if (compression === "none")
      return { text: `{"op":"publish","topic":${stringText(topic)},"msg":${publication.json}}` };
    const msg: Cbor | null = raw
      ? { secs: now.sec, nsecs: now.nsec, bytes: publication.bytes }
      : messageToCbor(publication.message, publication.type);
    return msg === null ? null : { bytes: encodeCbor({ op: "publish", topic, msg }) };
  }

  #update(): void {
    const demands = [...this.#demands.values()];
    const least = (of: "throttleRate" | "queueLength"): number => Math.min(...demands.map((one) => one[of]));
    const wanted = new Set(demands.map(({ compression }) => compression));
    const known: readonly Compression[] = ["cbor-raw", "cbor", "png"];
    this.#compression = known.find((one) => wanted.has(one)) ?? "none";
    const { throttleRate, queueLength } =
      demands.length === 0
        ? NO_DEMAND
        : {
            throttleRate: least("throttleRate"),
            queueLength: least("queueLength"),
          };
    this.throttle.pace = { throttleRate, queueLength };
  }
}
