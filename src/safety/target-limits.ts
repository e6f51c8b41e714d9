/**
 * What streamed joint targets must keep to. A target lies inside the limit `joint-position` of its joint, and moves from
 * the last one no faster than the leg itself may: the limit `joint-speed` (where nobody watches that one, `motor-speed`).
 * Gaits of springy legs ask for more than their motors give, and are meant to. Where the robot has no sensor for a limit,
 * what its body can do stands in for it.
 */
import { boundsOf, type Envelope, type LimitName } from "./limit.ts";

/** Per joint, in the order of targets; NaN or infinite where there is none, and then no target passes. */
export interface TargetLimits {
  /** rad */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** rad/s */
  readonly speed: Float64Array;
}

/** What the gate knows of a stream when it judges the next target. */
export interface TargetFacts extends TargetLimits {
  /** The last target, rad; before the first one where the joints were measured to be. */
  readonly last: Float64Array;
  /** Since then, s; one control period at least. */
  readonly elapsed: number;
}

/** How much farther than speed times time a target may be, rad: rounding. */
const ROUNDING = 1e-9;

/** What one joint of the body can do. */
export interface JointAbility {
  /** rad */
  readonly low: number;
  readonly high: number;
  /** Of its motor, rad/s. */
  readonly speed: number;
}

/** @param abilities one per joint */
export function targetLimits(
  envelope: Envelope,
  joints: readonly string[],
  abilities: readonly JointAbility[],
): TargetLimits {
  const bound = (name: LimitName, side: "low" | "high", joint: string): number =>
    boundsOf(envelope[name], joint)[side];
  const perJoint = (of: (joint: string, ability: JointAbility) => readonly number[]): Float64Array =>
    Float64Array.from(
      joints,
      (joint, index) => of(joint, abilities[index]!).find(Number.isFinite) ?? Number.NaN,
    );
  return {
    low: perJoint((joint, { low }) => [bound("joint-position", "low", joint), low]),
    high: perJoint((joint, { high }) => [bound("joint-position", "high", joint), high]),
    speed: perJoint((joint, { speed }) => [
      bound("joint-speed", "high", joint),
      bound("motor-speed", "high", joint),
      speed,
    ]),
  };
}

/** @returns in words, the joints for which no target could ever pass; empty: a stream may begin */
export function targetLimitProblems(limits: TargetLimits, joints: readonly string[]): string[] {
  return joints.flatMap((joint, index) => {
    const [low, high, speed] = [limits.low[index], limits.high[index], limits.speed[index]];
    const problems: string[] = [];
    if (!(Number.isFinite(low) && Number.isFinite(high)))
      problems.push(`targets of ${joint} have no limit joint-position`);
    if (!(Number.isFinite(speed) && speed! > 0))
      problems.push(`targets of ${joint} have no limit of their speed`);
    return problems;
  });
}

/** @returns why these targets may not be sent, or null when they may. @param positions rad */
export function targetRefusal(positions: Float64Array, facts: TargetFacts | null | undefined): string | null {
  if (facts === null || facts === undefined) return "this robot takes no targets";
  const { low, high, speed, last, elapsed } = facts;
  if (positions.length === 0 || positions.length !== low.length)
    return `there are ${positions.length} targets for ${low.length} joints`;
  for (let joint = 0; joint < positions.length; joint++) {
    const target = positions[joint]!;
    if (!Number.isFinite(target)) return `target ${joint} is not a finite number`;
    // An open bound is none: a target is let through between two numbers only. Written so that NaN fails it.
    if (
      !(
        target - low[joint]! >= 0 &&
        high[joint]! - target >= 0 &&
        Number.isFinite(low[joint]) &&
        Number.isFinite(high[joint])
      )
    )
      return `target ${joint} (${target} rad) is beyond the joint's limit`;
    const reach = speed[joint]! * elapsed + ROUNDING;
    if (!(Math.abs(target - last[joint]!) <= reach && Number.isFinite(reach)))
      return `target ${joint} (${target} rad) is too far from the last one (${last[joint]} rad)`;
  }
  return null;
}
