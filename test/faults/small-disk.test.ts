/** A disk is filled at random moments of a study, again and again: nothing is lost. All seeds: `npm run test:proof`. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { documentOf, run, workFolder } from "../cli/gaitsmith.ts";
import { studyOnSmallDisk, TUNE } from "./disk-fills-up.ts";
import { smallDisk } from "./small-disk.ts";

const ROUNDS = 2;

it("a disk that fills up at a random moment stops the study with a reason and loses no result", async (t) => {
  const disk = smallDisk(1e6);
  if (disk === null) return t.skip("small disks may not be mounted here");
  disk.remove();
  const seed = 1 + Math.floor(Math.random() * 1e6);
  t.diagnostic(`seed ${seed}`);
  const whole = run(workFolder(t), ...TUNE).then(documentOf);
  const filled = await studyOnSmallDisk(seed, whole, ROUNDS);
  assert.ok(filled !== null);
  assert.deepEqual(filled.wrong, []);
  t.diagnostic(`stopped by ${JSON.stringify(filled.full)}, ${filled.interrupted} walks interrupted`);
});
