/** A whole study of the simulated robot in this process, through the service's own runner. */
import { ManualClock } from "../../../src/clock.ts";
import { type HardwareConfig, plannedSeconds, reportCount } from "../../../src/config/hardware-config.ts";
import { createPruner, createSampler } from "../../../src/optimizer/catalogue.ts";
import { champion, type RewardEstimate } from "../../../src/optimizer/champion.ts";
import { nextConfirmation } from "../../../src/optimizer/confirmation.ts";
import type { ObservedTrial } from "../../../src/optimizer/trial.ts";
import { LIMIT_NAMES } from "../../../src/safety/limit.ts";
import { gaitParameters, studyFeasibility } from "../../../src/service/feasibility.ts";
import { StudyRunner } from "../../../src/service/study-runner.ts";
import type { RunEnd } from "../../../src/service/study-runner-events.ts";
import type { WalkingStation } from "../../../src/service/study-runner-parts.ts";
import { observe } from "../../../src/study/observed-trial.ts";
import { compileReward } from "../../../src/study/reward.ts";
import { studyDefinition } from "../../../src/study/study-definition.ts";
import type { TrialRecord } from "../../../src/study/trial-record.ts";
import { memoryStorage } from "./memory-storage.ts";

export interface GaitStudy {
  /** With the study block to run, as `applyOverrides` leaves it. */
  readonly config: HardwareConfig;
  /** What walks: the robot, or a stand-in. */
  readonly walks: WalkingStation;
  /** Whether the sampler is told of aborted walks, as it always is but where that is what a bench is about. */
  readonly learnsFromAborts?: boolean;
}

export interface GaitStudyResult {
  readonly trials: readonly TrialRecord[];
  readonly champion: RewardEstimate | null;
  readonly end: RunEnd;
}

export async function runGaitStudy({
  config,
  walks,
  learnsFromAborts = true,
}: GaitStudy): Promise<GaitStudyResult> {
  const plan = config.study;
  if (plan === null) throw new TypeError(`${config.source.file} has no study block`);
  const { space, seedGait } = config;
  const { direction, seed } = plan;
  const definition = studyDefinition(config, plan, LIMIT_NAMES);
  const feasible = await studyFeasibility(config, plan.constraints);
  const context = { space, direction, seed, constraintCount: LIMIT_NAMES.length, start: seedGait };
  const sampler = createSampler(plan.sampler.name, plan.sampler.options, context);
  const runner = new StudyRunner({
    definition,
    plan: { ...plan, prune: plan.pruner.name !== "none" },
    walk: { planned: plannedSeconds(config.walk), reports: reportCount(config.walk) },
    storage: memoryStorage(definition),
    sampler: {
      ask: async (trials, suggestion) => {
        const told = learnsFromAborts ? trials : trials.map(asIfAbandoned);
        return sampler.ask({ trials: told, suggestion, feasible });
      },
      confirm: async (trials, top) => nextConfirmation(trials, space, direction, { top }),
      // Between walks nobody looks; the champion is asked for at the end.
      conclude: async () => ({ champion: null, baseline: null }),
    },
    pruner: createPruner(plan.pruner.name, plan.pruner.options, { study: plan.name }),
    reward: await compileReward(plan.reward),
    clock: new ManualClock(new Date(1)),
    station: async () => walks,
    gaitParameters: (parameters) => gaitParameters(config, parameters),
    recordingOf: () => null,
    recordingPath: (recording) => recording,
    adoptOutcome: async () => null,
    onEvent: () => {},
  });
  const end = await runner.run();
  return { trials: runner.trials, champion: champion(runner.trials.map(observe), space, direction), end };
}

function asIfAbandoned(trial: ObservedTrial): ObservedTrial {
  return trial.state === "aborted" ? { ...trial, state: "abandoned" } : trial;
}
