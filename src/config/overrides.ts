/** What the command line changes in a hardware config, without touching the file. */
import { fail } from "../errors.ts";
import { createPruner, createSampler, PRUNER_NAMES, SAMPLER_NAMES } from "../optimizer/catalogue.ts";
import { type Choice, problemOf } from "./choice.ts";
import type { HardwareConfig, StudyConfig } from "./hardware-config.ts";
import { nearestName } from "./nearest-name.ts";
import { readDuration } from "./units.ts";

/** As typed; numbers may be given as numbers. What is absent stays as the file has it. */
export interface Overrides {
  /** Name of the study. */
  readonly study?: string;
  readonly sampler?: string;
  readonly pruner?: string;
  readonly trials?: string | number;
  /** `30min`, or seconds as a number. */
  readonly robotTime?: string | number;
  readonly seed?: string | number;
  /** Of a simulated robot. */
  readonly variant?: string;
  readonly variation?: string;
}

/**
 * Pure: returns the config as changed. A sampler or pruner named here replaces the file's together with its options,
 * unless it is the same one.
 *
 * @throws BAD_USAGE naming the option
 */
export function applyOverrides(config: HardwareConfig, overrides: Overrides): HardwareConfig {
  return { ...config, link: overrideLink(config, overrides), study: overrideStudy(config, overrides) };
}

/** @returns s; @throws BAD_USAGE when it is not a duration such as `30min`, `90 s`, `1h30min` */
export function parseDuration(text: string, option = "the duration"): number {
  const reading = readDuration(text);
  return reading.ok
    ? reading.value
    : fail("BAD_USAGE", { what: `${option}: ${reading.what}`, remedy: reading.remedy });
}

function overrideLink(
  { link, source }: HardwareConfig,
  { variant, variation }: Overrides,
): HardwareConfig["link"] {
  if (variant === undefined && variation === undefined) return link;
  if (link.kind !== "simulated") {
    return fail("BAD_USAGE", {
      what: `--${variant === undefined ? "variation" : "variant"} is for simulated robots; this one is real`,
      where: source.file,
      remedy: "Leave it out.",
    });
  }
  return {
    ...link,
    ...(variant === undefined ? {} : { variant }),
    ...(variation === undefined ? {} : { variation: variationOf(variation) }),
  };
}

const VARIATIONS = ["none", "mild", "rough"] as const;

function variationOf(text: string): (typeof VARIATIONS)[number] {
  const found = VARIATIONS.find((name) => name === text);
  if (found !== undefined) return found;
  const near = nearestName(text, VARIATIONS);
  return fail("BAD_USAGE", {
    what: `--variation ${text} is not known`,
    remedy: `${near === null ? "" : `Did you mean ${near}? `}Use one of: ${VARIATIONS.join(", ")}.`,
  });
}

function overrideStudy({ study, source, space }: HardwareConfig, overrides: Overrides): StudyConfig | null {
  const asked = (["study", "sampler", "pruner", "trials", "robotTime", "seed"] as const).find(
    (name) => overrides[name] !== undefined,
  );
  if (asked === undefined) return study;
  if (study === null) {
    return fail("BAD_USAGE", {
      what: `--${asked === "robotTime" ? "robot-time" : asked} has no study to change: the config has no study block`,
      where: source.file,
      remedy: "Add a `study:` block to the hardware config, or name a study file with --study.",
    });
  }
  const { study: name, sampler, pruner, trials, robotTime, seed } = overrides;
  const changed: StudyConfig = {
    ...study,
    ...(name === undefined ? {} : { name: nonEmpty("study", name) }),
    ...(sampler === undefined
      ? {}
      : {
          sampler: chosen("sampler", study.sampler, sampler, () =>
            createSampler(sampler, {}, { ...study, space, constraintCount: 0 }),
          ),
        }),
    ...(pruner === undefined
      ? {}
      : {
          pruner: chosen("pruner", study.pruner, pruner, () =>
            createPruner(pruner, {}, { study: study.name }),
          ),
        }),
    ...(trials === undefined ? {} : { trials: wholeNumber("trials", trials, 1) }),
    ...(robotTime === undefined ? {} : { robotTime: secondsOf(robotTime) }),
    ...(seed === undefined ? {} : { seed: wholeNumber("seed", seed, 0) }),
  };
  return trials === undefined ? changed : fitted(changed);
}

/**
 * A budget smaller than the file's keeps the baseline walks as far as they fit, and a share of the rest confirms: a
 * quick look at three trials must not be refused for the sake of ten confirming walks.
 */
function fitted(study: StudyConfig): StudyConfig {
  const { trials, confirm } = study;
  const baselineWalks = Math.min(study.baselineWalks, Math.max(0, trials - 1));
  const walks = Math.min(confirm.walks, Math.floor((trials - baselineWalks) / 4));
  return { ...study, baselineWalks, confirm: { ...confirm, walks } };
}

/** @param make makes the one of that name, without options */
function chosen(option: "sampler" | "pruner", current: Choice, name: string, make: () => unknown): Choice {
  if (name === current.name) return current;
  const problem = problemOf(make);
  if (problem === null) return { name, options: {} };
  const names = option === "sampler" ? SAMPLER_NAMES : PRUNER_NAMES;
  const near = nearestName(name, names);
  const more = names.includes(name)
    ? `Options stand in the study block: \`${option}: { name: ${name}, … }\`.`
    : near === null
      ? ""
      : `Did you mean ${near}?`;
  return fail("BAD_USAGE", {
    what: `--${option} ${name}: ${problem.what}`,
    remedy: `${problem.remedy} ${more}`.trim(),
  });
}

function nonEmpty(option: string, text: string): string {
  if (text.trim() !== "") return text;
  return fail("BAD_USAGE", { what: `--${option} is empty`, remedy: "Name it, or leave the option out." });
}

function wholeNumber(option: string, written: string | number, least: number): number {
  const value =
    typeof written === "number" ? written : /^\d+$/.test(written.trim()) ? Number(written) : Number.NaN;
  if (Number.isInteger(value) && value >= least && value < 2 ** 31) return value;
  return fail("BAD_USAGE", {
    what: `--${option} ${written} is not a whole number of at least ${least}`,
    remedy: `Write for example --${option} ${option === "trials" ? 60 : 1}.`,
  });
}

function secondsOf(written: string | number): number {
  if (typeof written === "string") return parseDuration(written, "--robot-time");
  if (written > 0 && Number.isFinite(written)) return written;
  return fail("BAD_USAGE", {
    what: `--robot-time ${written} s is not a duration`,
    remedy: "Write for example 30min.",
  });
}
