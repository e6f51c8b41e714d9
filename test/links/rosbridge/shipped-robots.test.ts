/** The shipped configs of robots that are told what to do through their own topics and services: each is a robot. */
import { PUPPER_JOINTS } from "../../../sim/rosbridge/pupper-geometry.ts";
import { type RobotDifferences, robotConformance } from "../../../src/conformance/robot.ts";
import { channelName } from "../../../src/robot/telemetry-frame.ts";
import { configOf, EPISODIC, linkTo, PUPPER, type Shipped, seedOf } from "./shipped-robots.ts";

/** Where each differs, and how many at once do not keep this process from their pace. */
const ROBOTS: readonly (readonly [Shipped, RobotDifferences, atOnce: number])[] = [
  [
    PUPPER,
    {
      // Its servos say nothing, and neither does its battery.
      reports: [channelName.roll, channelName.pitch],
      stance: Array.from({ length: 8 }, (_, joint) => PUPPER_JOINTS.stance[joint % 2]!),
      rise: 0.2,
    },
    3,
  ],
  // It stands when it says that its motors are enabled, and ramps at its own pace.
  [EPISODIC, { rise: 0.2, ramp: 0.5 }, 6],
];

for (const [shipped, differs, atOnce] of ROBOTS) {
  const config = configOf(shipped);
  robotConformance(
    `the robot of ${shipped.file}`,
    async () => {
      const { peer } = await shipped.open({ calibration: 20 });
      return { robot: linkTo(config, peer.url), safe: seedOf(config), differs, remove: () => peer.close() };
    },
    { atOnce },
  );
}
