/** Feasibility of a parameter set for one robot: the pure predicate handed to `ask`. */
import type { HardwareConfig } from "../config/hardware-config.ts";
import { gaitNamed } from "../gait/gaits.ts";
import type { Feasibility } from "../optimizer/sampler.ts";
import type { ParameterSet } from "../optimizer/search-space.ts";

/** All parameters of the gait: the tuned ones and the config's constants, SI units. */
export function gaitParameters(
  config: HardwareConfig,
  parameters: ParameterSet,
): Readonly<Record<string, number>> {
  const values: Record<string, number> = { ...config.gait.constants };
  for (const [name, value] of Object.entries(parameters)) if (typeof value === "number") values[name] = value;
  return values;
}

/** Reach and joint range over a whole cycle of the gait. */
export function feasibilityOf(config: HardwareConfig): Feasibility {
  const gait = gaitNamed(config.gait.name);
  return (parameters) => gait.check(gaitParameters(config, parameters), config.gait.body).feasible;
}
