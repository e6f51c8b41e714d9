/** What is walked in a soak: short walks of the simulated robot, in studies of a hundred suggestions each. */
import type { HardwareConfig, StudyConfig } from "../../src/config/hardware-config.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { hardwareConfigPath } from "../../src/paths.ts";

const read = readHardwareConfig(hardwareConfigPath("simulated-elastic-quadruped.yaml"));

/** Walks for two seconds, with a report every half second. */
export const soakConfig: HardwareConfig = {
  ...read,
  walk: { ...read.walk, measure: 2, reportInterval: 0.5 },
};

const PER_STUDY = 100;

/** @param trials suggestions in all */
export function soakStudies(trials: number, seed: number): StudyConfig[] {
  const count = Math.ceil(trials / PER_STUDY);
  return Array.from({ length: count }, (_, index) => ({
    ...read.study!,
    name: `soak-${index}`,
    trials: Math.min(PER_STUDY, trials - index * PER_STUDY),
    sampler: { name: "random", options: {} },
    pruner: { name: "median", options: {} },
    seed: seed + index,
  }));
}
