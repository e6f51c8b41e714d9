/** Whether a study could start with a robot: its lock and latch on this machine, its link, what it reports. Wiring, no logic. */
import { systemClock } from "../clock.ts";
import type { HardwareConfig } from "../config/hardware-config.ts";
import { robotStateDir } from "../paths.ts";
import { gaitParameters } from "../service/feasibility.ts";
import { assertNotLatched } from "../station/latch-file.ts";
import { LeaseFile } from "../station/lease-file.ts";
import { checkRobot, type RobotCheck } from "../station/robot-check.ts";
import { openRobot } from "./open-robot.ts";

/** Longer than preflight is patient, s of robot time. */
const LISTENING_SECONDS = 4;

/** @throws ROBOT_BUSY when a program on this machine drives the robot, ROBOT_LATCHED */
export async function checkStart(config: HardwareConfig, signal: AbortSignal): Promise<RobotCheck> {
  const parts = {
    config,
    openRobot,
    seedGait: gaitParameters(config, config.seedGait),
    seconds: LISTENING_SECONDS,
    signal,
    folder: process.cwd(),
  };
  // A simulated robot in process is made anew for everyone who opens it.
  if (config.link.kind === "simulated") return checkRobot(parts);
  const stateDir = robotStateDir(config.robot.id);
  const lock = LeaseFile.take(stateDir, `gaitsmith check ${process.pid}`, systemClock.date());
  try {
    assertNotLatched(stateDir);
    return await checkRobot(parts);
  } finally {
    lock.release();
  }
}
