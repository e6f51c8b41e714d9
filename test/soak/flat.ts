/** One station that walks again and again, recording every walk: it notes what it holds. SOAK_FOLDER and SOAK_WALKS say where, how often. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { planOf, StationProcess } from "../station/station-process.ts";
import { soakConfig } from "./soak-config.ts";

const { SOAK_FOLDER: folder = ".", SOAK_WALKS: walks = "100" } = process.env;
const station = new StationProcess(soakConfig, join(folder, "flat-robot"));
await station.until("ready");
for (let trial = 0; trial < Number(walks); trial++) {
  const recording = join(folder, "flat.mcap");
  const outcome = await station.run(planOf(soakConfig, { trial, suggestion: trial, recording }));
  if (outcome.recording === null) throw new Error(`walk ${trial} was not recorded`);
  station.messages.length = 0;
  rmSync(recording, { force: true });
}
await station.close();
