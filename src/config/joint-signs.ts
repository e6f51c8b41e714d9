/** Directions in which a robot counts its joints. */
import type { ConfigSource, FieldPath } from "./config-source.ts";
import { matchesPattern } from "./name-pattern.ts";
import { nearestName } from "./nearest-name.ts";
import type { WrittenSign } from "./rosbridge-schema.ts";

/** One sign per joint or leg: the same for all, or by name or pattern; 1 where nothing is said. */
export function readSigns(
  source: ConfigSource,
  path: FieldPath,
  whose: readonly (string | null)[],
  written: WrittenSign | undefined,
): (1 | -1)[] {
  const one = (at: FieldPath, value: unknown): 1 | -1 => {
    if (value !== 1 && value !== -1)
      source.report({
        path: at,
        what: `\`${String(value)}\` is neither 1 nor -1`,
        remedy: "Write -1 or leave it out.",
      });
    return value === -1 ? -1 : 1;
  };
  if (written === undefined) return whose.map(() => 1);
  if (typeof written !== "object") return new Array<1 | -1>(whose.length).fill(one(path, written));
  const signs = whose.map((): 1 | -1 => 1);
  for (const [pattern, value] of Object.entries(written)) {
    const sign = one([...path, pattern], value);
    const matched = whose.flatMap((name, index) =>
      name !== null && matchesPattern(pattern, name) ? [index] : [],
    );
    for (const index of matched) signs[index] = sign;
    if (matched.length > 0) continue;
    const names = whose.flatMap((name) => name ?? []);
    const near = nearestName(pattern, names);
    source.report({
      path: [...path, pattern],
      what:
        names.length === 0 ? "this channel belongs to no joint or leg" : "there is none of this name here",
      remedy:
        names.length === 0
          ? "Write `sign: -1`."
          : `${near === null ? "" : `Did you mean \`${near}\`? `}Here are: ${names.join(", ")}.`,
      atKey: true,
    });
  }
  return signs;
}
