/**
 * Walks of the simulated robot in this process, without processes, files and messages. A study meets the same walks as through
 * the command, bit for bit; they cost less.
 */
import { openSimulatedRobot } from "../../../sim/simulated-robot.ts";
import { ManualClock } from "../../../src/clock.ts";
import type { HardwareConfig } from "../../../src/config/hardware-config.ts";
import type { WalkingStation } from "../../../src/service/study-runner-parts.ts";
import { LockstepStation } from "../../station/lockstep-station.ts";

export interface LockstepWalks extends WalkingStation {
  close(): Promise<void>;
}

/** A robot on its start line, walk after walk. */
export async function openLockstepWalks(config: HardwareConfig): Promise<LockstepWalks> {
  if (config.link.kind !== "simulated") throw new TypeError("only the simulated robot walks in this process");
  const { variant, variation } = config.link;
  const clock = new ManualClock();
  const robot = await openSimulatedRobot({ variant, variation, stationClock: clock });
  const station = await LockstepStation.open(config, robot, clock);
  return {
    async run(plan, decide) {
      const { outcome, failure } = await station.run(plan, { decide });
      if (failure !== null) throw failure;
      return outcome;
    },
    stop: () => {},
    close: () => robot.close(),
  };
}
