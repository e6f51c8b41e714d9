/** Robots that the shipped configs describe, pretended in this process, and their links. */
import { openEpisodicRobot } from "../../../sim/rosbridge/episodic-robot.ts";
import { type MiniPupperOptions, openMiniPupper } from "../../../sim/rosbridge/mini-pupper.ts";
import type { PretendedRobot } from "../../../sim/rosbridge/pretended-robot.ts";
import { systemClock } from "../../../src/clock.ts";
import { type HardwareConfig, plannedSeconds } from "../../../src/config/hardware-config.ts";
import { readHardwareConfig } from "../../../src/config/read-hardware-config.ts";
import type { RosbridgeLinkConfig } from "../../../src/config/rosbridge-link.ts";
import type { RobotUnderTest } from "../../../src/conformance/robot.ts";
import { RosbridgeRobot } from "../../../src/links/rosbridge/rosbridge-robot.ts";
import { hardwareConfigPath } from "../../../src/paths.ts";
import type { ParameterSetOnWire } from "../../../src/robot/parameters.ts";
import { linkOf } from "./simulated-link.ts";

export interface Shipped {
  readonly file: string;
  readonly open: (options?: MiniPupperOptions) => Promise<PretendedRobot>;
}

export const PUPPER: Shipped = { file: "mini-pupper.yaml", open: openMiniPupper };
export const EPISODIC: Shipped = { file: "episodic-ros1.yaml", open: openEpisodicRobot };

export function configOf({ file }: Shipped): HardwareConfig {
  return readHardwareConfig(hardwareConfigPath(file));
}

/** The link of the shipped config, to another address. */
export function linkTo(
  config: HardwareConfig,
  url: string,
  change: Partial<RosbridgeLinkConfig> = {},
): RosbridgeRobot & RobotUnderTest {
  const { robot, gait, space, walk, speedSource } = config;
  const ranges = space.parameters.flatMap((one) =>
    one.kind === "categorical" ? [] : [[one.name, { unit: one.unit ?? "", low: one.low, high: one.high }]],
  );
  return new RosbridgeRobot({
    link: linkOf(config, { url, ...change }),
    robotId: robot.id,
    joints: robot.joints,
    gait: { name: gait.name, parameters: Object.fromEntries(ranges) },
    speedSource,
    walkSeconds: plannedSeconds(walk),
    clock: systemClock,
  }) as RosbridgeRobot & RobotUnderTest;
}

export function seedOf({ gait, seedGait }: HardwareConfig): ParameterSetOnWire {
  return { gait: gait.name, values: Object.entries(seedGait).map(([name, value]) => [name, Number(value)]) };
}
