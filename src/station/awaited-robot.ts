/** A robot whose cable was pulled in the middle of a study: a person plugs it in again, and is told that this is waited for. */
import { GaitsmithError } from "../errors.ts";
import { type ClaimParts, claimRobot, type RobotClaim } from "./robot-claim.ts";

/** How often the robot is looked for, ms. */
const LOOK_AGAIN_MS = 500;
/** Failures that plugging in, or a robot that has started up, mends. */
const MENDS_ITSELF: readonly string[] = ["LINK_UNAVAILABLE", "LINK_LOST"];

export interface Waiting {
  /** s of wall time; 0: not at all */
  readonly patience: number;
  /** Nobody wants the robot any more. */
  readonly givenUp: () => boolean;
  readonly say: (level: "info" | "warn", text: string) => void;
}

/** @throws what {@link claimRobot} throws, once patience has run out */
export async function awaitRobot(parts: ClaimParts, waiting: Waiting): Promise<RobotClaim> {
  const { wall } = parts;
  const { patience, givenUp, say } = waiting;
  const since = wall.now();
  const begin =
    "url" in parts.config.link
      ? "Switch the robot on, start its server and see to the network:"
      : "Plug the robot in and switch it on:";
  for (let first = true; ; first = false) {
    try {
      const claim = await claimRobot(parts);
      if (!first) say("info", "the robot is back");
      return claim;
    } catch (error) {
      const mends = error instanceof GaitsmithError && MENDS_ITSELF.includes(error.code);
      if (!mends || givenUp() || wall.now() - since >= patience) throw error;
      if (first)
        say(
          "warn",
          `${error.message}${error.where === undefined ? "" : ` (${error.where})`}\n` +
            `  ${begin} the study goes on then. Waiting up to ${patience} s.`,
        );
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }
}
