/**
 * Checks the shape of a file against its schema and says in words what is wrong. The schema is the one that editors read: making it
 * anew from `schema.ts` would take every start of the command a tenth of a second.
 */
import { readFileSync } from "node:fs";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { hardwareConfigPath } from "../paths.ts";
import type { ConfigSource, FieldPath, Problem } from "./config-source.ts";
import { nearestName } from "./nearest-name.ts";
import { readDuration, readQuantity, type SiUnit } from "./units.ts";

type SchemaName = "hardware" | "study";
/** In `hardware-configs/`; written by `npm run generate`. */
const SCHEMA_FILES: Readonly<Record<SchemaName, string>> = {
  hardware: "schema.json",
  study: "study-schema.json",
};

/** Reports every departure of the content from the schema. */
export function checkStructure(source: ConfigSource, schema: SchemaName): void {
  const validate = validator(schema);
  if (validate(source.content)) return;
  const seen = new Set<string>();
  for (const error of validate.errors ?? []) {
    const problem = inWords(error);
    if (problem === null) continue;
    // One sentence per field: a wrong type also fails its pattern.
    const place = JSON.stringify(problem.path);
    if (!seen.has(place)) source.report(problem);
    seen.add(place);
  }
}

/** Compiling takes longer than reading a file; done once, when first needed. */
const compiled = new Map<SchemaName, ValidateFunction>();

function validator(schema: SchemaName): ValidateFunction {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    const ajv = new Ajv({
      ...{ allErrors: true, verbose: true, discriminator: true, allowUnionTypes: true },
      // Optimising takes a tenth of a second, a file is checked in less than a millisecond.
      code: { optimize: false },
    });
    ajv.addVocabulary(["patternErrorMessage"]);
    ajv.addKeyword({
      keyword: "quantity",
      validate: (kind: QuantityKind, written: unknown) => read(kind, written).ok,
    });
    const file = hardwareConfigPath(SCHEMA_FILES[schema]);
    validate = ajv.compile(JSON.parse(readFileSync(file, "utf8")) as object);
    compiled.set(schema, validate);
  }
  return validate;
}

type QuantityKind = SiUnit | "duration";

function read(kind: QuantityKind, written: unknown) {
  return kind === "duration" ? readDuration(written) : readQuantity(written, kind);
}

/** What ajv found, as a person says it; null when another error says it better. */
function inWords(error: ErrorObject): Problem | null {
  const path = fieldPath(error);
  const schema: Record<string, unknown> = error.parentSchema ?? {};
  const kind = schema["quantity"];
  if (kind !== undefined) {
    const reading = read(kind as QuantityKind, error.data);
    return reading.ok ? null : { path, what: reading.what, remedy: reading.remedy };
  }
  switch (error.keyword) {
    case "required":
      return missing(path, String(error.params["missingProperty"]), error);
    case "additionalProperties":
      return unknownKey(path, String(error.params["additionalProperty"]), error);
    case "enum":
    case "const":
      return notAmong(path, error);
    case "discriminator":
      return notAmong([...path, "kind"], error);
    case "type":
      return {
        path,
        what: `${shown(error.data)} stands where ${typeWords(schema["type"])} is expected`,
        remedy: meaning(schema),
      };
    case "pattern":
      return {
        path,
        what: `${shown(error.data)} is not written as it must be`,
        remedy: `Write ${String(schema["patternErrorMessage"] ?? schema["pattern"])}.`,
      };
    case "minItems":
    case "maxItems":
      return {
        path,
        what: `the list holds ${lengthOf(error.data)} entries; ${countWords(schema)} expected`,
        remedy: meaning(schema),
      };
    case "uniqueItems":
      return { path, what: "the same entry stands in the list twice", remedy: "Name each one once." };
    case "minimum":
    case "maximum":
      return {
        path,
        what: `${shown(error.data)} is out of range; it ${error.message}`,
        remedy: meaning(schema),
      };
    case "minLength":
    case "minProperties":
      return { path, what: "it is empty", remedy: meaning(schema) };
    case "oneOf":
    case "anyOf":
    case "if":
      return null;
    default:
      return { path, what: `it ${error.message ?? "is not allowed"}`, remedy: meaning(schema) };
  }
}

function missing(path: FieldPath, key: string, error: ErrorObject): Problem | null {
  const properties = propertiesOf(error);
  const misspelt = Object.keys(error.data as object).some(
    (name) => !Object.hasOwn(properties, name) && nearestName(name, Object.keys(properties)) === key,
  );
  // The misspelt field is reported with this name as the remedy.
  if (misspelt) return null;
  const description = properties[key]?.["description"];
  return {
    path,
    what: `\`${key}\` is missing`,
    remedy: description === undefined ? `Add \`${key}:\`.` : `Add \`${key}:\` (${String(description)}).`,
  };
}

function propertiesOf(error: ErrorObject): Record<string, Record<string, unknown>> {
  return (error.parentSchema?.["properties"] ?? {}) as Record<string, Record<string, unknown>>;
}

function unknownKey(path: FieldPath, key: string, error: ErrorObject): Problem {
  const known = Object.keys(propertiesOf(error));
  const present = Object.keys(error.data as object);
  const open = known.filter((name) => !present.includes(name));
  const near = nearestName(key, open) ?? nearestName(key, known);
  const choices = `Known here: ${known.join(", ")}.`;
  return {
    path: [...path, key],
    what: "there is no such field",
    remedy: near === null ? choices : `Did you mean \`${near}\`? ${choices}`,
    atKey: true,
  };
}

/** Reward may not come from the robot's own wishes; whoever tries is told why. */
const COMMANDED = /command|target|motor|wish|setpoint|open.?loop/i;

function notAmong(path: FieldPath, error: ErrorObject): Problem {
  const value = error.keyword === "discriminator" ? error.params["tagValue"] : error.data;
  if (path.at(-1) === "speed_source" && typeof value === "string" && COMMANDED.test(value)) {
    return {
      path,
      what:
        `\`${value}\` is a commanded source: computed from targets or from the motor side of the springs, it says ` +
        "what the robot was asked to do, and the optimiser would maximise its own wish",
      remedy: "Use `pose` (motion capture, tags) or `odometry` from link-side encoders.",
    };
  }
  const allowed = choicesOf(error);
  const near = typeof value === "string" ? nearestName(value, allowed) : null;
  return {
    path,
    what: value === undefined ? "it is missing" : `${shown(value)} is not known`,
    remedy: `${near === null ? "" : `Did you mean \`${near}\`? `}Use one of: ${allowed.join(", ")}.`,
  };
}

function choicesOf(error: ErrorObject): string[] {
  if (error.keyword === "enum") return (error.params["allowedValues"] as unknown[]).map(String);
  if (error.keyword === "const") return [String(error.params["allowedValue"])];
  const branches = (error.parentSchema?.["oneOf"] ?? []) as { properties: { kind: { const: string } } }[];
  return branches.map((branch) => branch.properties.kind.const);
}

/** `/gait/body/legs/0` as keys and indices. */
function fieldPath(error: ErrorObject): FieldPath {
  return error.instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function meaning(schema: Record<string, unknown>): string {
  const description = schema["description"];
  return description === undefined
    ? "See hardware-configs/schema.json."
    : `It means: ${String(description)}.`;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  object: "a block of fields",
  array: "a list",
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
};

function typeWords(type: unknown): string {
  const types = Array.isArray(type) ? type : [type];
  return types.map((name) => TYPE_WORDS[String(name)] ?? String(name)).join(" or ");
}

function countWords(schema: Record<string, unknown>): string {
  const { minItems, maxItems } = schema;
  if (minItems === maxItems) return `exactly ${String(minItems)} are`;
  return `at least ${String(minItems)} is`;
}

function lengthOf(data: unknown): number {
  return Array.isArray(data) ? data.length : 0;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a block" : `\`${String(value)}\``;
}
