/** The conformance check of a firmware: the robot's lock, its line, and what its config says. Wiring, no logic. */
import { systemClock } from "../clock.ts";
import type { HardwareConfig } from "../config/hardware-config.ts";
import { fail } from "../errors.ts";
import type { BodyGeometry, Gait } from "../gait/gait.ts";
import { gaitNamed } from "../gait/gaits.ts";
import type { Subject } from "../links/serial/check/bench.ts";
import { type CheckOptions, checkProtocol, type ProtocolReport } from "../links/serial/check/check.ts";
import { findDevice, openDevice } from "../links/serial/device.ts";
import { robotStateDir } from "../paths.ts";
import { gaitParameters } from "../service/feasibility.ts";
import { assertNotLatched } from "../station/latch-file.ts";
import { LeaseFile } from "../station/lease-file.ts";
import { monitorOf } from "../station/robot-claim.ts";

/**
 * @throws BAD_USAGE when the robot is not on a serial line; ROBOT_BUSY, ROBOT_LATCHED (only with `move`),
 * LINK_UNAVAILABLE
 */
export async function checkRobot(
  config: HardwareConfig,
  options: Pick<CheckOptions, "move" | "signal" | "onFinding">,
): Promise<ProtocolReport> {
  const { link } = config;
  if (link.kind !== "serial")
    return fail("BAD_USAGE", {
      what: `${config.robot.name} is not on a serial line`,
      where: `${config.source.file}, link.kind`,
      remedy: "Give the config of a robot whose link is `serial`.",
    });
  const stateDir = robotStateDir(config.robot.id);
  const lock = LeaseFile.take(stateDir, `gaitsmith check ${process.pid}`, systemClock.date());
  try {
    if (options.move) assertNotLatched(stateDir);
    return await checkProtocol({
      ...options,
      openLine: async (listener) => openDevice(await findDevice(link, config.robot.id), link.baud, listener),
      subject: subjectOf(config),
    });
  } finally {
    lock.release();
  }
}

export function subjectOf(config: HardwareConfig): Subject {
  const { name, body } = config.gait;
  const values = gaitParameters(config, config.seedGait);
  const gait = body === null ? null : gaitNamed(name);
  return {
    robotId: config.robot.id,
    clock: config.link.clock,
    joints: config.robot.joints,
    safe: gait === null ? { gait: name, values: Object.entries(values) } : onWire(gait, values),
    infeasible: gait === null || body === null ? null : beyondReach(gait, values, body),
    ranges: rangesOf(config),
    telemetry: telemetryOf(config),
    unwatched: (layout) => monitorOf(config, { layout, telemetryRate: NOMINAL_RATE }).problems,
  };
}

/** Hz. Which channels a limit needs does not depend on it. */
const NOMINAL_RATE = 100;

function rangesOf({ space }: HardwareConfig): Subject["ranges"] {
  return Object.fromEntries(
    space.parameters.flatMap((parameter) => {
      if (parameter.kind === "categorical") return [];
      const { name, low, high, unit } = parameter;
      return [[name, { low, high, unit }]];
    }),
  );
}

function telemetryOf({ link }: HardwareConfig): Subject["telemetry"] {
  if (link.kind !== "serial") return { baud: Number.POSITIVE_INFINITY };
  const { clock, baud, telemetryRate: rate, telemetryGroups: groups } = link;
  return { baud: clock === "lockstep" ? Number.POSITIVE_INFINITY : baud, rate, groups };
}

function onWire({ name, parameters }: Gait, values: Readonly<Record<string, number>>): Subject["safe"] {
  return { gait: name, values: parameters.map((spec) => [spec.name, values[spec.name]!]) };
}

/** One parameter at or beyond an end of the range that a new robot starts with. */
function beyondReach(
  gait: Gait,
  values: Readonly<Record<string, number>>,
  body: BodyGeometry,
): Subject["safe"] | null {
  for (const factor of [1, 3, 10])
    for (const { name, low, high } of gait.parameters)
      for (const end of [low, high]) {
        const changed = { ...values, [name]: factor * end };
        if (!gait.check(changed, body).feasible) return onWire(gait, changed);
      }
  return null;
}
