/**
 * Metrics of a walk whose distance is known only afterwards: a person typed it, or the robot said it. Until then forward
 * speed is NaN.
 */
import type { WalkTiming } from "../config/hardware-config.ts";
import { costOfTransport, type Metrics } from "../config/metrics.ts";

/**
 * The metrics with the distance that the robot came, from where it stood to where it stands.
 *
 * forward_speed = distance / t with t = ramp_in / 2 + settle + measured + ramp_out / 2: the blends from and to the neutral
 * stance are walked as well, at half speed on average. Cost of transport takes the measured energy over the distance that
 * this speed makes in the measured time. Everything else stays what telemetry said.
 *
 * @param distance m, negative when it walked backwards; finite
 * @param measured s
 * @param mass kg
 */
export function withDistance(
  metrics: Metrics,
  distance: number,
  { rampIn, settle, rampOut }: WalkTiming,
  measured: number,
  mass: number,
): Metrics {
  const forward_speed = distance / (rampIn / 2 + settle + measured + rampOut / 2);
  return {
    ...metrics,
    forward_speed,
    cost_of_transport: costOfTransport(metrics.energy, forward_speed * measured, mass),
  };
}
