/** What the look at a robot's actuators, standing before and after a walk, asks of the person there. */
import { GaitsmithError } from "../errors.ts";
import { ACTUATOR_CHECK, type WalkOutcome } from "../station/messages.ts";

/**
 * What is to be seen to before the next walk: what kept this one from beginning, or was found after it. As a robot's own refusal,
 * it is a person's to mend. Null: nothing.
 */
export function faultFound({ reason, health }: WalkOutcome): GaitsmithError | null {
  const after = health?.actuators_after ?? [];
  const words =
    reason.code === ACTUATOR_CHECK || reason.code === ACTUATOR_FAULT
      ? reason.words
      : after.length > 0
        ? `after the last walk ${after.join("; ")}`
        : null;
  if (words === null) return null;
  return new GaitsmithError("ROBOT_REFUSED", {
    what: words,
    remedy: "Look at its motors, gears, springs and cables.",
  });
}

/** One of the reasons that are not the gait's. */
const ACTUATOR_FAULT = "actuator-fault";

/**
 * Where a person sees to it, a walk that an actuator kept from beginning is walked again as often as it takes. Where nobody does, it
 * is an interruption like any other: a second one is held against the gait, which may well be what broke the actuator.
 */
export function attendedFault(outcome: WalkOutcome): WalkOutcome {
  if (outcome.reason.code !== ACTUATOR_CHECK) return outcome;
  return { ...outcome, reason: { ...outcome.reason, code: ACTUATOR_FAULT } };
}
