/**
 * A walk with the feet in the air: a small version of the seed gait, limits that make no sense up there left out for this walk and
 * no other, and what its joints must do.
 */
import type { HardwareConfig } from "../../config/hardware-config.ts";
import { gaitNamed, reachOf } from "../../gait/gaits.ts";
import type { WalkObservation } from "../../station/messages.ts";
import { gaitParameters } from "../feasibility.ts";
import { type Finding, figure, found } from "./finding.ts";

/** s */
const MEASURED = 5;
/** How much of the seed gait's excursions is walked. */
const SHARE = 0.5;
/** Parameters that say how far the feet or joints go. */
const EXCURSION = /amplitude|length|clearance|penetration/u;
/** A joint that moves less than this is still, rad; a gait may leave one still. */
const STILL = 0.02;
const MEANT_TO_MOVE = 0.05;
/** Shares of what its target does. */
const LITTLE = 0.5;
const MUCH = 1.6;
/** s */
const LATE = 0.15;
const TOO_LATE = 0.25;
/** Share of the torque limit that free legs need at most. */
const HEAVY = 0.5;

/** What the config of the walk in the air leaves out, in words for report and recording. */
export const RELAXED = {
  height: "the robot was on a stand, its feet in the air, as a person confirmed for this walk",
  "lateral-distance": "the robot was on a stand and went nowhere, as a person confirmed for this walk",
} as const;

/** The config of the walk in the air: five seconds, no height, no place in the arena. */
export function inTheAir(config: HardwareConfig): HardwareConfig {
  const { envelope, walk, link } = config;
  const open = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const unwatched = (name: keyof typeof RELAXED): HardwareConfig["envelope"][typeof name] => {
    const { joints: _, ...limit } = envelope[name];
    return { ...limit, ...open, unwatched: limit.unwatched ?? RELAXED[name] };
  };
  return {
    ...config,
    envelope: { ...envelope, height: unwatched("height"), "lateral-distance": unwatched("lateral-distance") },
    arenaLength: Number.POSITIVE_INFINITY,
    walk: { ...walk, measure: MEASURED, reportInterval: MEASURED },
    link: link.kind === "simulated" ? { ...link, onStand: true } : link,
  };
}

export interface ReducedGait {
  readonly parameters: Readonly<Record<string, number>>;
  /** How it differs from the seed gait, in words. */
  readonly words: string;
}

/** The seed gait with half its excursions, where that can be walked; else the seed gait itself. */
export function reducedSeedGait(config: HardwareConfig): ReducedGait {
  const seed = gaitParameters(config, config.seedGait);
  const whole = { parameters: seed, words: "the seed gait as it is" };
  const smaller = Object.fromEntries(
    Object.entries(seed).map(([name, value]) => {
      if (!EXCURSION.test(name)) return [name, value];
      const range = config.space.parameters.find((one) => one.name === name);
      const low = range === undefined || range.kind === "categorical" ? Number.NEGATIVE_INFINITY : range.low;
      return [name, Math.max(low, SHARE * value)];
    }),
  );
  const changed = Object.keys(seed).filter((name) => smaller[name] !== seed[name]);
  if (changed.length === 0 || config.gait.body === null) return whole;
  if (!reachOf(config.gait.name, config.gait.body)(smaller)) return whole;
  return { parameters: smaller, words: `the seed gait with half its ${changed.join(", ")}` };
}

/** Half of each joint's way in a cycle of this gait, rad, in the order of joints; null for the robot's own gait. */
export function amplitudesOf(
  { gait }: HardwareConfig,
  parameters: Readonly<Record<string, number>>,
): readonly number[] | null {
  if (gait.body === null) return null;
  const controller = gaitNamed(gait.name).start(parameters, gait.body);
  const targets = gaitNamed(gait.name).neutral(gait.body);
  const [low, high] = [
    targets.map(() => Number.POSITIVE_INFINITY),
    targets.map(() => Number.NEGATIVE_INFINITY),
  ];
  for (let time = 0; time < MEASURED; time += 0.01) {
    controller.step(0.01, targets);
    targets.forEach((angle, joint) => {
      low[joint] = Math.min(low[joint]!, angle);
      high[joint] = Math.max(high[joint]!, angle);
    });
  }
  return [...low].map((least, joint) => (high[joint]! - least) / 2);
}

/**
 * @param expected amplitude of each joint's wish, rad; null: not known
 * @param torqueLimit N·m; Infinity where torque is not watched
 */
export function airFindings(
  { joints }: WalkObservation,
  expected: readonly number[] | null,
  torqueLimit: number,
): Finding[] {
  return joints.map((one, index): Finding => {
    const { joint, amplitude, motorAmplitude, targetAmplitude, lag, torque } = one;
    // A motor follows its own target; a link follows the gait, through its spring.
    const byMotor = Number.isFinite(targetAmplitude) && Number.isFinite(motorAmplitude);
    const wish = byMotor ? targetAmplitude : (expected?.[index] ?? Number.NaN);
    const done = byMotor ? motorAmplitude : amplitude;
    const words = [
      `±${figure(done, "rad")}${Number.isFinite(wish) ? ` of ±${figure(wish, "rad")}` : ""}`,
      ...(Number.isFinite(lag) ? [`${Math.round(1000 * lag)} ms late`] : []),
      ...(Number.isFinite(torque) ? [figure(torque, "N·m rms", 2)] : []),
    ].join(", ");
    const more = { value: done, unit: "rad" };
    const bad = (result: "warning" | "missing", what: string, remedy: string): Finding =>
      found(joint, result, `${what}: ${words}`, { ...more, remedy });
    if (!Number.isFinite(done))
      return bad("warning", "not seen", `The robot does not say where ${joint} is: watch it by eye.`);
    const meant = expected?.[index] ?? wish;
    const still = done < STILL || amplitude < STILL;
    if (still && !(meant < MEANT_TO_MOVE))
      return bad("missing", "still", `Check the motor and the encoder of ${joint}.`);
    const share = done / wish;
    if (wish > MEANT_TO_MOVE && (share < LITTLE || share > MUCH))
      return bad(
        "missing",
        share < LITTLE ? "does not follow" : "goes too far",
        "Check motor strength, supply, gear and spring, and the unit of its encoder.",
      );
    if (lag > TOO_LATE) return bad("missing", "follows too late", "Check the drive's gains and the supply.");
    if (torque > HEAVY * torqueLimit)
      return bad(
        "missing",
        "works too hard for a free leg",
        "Look for friction, a rubbing cable or a leg that touches.",
      );
    if (lag > LATE) return bad("warning", "follows late", "Expect saturation in fast gaits.");
    return found(joint, "ok", words, more);
  });
}
