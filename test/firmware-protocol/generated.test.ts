import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { MESSAGES, PROTOCOL, SCHEMA } from "../../firmware-protocol/codec/message-table.ts";
import { generatedFiles } from "../../firmware-protocol/generate/generate.ts";
import { canonicalText, protocolPath, readTable } from "../../firmware-protocol/generate/table.ts";

test("everything that is generated from messages.yaml is up to date", () => {
  for (const [file, text] of Object.entries(generatedFiles())) {
    assert.ok(readFileSync(protocolPath(file), "utf8") === text, `${file} is stale: npm run generate`);
  }
});

test("the codec's table is that of messages.yaml, in its order", () => {
  const table = readTable();
  assert.equal(PROTOCOL, table.protocol);
  assert.equal(SCHEMA, table.schema);
  const written = table.messages.map(({ name, id, from, fields }) => [
    name,
    { id, from, fields: Object.fromEntries(fields.map((field) => [field.name, field.type])) },
  ]);
  // Order is part of the format.
  assert.equal(JSON.stringify(Object.entries(MESSAGES)), JSON.stringify(written));
});

test("the schema's text changes with every name, type and word, and not with the order of the file", () => {
  const { messages } = readTable();
  const text = canonicalText(messages);
  assert.match(text, /^hello 1 host oldest:u8,newest:u8,schema:u32,host:string\n/);
  assert.match(text, /^stop 47 host level:\[neutral\|settle\|cut\]\n/m);
  assert.match(text, /^ack 48 robot \n/m);
  assert.equal(canonicalText([...messages].reverse()), text);
});
