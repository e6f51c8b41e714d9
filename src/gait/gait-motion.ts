/**
 * Joint targets from lying to walking and back: rises into the neutral stance, blends into a gait and out of it again,
 * without a jump. For whoever runs a gait: the robot's own program, or the station that streams targets to it.
 */
import type { GaitController } from "./gait.ts";

export type MotionState = "rising" | "standing" | "walking" | "ramping-out";

/** Times are compared with this much slack, s: they are sums of control periods. */
const TIME_SLACK = 1e-9;

export class GaitMotion {
  /** Targets of the present control period, rad; overwritten by {@link step}. */
  readonly targets: Float64Array;
  readonly #neutral: Float64Array;
  /** Where the current blend comes from, rad. */
  readonly #origin: Float64Array;
  readonly #gaitTargets: Float64Array;
  #state: MotionState = "standing";
  /** Time in the present state, s, and how long it lasts where it ends by itself. */
  #elapsed = 0;
  #duration = 0;
  #controller: GaitController | null = null;
  /** How far the gait had been blended in when it was stopped, 0 … 1. */
  #blendedIn = 1;

  /** @param neutral joint targets of the neutral stance, rad */
  constructor(neutral: Float64Array) {
    this.#neutral = neutral;
    this.targets = Float64Array.from(neutral);
    this.#origin = new Float64Array(neutral.length);
    this.#gaitTargets = new Float64Array(neutral.length);
  }

  get state(): MotionState {
    return this.#state;
  }

  /** @param from where the joints are, rad; copied. @param seconds > 0 */
  rise(from: Float64Array, seconds: number): void {
    this.#origin.set(from);
    this.#enter("rising", seconds);
  }

  /** From the neutral stance. @param rampIn s, ≥ 0 */
  walk(controller: GaitController, rampIn: number): void {
    this.#controller = controller;
    this.#enter("walking", rampIn);
  }

  /** Back into the neutral stance. Stopped during the ramp-in, it leaves from as far as it had come. @param rampOut s, ≥ 0 */
  rampOut(rampOut: number): void {
    this.#blendedIn = this.#duration > 0 ? smooth(this.#elapsed / this.#duration) : 1;
    this.#enter("ramping-out", rampOut);
  }

  /** Advances by one control period. @param dt s, > 0 */
  step(dt: number): void {
    this.#elapsed += dt;
    switch (this.#state) {
      case "rising":
        this.#blend(this.#origin, this.#neutral, this.#elapsed / this.#duration);
        if (this.#elapsed >= this.#duration - TIME_SLACK) this.#enter("standing", 0);
        return;
      case "standing":
        this.targets.set(this.#neutral);
        return;
      case "walking":
        this.#controller?.step(dt, this.#gaitTargets);
        this.#blend(this.#neutral, this.#gaitTargets, this.#share());
        return;
      case "ramping-out":
        this.#controller?.step(dt, this.#gaitTargets);
        for (let joint = 0; joint < this.#origin.length; joint++)
          this.#origin[joint] =
            this.#neutral[joint]! + this.#blendedIn * (this.#gaitTargets[joint]! - this.#neutral[joint]!);
        this.#blend(this.#origin, this.#neutral, this.#share());
        if (this.#elapsed >= this.#duration - TIME_SLACK) this.#enter("standing", 0);
    }
  }

  #share(): number {
    return this.#duration > 0 ? this.#elapsed / this.#duration : 1;
  }

  #enter(state: MotionState, duration: number): void {
    this.#state = state;
    this.#elapsed = 0;
    this.#duration = duration;
    if (state === "standing" || state === "rising") this.#controller = null;
  }

  #blend(from: Float64Array, to: Float64Array, share: number): void {
    const weight = smooth(share);
    for (let joint = 0; joint < this.targets.length; joint++)
      this.targets[joint] = from[joint]! + weight * (to[joint]! - from[joint]!);
  }
}

/** A ramp from 0 to 1 that starts and ends at rest; at its steepest it is 1.5 times as fast as on average. */
function smooth(share: number): number {
  const t = Math.min(1, Math.max(0, share));
  return t * t * (3 - 2 * t);
}
