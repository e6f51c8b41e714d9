/** A disk is filled at random moments of a study, again and again: nothing is lost. All seeds: `npm run test:proof`. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { documentOf, run, simulatedConfig, workFolder } from "../cli/gaitsmith.ts";
import { studyOnSmallDisk, tune } from "./disk-fills-up.ts";
import { smallDisk } from "./small-disk.ts";

it("a disk that fills up at a random moment stops the study with a reason and loses no result", async (t) => {
  const disk = smallDisk(1e6);
  if (disk === null) return t.skip("small disks may not be mounted here");
  disk.remove();
  const seed = 1 + Math.floor(Math.random() * 1e6);
  t.diagnostic(`seed ${seed}`);
  const folder = workFolder(t);
  const command = tune(simulatedConfig(folder, [[/measure: 9 s/, "measure: 2 s"]]));
  const whole = run(folder, ...command).then(documentOf);
  const filled = await studyOnSmallDisk(seed, whole, { command, latest: 2000, rounds: 1 });
  assert.ok(filled !== null);
  assert.deepEqual(filled.wrong, []);
  t.diagnostic(`stopped by ${JSON.stringify(filled.full)}, ${filled.interrupted} walks interrupted`);
});
