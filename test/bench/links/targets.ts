/** How steady joint targets are streamed, and what it costs. `node test/bench/links/targets.ts [--seconds 10]` */
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { systemClock } from "../../../src/clock.ts";
import { readHardwareConfig } from "../../../src/config/read-hardware-config.ts";
import { describeError } from "../../../src/errors.ts";
import { GaitMotion } from "../../../src/gait/gait-motion.ts";
import { gaitNamed } from "../../../src/gait/gaits.ts";
import { hardwareConfigPath } from "../../../src/paths.ts";
import type { Robot } from "../../../src/robot/robot.ts";
import { Gate } from "../../../src/safety/gate.ts";
import { streamLimits } from "../../../src/station/stream-limits.ts";
import { StreamTiming } from "../../../src/station/stream-timing.ts";
import { TargetStreamer } from "../../../src/station/target-streamer.ts";
import { stopwatch } from "../stopwatch.ts";

const RATES = [50, 100, 200];

const { values: flags } = parseArgs({ options: { seconds: { type: "string", default: "10" } } });
const seconds = Number(flags.seconds);
const pause = (duration: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 1000 * duration);
  });

const config = readHardwareConfig(hardwareConfigPath("simulated-elastic-quadruped.yaml"));
const { gait, seedGait } = config;
const body = gait.body!;

/** Streams the seed gait to nobody. */
async function measure(rate: number): Promise<void> {
  const kind = gaitNamed(gait.name);
  const motion = new GaitMotion(kind.neutral(body));
  const timing = new StreamTiming(rate);
  const fail = (error: unknown): never => {
    throw new Error(describeError(error));
  };
  const streamer: TargetStreamer = new TargetStreamer({
    robot: { send: async () => ({ accepted: true, reason: "" }) } as unknown as Robot,
    gate: new Gate(() => ({
      mode: "walking",
      leased: true,
      latched: false,
      envelopeComplete: true,
      monitorHealthy: true,
      targets: streamer.facts,
      feasible: () => true,
    })),
    clock: systemClock,
    kind: "realtime",
    streaming: { rate, timeout: 5 },
    limits: streamLimits(config, body),
    timing,
    next: (periods) => {
      for (let period = 0; period < periods; period++) motion.step(1 / rate);
      return motion.targets;
    },
    events: {
      judge: () => {},
      healthy: () => true,
      late: fail,
      barred: fail,
      refused: fail,
      linkFailed: fail,
    },
  });
  motion.walk(kind.start({ ...gait.constants, ...(seedGait as Record<string, number>) }, body), 0.5);
  const cost = stopwatch();
  streamer.start(motion.targets);
  await pause(seconds);
  streamer.halt();
  const { wall, processor } = cost();
  const figures = timing.figures();
  const milliseconds = (name: string): string => (1000 * figures[name]!).toFixed(2).padStart(7);
  const share = (name: string): string => `${(100 * rate * figures[name]!).toFixed(1)} %`.padStart(8);
  const times = ["targetsJitterMedian", "targetsJitter99", "targetsJitterMost"];
  console.log(
    `  ${String(rate).padStart(3)} Hz ${figures["targetsRate"]!.toFixed(2).padStart(7)} Hz` +
      `${times.map((name) => `${milliseconds(name)} ms${share(name)}`).join(" ")}` +
      `   ${figures["targetsLate"]} late, ${figures["targetsSkipped"]} skipped of ${figures["targets"]}` +
      `   process ${((100 * processor) / wall).toFixed(1)} %`,
  );
}

console.log(
  `jitter (interval − period) median, 99 % and worst, and its share of the period; ${seconds} s each`,
);
console.log("idle");
for (const rate of RATES) await measure(rate);
console.log("one busy worker thread (its processor time counts too)");
const worker = new Worker("for (let sum = 0; ; ) for (let i = 0; i < 1e6; i++) sum += Math.sqrt(i);", {
  eval: true,
});
await pause(0.5);
for (const rate of RATES) await measure(rate);
await worker.terminate();
