/** Everything that must hold before a station may call a robot its own, in the order in which it can be wrong. */
import type { Server } from "node:net";
import { hostname } from "node:os";
import type { Clock } from "../clock.ts";
import type { HardwareConfig } from "../config/hardware-config.ts";
import { fail } from "../errors.ts";
import { deviceStateDir } from "../paths.ts";
import type { Capabilities, Robot } from "../robot/robot.ts";
import { type ChannelLayout, channelName } from "../robot/telemetry-frame.ts";
import { envelopeProblems } from "../safety/envelope.ts";
import { SafetyMonitor } from "../safety/monitor.ts";
import { listenForEStop, type StationEars } from "./estop-socket.ts";
import { assertNotLatched } from "./latch-file.ts";
import { LeaseFile } from "./lease-file.ts";
import { streamProblems } from "./stream-preconditions.ts";

/** A robot behind its link, and the clock that stamps its frames. */
export interface OpenedRobot {
  readonly robot: Robot;
  readonly clock: Clock;
}

export interface ClaimParts {
  readonly config: HardwareConfig;
  readonly stateDir: string;
  readonly wall: Clock;
  readonly openRobot: (config: HardwareConfig) => Promise<OpenedRobot>;
  /** What the robot is driven for, shown to whoever is refused. */
  readonly purpose?: string;
  /** The device that leads to the robot, where two configs could name the same one. */
  readonly deviceOf?: (config: HardwareConfig) => Promise<string | null>;
  readonly ears: StationEars;
  /** Called with the robot before its link is opened: frames and events may come from then on. */
  readonly attach: (opened: OpenedRobot) => void;
}

export interface RobotClaim {
  readonly robot: Robot;
  readonly clock: Clock;
  readonly capabilities: Capabilities;
  readonly monitor: SafetyMonitor;
  /** Says that this station lives, to whoever reads its locks. @param now ms, monotonic */
  touch(now: number): void;
  /** Gives everything back. */
  release(): Promise<void>;
}

/**
 * @throws CONFIG_INVALID, ROBOT_BUSY, ROBOT_LATCHED, LINK_UNAVAILABLE, ROBOT_MISMATCH; nothing is held then
 */
export async function claimRobot(parts: ClaimParts): Promise<RobotClaim> {
  const { config, stateDir, wall } = parts;
  const problems = envelopeProblems(config.envelope, config.robot.joints);
  if (problems.length > 0)
    fail("CONFIG_INVALID", {
      what: `the robot cannot be armed: ${problems.join("; ")}`,
      where: `${config.source.file}, limits`,
      remedy: "Set every limit.",
    });
  const owner = `gaitsmith station ${process.pid}`;
  const doing = parts.purpose;
  const lease = LeaseFile.take(stateDir, owner, wall.date(), { doing });
  let deviceLease: LeaseFile | null = null;
  let socket: Server | null = null;
  let opened: OpenedRobot | null = null;
  const release = async (): Promise<void> => {
    socket?.close();
    await opened?.robot.close().catch(() => {});
    deviceLease?.release();
    lease.release();
  };
  const touch = (now: number): void => {
    lease.touch(now);
    deviceLease?.touch(now);
  };
  try {
    assertNotLatched(stateDir);
    socket = await listenForEStop(stateDir, parts.ears);
    const device = (await parts.deviceOf?.(config)) ?? null;
    // Two configs of one robot have two locks, but one cable.
    if (device !== null)
      deviceLease = LeaseFile.take(deviceStateDir(device), owner, wall.date(), { doing, robotDir: stateDir });
    opened = await parts.openRobot(config);
    parts.attach(opened);
    const { robot, clock } = opened;
    const capabilities = await robot.open();
    assertFits(config, capabilities);
    const monitor = monitorOf(config, capabilities);
    if (monitor.problems.length > 0)
      fail("ROBOT_MISMATCH", {
        what: `the robot cannot be armed, its limits cannot be watched: ${monitor.problems.join("; ")}`,
        where: config.source.file,
        remedy: "Let the robot report these channels: docs/firmware.md, section 2, Channels.",
      });
    // Stations of one service are one owner to the robot, so that the next one need not wait for the last one's silence. Process
    // ids repeat from computer to computer.
    await robot.acquireLease(`gaitsmith service ${process.ppid} on ${hostname()}`, lease.epoch);
    return { robot, clock, capabilities, monitor, touch, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** @throws ROBOT_MISMATCH when this is not the robot that the config describes */
export function assertFits(config: HardwareConfig, capabilities: Capabilities): void {
  const mismatch = (what: string): never =>
    fail("ROBOT_MISMATCH", {
      what,
      where: config.source.file,
      remedy: "Check that the config is the one of this robot.",
    });
  const [asked, found] = [config.robot.joints.join(", "), capabilities.joints.join(", ")];
  if (asked !== found) mismatch(`the config names the joints ${asked}, the robot ${found}`);
  if (capabilities.clock !== config.link.clock)
    mismatch(`the config says clock ${config.link.clock}, the robot runs in ${capabilities.clock}`);
  const streaming = streamProblems(config, capabilities);
  if (streaming.length > 0)
    fail("ROBOT_MISMATCH", {
      what: `gaitsmith cannot stream joint targets to this robot: ${streaming.join("; ")}`,
      where: config.source.file,
      remedy: "Let the config (or the robot) say what is missing.",
    });
}

/** What watches this robot: every limit of its config, on the channels it reports. */
export function monitorOf(
  config: HardwareConfig,
  { layout, telemetryRate }: Pick<Capabilities, "layout" | "telemetryRate">,
): SafetyMonitor {
  return new SafetyMonitor({
    layout,
    envelope: config.envelope,
    joints: config.robot.joints,
    rate: telemetryRate,
    lateralChannel: lateralChannelOf(config, layout),
  });
}

/** Where the robot is sideways, by the source of its speed; where that is told after the walk, by whatever measures it. */
function lateralChannelOf({ speedSource }: HardwareConfig, layout: ChannelLayout): string {
  if (speedSource === "pose") return channelName.poseY;
  if (speedSource === "odometry") return channelName.odometryY;
  return layout.has(channelName.poseY) ? channelName.poseY : channelName.odometryY;
}
