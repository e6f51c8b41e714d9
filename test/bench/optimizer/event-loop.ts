/** Whether fitting a model in the sampler thread stalls the service: the delay of this thread's event loop meanwhile. */
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { readHardwareConfig } from "../../../src/config/read-hardware-config.ts";
import { createSampler } from "../../../src/optimizer/catalogue.ts";
import { RandomSource } from "../../../src/optimizer/math/random-source.ts";
import type { ObservedTrial } from "../../../src/optimizer/trial.ts";
import { packageRoot } from "../../../src/paths.ts";
import { feasibilityOf } from "../../../src/service/feasibility.ts";
import { SamplerHost } from "../../../src/service/sampler-host.ts";
import { trialAt } from "../../optimizer/trial-at.ts";

export interface EventLoopDelay {
  readonly trials: number;
  readonly asks: number;
  /** Milliseconds an answer took, the middle one. */
  readonly answer: number;
  /** Milliseconds of delay at the 99th percentile and the longest, with a timer every millisecond. */
  readonly p99: number;
  readonly longest: number;
  /** The same percentile over a second in which nothing was asked: what the machine does by itself. */
  readonly idleP99: number;
  readonly bar: number;
}

const CONFIG = join(packageRoot, "hardware-configs", "simulated-elastic-quadruped.yaml");
const BAR_MS = 10;

/** Suggestions of the Gaussian process from `count` made-up trials, each with hyperparameters fitted from nothing. */
export async function measureEventLoopDelay(count = 1000, asks = 5): Promise<EventLoopDelay> {
  const config = readHardwareConfig(CONFIG);
  const trials = madeUpTrials(config, count);
  const host = new SamplerHost({
    config,
    direction: "maximize",
    seed: 1,
    sampler: { name: "gp", options: {} },
    constraints: [],
    constraintCount: 0,
  });
  try {
    await host.ask(trials.slice(0, 1), 1);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await sleep(1000);
    const idleP99 = delay.percentile(99) / 1e6;
    delay.reset();
    const answers: number[] = [];
    for (let i = 0; i < asks; i++) {
      const start = performance.now();
      await host.ask(trials, count + i);
      answers.push(performance.now() - start);
    }
    delay.disable();
    return {
      trials: count,
      asks,
      answer: answers.toSorted((a, b) => a - b)[asks >> 1]!,
      p99: delay.percentile(99) / 1e6,
      longest: delay.max / 1e6,
      idleP99,
      bar: BAR_MS,
    };
  } finally {
    await host.close();
  }
}

export function madeUpTrials(config: ReturnType<typeof readHardwareConfig>, count: number): ObservedTrial[] {
  const sampler = createSampler(
    "random",
    {},
    { space: config.space, direction: "maximize", seed: 1, constraintCount: 0 },
  );
  const source = new RandomSource({ seed: 1, index: 0, stream: "made-up-values" });
  const feasible = feasibilityOf(config);
  return Array.from({ length: count }, (_, number) => {
    const { parameters } = sampler.ask({ trials: [], suggestion: number, feasible });
    const numbers = Object.values(parameters).filter((value) => typeof value === "number");
    const value = numbers.reduce((sum, one, i) => sum + Math.sin(3 * one + i), 0) + 0.1 * source.normal();
    return trialAt(number, parameters, { value, walked: 12 });
  });
}
