import assert from "node:assert/strict";
import { it } from "node:test";
import { PRUNER_NAMES, SAMPLER_NAMES } from "../../src/optimizer/catalogue.ts";
import { run, workFolder } from "./gaitsmith.ts";

it("the help of tune names every sampler and pruner, and no other", async (t) => {
  const { status, stdout } = await run(workFolder(t), "tune", "--help");
  assert.equal(status, 0);
  const help = stdout.replace(/\s+/g, " ");
  assert.deepEqual(namesAfter(help, "what proposes parameter sets: "), SAMPLER_NAMES);
  assert.deepEqual(namesAfter(help, "what stops poor walks early: "), PRUNER_NAMES);
});

function namesAfter(help: string, words: string): string[] {
  assert.ok(help.includes(words), help);
  return help
    .split(words)[1]!
    .split(" (")[0]!
    .split(/, | or /);
}
