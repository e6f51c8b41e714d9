/** A robot that walks on when nobody is there any more: to be said wherever it is looked at. */
import type { LinkFinding } from "../robot/robot.ts";

/** @param words of who wrote the config: `none: …` */
export function noDeadMan(words: string): LinkFinding {
  return {
    severity: "warning",
    where: "dead-man",
    what: words,
    remedy:
      "It walks on when this computer dies or the link breaks: see that what the config names is at hand.",
  };
}
