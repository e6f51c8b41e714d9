/** The sampler thread: answers one question at a time from its own copy of the trials. */
import { parentPort, workerData } from "node:worker_threads";
import { fail, GaitsmithError } from "../errors.ts";
import { createSampler } from "../optimizer/catalogue.ts";
import { baseline, champion } from "../optimizer/champion.ts";
import { nextConfirmation } from "../optimizer/confirmation.ts";
import { carefulFeasibility } from "../optimizer/exploration/careful-feasibility.ts";
import type { Suggestion } from "../optimizer/sampler.ts";
import { unitSpace } from "../optimizer/space/unit-space.ts";
import type { ObservedTrial } from "../optimizer/trial.ts";
import { studyFeasibility } from "../service/feasibility.ts";
import type { SamplerAnswer, SamplerRequest, SamplerSetup } from "../service/sampler-messages.ts";
import { stepBack } from "./thread-priority.ts";

stepBack();

const setup = workerData as SamplerSetup;
const { config, direction, seed, sampler: choice, constraints, constraintCount, exploring = null } = setup;
const { space, seedGait } = config;
const unit = unitSpace(space);
const feasible = await studyFeasibility(config, constraints);
const sampler = createSampler(choice.name, choice.options, {
  space,
  direction,
  seed,
  constraintCount,
  start: seedGait,
});
const trials: ObservedTrial[] = [];

parentPort?.on("message", (request: SamplerRequest) => {
  for (const trial of request.changed) trials[trial.number] = trial;
  parentPort?.postMessage(answer(request));
});

function suggested(suggestion: number): Suggestion {
  const question = { unit, trials, suggestion, seedGait, elsewhere: feasible };
  const allowed = exploring === null ? feasible : carefulFeasibility(exploring, question);
  const proposed = sampler.ask({ trials, suggestion, feasible: allowed });
  // Every sampler keeps to it; this is the first ring of safety, so it is looked at once more.
  if (!allowed(proposed.parameters))
    fail("SAMPLER_FAILED", {
      what: `the sampler ${sampler.name} proposed what is not feasible: ${JSON.stringify(proposed.parameters)}`,
      remedy: "Report this; go on with another sampler.",
    });
  return proposed;
}

function answer(request: SamplerRequest): SamplerAnswer {
  const { id } = request;
  try {
    switch (request.kind) {
      case "ask":
        return {
          id,
          kind: "suggestion",
          suggestion: suggested(request.suggestion),
        };
      case "confirm":
        return {
          id,
          kind: "confirmation",
          parameters: nextConfirmation(trials, space, direction, { top: request.candidates }),
        };
      case "conclude":
        return {
          id,
          kind: "conclusions",
          conclusions: { champion: champion(trials, space, direction), baseline: baseline(trials) },
        };
    }
  } catch (error) {
    const known = error instanceof GaitsmithError ? error : null;
    const what = error instanceof Error ? error.message : String(error);
    return {
      id,
      kind: "failed",
      code: known?.code ?? null,
      what,
      where: known?.where ?? null,
      remedy: known?.remedy ?? null,
    };
  }
}
