/** The simulated quadruped's body, as gait tests need it. */
import type { BodyGeometry } from "../../src/gait/gait.ts";

export const BODY: BodyGeometry = {
  legs: ["FR", "FL", "RR", "RL"],
  leg: { thigh: 0.085, shank: 0.085, hipRange: [-1.6, 1.6], kneeRange: [-2.6, 0.05] },
  stanceHeight: 0.138,
  motorSpeed: 4,
};

/** Raffin et al. 2022: what tuning found for the trot of the real robot, read off its foot path. */
export const OPTIMISED_TROT = {
  ground_clearance: 0.033,
  ground_penetration: 0.014,
  step_length: 0.055,
  swing_frequency: 1 / 0.58,
  stance_frequency: 1 / 0.58,
};

/** The same authors' hand-tuned trot, as far as its plot tells. */
export const HAND_TUNED_TROT = {
  ground_clearance: 0.03,
  ground_penetration: 0.005,
  step_length: 0.04,
  swing_frequency: 2.5,
  stance_frequency: 2.38,
};
