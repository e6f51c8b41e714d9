/**
 * Writes the JSON schemas that editors use, from the schemas in `schema.ts` and `study-schema.ts`:
 *
 *     npm run generate
 */
import { writeFileSync } from "node:fs";
import { hardwareConfigPath } from "../paths.ts";
import { HARDWARE_SCHEMA } from "./schema.ts";
import { STUDY_SCHEMA } from "./study-schema.ts";

/** Text of each file in `hardware-configs/`, by name. */
export function schemaFiles(): Readonly<Record<string, string>> {
  const text = (title: string, schema: object): string =>
    `${formatted({ $schema: "http://json-schema.org/draft-07/schema#", title, ...schema }, "", 0)}\n`;
  return {
    "schema.json": text("gaitsmith hardware config", HARDWARE_SCHEMA),
    "study-schema.json": text("gaitsmith study", STUDY_SCHEMA),
  };
}

const LINE_WIDTH = 110;

/** JSON as the project's formatter lays it out: lists on one line where they fit. @param before columns taken already */
function formatted(value: unknown, indent: string, before: number): string {
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map((entry) => JSON.stringify(entry)).join(", ")}]`;
    const simple = value.every((entry) => typeof entry !== "object");
    // One column for the comma that may follow.
    if (simple && before + line.length + 1 <= LINE_WIDTH) return line;
    const entries = value.map((entry) => deeper + formatted(entry, deeper, deeper.length));
    return `[\n${entries.join(",\n")}\n${indent}]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => {
    const start = `${deeper}${JSON.stringify(key)}: `;
    return start + formatted(field, deeper, start.length);
  });
  return fields.length === 0 ? "{}" : `{\n${fields.join(",\n")}\n${indent}}`;
}

if (import.meta.main) {
  for (const [file, text] of Object.entries(schemaFiles())) writeFileSync(hardwareConfigPath(file), text);
}
