/**
 * An mjbots quad A1 or A2 behind the WebSocket of its control program (mjbots/quad, `mech/web_control.h`): asked for its state
 * at a steady rate, each question with the command that is to hold.
 *
 * It has no dead-man: the last command holds until another comes. `command_timeout_s` only says after how long a command of
 * lower priority (ours is 0, its radio's is 99) is heard again.
 */
import { MJBOTS_WALK } from "../../config/known-gaits.ts";
import { misunderstoodBy } from "../command-order.ts";
import { UnguardedRobot } from "../unguarded-robot.ts";
import { MjbotsDrive, type MjbotsRobotOptions } from "./mjbots-drive.ts";

export class MjbotsRobot extends UnguardedRobot {
  constructor(options: MjbotsRobotOptions) {
    super(
      options,
      misunderstoodBy("own", MJBOTS_WALK),
      (order, life) => new MjbotsDrive(options, order, life),
    );
  }
}
