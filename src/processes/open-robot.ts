/** Link kind → the module that knows it, loaded only when it is used. */
import { realpathSync } from "node:fs";
import { ManualClock, systemClock } from "../clock.ts";
import { type GaitConfig, type HardwareConfig, plannedSeconds } from "../config/hardware-config.ts";
import type { SearchSpace } from "../optimizer/search-space.ts";
import type { OpenedRobot } from "../station/robot-claim.ts";

/** A simulated robot comes to rest when no joint target has come for this long, s. */
const STREAM_TIMEOUT = 0.2;

/** @throws LINK_UNAVAILABLE and other errors of the link */
export async function openRobot(config: HardwareConfig): Promise<OpenedRobot> {
  const { link } = config;
  // In lockstep the robot moves the station's clock.
  const clock = link.clock === "lockstep" ? new ManualClock() : systemClock;
  switch (link.kind) {
    case "simulated": {
      const { openSimulatedRobot } = await import("../../sim/simulated-robot.ts");
      const { variant, variation, streamed, onStand } = link;
      const robot = await openSimulatedRobot({
        robotId: config.robot.id,
        variant,
        variation,
        clock: link.clock,
        stationClock: clock,
        ...(onStand === true ? { onStand } : {}),
        ...(streamed === true ? { streamed: { timeout: STREAM_TIMEOUT } } : {}),
      });
      return { robot, clock };
    }
    case "serial": {
      const { SerialRobot } = await import("../links/serial/serial-robot.ts");
      return { robot: new SerialRobot({ link, robotId: config.robot.id, clock }), clock };
    }
    case "petoi": {
      const { PetoiRobot } = await import("../links/petoi/petoi-robot.ts");
      return { robot: new PetoiRobot({ link, ...robotOf(config), clock }), clock };
    }
    case "mjbots": {
      const { MjbotsRobot } = await import("../links/mjbots/mjbots-robot.ts");
      return { robot: new MjbotsRobot({ link, ...robotOf(config), clock }), clock };
    }
    case "rosbridge": {
      const { RosbridgeRobot } = await import("../links/rosbridge/rosbridge-robot.ts");
      const { walk, gait, space, speedSource } = config;
      return {
        robot: new RosbridgeRobot({
          ...{ link, clock, speedSource },
          ...robotOf(config),
          gait: { name: gait.name, parameters: gaitRanges(gait, space) },
          walkSeconds: plannedSeconds(walk),
        }),
        clock,
      };
    }
  }
}

/**
 * The serial device that leads to a robot, by its real path; null where there is none, or it is only found while the robot is
 * opened.
 */
export async function deviceOf({ link }: HardwareConfig): Promise<string | null> {
  if (link.kind !== "serial" && link.kind !== "petoi") return null;
  try {
    if (link.path !== undefined) return link.path === "auto" ? null : realpathSync(link.path);
    if (link.id === undefined) return null;
    const { listPorts, pathOfDevice } = await import("../links/serial/ports.ts");
    return realpathSync(pathOfDevice(await listPorts(), link.id));
  } catch {
    // Not plugged in: opening it says so.
    return null;
  }
}

function robotOf({ robot }: HardwareConfig): {
  readonly robotId: string;
  readonly joints: readonly string[];
} {
  return { robotId: robot.id, joints: robot.joints };
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
