import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { EXAMPLE_STUDY, exampleEnd, exampleTrial } from "../../src/conformance/example-study.ts";
import { choicesInUse, continueWith } from "../../src/study/choices-in-use.ts";
import type { Storage } from "../../src/study/storage.ts";
import { type SqlitePlace, sqlitePlace } from "./sqlite-place.ts";

const { name, sampler, pruner } = EXAMPLE_STUDY;
const FIRST = { from: 0, sampler, pruner };
const TPE = { name: "tpe", options: { startupTrials: 4 } };
const NONE = { name: "none", options: {} };

let place: SqlitePlace;
let storage: Storage;
beforeEach(async () => {
  place = sqlitePlace();
  storage = await place.open();
  await storage.createStudy(EXAMPLE_STUDY);
});
afterEach(async () => {
  await storage.close();
  await place.remove();
});

async function walk(): Promise<void> {
  const { number } = await storage.startTrial(name, exampleTrial());
  await storage.finishTrial(name, number, exampleEnd());
}

describe("samplers and pruners of a study", () => {
  it("are the first ones while it is continued with them, and nothing is stored", async () => {
    await walk();
    await continueWith(storage, EXAMPLE_STUDY, { sampler, pruner });
    assert.deepEqual(await choicesInUse(storage, EXAMPLE_STUDY), [FIRST]);
    assert.equal(await storage.attribute(name, "choices"), undefined);
  });

  it("are remembered with the trial from which they were in charge, also in a file opened again", async () => {
    await walk();
    await continueWith(storage, EXAMPLE_STUDY, { sampler: TPE, pruner });
    await walk();
    await walk();
    await continueWith(storage, EXAMPLE_STUDY, { sampler: TPE, pruner });
    await continueWith(storage, EXAMPLE_STUDY, { sampler: TPE, pruner: NONE });
    await storage.close();
    storage = await place.open();
    assert.deepEqual(await choicesInUse(storage, EXAMPLE_STUDY), [
      FIRST,
      { from: 1, sampler: TPE, pruner },
      { from: 3, sampler: TPE, pruner: NONE },
    ]);
  });

  it("are forgotten when nothing was walked with them", async () => {
    await walk();
    await continueWith(storage, EXAMPLE_STUDY, { sampler: TPE, pruner });
    await continueWith(storage, EXAMPLE_STUDY, { sampler, pruner: NONE });
    assert.deepEqual(await choicesInUse(storage, EXAMPLE_STUDY), [FIRST, { from: 1, sampler, pruner: NONE }]);
    await continueWith(storage, EXAMPLE_STUDY, { sampler, pruner });
    assert.deepEqual(await choicesInUse(storage, EXAMPLE_STUDY), [FIRST]);
  });
});
