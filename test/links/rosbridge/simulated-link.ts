/** The link of the simulated robot's own config, to another address. */
import assert from "node:assert/strict";
import type { HardwareConfig } from "../../../src/config/hardware-config.ts";
import type { RosbridgeLinkConfig } from "../../../src/config/rosbridge-link.ts";

export function linkOf({ link }: HardwareConfig, change: Partial<RosbridgeLinkConfig>): RosbridgeLinkConfig {
  assert.ok(link.kind === "rosbridge");
  return { ...link, ...change };
}
