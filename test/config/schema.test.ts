import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { schemaFiles } from "../../src/config/write-schema.ts";
import { hardwareConfigPath } from "../../src/paths.ts";

test("the schemas that editors use are those the files are checked against", () => {
  for (const [file, text] of Object.entries(schemaFiles())) {
    assert.deepEqual(
      JSON.parse(readFileSync(hardwareConfigPath(file), "utf8")),
      JSON.parse(text),
      `hardware-configs/${file} is stale: npm run generate`,
    );
  }
});

test("every shipped config is read and passes its schema", () => {
  const schema = JSON.parse(readFileSync(hardwareConfigPath("schema.json"), "utf8"));
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  const files = readdirSync(hardwareConfigPath(".")).filter((file) => file.endsWith(".yaml"));
  assert.ok(files.length > 1);
  for (const file of files) {
    assert.ok(
      validate(parse(readFileSync(hardwareConfigPath(file), "utf8"))),
      `${file}: ${JSON.stringify(validate.errors)}`,
    );
    const { robot, seedGait, space } = readHardwareConfig(hardwareConfigPath(file));
    // One robot, reached another way.
    if (file !== "simulated-rosbridge.yaml") assert.equal(`${robot.id}.yaml`, file);
    assert.ok(space.parameters.every(({ name }) => name in seedGait));
  }
});

test("the shipped config passes its schema in an editor that knows no keyword of ours", () => {
  const text = readFileSync(hardwareConfigPath("simulated-elastic-quadruped.yaml"), "utf8");
  assert.match(text.split("\n")[0]!, /^# yaml-language-server: \$schema=\.\/schema\.json$/);
  const schema = JSON.parse(readFileSync(hardwareConfigPath("schema.json"), "utf8"));
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  assert.ok(validate(parse(text)), JSON.stringify(validate.errors));
  assert.ok(!validate(parse(text.replace("mass: 3.1 kg", "mass: 3.1"))));
  assert.ok(
    !validate(parse(text.replace("clearance:", "clearnce:").replace("thigh: 85 mm", "thigh: 85 deg"))),
  );
});

test("every field has a description, so that an editor can explain it", () => {
  const undescribed: string[] = [];
  const visit = (node: unknown, path: string): void => {
    if (typeof node !== "object" || node === null) return;
    const schema = node as Record<string, unknown>;
    for (const [name, child] of Object.entries((schema["properties"] ?? {}) as Record<string, unknown>)) {
      const field = child as Record<string, unknown>;
      if (field["description"] === undefined && field["const"] === undefined)
        undescribed.push(`${path}.${name}`);
      visit(child, `${path}.${name}`);
    }
    for (const child of (schema["oneOf"] ?? []) as unknown[]) visit(child, path);
    for (const branch of ["then", "else"]) visit(schema[branch], path);
    for (const child of Object.values((schema["patternProperties"] ?? {}) as Record<string, unknown>))
      visit(child, `${path}.*`);
  };
  visit(JSON.parse(schemaFiles()["schema.json"]!), "");
  assert.deepEqual(
    undescribed.filter((path) => !/(sampler|pruner)\.name$/.test(path)),
    [],
  );
});
