/** `gaitsmith clear`: takes an e-stop's latch away, in the name of a person who says what they checked. */
import { userInfo } from "node:os";
import { resolve } from "node:path";
import { systemClock } from "../clock.ts";
import { fail } from "../errors.ts";
import { openLatch, readLatch } from "../station/latch-file.ts";
import { type KnownRobot, knownRobots } from "./known-robots.ts";

export interface ClearOptions {
  readonly robot: string;
  readonly checked: string;
  readonly store: string;
}

export async function clear(options: ClearOptions): Promise<number> {
  const { robot, checked } = options;
  const known = knownRobots(resolve(options.store));
  const ours = known.filter(({ id }) => id === robot);
  if (ours.length === 0) unknown(robot, known);
  // A simulated robot may have the id of a real one: the one that is latched is meant.
  const { stateDir } = ours.find(isLatched) ?? ours[0]!;
  const latch = readLatch(stateDir);
  if (latch === null) {
    process.stdout.write(`${robot} is not latched\n`);
    return 0;
  }
  openLatch(stateDir, { id: latch.id, by: userInfo().username, checked }, systemClock.date());
  process.stdout.write(
    `${robot} was latched: ${latch.words} (${latch.at})\n  cleared, checked: ${checked}\n`,
  );
  return 0;
}

function isLatched({ stateDir }: KnownRobot): boolean {
  return readLatch(stateDir) !== null;
}

function unknown(robot: string, known: readonly KnownRobot[]): never {
  const latched = [...new Set(known.filter(isLatched).map(({ id }) => id))];
  return fail("ROBOT_UNKNOWN", {
    what: `no robot "${robot}" was ever driven from here; ${latched.length === 0 ? "none is latched" : `latched: ${latched.join(", ")}`}`,
    where: "--robot",
    remedy:
      "Give the robot's id from its hardware config; for a simulated robot also its study file with --store.",
  });
}
