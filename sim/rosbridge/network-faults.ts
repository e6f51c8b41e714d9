/** What a network does to messages of topics: later, with jitter, lost. Nothing overtakes anything on one socket. */
import { fail } from "../../src/errors.ts";
import { type RandomStream, randomStream } from "../random.ts";

export interface NetworkFaults {
  /** s, each way */
  readonly latency: number;
  /** The latency differs by up to this, s. */
  readonly jitter: number;
  /** Share of topics' messages that are lost, each way. */
  readonly loss: number;
  readonly seed: number;
}

export const NO_NETWORK_FAULTS: NetworkFaults = { latency: 0, jitter: 0, loss: 0, seed: 0 };

/** `latency=20ms,jitter=10ms,loss=1%,seed=1`. @throws BAD_USAGE */
export function parseNetworkFaults(list: string): NetworkFaults {
  const faults = { ...NO_NETWORK_FAULTS };
  for (const entry of list.split(",")) {
    const [name = "", value = ""] = entry.trim().split("=", 2);
    const amount = name in faults ? readAmount(name as keyof NetworkFaults, value) : Number.NaN;
    if (Number.isNaN(amount))
      fail("BAD_USAGE", {
        what: `--faults ${entry}: no such fault`,
        remedy: "Give for example latency=20ms,jitter=10ms,loss=1%,seed=1.",
      });
    faults[name as keyof NetworkFaults] = amount;
  }
  return faults;
}

const UNITS: Readonly<Record<keyof NetworkFaults, Readonly<Record<string, number>>>> = {
  latency: { ms: 1e-3, s: 1 },
  jitter: { ms: 1e-3, s: 1 },
  loss: { "%": 1e-2, "": 1 },
  seed: { "": 1 },
};

/** NaN: it is none */
function readAmount(name: keyof NetworkFaults, value: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?(?:e-?\d+)?)(ms|s|%|)$/.exec(value) ?? [];
  const factor = UNITS[name][unit];
  if (number === "" || factor === undefined) return Number.NaN;
  const amount = Number(number) * factor;
  if (name === "loss") return amount < 1 ? amount : Number.NaN;
  return name === "seed" && !Number.isInteger(amount) ? Number.NaN : amount;
}

/** One direction of one socket. */
export class DelayLine<T> {
  #faults: NetworkFaults;
  readonly #random: RandomStream;
  readonly #deliver: (item: T) => void;
  /** What is underway, with its arrival, ms. */
  readonly #underway: { readonly item: T; readonly at: number }[] = [];
  #timer: NodeJS.Timeout | null = null;
  #lastArrival = 0;
  lost = 0;

  constructor(faults: NetworkFaults, stream: string, deliver: (item: T) => void) {
    this.#faults = faults;
    this.#random = randomStream(faults.seed, stream);
    this.#deliver = deliver;
  }

  /** Other faults from now on; nothing overtakes what is underway. */
  change(faults: NetworkFaults): void {
    this.#faults = faults;
  }

  /** @param losable whether it is a message of a topic */
  push(item: T, losable: boolean): void {
    const { latency, jitter, loss } = this.#faults;
    if (losable && loss > 0 && this.#random.uniform() < loss) {
      this.lost++;
      return;
    }
    if (latency === 0 && jitter === 0 && this.#underway.length === 0) {
      this.#deliver(item);
      return;
    }
    const delay = Math.max(0, latency + jitter * (2 * this.#random.uniform() - 1));
    this.#lastArrival = Math.max(this.#lastArrival, performance.now() + 1000 * delay);
    this.#underway.push({ item, at: this.#lastArrival });
    this.#wait();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#underway.length = 0;
  }

  #wait(): void {
    const first = this.#underway[0];
    if (first === undefined || this.#timer !== null) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        while (this.#underway.length > 0 && this.#underway[0]!.at <= performance.now() + 0.5)
          this.#deliver(this.#underway.shift()!.item);
        this.#wait();
      },
      Math.max(0, first.at - performance.now()),
    );
  }
}
