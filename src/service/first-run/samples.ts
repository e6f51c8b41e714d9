/** Telemetry of a while, as a person's movement is judged by. */

export interface Samples {
  /** Robot time of each frame, s, growing. */
  readonly times: readonly number[];
  /** Values of a channel, one per time, NaN where implausible; null when the robot has no such channel. */
  series(channel: string): readonly number[] | null;
}

/** A movement begins after this long, s: until then everything is as it was. */
const BEFORE = 0.25;
/** Values are smoothed over this long, s, before the farthest is taken. */
const SMOOTH = 0.08;

/** The mean of the plausible values before the movement; NaN when there is none. */
export function valueBefore({ times }: Samples, series: readonly number[]): number {
  const begin = times[0] ?? Number.NaN;
  return mean(series.filter((_, index) => times[index]! - begin <= BEFORE));
}

/**
 * How far the smoothed values came from where they were before, with the sign of the farthest; 0 when nothing is known.
 */
export function excursion(samples: Samples, series: readonly number[]): number {
  const before = valueBefore(samples, series);
  return farthest(samples, series, (value) => value - before);
}

/** As {@link excursion}, of an angle that wraps. rad */
export function angleExcursion(samples: Samples, series: readonly number[]): number {
  return excursion(samples, unwrapped(series));
}

/** The farthest that the integral of a rate came from 0. */
export function integralExcursion(samples: Samples, rate: readonly number[]): number {
  // A gyroscope's bias would add up meanwhile.
  const bias = valueBefore(samples, rate);
  let sum = 0;
  const integral = rate.map((value, index) => {
    const dt = index === 0 ? 0 : samples.times[index]! - samples.times[index - 1]!;
    if (Number.isFinite(value)) sum += (value - bias) * dt;
    return sum;
  });
  return farthest(samples, integral, (value) => value);
}

function farthest({ times }: Samples, series: readonly number[], from: (value: number) => number): number {
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const frames = Math.max(1, Math.round((SMOOTH * (times.length - 1)) / Math.max(span, 1e-6)));
  let most = 0;
  for (let end = frames; end <= series.length; end++) {
    const value = from(mean(series.slice(end - frames, end)));
    if (Math.abs(value) > Math.abs(most)) most = value;
  }
  return most;
}

function unwrapped(angles: readonly number[]): number[] {
  let [last, turned] = [Number.NaN, 0];
  return angles.map((angle) => {
    if (!Number.isFinite(angle)) return Number.NaN;
    if (Number.isFinite(last)) turned += Math.round((last - angle) / (2 * Math.PI));
    last = angle;
    return angle + 2 * Math.PI * turned;
  });
}

/** Of the finite values; NaN when there are none. */
export function mean(values: readonly number[]): number {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
