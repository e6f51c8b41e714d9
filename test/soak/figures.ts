/** What a process holds, measured now and then, and whether it grows. */
import { appendFileSync, readdirSync, readFileSync } from "node:fs";

export interface Figures {
  readonly pid: number;
  /** Walks so far in this process, or trials in this study file: what growth is measured over. */
  readonly walks: number;
  /** Bytes, after a garbage collection. */
  readonly rss: number;
  readonly heap: number;
  /** Buffers and shared memory beside the heap, bytes. */
  readonly external: number;
  /** Timers, sockets, pipes, workers. */
  readonly handles: number;
  /** Open files; −1 where the system does not tell. */
  readonly files: number;
}

/** Appends what this process holds to a file. It must run with `--expose-gc`. */
export function note(file: string, walks: number): void {
  globalThis.gc?.();
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const figures: Figures = {
    pid: process.pid,
    walks,
    rss,
    heap: heapUsed,
    external: external + arrayBuffers,
    handles: process.getActiveResourcesInfo().length,
    files: openFiles(),
  };
  appendFileSync(file, `${JSON.stringify(figures)}\n`);
}

function openFiles(): number {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return -1;
  }
}

export function notes(file: string): Figures[] {
  try {
    const lines = readFileSync(file, "utf8").trim().split("\n");
    return lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line) as Figures);
  } catch {
    return [];
  }
}

export interface Growth {
  readonly samples: number;
  readonly walks: number;
  /** MB at the first sample after warming up and at the last. */
  readonly rss_mb: readonly [number, number];
  readonly heap_mb: readonly [number, number];
  /** Slope of the least-squares line, MB per 1,000 walks. */
  readonly rss_mb_per_1000: number;
  readonly heap_mb_per_1000: number;
  readonly handles: readonly [number, number];
  readonly files: readonly [number, number];
}

/** Caches, compiled code and buffers find their size in this share of the samples: memory then stays on a level or climbs for ever. */
const WARM_UP = 0.5;

/** Of one process; null with too few samples to say anything. */
export function growth(samples: readonly Figures[]): Growth | null {
  const warm = samples.slice(Math.floor(WARM_UP * samples.length));
  const [first, last] = [warm[0], warm.at(-1)];
  if (first === undefined || last === undefined || warm.length < 3) return null;
  const mega = (bytes: number): number => Number((bytes / 1e6).toFixed(2));
  const slope = (of: (one: Figures) => number): number => {
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    const x = mean(warm.map(({ walks }) => walks));
    const y = mean(warm.map(of));
    const over = warm.reduce((sum, one) => sum + (one.walks - x) * (of(one) - y), 0);
    const under = warm.reduce((sum, one) => sum + (one.walks - x) ** 2, 0);
    return mega((1000 * over) / under);
  };
  return {
    samples: warm.length,
    walks: last.walks,
    rss_mb: [mega(first.rss), mega(last.rss)],
    heap_mb: [mega(first.heap), mega(last.heap)],
    rss_mb_per_1000: slope(({ rss }) => rss),
    heap_mb_per_1000: slope(({ heap }) => heap),
    handles: [first.handles, last.handles],
    files: [first.files, last.files],
  };
}
