/**
 * Bytes that the monitor allocates per frame in steady state, printed: frames, ticks and what a page is shown. In a process
 * of its own, whose young generation is so large that nothing is collected meanwhile.
 */
import { getHeapStatistics } from "node:v8";
import type { TelemetryFrame } from "../../src/robot/telemetry-frame.ts";
import { type Debounce, type Envelope, LIMIT_NAMES, type LimitName } from "../../src/safety/limit.ts";
import { ENVELOPE, FrameSource, monitorOf, PERIOD } from "./small-robot.ts";

const WARM_UP = 20_000;
const FRAMES = 200_000;
const MOST_ROUNDS = 3;
/** Bytes a frame that come of the measurement itself, and of the ticks' times. */
const NOTHING = 2;
const TICK_EVERY = 10;

/** Every rule, on values and on what is computed. */
const RULES: readonly Debounce[] = [
  { kind: "single" },
  { kind: "streak", frames: 3 },
  { kind: "window", seconds: 0.5 },
];

function envelope(rule: Debounce): Envelope {
  const limits = LIMIT_NAMES.map((name: LimitName) => [name, { ...ENVELOPE[name], debounce: rule }]);
  const { duration } = ENVELOPE;
  return { ...Object.fromEntries(limits), duration: { ...duration, high: 1e9 } } as Envelope;
}

function bytesPerFrame(rule: Debounce): number {
  const monitor = monitorOf(envelope(rule));
  const source = new FrameSource();
  const first = source.next();
  // A robot that moves a little: two frames in turn.
  const samples = [source.again().values, source.again().values] as const;
  const frame: { -readonly [K in keyof TelemetryFrame]: TelemetryFrame[K] } = { ...first, delay: 0 };
  const shown = new Float64Array(LIMIT_NAMES.length);
  monitor.onFrame(frame);
  monitor.watch("walking");
  const run = (frames: number): void => {
    for (let count = 0; count < frames; count++) {
      frame.seq = (frame.seq + 1) >>> 0;
      frame.tRobot += PERIOD;
      frame.tArrival += PERIOD;
      frame.values = samples[count % 2]!;
      let breach = monitor.onFrame(frame);
      // The time that a tick is handed is its caller's to allocate.
      if (count % TICK_EVERY === 0) breach ??= monitor.onTick(frame.tArrival);
      if (breach !== null) throw new Error(`a healthy robot broke ${breach.limit.name}`);
      monitor.readDebounced(shown);
    }
  };
  run(WARM_UP);
  // What the compiler learns on the way may cost something once; steady is what stays.
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < MOST_ROUNDS && least > NOTHING; round++) {
    globalThis.gc?.();
    const before = getHeapStatistics().used_heap_size;
    run(FRAMES);
    least = Math.min(least, (getHeapStatistics().used_heap_size - before) / FRAMES);
  }
  return least;
}

process.stdout.write(JSON.stringify(RULES.map(bytesPerFrame)));
