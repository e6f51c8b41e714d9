/** The error of a link that was lost: where the robot was reached, and what to look at there. */
import type { LinkConfig } from "../config/hardware-config.ts";
import { GaitsmithError } from "../errors.ts";

export function lostLink(link: LinkConfig, reason: string): GaitsmithError {
  const checked = "url" in link ? "its network and the server it is reached through" : "its cable";
  return new GaitsmithError("LINK_LOST", {
    what: `the link to the robot was lost: ${reason}`,
    where: placeOf(link),
    remedy: `Check the robot's supply, ${checked}, then run the same command again.`,
  });
}

function placeOf(link: LinkConfig): string {
  if ("url" in link) return link.url;
  const device = "path" in link ? link.path : undefined;
  return `link: ${link.kind}${device === undefined ? "" : `, ${device}`}`;
}
