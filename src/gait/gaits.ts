/** The gait catalogue: every gait that a hardware config may name. */
import { fail } from "../errors.ts";
import { footCpg } from "./foot-cpg.ts";
import type { BodyGeometry, Gait, GaitParameters } from "./gait.ts";
import { jointOscillators } from "./joint-oscillators.ts";
import { PHASE_PATTERN_NAMES } from "./phase-patterns.ts";

const GAITS: ReadonlyMap<string, Gait> = new Map(
  [...PHASE_PATTERN_NAMES.map(footCpg), jointOscillators].map((gait) => [gait.name, gait]),
);

export const GAIT_NAMES: readonly string[] = [...GAITS.keys()];

/** The name that stands for the robot's own gait: it is not in the catalogue, and nothing is known of it but its parameters. */
export const OWN_GAIT = "own";

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

/**
 * Whether the legs can do what parameters ask of them. Of the robot's own gait nobody knows but the robot: it takes all.
 *
 * @param body null for the robot's own gait
 * @throws CONFIG_INVALID when there is no gait of that name
 */
export function reachOf(name: string, body: BodyGeometry | null): (parameters: GaitParameters) => boolean {
  if (body === null) return () => true;
  const gait = gaitNamed(name);
  return (parameters) => gait.check(parameters, body).feasible;
}
