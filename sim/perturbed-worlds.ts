/**
 * Ten fixed worlds that differ from the nominal one in friction, slope, springs and battery, within what a robot
 * meets in its life. Champions are judged in them; a fall scores 0. The numbers never change: results of different
 * releases are compared by them.
 */
import { type Conditions, NOMINAL_CONDITIONS } from "./conditions.ts";
import type { World } from "./true-walk.ts";

const degrees = (angle: number): number => (angle * Math.PI) / 180;

const world = (name: string, edit: Partial<Conditions>, charge = 1): World => ({
  name,
  variant: "nominal",
  conditions: { ...NOMINAL_CONDITIONS, ...edit },
  charge,
});

export const PERTURBED_WORLDS: readonly World[] = [
  world("smooth floor", { friction: 0.6 }),
  world("rubber floor", { friction: 1.4 }),
  world("uphill", { slopePitch: degrees(2) }),
  world("downhill", { slopePitch: degrees(-2) }),
  world("side slope", { slopeRoll: degrees(2) }),
  world("warm springs", { springs: [0.85, 0.85, 0.85, 0.85] }),
  world("cold springs", { springs: [1.15, 1.15, 1.15, 1.15] }),
  world("one weak spring", { springs: [1, 0.75, 1, 1] }),
  world("low battery", {}, 0.05),
  world("low battery, smooth floor, uphill", { friction: 0.65, slopePitch: degrees(1.5) }, 0.1),
];
