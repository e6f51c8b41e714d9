/**
 * `gaitsmith/optimizer`: the optimiser as a library. Pure maths, driven by ask and tell: hand `ask` the trials so far,
 * run what it suggests, append the outcome.
 */
export { bracketView } from "./bracket-view.ts";
export { createPruner, createSampler, PRUNER_NAMES, SAMPLER_NAMES } from "./catalogue.ts";
export { baseline, type ChampionRule, champion, type RewardEstimate } from "./champion.ts";
export { type EffectCurve, effectCurve } from "./conclusions/effect-curve.ts";
export {
  type ImportanceOptions,
  type ParameterImportance,
  parameterImportance,
} from "./conclusions/importance.ts";
export { type LandscapeSlice, landscapeSlice, type SliceRequest } from "./conclusions/landscape-slice.ts";
export { type EdgeOptions, type EdgeWarning, edgeWarnings } from "./conclusions/range-edges.ts";
export {
  type StoppingAdvice,
  type StoppingOptions,
  type StoppingVerdict,
  stoppingAdvice,
} from "./conclusions/stopping-advice.ts";
export { type StudyModel, studyModel } from "./conclusions/study-model.ts";
export { type ConfirmationOptions, nextConfirmation } from "./confirmation.ts";
export { type CurveSource, peerCurves } from "./peer-curves.ts";
export {
  type PruneReplay,
  type ReplayedKill,
  type ReplayedTrial,
  type ReplayQuestion,
  replayPruner,
} from "./prune-replay.ts";
export type { Curve, PruneDecision, PruneQuestion, Pruner, PrunerContext } from "./pruner.ts";
export type { AskRequest, Feasibility, Sampler, SamplerContext, Suggestion } from "./sampler.ts";
export { gridSize } from "./samplers/grid.ts";
export type {
  CategoricalParameter,
  Condition,
  FloatParameter,
  IntParameter,
  Parameter,
  ParameterSet,
  ParameterValue,
  SearchSpace,
} from "./search-space.ts";
export { type LinearConstraint, linearFeasibility } from "./space/linear-constraint.ts";
export { parameterKey } from "./space/parameter-key.ts";
export { contains } from "./space/unit-space.ts";
export { validateSpace } from "./space/validate-space.ts";
export {
  asSafetyFacts,
  type Direction,
  type JsonValue,
  type ObservedTrial,
  type Report,
  type TrialRole,
  type TrialState,
} from "./trial.ts";
