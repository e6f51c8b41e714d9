/** What a study is made from, taken from a robot's config and its study block. */
import type { HardwareConfig, StudyConfig } from "../config/hardware-config.ts";
import type { StudyDefinition } from "./trial-record.ts";

/** @param constraintNames of the robot's envelope, in the order of a trial's constraint values */
export function studyDefinition(
  config: HardwareConfig,
  study: StudyConfig,
  constraintNames: readonly string[],
): StudyDefinition {
  const { name, direction, reward, constraints, sampler, pruner, seed } = study;
  return {
    name,
    direction,
    space: config.space,
    seedGait: config.seedGait,
    reward,
    parameterConstraints: constraints.map(({ text }) => text),
    constraintNames,
    sampler,
    pruner,
    seed,
    robotId: config.robot.id,
    configHash: config.source.hash,
  };
}
