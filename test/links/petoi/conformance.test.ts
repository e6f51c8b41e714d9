import { openPetoiPeer } from "../../../sim/petoi/petoi-peer.ts";
import { robotConformance } from "../../../src/conformance/robot.ts";
import { channelName } from "../../../src/robot/telemetry-frame.ts";
import { petoiRobot, SMALL } from "./petoi.ts";

robotConformance(
  "a Petoi robot",
  async () => {
    const peer = await openPetoiPeer({ bootTime: 0.2 });
    return {
      robot: petoiRobot(peer),
      safe: SMALL,
      differs: {
        // Servos without feedback; during a cycle of its gait it says nothing, and its way out of it is its own.
        reports: [channelName.roll, channelName.pitch, channelName.batteryVoltage],
        ramp: 0.8,
        rise: 0.2,
        leastRate: 2,
      },
      remove: async () => peer.close(),
    };
  },
  { atOnce: 8 },
);
