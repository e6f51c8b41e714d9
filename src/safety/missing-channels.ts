/** Channels that a robot would have to report for its limits to be watched. */
import type { LimitName } from "./limit.ts";

export interface MissingChannel {
  readonly limit: LimitName;
  /** Whose channel it is; null for one of the whole robot. */
  readonly joint: string | null;
  /** The channel's name for a joint. */
  readonly name: (joint: string) => string;
}

/**
 * One line per limit, however many joints there are: `motor-torque needs motor.*.torque of 8 joints`.
 *
 * @param joints all of the robot's; when only some lack a channel, they are named
 */
export function missingByLimit(missing: readonly MissingChannel[], joints: readonly string[]): string[] {
  const byLimit = new Map<LimitName, MissingChannel[]>();
  for (const one of missing) byLimit.set(one.limit, [...(byLimit.get(one.limit) ?? []), one]);
  return [...byLimit].map(([limit, ones]) => `${limit} needs ${inWords(ones, joints)}`);
}

function inWords(ones: readonly MissingChannel[], joints: readonly string[]): string {
  const lacking = ones.flatMap(({ joint }) => joint ?? []);
  if (lacking.length < 2) return ones.map(({ joint, name }) => name(joint ?? "")).join(", ");
  const whose = lacking.length === joints.length ? `${joints.length} joints` : lacking.join(", ");
  return `${ones[0]!.name("*")} of ${whose}`;
}
