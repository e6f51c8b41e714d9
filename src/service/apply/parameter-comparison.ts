/** Two parameter sets beside each other: for the person who decides, and for the read-back that must agree bit by bit. */
import type { ParameterUnit } from "../../config/written-units.ts";
import type { SearchSpace } from "../../optimizer/search-space.ts";
import type { ParameterSetOnWire } from "../../robot/parameters.ts";

/** In the config's units; null: not in that set. */
export interface ParameterRow {
  readonly name: string;
  readonly unit: string;
  readonly current: number | null;
  readonly proposed: number | null;
  readonly change: number | null;
  /** The change as a share of the tuned range; null for a parameter that is not tuned. */
  readonly share: number | null;
}

const SI: ParameterUnit = { name: "", factor: 1, offset: 0 };

/** One row a parameter, in the proposed set's order; what only the robot has comes last. */
export function parameterRows(
  current: ParameterSetOnWire | null,
  proposed: ParameterSetOnWire,
  { space, units }: { readonly space: SearchSpace; readonly units: ReadonlyMap<string, ParameterUnit> },
): readonly ParameterRow[] {
  const before = new Map(current?.values);
  const after = new Map(proposed.values);
  const names = [...after.keys(), ...[...before.keys()].filter((name) => !after.has(name))];
  return names.map((name) => {
    const { name: unit, factor, offset } = units.get(name) ?? SI;
    const [had, gets] = [before.get(name) ?? null, after.get(name) ?? null];
    const shown = (value: number | null): number | null =>
      value === null ? null : (value - offset) / factor;
    const difference = had === null || gets === null ? null : gets - had;
    const tuned = space.parameters.find((one) => one.name === name);
    const range = tuned === undefined || tuned.kind === "categorical" ? null : tuned.high - tuned.low;
    return {
      name,
      unit,
      current: shown(had),
      proposed: shown(gets),
      change: difference === null ? null : difference / factor,
      share: difference === null || range === null ? null : difference / range,
    };
  });
}

export interface Difference {
  /** A parameter, or `gait`. */
  readonly name: string;
  readonly wanted: number | string | null;
  readonly found: number | string | null;
}

/**
 * What a robot holds other than it was told. Values agree when they are the same bits, in the 64 that were sent or in the 32 that a
 * robot computes with; in which order it tells them does not matter.
 *
 * @param found null: the robot holds none
 */
export function differences(
  wanted: ParameterSetOnWire,
  found: ParameterSetOnWire | null,
): readonly Difference[] {
  if (found === null) return [{ name: "gait", wanted: wanted.gait, found: null }];
  const gait = wanted.gait === found.gait ? [] : [{ name: "gait", wanted: wanted.gait, found: found.gait }];
  const [told, held] = [new Map(wanted.values), new Map(found.values)];
  const lacking = [...told].flatMap(([name, value]): Difference[] => {
    const there = held.get(name) ?? null;
    return there !== null && isSame(value, there) ? [] : [{ name, wanted: value, found: there }];
  });
  const more = [...held].flatMap(([name, value]): Difference[] =>
    told.has(name) ? [] : [{ name, wanted: null, found: value }],
  );
  return [...gait, ...lacking, ...more];
}

/** "step_length: the robot holds 0.05, not 0.06; …" */
export function differenceWords(all: readonly Difference[]): string {
  return all
    .map(({ name, wanted, found }) => `${name}: the robot holds ${found ?? "none"}, not ${wanted ?? "none"}`)
    .join("; ");
}

function isSame(wanted: number, found: number): boolean {
  return Object.is(wanted, found) || Object.is(Math.fround(wanted), found);
}
