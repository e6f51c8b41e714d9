/**
 * `npm run best-known`: the best gait anyone here has found in the nominal world, by a long noise-free CMA-ES run with
 * restarts. Every champion is measured against it.
 */
import { writeFileSync } from "node:fs";
import { score, Walkway } from "../../sim/true-walk.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { createSampler } from "../../src/optimizer/catalogue.ts";
import type { ObservedTrial } from "../../src/optimizer/trial.ts";
import { feasibilityOf, gaitParameters } from "../../src/service/feasibility.ts";
import { trialAt } from "../optimizer/trial-at.ts";
import { BEST_KNOWN_FILE, type BestKnown } from "./judge.ts";
import { CONFIG } from "./study-units.ts";

const RESTARTS = 4;
const EVALUATIONS = 500;

const config = readHardwareConfig(CONFIG);
const feasible = feasibilityOf(config);
const walkway = await Walkway.open("nominal");
let best: BestKnown | null = null;
for (let seed = 1; seed <= RESTARTS; seed++) {
  const context = { space: config.space, direction: "maximize" as const, seed, constraintCount: 0 };
  const sampler = createSampler("cma-es", {}, context);
  const trials: ObservedTrial[] = [];
  for (let suggestion = 0; suggestion < EVALUATIONS; suggestion++) {
    const { parameters, bookkeeping } = sampler.ask({ trials, suggestion, feasible });
    const displacement = score(
      walkway.walk({ gait: config.gait.name, parameters: gaitParameters(config, parameters) }),
    );
    const reports = [{ step: 1, value: displacement, time: 10 }];
    trials.push(trialAt(suggestion, parameters, { reports, value: displacement, walked: 12, bookkeeping }));
    if (displacement > (best?.displacement ?? 0))
      best = {
        command: "npm run best-known",
        seed,
        evaluations: RESTARTS * EVALUATIONS,
        parameters,
        displacement,
      };
  }
  console.log(`seed ${seed}: best so far ${best?.displacement.toFixed(3)} m`);
}
walkway.close();
writeFileSync(BEST_KNOWN_FILE, `${JSON.stringify(best, null, 2)}\n`);
