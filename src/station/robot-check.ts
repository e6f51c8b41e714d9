/**
 * Whether a study could start with this robot: everything that would keep it from starting, found without moving anything.
 * The robot is opened and listened to for a while; a parameter set is offered to robots that look at one without torque, and never
 * committed.
 */
import type { HardwareConfig } from "../config/hardware-config.ts";
import type { LinkDiagnostics, Robot } from "../robot/robot.ts";
import type { CheckItem } from "./check-items/check-item.ts";
import { limitItems } from "./check-items/limit-items.ts";
import { findingItem } from "./check-items/link-items.ts";
import { parametersItem } from "./check-items/parameters-item.ts";
import { failureItem } from "./check-items/robot-items.ts";
import { streamItems } from "./check-items/stream-items.ts";
import { speedItem } from "./check-items/telemetry-items.ts";
import { ComputerCheck } from "./computer-check.ts";
import { assertFits, monitorOf, type OpenedRobot } from "./robot-claim.ts";
import { type CheckedChannel, Listening } from "./robot-listening.ts";
import { lookAtRobot } from "./robot-look.ts";
import { rehearseStream } from "./stream-rehearsal.ts";

export interface RobotCheck {
  readonly items: readonly CheckItem[];
  readonly channels: readonly CheckedChannel[];
  /** Of the link, by name; null when the robot was not opened. */
  readonly figures: LinkDiagnostics | null;
  /** No item is missing. */
  readonly ready: boolean;
}

export interface RobotCheckParts {
  readonly config: HardwareConfig;
  readonly openRobot: (config: HardwareConfig) => Promise<OpenedRobot>;
  /** All of the gait's parameters in the seed gait, SI. */
  readonly seedGait: Readonly<Record<string, number>>;
  /** How long telemetry is listened to, s of robot time. */
  readonly seconds: number;
  readonly signal?: AbortSignal;
  /** Where a study would write; absent: this computer is not looked at. */
  readonly folder?: string;
}

/** Never rejects for what is wrong with the robot: that is what it finds. */
export async function checkRobot(parts: RobotCheckParts): Promise<RobotCheck> {
  const items: CheckItem[] = [];
  let channels: readonly CheckedChannel[] = [];
  let figures: LinkDiagnostics | null = null;
  let robot: Robot | null = null;
  let computer: ComputerCheck | null = null;
  try {
    const opened = await parts.openRobot(parts.config);
    robot = opened.robot;
    const listening = new Listening(opened);
    robot.onFrame((frame) => {
      listening.hear(frame);
      computer?.hear(frame);
    });
    robot.onEvent(() => {});
    const capabilities = await robot.open();
    assertFits(parts.config, capabilities);
    await robot.acquireLease(`gaitsmith check ${process.pid}`);
    const monitor = monitorOf(parts.config, capabilities);
    const { targets } = capabilities;
    const lockstep = capabilities.clock === "lockstep";
    const rehearsed = targets === undefined || lockstep ? null : rehearseStream(targets.rate, opened.clock);
    let stream: LinkDiagnostics | null = null;
    const { config, seconds, signal, folder } = parts;
    computer = folder === undefined ? null : new ComputerCheck(config, capabilities, opened.clock, folder);
    const look = await lookAtRobot({
      ...{ config, robot, capabilities, listening, seconds },
      breach: (frame) => {
        monitor.onFrame(frame);
        return null;
      },
      again: () => {},
      ...(signal === undefined ? {} : { signal }),
    }).finally(() => {
      stream = rehearsed?.() ?? null;
    });
    figures = look.figures;
    items.push(...look.items);
    items.push(...streamItems(capabilities, stream));
    channels = listening.channels(capabilities.layout);
    items.push(...limitItems(monitor, parts.config, channels));
    items.push(speedItem(parts.config, capabilities));
    items.push(await parametersItem(robot, capabilities, parts.config, parts.seedGait));
    if (computer !== null) items.push(...(await computer.end(listening.length)));
  } catch (error) {
    // Errors that the link names one by one are better than the sum of them.
    const found = (robot?.findings?.() ?? []).filter(({ severity }) => severity !== "info").map(findingItem);
    items.push(...found);
    if (!found.some(({ result }) => result === "missing")) items.push(failureItem(error));
  } finally {
    await computer?.close();
    await robot?.close().catch(() => {});
  }
  return { items, channels, figures, ready: items.every(({ result }) => result !== "missing") };
}
