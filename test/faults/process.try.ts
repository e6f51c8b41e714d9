import { playCommand } from "./command.ts";
import { PROCESS_FAULTS } from "./kinds/processes.ts";
import { chosenFaults, seedOfTheDay } from "./seeds.ts";
import { openStage } from "./stages.ts";

const link = (process.env["LINK"] ?? "serial") as "serial";
for (const fault of chosenFaults(PROCESS_FAULTS)) {
  const began = performance.now();
  const stage = await openStage(link, { clock: "realtime" });
  try {
    const p = await playCommand(stage, fault, seedOfTheDay());
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
  await stage.close();
}
process.exit(0);
