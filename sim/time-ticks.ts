/**
 * Times are whole multiples of 2⁻²⁰ s, about a microsecond, and walks start on whole seconds. Then sums and differences of
 * times are exact in binary floating point, and a walk's intervals are the same bit for bit wherever in a session it
 * comes: after a restart the same seed still gives the same trial.
 */
const TICKS_PER_SECOND = 2 ** 20;

/** The nearest whole tick. */
export function wholeTicks(seconds: number): number {
  return Math.round(seconds * TICKS_PER_SECOND) / TICKS_PER_SECOND;
}
