/** A study block, in a hardware config or in a file of its own. */
import { createPruner, createSampler } from "../optimizer/catalogue.ts";
import type { SearchSpace } from "../optimizer/search-space.ts";
import { problemOf, readChoice } from "./choice.ts";
import { type ConfigSource, type FieldPath, pathText } from "./config-source.ts";
import { readExploring } from "./exploring-section.ts";
import type { StudyConfig } from "./hardware-config.ts";
import type { WrittenStudy } from "./study-schema.ts";
import { readDuration } from "./units.ts";

/**
 * Reads the block; what is wrong is reported to the source.
 * @param path where the block stands in the file
 * @param space of the gait that is tuned
 */
export function readStudy(
  source: ConfigSource,
  path: FieldPath,
  written: WrittenStudy,
  space: SearchSpace,
): StudyConfig {
  const { name, seed, trials, baseline_walks: baselineWalks, confirm } = written;
  const direction = written.direction === "minimize" ? "minimize" : "maximize";
  const sampler = readChoice(written.sampler);
  const pruner = readChoice(written.pruner);
  check("sampler", () =>
    createSampler(sampler.name, sampler.options, { space, direction, seed, constraintCount: 0 }),
  );
  check("pruner", () => createPruner(pruner.name, pruner.options, { study: name }));
  if (baselineWalks + confirm.walks >= trials) {
    source.report({
      path: [...path, "trials"],
      what: `${trials} trials leave none to search with: ${baselineWalks} are baseline walks and ${confirm.walks} confirm`,
      remedy: "Raise trials, or lower baseline_walks or confirm.walks.",
    });
  }
  const robotTime = written.robot_time === undefined ? null : readDuration(written.robot_time);
  return {
    name,
    direction,
    reward: written.reward,
    constraints: (written.constraints ?? []).map((text, index) => {
      const field = [...path, "constraints", index];
      return { text, where: `${source.placeOf(field)}, ${pathText(field)}` };
    }),
    sampler,
    pruner,
    trials,
    robotTime: robotTime?.ok ? robotTime.value : null,
    baselineWalks,
    confirm: { walks: confirm.walks, candidates: confirm.candidates },
    seed,
    ...(written.exploring === undefined
      ? {}
      : { exploring: readExploring(source, [...path, "exploring"], written.exploring) }),
    ...(written.drift_check_every === undefined ? {} : { driftCheckEvery: written.drift_check_every }),
  };

  function check(field: "sampler" | "pruner", make: () => unknown): void {
    const problem = problemOf(make);
    if (problem !== null) source.report({ path: [...path, field], ...problem });
  }
}
