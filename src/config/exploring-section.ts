/** How carefully a study explores, as written in its block. */
import type { Exploring } from "../optimizer/exploration/careful-feasibility.ts";
import type { ConfigSource, FieldPath } from "./config-source.ts";
import { EXPLORING_DEFAULTS } from "./hardware-config.ts";
import type { Written } from "./schema-fields.ts";
import type { WrittenExploring } from "./study-schema.ts";
import { toSi } from "./units.ts";

/** @param path where the block stands in the file */
export function readExploring(
  source: ConfigSource,
  path: FieldPath,
  written: "off" | WrittenExploring,
): Exploring | null {
  if (written === "off") return null;
  const maxChange = share("max_change", written.max_change, EXPLORING_DEFAULTS.maxChange);
  if (written.start === "off") return { maxChange, start: null };
  const { trials, within } = EXPLORING_DEFAULTS.start;
  const start = {
    trials: written.start?.trials ?? trials,
    within: share("within", written.start?.within, Math.min(within, maxChange), "start"),
  };
  if (start.within > maxChange)
    source.report({
      path: [...path, "start", "within"],
      what: "the first suggestions would go farther than later ones may (`max_change`)",
      remedy: "Write less than max_change.",
    });
  return { maxChange, start };

  function share(field: string, value: Written | undefined, usual: number, ...within: string[]): number {
    if (value === undefined) return usual;
    const read = toSi(value, "");
    if (read > 0 && read <= 1) return read;
    source.report({
      path: [...path, ...within, field],
      what: `\`${value}\` is no share of a parameter's range`,
      remedy: "Write more than 0 and at most 1, for example 30 %, or `exploring: off`.",
    });
    return usual;
  }
}
