/** The gait block of a robot that has a gait of its own: of that nothing is known but names, units and ranges. */
import { OWN_GAIT } from "../gait/gaits.ts";
import type { ConfigSource, FieldPath } from "./config-source.ts";
import { mustTune, noParameters, readParameter } from "./gait-parameters.ts";
import type { TunedParameter } from "./gait-schema.ts";
import type { GaitSection } from "./gait-section.ts";
import type { WrittenHardware } from "./schema.ts";
import type { Written } from "./schema-fields.ts";
import { DIMENSIONS, dimensionOf, type SiUnit } from "./units.ts";

/** The robot's own gait has the parameters that the file names, in the file's order. */
export function readOwnGait(source: ConfigSource, written: WrittenHardware["gait"]): GaitSection {
  if (written.body !== undefined)
    source.report({
      path: ["gait", "body"],
      what: "of the robot's own gait nobody can say which parameters its legs can follow, whatever its body is",
      remedy: "Remove `body`, or name a gait of the catalogue.",
      atKey: true,
    });
  const result = noParameters();
  for (const [name, value] of Object.entries(written.parameters)) {
    const path: FieldPath = ["gait", "parameters", name];
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      source.report({
        path,
        what: `\`${name}\` is not a name that expressions can use`,
        remedy: "Use letters, digits and underscores, a letter first.",
        atKey: true,
      });
      continue;
    }
    const unit = ownUnit(source, path, value);
    if (unit !== null) readParameter(source, path, { name, unit }, value, result);
  }
  mustTune(source, result);
  return {
    gait: { name: OWN_GAIT, body: null, constants: result.constants },
    space: { parameters: result.tuned },
    seedGait: result.seed,
    units: result.units,
  };
}

/** The dimension in which a parameter of the robot's own gait is written, the same one in all of its fields; null: refused. */
function ownUnit(source: ConfigSource, path: FieldPath, value: Written | TunedParameter): SiUnit | null {
  if (typeof value !== "object") {
    const si = dimensionOf(value);
    if (si === null) unknownUnit(source, path, value);
    return si;
  }
  const fields = (["low", "high", "seed", "step", "lengthscale"] as const).flatMap((field) => {
    const written = value[field];
    return written === undefined ? [] : [{ field, written, si: dimensionOf(written) }];
  });
  for (const { field, written, si } of fields)
    if (si === null) unknownUnit(source, [...path, field], written);
  const [first] = fields;
  if (first === undefined || fields.some(({ si }) => si === null)) return null;
  let agreed: SiUnit | null = first.si;
  for (const { field, written, si } of fields) {
    if (si === null || first.si === null || si === first.si) continue;
    agreed = null;
    source.report({
      path: [...path, field],
      what: `\`${written}\` is ${DIMENSIONS[si].words}, but ${first.field}, \`${first.written}\`, is ${DIMENSIONS[first.si].words}`,
      remedy: "Write all values of a parameter in units of one kind.",
    });
  }
  return agreed;
}

function unknownUnit(source: ConfigSource, path: FieldPath, written: Written): void {
  const units = Object.keys(DIMENSIONS).filter((si) => si !== "");
  source.report({
    path,
    what: `\`${written}\` is not a number with a unit that is known`,
    remedy: `Write a plain number, or one with a unit such as ${units.join(", ")}.`,
  });
}
