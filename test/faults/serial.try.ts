import { faultsOver } from "./fault-table.ts";
import { playAlone } from "./play.ts";
import { chosenFaults, seedOfTheDay } from "./seeds.ts";

const link = (process.env["LINK"] ?? "serial") as "serial";
const seeds = Number(process.env["SEEDS"] ?? 1);
for (const fault of chosenFaults(faultsOver(link)))
  for (let k = 0; k < seeds; k++) {
    const began = performance.now();
    try {
      const p = await playAlone(fault, link, seedOfTheDay() + k);
      if (p.amiss.length > 0 || seeds === 1)
        console.log(
          p.amiss.length === 0 ? "ok " : "BAD",
          fault.id,
          p.seed,
          "moment",
          p.moment.toFixed(2),
          JSON.stringify(p.seen),
          p.rows.join(" | "),
          p.errors.join(" | "),
          "AMISS",
          p.amiss.join("; "),
          ((performance.now() - began) / 1000).toFixed(1),
        );
    } catch (e) {
      console.log("THREW", fault.id, e);
    }
  }
process.exit(0);
