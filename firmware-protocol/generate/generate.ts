/**
 * Writes everything that follows from `messages.yaml`:
 *
 *     npm run generate
 */
import { readFileSync, writeFileSync } from "node:fs";
import { headerText } from "./c-header.ts";
import { sourceText } from "./c-source.ts";
import { documentText } from "./document.ts";
import { frameVectors } from "./frame-vectors.ts";
import { messageVectors } from "./message-vectors.ts";
import { protocolPath, readTable } from "./table.ts";
import { messageFieldsText, messageTableText } from "./typescript.ts";

/** Text of each generated file, by its path in `firmware-protocol/`. */
export function generatedFiles(): Readonly<Record<string, string>> {
  const table = readTable();
  return {
    "README.md": documentText(readFileSync(protocolPath("README.md"), "utf8"), table),
    "codec/message-table.ts": messageTableText(table),
    "codec/message-fields.ts": messageFieldsText(table),
    "c/src/gs_messages.h": headerText(table),
    "c/src/gs_messages.c": sourceText(table),
    "vectors/messages.json": vectorText(messageVectors()),
    "vectors/frames.json": vectorText(frameVectors()),
  };
}

/** JSON with one vector per line. */
function vectorText(lists: object): string {
  const text = Object.entries(lists).map(
    ([name, vectors]: [string, readonly object[]]) =>
      `  "${name}": [\n${vectors.map((vector) => `    ${JSON.stringify(vector)}`).join(",\n")}\n  ]`,
  );
  return `{\n${text.join(",\n")}\n}\n`;
}

if (import.meta.main) {
  for (const [file, text] of Object.entries(generatedFiles())) writeFileSync(protocolPath(file), text);
}
