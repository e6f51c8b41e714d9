/** The units in which a config writes its gait parameters, for tables that a person compares with it. */
import { ConfigSource } from "./config-source.ts";
import type { HardwareConfig } from "./hardware-config.ts";
import type { WrittenHardware } from "./schema.ts";
import { isSiUnit, readQuantity, unitOf, writtenUnit } from "./units.ts";

export interface ParameterUnit {
  /** "" for a ratio */
  readonly name: string;
  /** SI value = number in this unit × factor + offset. */
  readonly factor: number;
  readonly offset: number;
}

/** By parameter name. @param text the file's, when it is not read from the file itself */
export function parameterUnits(
  { source, gait: { units = {} } }: HardwareConfig,
  text?: string,
): ReadonlyMap<string, ParameterUnit> {
  const written = new ConfigSource(source.file, text).content as WrittenHardware;
  return new Map(
    Object.entries(written.gait.parameters).map(([name, value]) => {
      const si = units[name] ?? "";
      const unit = writtenUnit(typeof value === "object" ? value.low : value);
      const found = isSiUnit(si) ? unitOf(unit, si) : null;
      return [name, found === null ? { name: si, factor: 1, offset: 0 } : { name: unit, ...found }] as const;
    }),
  );
}

/**
 * A file of parameter values, YAML or JSON: name and quantity, `step_length: 5 cm`.
 *
 * @returns SI
 * @throws CONFIG_UNREADABLE, CONFIG_INVALID naming the line
 */
export function readParameterFile(
  file: string,
  { gait: { units = {} } }: HardwareConfig,
): Readonly<Record<string, number>> {
  const source = new ConfigSource(file);
  const { content } = source;
  const values: Record<string, number> = {};
  if (typeof content !== "object" || content === null || Array.isArray(content))
    source.report({
      path: [],
      what: "it is no list of parameters",
      remedy: "Write one `name: value` on each line, with units.",
    });
  for (const [name, written] of Object.entries((content ?? {}) as Record<string, unknown>)) {
    const si = units[name];
    if (si === undefined) {
      source.report({
        path: [name],
        what: "the gait has no such parameter",
        remedy: `It has ${Object.keys(units).join(", ")}.`,
      });
      continue;
    }
    const reading = readQuantity(written, isSiUnit(si) ? si : "");
    if (reading.ok) values[name] = reading.value;
    else source.report({ path: [name], what: reading.what, remedy: reading.remedy });
  }
  source.refuseProblems();
  return values;
}
