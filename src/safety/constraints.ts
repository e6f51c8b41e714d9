/**
 * What a walk says about each limit, as one number per limit: 0 and below is safe. DESIGN's encoding: a limit that held
 * gives how close its debounced extreme came, c = (extreme − limit) / |limit − nominal| clipped to [−1, 0]; the limit that
 * ended the walk gives 1 + time left / time planned, so that an early breach is worse than a late one and every breach
 * is worse than any close call.
 */
import type { Bounds } from "./limit.ts";

/**
 * @param highest largest debounced value against the upper bound; −Infinity when there was none
 * @param lowest smallest debounced value against the lower bound; Infinity when there was none
 * @returns −1 (at nominal or farther from the limit, or the side is open) … 0 (at the limit)
 */
export function heldConstraint(bounds: Bounds, highest: number, lowest: number): number {
  return Math.max(
    margin(highest - bounds.high, bounds.high - bounds.nominal),
    margin(bounds.low - lowest, bounds.nominal - bounds.low),
  );
}

/**
 * @param excess beyond the limit, negative inside
 * @param scale |limit − nominal|, > 0
 */
function margin(excess: number, scale: number): number {
  // Nothing was seen, or the side is open.
  if (excess === Number.NEGATIVE_INFINITY) return -1;
  return Math.min(0, Math.max(-1, excess / scale));
}

/**
 * @param timeLeft s of the plan that were not walked
 * @param planned s, > 0
 * @returns 1 … 2
 */
export function breachedConstraint(timeLeft: number, planned: number): number {
  return 1 + Math.min(1, Math.max(0, timeLeft / planned));
}
