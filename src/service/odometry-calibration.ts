/** Leg odometry that was never compared with a tape measure is no reward. */
import type { HardwareConfig } from "../config/hardware-config.ts";
import { fail } from "../errors.ts";
import type { StationReady } from "./station-host.ts";

/**
 * Feet that slip, roll or are counted wrongly make odometry wrong by a constant share, and a study would compare itself with
 * others by it. A simulated robot, which gets back to its start line by itself, need not be calibrated.
 *
 * @throws CONFIG_INVALID with the remedy `gaitsmith first-run`
 */
export function assertOdometryCalibrated(
  {
    speedSource,
    odometryScale,
    link,
    source,
  }: Pick<HardwareConfig, "speedSource" | "odometryScale" | "link" | "source">,
  { returnsByItself }: Pick<StationReady, "returnsByItself">,
): void {
  if (speedSource !== "odometry" || odometryScale !== null) return;
  if (link.kind === "simulated" || link.clock === "lockstep" || returnsByItself) return;
  fail("CONFIG_INVALID", {
    what: "forward speed is to come from leg odometry that was never calibrated against a measured distance",
    where: `${source.file}, telemetry.odometry_scale`,
    remedy: `Run: npx gaitsmith first-run ${source.file}; it says which line to write there.`,
  });
}
