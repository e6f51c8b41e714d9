/** The claim about full disks: whole studies on disks that somebody fills at random moments. */

import { documentOf, run } from "../cli/gaitsmith.ts";
import { type FilledDisk, studyOnSmallDisk, TUNE } from "../faults/disk-fills-up.ts";
import type { Claim } from "./claims.ts";
import { cached, inFolder } from "./study-units.ts";

export async function losesNothingToAFullDisk(seeds: number): Promise<Claim[]> {
  const whole = await inFolder((folder) => run(folder, ...TUNE).then(documentOf));
  const filled: FilledDisk[] = [];
  for (let seed = 1; seed <= seeds; seed++)
    filled.push(
      await cached(`full-disk-${seed}`, async () => {
        const one = await studyOnSmallDisk(seed, whole);
        if (one === null)
          throw new Error("small disks may not be mounted here: run this in `unshare -rm`, or as root");
        return one;
      }),
    );
  const full: Record<string, number> = {};
  for (const one of filled)
    for (const [code, times] of Object.entries(one.full)) full[code] = (full[code] ?? 0) + times;
  const wrong = filled.flatMap((one) => one.wrong);
  return [
    {
      name: "a full disk stops a study with a reason and loses no result",
      bar: "every stop names the disk with exit status 1; with room again the same command ends as on a large disk, and no recorded outcome is missing from the study",
      holds: wrong.length === 0 && Object.keys(full).length > 0,
      measured: {
        studies: filled.length,
        stopped_by: full,
        walks_interrupted: filled.reduce((sum, { interrupted }) => sum + interrupted, 0),
        wrong,
      },
    },
  ];
}
