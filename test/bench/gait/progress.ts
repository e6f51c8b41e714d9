/** How a study gets better, walk by walk, judged by what its champion truly walks. */
import { score, type Walkway } from "../../../sim/true-walk.ts";
import type { HardwareConfig } from "../../../src/config/hardware-config.ts";
import { champion } from "../../../src/optimizer/champion.ts";
import type { ParameterSet } from "../../../src/optimizer/search-space.ts";
import { parameterKey } from "../../../src/optimizer/space/parameter-key.ts";
import { gaitParameters } from "../../../src/service/feasibility.ts";
import { observe } from "../../../src/study/observed-trial.ts";
import type { TrialRecord } from "../../../src/study/trial-record.ts";

/** When a study's champion first truly reached a share of the best known displacement, to stay at or above it or not. */
export interface Reached {
  /** Walks, baseline included; null when not within the study. */
  readonly trials: number | null;
  /** Robot time walked until then, s; null likewise. */
  readonly seconds: number | null;
}

/** @param judge the nominal world */
export function reachedShares(
  trials: readonly TrialRecord[],
  config: HardwareConfig,
  judge: Walkway,
  target: number,
  shares: readonly number[],
): Reached[] {
  const direction = config.study?.direction ?? "maximize";
  const observed = trials.map(observe);
  const known = new Map<string, number>();
  const displacement = (params: ParameterSet): number => {
    const key = parameterKey(params);
    const walked = known.get(key);
    if (walked !== undefined) return walked;
    const parameters = gaitParameters(config, params);
    const result = score(judge.walk({ gait: config.gait.name, parameters }));
    known.set(key, result);
    return result;
  };
  const reached: Reached[] = shares.map(() => ({ trials: null, seconds: null }));
  let seconds = 0;
  for (let count = 1; count <= trials.length && reached.some((one) => one.trials === null); count++) {
    seconds += trials[count - 1]!.walked;
    const best = champion(observed.slice(0, count), config.space, direction);
    if (best === null) continue;
    const share = displacement(best.params) / target;
    shares.forEach((wanted, index) => {
      if (reached[index]!.trials === null && share >= wanted) reached[index] = { trials: count, seconds };
    });
  }
  return reached;
}
