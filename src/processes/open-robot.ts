/** Link kind → the module that knows it, loaded only when it is used. */
import { ManualClock, systemClock } from "../clock.ts";
import type { HardwareConfig } from "../config/hardware-config.ts";
import { fail } from "../errors.ts";
import type { OpenedRobot } from "../station/robot-claim.ts";

/** @throws LINK_UNAVAILABLE and other errors of the link */
export async function openRobot(config: HardwareConfig): Promise<OpenedRobot> {
  const { link } = config;
  // In lockstep the robot moves the station's clock.
  const clock = link.clock === "lockstep" ? new ManualClock() : systemClock;
  switch (link.kind) {
    case "simulated": {
      const { openSimulatedRobot } = await import("../../sim/simulated-robot.ts");
      const { variant, variation } = link;
      const robot = await openSimulatedRobot({
        robotId: config.robot.id,
        variant,
        variation,
        clock: link.clock,
        stationClock: clock,
      });
      return { robot, clock };
    }
    case "serial": {
      const { SerialRobot } = await import("../links/serial/serial-robot.ts");
      return { robot: new SerialRobot({ link, robotId: config.robot.id, clock }), clock };
    }
    case "rosbridge":
      return fail("LINK_UNAVAILABLE", {
        what: "robots behind rosbridge are not reached yet",
        where: `${config.source.file}, link.kind`,
        remedy: "Use `serial` or `simulated`.",
      });
  }
}
