/** The gait catalogue: every gait that a hardware config may name. */
import { fail } from "../errors.ts";
import { footCpg } from "./foot-cpg.ts";
import type { Gait } from "./gait.ts";
import { jointOscillators } from "./joint-oscillators.ts";
import { PHASE_PATTERN_NAMES } from "./phase-patterns.ts";

const GAITS: ReadonlyMap<string, Gait> = new Map(
  [...PHASE_PATTERN_NAMES.map(footCpg), jointOscillators].map((gait) => [gait.name, gait]),
);

export const GAIT_NAMES: readonly string[] = [...GAITS.keys()];

/** The gait of that name, or undefined: for programs that answer for themselves, such as a robot's firmware. */
export function findGait(name: string): Gait | undefined {
  return GAITS.get(name);
}

/** @throws CONFIG_INVALID when there is no gait of that name */
export function gaitNamed(name: string): Gait {
  return (
    GAITS.get(name) ??
    fail("CONFIG_INVALID", {
      what: `there is no gait "${name}"`,
      where: "gait.name",
      remedy: `Choose one of ${GAIT_NAMES.join(", ")}.`,
    })
  );
}
