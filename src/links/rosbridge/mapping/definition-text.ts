/** The `.msg` text of types that only the server knows, ready to be put into a config. */
import { PRIMITIVES, type RosTypes, typeInWords } from "./ros-types.ts";
import type { ServerType } from "./server-graph.ts";

/**
 * @param known types that need no text
 * @returns the lines of a `definitions` block, two spaces in; it lacks constants and defaults, which nothing here reads
 */
export function definitionText({ root, types }: ServerType, known: RosTypes): string[] {
  const seen = new Set<string>();
  const lines: string[] = [];
  const add = (type: string): void => {
    if (seen.has(type) || PRIMITIVES.has(type) || known.fieldsOf(type) !== null) return;
    seen.add(type);
    const fields = types.fieldsOf(type) ?? [];
    lines.push(`  ${type}: |`, ...fields.map((field) => `    ${typeInWords(field)} ${field.name}`));
    for (const field of fields) add(field.type);
  };
  add(root);
  return lines;
}
