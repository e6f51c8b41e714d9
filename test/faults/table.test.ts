/** The table of faults itself, and the one of docs/safety.md that is made of it. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { it } from "node:test";
import { FAULTS } from "./fault-table.ts";
import { PROCESS_FAULTS } from "./kinds/processes.ts";
import { faultTable, SAFETY_FILE, withTable } from "./write-table.ts";

it("every fault has a name of its own, a link, and a promise that can be broken", () => {
  const all = [...FAULTS, ...PROCESS_FAULTS];
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
  for (const { id, promise } of all) {
    assert.ok(promise.by.length > 0 && promise.end.length > 0, id);
    // What is not stopped in time must at least be filed, and what is stopped does not complete.
    const { within, end, refused } = promise;
    if (within !== null && refused === undefined)
      assert.ok(!end.every((state) => state === "completed") || promise.latched === true, id);
  }
  for (const { id, strike } of FAULTS) assert.ok(Object.keys(strike).length > 0, id);
});

it("every fault stands in the table, once for each promise", () => {
  const table = faultTable();
  for (const { id } of [...FAULTS, ...PROCESS_FAULTS]) assert.ok(table.includes(`\`${id}\``), id);
});

it("docs/safety.md has the table as it is generated", {
  skip: existsSync(SAFETY_FILE) ? false : "there is no docs/safety.md yet: node test/faults/write-table.ts",
}, () => {
  const document = readFileSync(SAFETY_FILE, "utf8");
  assert.equal(withTable(document), document, "run node test/faults/write-table.ts");
});
