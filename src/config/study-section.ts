/** A study block, in a hardware config or in a file of its own. */
import { type ConfigSource, type FieldPath, pathText } from "./config-source.ts";
import type { StudyConfig } from "./hardware-config.ts";
import type { WrittenStudy } from "./schema.ts";
import { readDuration } from "./units.ts";

/** Reads the block; what is wrong is reported to the source. @param path where the block stands in the file */
export function readStudy(source: ConfigSource, path: FieldPath, written: WrittenStudy): StudyConfig {
  const { trials, baseline_walks: baselineWalks, confirm } = written;
  if (baselineWalks + confirm.walks >= trials) {
    source.report({
      path: [...path, "trials"],
      what: `${trials} trials leave none to search with: ${baselineWalks} are baseline walks and ${confirm.walks} confirm`,
      remedy: "Raise trials, or lower baseline_walks or confirm.walks.",
    });
  }
  const robotTime = written.robot_time === undefined ? null : readDuration(written.robot_time);
  return {
    name: written.name,
    direction: written.direction === "minimize" ? "minimize" : "maximize",
    reward: written.reward,
    constraints: (written.constraints ?? []).map((text, index) => {
      const field = [...path, "constraints", index];
      return { text, where: `${source.placeOf(field)}, ${pathText(field)}` };
    }),
    sampler: readChoice(written.sampler),
    pruner: readChoice(written.pruner),
    trials,
    robotTime: robotTime?.ok ? robotTime.value : null,
    baselineWalks,
    confirm: { walks: confirm.walks, candidates: confirm.candidates },
    seed: written.seed,
  };
}

/** Options are written_like_this in files and namedLikeThis in programs. */
function readChoice(written: string | ({ name: string } & Record<string, unknown>)): StudyConfig["sampler"] {
  if (typeof written === "string") return { name: written, options: {} };
  const { name, ...options } = written;
  const camel = (key: string): string =>
    key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return {
    name,
    options: Object.fromEntries(Object.entries(options).map(([key, value]) => [camel(key), value])),
  };
}
