/** The shipped configs of robots that are told what to do through their own topics and services: each is a robot. */
import { PUPPER_JOINTS } from "../../../sim/rosbridge/pupper-geometry.ts";
import { type RobotDifferences, robotConformance } from "../../../src/conformance/robot.ts";
import { channelName } from "../../../src/robot/telemetry-frame.ts";
import { configOf, EPISODIC, linkTo, PUPPER, type Shipped, seedOf } from "./shipped-robots.ts";

const DIFFERS: readonly (readonly [Shipped, RobotDifferences])[] = [
  [
    PUPPER,
    {
      // Its servos say nothing, and neither does its battery.
      reports: [channelName.roll, channelName.pitch],
      stance: Array.from({ length: 8 }, (_, joint) => PUPPER_JOINTS.stance[joint % 2]!),
      rise: 0.2,
    },
  ],
  // It stands when it says that its motors are enabled, and ramps at its own pace.
  [EPISODIC, { rise: 0.2, ramp: 0.5 }],
];

for (const [shipped, differs] of DIFFERS)
  robotConformance(
    `the robot of ${shipped.file}`,
    async () => {
      const { peer } = await shipped.open({ calibration: 20 });
      const config = configOf(shipped);
      return { robot: linkTo(config, peer.url), safe: seedOf(config), differs, remove: () => peer.close() };
    },
    { atOnce: 3 },
  );
