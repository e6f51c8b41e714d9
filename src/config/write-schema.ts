/**
 * Writes the JSON schemas that editors use, from the one schema in `schema.ts`:
 *
 *     node src/config/write-schema.ts && npx biome check --write hardware-configs
 */
import { writeFileSync } from "node:fs";
import { hardwareConfigPath } from "../paths.ts";
import { HARDWARE_SCHEMA, STUDY_SCHEMA } from "./schema.ts";

/** Text of each file in `hardware-configs/`, by name. */
export function schemaFiles(): Readonly<Record<string, string>> {
  const text = (title: string, schema: object): string =>
    `${JSON.stringify({ $schema: "http://json-schema.org/draft-07/schema#", title, ...schema }, null, 2)}\n`;
  return {
    "schema.json": text("gaitsmith hardware config", HARDWARE_SCHEMA),
    "study-schema.json": text("gaitsmith study", STUDY_SCHEMA),
  };
}

if (import.meta.main) {
  for (const [file, text] of Object.entries(schemaFiles())) writeFileSync(hardwareConfigPath(file), text);
}
