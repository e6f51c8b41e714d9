/** Link kind → the module that knows it, loaded only when it is used. */
import { ManualClock, systemClock } from "../clock.ts";
import { type GaitConfig, type HardwareConfig, plannedSeconds } from "../config/hardware-config.ts";
import type { SearchSpace } from "../optimizer/search-space.ts";
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
    case "rosbridge": {
      const { RosbridgeRobot } = await import("../links/rosbridge/rosbridge-robot.ts");
      const { robot, walk, gait, space, speedSource } = config;
      return {
        robot: new RosbridgeRobot({
          ...{ link, clock, speedSource },
          robotId: robot.id,
          joints: robot.joints,
          gait: { name: gait.name, parameters: gaitRanges(gait, space) },
          walkSeconds: plannedSeconds(walk),
        }),
        clock,
      };
    }
  }
}

/** Names, SI units and ranges of what a parameter set may hold; a parameter that is not tuned has one value. */
function gaitRanges(
  { constants, units = {} }: GaitConfig,
  { parameters }: SearchSpace,
): Readonly<Record<string, { readonly unit: string; readonly low: number; readonly high: number }>> {
  const fixed = Object.entries(constants).map(
    ([name, value]) => [name, { unit: units[name] ?? "", low: value, high: value }] as const,
  );
  const tuned = parameters.flatMap((parameter) => {
    if (parameter.kind === "categorical") return [];
    const { name, low, high } = parameter;
    return [[name, { unit: parameter.unit ?? units[name] ?? "", low, high }] as const];
  });
  return Object.fromEntries([...fixed, ...tuned]);
}
