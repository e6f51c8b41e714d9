/** What a machine has to do beside its station: fit models, and perhaps more than it has cores for. */
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { HardwareConfig } from "../../../src/config/hardware-config.ts";
import { SamplerHost } from "../../../src/service/sampler-host.ts";
import { madeUpTrials } from "../optimizer/event-loop.ts";

const TRIALS = 300;

/** The sampler thread, which is asked again as soon as it has answered, with everything fitted anew. */
export class FittingSampler {
  readonly #host: SamplerHost;
  readonly #running: Promise<void>;
  #ended = false;
  asked = 0;

  constructor(config: HardwareConfig) {
    this.#host = new SamplerHost({
      ...{ config, direction: "maximize", seed: 1, sampler: { name: "gp", options: {} } },
      ...{ constraints: [], constraintCount: 0 },
    });
    this.#running = this.#run(config);
  }

  async #run(config: HardwareConfig): Promise<void> {
    const trials = madeUpTrials(config, TRIALS);
    while (!this.#ended) {
      await this.#host.ask(trials, TRIALS + this.asked);
      this.asked++;
    }
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#running;
    await this.#host.close();
  }
}

/** Threads that compute and never wait. @returns ends them */
export function busyThreads(count: number): () => Promise<void> {
  const program = fileURLToPath(new URL("./busy-thread.ts", import.meta.url));
  const threads = Array.from({ length: count }, () => new Worker(program));
  return async () => {
    await Promise.all(threads.map((thread) => thread.terminate()));
  };
}
