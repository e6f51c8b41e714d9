/** What can be asked of a robot. `stop` is not among them: it needs nobody's leave. */
import type { ParameterSetOnWire } from "./parameters.ts";

export type Command =
  /** Power the motors and rise to the neutral stance. */
  | { readonly kind: "arm" }
  /** Torque off from the neutral stance. */
  | { readonly kind: "disarm" }
  /** Offer a parameter set; the robot checks it and echoes its hash. Nothing changes yet. */
  | {
      readonly kind: "stage";
      readonly parameters: ParameterSetOnWire;
      readonly rampIn: number;
      readonly rampOut: number;
    }
  /** Make the staged set the active one; refused when the hash is not that of the staged set. */
  | { readonly kind: "commit"; readonly hash: string }
  /** Keep the active set beyond power-off. A robot without a place for it says that it knows no such command. */
  | { readonly kind: "store" }
  /** Start walking with the committed set, blending in over its `rampIn` seconds. */
  | { readonly kind: "start" }
  /** Joint targets, rad, for robots that do not run the gait by themselves. */
  | { readonly kind: "targets"; readonly positions: Float64Array };

declare const clearance: unique symbol;

/** A command that the gate has let through. Only `safety/gate.ts` makes one (a test holds that). */
export type Cleared<C> = C & { readonly [clearance]: true };
