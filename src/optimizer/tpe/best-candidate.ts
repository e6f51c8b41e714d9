/** The candidate where a density of the good parameters, l, most exceeds one of the others, g. */
import type { ParzenEstimator } from "./parzen-estimator.ts";

/**
 * The point with the largest l/g; the first of equals.
 *
 * g is at least its prior's share, so l over that bounds l/g from above, and hardly costs anything as l has few kernels. The most
 * promising candidates are judged first, and those that cannot win any more never: most of them, and g is most of the work.
 * @param points at least one
 */
export function bestCandidate(
  good: Pick<ParzenEstimator, "logDensity">,
  rest: Pick<ParzenEstimator, "logDensity" | "logPriorShare">,
  points: readonly Float64Array[],
): Float64Array {
  const logGood = points.map((point) => good.logDensity(point));
  const bounds = points.map((point, i) => logGood[i]! - rest.logPriorShare(point));
  const promising = [...points.keys()].sort((a, b) => bounds[b]! - bounds[a]!);
  let best = promising[0]!;
  let highest = Number.NEGATIVE_INFINITY;
  for (const i of promising) {
    if (bounds[i]! < highest) break;
    const score = logGood[i]! - rest.logDensity(points[i]!);
    if (score > highest || (score === highest && i < best)) {
      highest = score;
      best = i;
    }
  }
  return points[best]!;
}
