/** What a study runner has of the person at the robot, and who says how far a walk came. */
import type { HardwareConfig } from "../config/hardware-config.ts";
import { Operator } from "./operator.ts";
import type { PromptDesk } from "./prompt-desk.ts";
import type { StudyRunnerParts } from "./study-runner-parts.ts";
import { withDistance } from "./walked-distance.ts";

/**
 * A typed distance beyond so many lengths of the arena is a slip of the unit. Where telemetry does not know the distance, nothing
 * ends a walk at the arena's end.
 */
const BEYOND_ARENA = 3;

/**
 * @param asked null: nobody is asked anything
 * @param places whether the robot needs a person to get back to its start line; known once its station is ready
 */
export function attendance(
  config: HardwareConfig,
  asked: { readonly confirmNext: boolean } | null,
  desk: PromptDesk,
  places: () => boolean,
): Pick<StudyRunnerParts, "operator" | "distance"> {
  const { speedSource: source, walk, robot, arenaLength, space } = config;
  const distance =
    source === "robot" || source === "operator"
      ? ({
          source,
          metrics: (metrics, metres, measured) => withDistance(metrics, metres, walk, measured, robot.mass),
        } satisfies StudyRunnerParts["distance"])
      : null;
  const operator =
    asked === null
      ? null
      : new Operator({
          desk,
          places,
          attends: () => places() || asked.confirmNext || source === "operator",
          confirmNext: asked.confirmNext,
          longestDistance: BEYOND_ARENA * arenaLength,
          units: Object.fromEntries(space.parameters.map(({ name, unit }) => [name, unit])),
        });
  return { ...(distance !== null && { distance }), ...(operator !== null && { operator }) };
}
