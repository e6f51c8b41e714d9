/** A set that a robot keeps over the power and gives back: over every link, where the tests have one. */
import { describeError } from "../../src/errors.ts";
import { HOLDERS, holder, keepsAndTakesBack } from "../cli/held-set.ts";
import { WITHOUT_CC } from "../firmware-protocol/c-program.ts";
import type { Claim } from "./claims.ts";
import { inFolder } from "./study-units.ts";

export async function keepsSetsOverEveryLink(): Promise<Claim[]> {
  const amiss: Record<string, string> = {};
  const holders = HOLDERS.filter((kind) => kind !== "serial-c" || WITHOUT_CC === false);
  // One after the other: they are one robot by name.
  for (const kind of holders)
    await inFolder(async (folder) => {
      const before = process.env["GAITSMITH_STATE_DIR"];
      process.env["GAITSMITH_STATE_DIR"] = `${folder}/state`;
      const { file, close } = await holder(kind, folder);
      try {
        await keepsAndTakesBack(folder, file);
      } catch (error) {
        amiss[kind] = describeError(error);
      } finally {
        await close();
        if (before === undefined) delete process.env["GAITSMITH_STATE_DIR"];
        else process.env["GAITSMITH_STATE_DIR"] = before;
      }
    });
  return [
    {
      name: "a set that was applied is kept over the power and taken back, over every link",
      bar: "applied, walked, compared, taken back, and the taking back taken back; every value read back is the one written",
      holds: Object.keys(amiss).length === 0,
      measured: { links: holders, amiss },
    },
  ];
}
