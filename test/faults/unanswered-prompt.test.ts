/** A question that stands open: the proof asks for minutes what this asks for seconds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { documentOf, run, workFolder } from "../cli/gaitsmith.ts";
import { leftAlone } from "./unanswered-prompt.ts";

test("while nobody answers the robot is without torque, and Ctrl-C ends without a trial", async (t) => {
  const folder = workFolder(t);
  const { states, finished } = await leftAlone(folder, 3);
  assert.deepEqual(states, ["off"]);
  assert.equal(finished.status, 130, finished.stderr);
  assert.deepEqual(documentOf(await run(folder, "show", "studies.db", "--json")).trials, []);
});
