/** Looks at a robot for a while, without moving it: what its link, its telemetry, its health and its own limits are. */
import { setTimeout as pause } from "node:timers/promises";
import type { HardwareConfig } from "../config/hardware-config.ts";
import { describeError } from "../errors.ts";
import type { Capabilities, LinkDiagnostics, Robot, RobotLimits } from "../robot/robot.ts";
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";
import type { CheckItem } from "./check-items/check-item.ts";
import { findingItem, linkItems, type RoundTrips } from "./check-items/link-items.ts";
import { introduced, versionItems } from "./check-items/robot-items.ts";
import { robotLimitItems } from "./check-items/robot-limit-items.ts";
import { telemetryItems } from "./check-items/telemetry-items.ts";
import { PREFLIGHT_PATIENCE, Preflight } from "./preflight.ts";
import type { Listening } from "./robot-listening.ts";

/** A health item that refuses may mend by itself, as of a robot that is being set down: it is looked at this much longer, s. */
const LOOK_LONGER = 0.5;
/** Between two questions whose answers are timed, ms. */
const ASK_EVERY_MS = 20;

export interface RobotLookParts {
  readonly config: HardwareConfig;
  readonly robot: Robot;
  readonly capabilities: Capabilities;
  /** Is told every frame, by whoever listens to the robot. */
  readonly listening: Listening;
  /** s of robot time, at least */
  readonly seconds: number;
  /** What the monitor holds against telemetry with this frame, in words, or null. */
  readonly breach: (frame: TelemetryFrame) => string | null;
  /** The health of the robot is looked at anew: what mends by itself may. */
  readonly again: () => void;
  readonly signal?: AbortSignal;
}

export interface RobotLook {
  readonly items: readonly CheckItem[];
  readonly figures: LinkDiagnostics;
}

/** Never rejects for what is wrong with the robot. @throws LINK_LOST and the like from lockstep robots */
export async function lookAtRobot(parts: RobotLookParts): Promise<RobotLook> {
  const { config, robot, capabilities, listening } = parts;
  const preflight = new Preflight(config, capabilities.layout, capabilities.telemetryRate, 0);
  const lockstep = capabilities.clock === "lockstep";
  const hear = (): Promise<unknown> => heard(parts, preflight, lockstep);
  let over = false;
  const [trips] = await Promise.all([
    lockstep ? NOT_ASKED : askMeanwhile(robot, () => over),
    hear().finally(() => {
      over = true;
    }),
  ]);
  const figures = (await robot.diagnostics?.()) ?? {};
  const items = [
    introduced(capabilities),
    ...versionItems(capabilities, figures),
    ...(robot.findings?.() ?? []).map(findingItem),
    ...linkItems(figures, trips, listening, capabilities, config),
    ...telemetryItems(listening, capabilities, config),
    // Its rate has been measured over the whole time.
    ...preflight.items.filter(({ item, value }) => item !== "telemetry" || value === null),
    ...robotLimitItems(await echoed(robot), config),
  ];
  return { items, figures };
}

async function heard(
  { listening, seconds, breach, again, signal }: RobotLookParts,
  preflight: Preflight,
  lockstep: boolean,
): Promise<void> {
  const onFrame = (frame: TelemetryFrame): void => {
    if (preflight.look(frame, breach(frame)) === "again") again();
  };
  for (let length = seconds; ; length += LOOK_LONGER) {
    const before = listening.frames;
    await listening.run(length, { lockstep, onFrame, ...(signal === undefined ? {} : { signal }) });
    const refused = preflight.items.some(({ result }) => result === "missing");
    const silent = listening.frames === before;
    if (!refused || silent || signal?.aborted === true || length > PREFLIGHT_PATIENCE) return;
  }
}

const NOT_ASKED: RoundTrips = { seconds: [], failure: null };

async function askMeanwhile(robot: Robot, over: () => boolean): Promise<RoundTrips> {
  if (robot.roundTrip === undefined) return NOT_ASKED;
  const seconds: number[] = [];
  try {
    while (!over()) {
      seconds.push(await robot.roundTrip());
      await pause(ASK_EVERY_MS);
    }
    return { seconds, failure: null };
  } catch (error) {
    return { seconds, failure: describeError(error) };
  }
}

async function echoed(robot: Robot): Promise<RobotLimits | null | string> {
  try {
    return (await robot.limits?.()) ?? null;
  } catch (error) {
    return describeError(error);
  }
}
