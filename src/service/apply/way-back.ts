/** To what a robot returns when it does not keep a set: what it had, or the seed gait where that cannot be had back. */
import type { HardwareConfig } from "../../config/hardware-config.ts";
import { reachOf } from "../../gait/gaits.ts";
import type { ParameterSetOnWire } from "../../robot/parameters.ts";
import { gaitParameters } from "../feasibility.ts";
import type { WayBack } from "./hand-over.ts";

/** @param before null: the robot held nothing, so that nothing can be written back */
export function wayBack(config: HardwareConfig, before: ParameterSetOnWire | null): WayBack {
  if (before !== null && isWalkable(config, before))
    return { parameters: before, before, words: "what it had before" };
  const { gait, seedGait } = config;
  return {
    parameters: { gait: gait.name, values: Object.entries(gaitParameters(config, seedGait)) },
    before,
    words:
      before === null
        ? "the seed gait (it held nothing before)"
        : "the seed gait (what it had before does not pass this config's check of reach)",
  };
}

/** The gate lets no other set through. */
function isWalkable({ gait: { body } }: HardwareConfig, { gait, values }: ParameterSetOnWire): boolean {
  if (values.length === 0) return false;
  try {
    return reachOf(gait, body)(Object.fromEntries(values));
  } catch {
    return false;
  }
}
