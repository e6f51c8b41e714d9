/**
 * A Petoi Bittle X or Nybble Q on a serial line, with the firmware OpenCatEsp32 (PetoiCamp/OpenCatEsp32).
 *
 * What it has not: encoders, torques, temperatures, a pose, a clock, and a dead-man. It walks on when nobody is there any
 * more, and during each cycle of its gait it hears nothing, so that a stop takes effect up to `petoiCycle` later.
 */
import { UnguardedRobot } from "../unguarded-robot.ts";
import { misunderstood } from "./gait-numbers.ts";
import { PetoiDrive, type PetoiRobotOptions } from "./petoi-drive.ts";

export class PetoiRobot extends UnguardedRobot {
  constructor(options: PetoiRobotOptions) {
    super(
      options,
      misunderstood(options.link.longestCycle),
      (order, life) => new PetoiDrive(options, order, life),
    );
  }
}
