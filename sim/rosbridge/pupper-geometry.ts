/** The Mini Pupper 2 by its URDF and CHAMP's config for it (mini_pupper_ros, `mini_pupper_description`). */
import type { BodyGeometry, LegGeometry } from "../../src/gait/gait.ts";
import { neutralStance } from "../../src/gait/neutral-stance.ts";

/** m and rad */
export const PUPPER_LEG: LegGeometry = {
  thigh: 0.05,
  shank: 0.056,
  hipRange: [0.55, 2.4],
  kneeRange: [-2.18, -0.22],
};
/** CHAMP's nominal_height, m. */
export const PUPPER_STANCE = 0.06;

export const PUPPER_BODY: BodyGeometry = {
  legs: ["FR", "FL", "RR", "RL"],
  leg: PUPPER_LEG,
  stanceHeight: PUPPER_STANCE,
  motorSpeed: 8,
};

const SIDES = ["lf", "rf", "lb", "rb"] as const;

/** In the order of its controllers: left front, right front, left back, right back. */
export const PUPPER_JOINTS: {
  readonly names: readonly string[];
  readonly stance: readonly [number, number];
} = {
  names: SIDES.flatMap((leg) => [`base_${leg}1`, `${leg}1_${leg}2`, `${leg}2_${leg}3`]),
  stance: [neutralStance(PUPPER_BODY)[0]!, neutralStance(PUPPER_BODY)[1]!],
};
