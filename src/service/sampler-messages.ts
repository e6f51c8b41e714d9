/** What passes between the service and its sampler thread (structured clone, so NaN survives). */
import type { Choice } from "../config/choice.ts";
import type { HardwareConfig, ParameterConstraint } from "../config/hardware-config.ts";
import type { Exploring } from "../optimizer/exploration/careful-feasibility.ts";
import type { Suggestion } from "../optimizer/sampler.ts";
import type { ParameterSet } from "../optimizer/search-space.ts";
import type { Direction, ObservedTrial } from "../optimizer/trial.ts";
import type { Estimate } from "../study/study-document.ts";

/** Everything a sampler thread is built from; sent once, as worker data. */
export interface SamplerSetup {
  readonly config: HardwareConfig;
  readonly direction: Direction;
  readonly seed: number;
  readonly sampler: Choice;
  /** Between the parameters. */
  readonly constraints: readonly ParameterConstraint[];
  /** Of each finished trial. */
  readonly constraintCount: number;
  /** How far a suggestion may go from what was walked safely; null or absent: anywhere. */
  readonly exploring?: Exploring | null;
}

/** `changed` holds the trials that are new or have changed since the last request, in order of number. */
export type SamplerRequest = { readonly id: number; readonly changed: readonly ObservedTrial[] } & (
  | { readonly kind: "ask"; readonly suggestion: number }
  /** Which parameter set to walk again to be sure of the champion, among this many candidates. */
  | { readonly kind: "confirm"; readonly candidates: number }
  | { readonly kind: "conclude" }
);

export interface Conclusions {
  readonly champion: Estimate | null;
  readonly baseline: Estimate | null;
}

export type SamplerAnswer = { readonly id: number } & (
  | { readonly kind: "suggestion"; readonly suggestion: Suggestion }
  | { readonly kind: "confirmation"; readonly parameters: ParameterSet | null }
  | { readonly kind: "conclusions"; readonly conclusions: Conclusions }
  | {
      readonly kind: "failed";
      readonly code: string | null;
      readonly what: string;
      readonly where: string | null;
      readonly remedy: string | null;
    }
);
