/** A robot that the station may call its own, and what is said of it when it has become so. */
import type { HardwareConfig } from "../config/hardware-config.ts";
import type { Robot } from "../robot/robot.ts";
import { jogProblem } from "./jog-preconditions.ts";
import type { StationMessage } from "./messages.ts";
import type { RecordingFeed } from "./recording-feed.ts";
import type { RobotClaim } from "./robot-claim.ts";

export interface RobotInHand {
  readonly config: HardwareConfig;
  /** Its folder, where its lock, its latch and its e-stop socket are. */
  readonly stateDir: string;
  readonly claim: RobotClaim;
  readonly recording: RecordingFeed;
}

/** What is known to be wanting about this robot, in words, before it walks. */
export function warningsOf(robot: Robot): string[] {
  return (robot.findings?.() ?? [])
    .filter(({ severity }) => severity === "warning")
    .map(({ where, what, remedy }) => `${where}: ${what}. ${remedy}`.trimEnd());
}

/** That walks may begin, and with what kind of robot. */
export function readyMessage({
  config,
  claim: { capabilities },
}: Pick<RobotInHand, "config" | "claim">): Extract<StationMessage, { kind: "ready" }> {
  const { layout, clock, robotId, firmware, telemetryRate, returnsByItself } = capabilities;
  return {
    kind: "ready",
    robotId,
    firmware,
    channels: layout.channels,
    telemetryRate,
    clock,
    returnsByItself,
    jogProblem: jogProblem(config, capabilities),
  };
}
