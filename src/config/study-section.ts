/** A study block, in a hardware config or in a file of its own. */
import { GaitsmithError } from "../errors.ts";
import { createPruner } from "../optimizer/catalogue.ts";
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
    pruner: readPruner(source, [...path, "pruner"], written),
    trials,
    robotTime: robotTime?.ok ? robotTime.value : null,
    baselineWalks,
    confirm: { walks: confirm.walks, candidates: confirm.candidates },
    seed: written.seed,
  };
}

/** A pruner is checked by making it: nothing else is needed to know whether its options fit together. */
function readPruner(
  source: ConfigSource,
  path: FieldPath,
  { name, pruner }: WrittenStudy,
): StudyConfig["pruner"] {
  const choice = readChoice(pruner);
  try {
    createPruner(choice.name, choice.options, { study: name });
  } catch (error) {
    if (!(error instanceof GaitsmithError)) throw error;
    const remedy = error.remedy ?? "See hardware-configs/schema.json.";
    // Problems of a file are strung together as clauses.
    const what = error.message.replace(/\.$/, "");
    source.report({ path, what: inFileNames(what), remedy: inFileNames(remedy) });
  }
  return choice;
}

/** Names of options as a file has them. */
function inFileNames(text: string): string {
  return text.replace(/\b[a-z]+(?:[A-Z][a-z]*)+\b/g, (name) =>
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
}

/** Options are written_like_this in files and namedLikeThis in programs; an option may be a choice with options itself. */
function readChoice(written: string | ({ name: string } & Record<string, unknown>)): StudyConfig["sampler"] {
  if (typeof written === "string") return { name: written, options: {} };
  const { name, ...options } = written;
  return { name, options: inProgramNames(options) };
}

function inProgramNames(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const camel = (key: string): string =>
    key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      camel(key),
      isBlock(value) ? inProgramNames(value) : value,
    ]),
  );
}

function isBlock(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
