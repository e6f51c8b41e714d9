/**
 * `gaitsmith estop`: a latched stop of every robot that is driven from this computer, or of one, over the socket of its
 * station: also while the service that drives it hangs. A robot that nobody drives is latched when it is named. Loads nothing
 * heavy, and sends before it says anything.
 */
import { userInfo } from "node:os";
import { resolve } from "node:path";
import { systemClock } from "../clock.ts";
import { describeError, fail } from "../errors.ts";
import { type EStopLevel, requestEStop } from "../station/estop-socket.ts";
import { readLatch, writeLatch } from "../station/latch-file.ts";
import { holderWords, readLease } from "../station/lease-file.ts";
import { type KnownRobot, knownRobots } from "./known-robots.ts";

export interface EStopOptions {
  readonly robot?: string;
  readonly level: string;
  readonly store: string;
  readonly json?: boolean;
}

interface Stopped {
  readonly robot: string;
  /** Its station has the e-stop. */
  readonly taken: boolean;
  /** The robot itself said that it has stopped; null: no station drives it. */
  readonly confirmed: boolean | null;
  readonly latched: boolean;
  readonly words: string;
}

/** @returns the exit status: 1 when a robot may still be moving */
export async function estop(options: EStopOptions): Promise<number> {
  const known = knownRobots(resolve(options.store));
  const meant = known.filter(({ id }) => options.robot === undefined || id === options.robot);
  // A word that is no level must not cost the stop.
  const level: EStopLevel = options.level === "settle" ? "settle" : "cut";
  const named = options.robot !== undefined;
  const answers = await Promise.all(meant.map((robot) => stop(robot, level, named)));
  const stopped = answers.filter((one) => one !== null);
  if (options.json) process.stdout.write(`${JSON.stringify({ robots: stopped })}\n`);
  else for (const { robot, words } of stopped) process.stdout.write(`${robot}: ${words}\n`);
  if (stopped.length === 0) nothingStopped(options.robot, known);
  return stopped.some(({ confirmed }) => confirmed === false) ? 1 : 0;
}

/** @returns null for a robot that nobody drives and that was not named: it is left as it is */
async function stop(
  { id, stateDir }: KnownRobot,
  level: EStopLevel,
  named: boolean,
): Promise<Stopped | null> {
  const reason = `gaitsmith estop (${userInfo().username})`;
  const answer = await requestEStop(stateDir, reason, level);
  if (answer !== null) {
    const { confirmed } = answer;
    // A study may just have asked for its e-stop to be pressed.
    const latched = readLatch(stateDir) !== null;
    const kept = latched ? "latched" : "not latched: its study had asked for it to be pressed";
    const words = confirmed
      ? `stopped, the robot confirmed it; ${kept}`
      : `NOT CONFIRMED: its station has the e-stop, but the robot does not answer. Cut its power; ${kept}`;
    return { robot: id, taken: true, confirmed, latched, words };
  }
  const lease = readLease(stateDir);
  if (lease?.alive !== true && !named) return null;
  const latched = latch(stateDir, reason);
  const kept = latched === null ? "latched" : `NOT latched: ${latched}`;
  if (lease?.alive === true) {
    const words = `NOT CONFIRMED: ${holderWords(lease)} drives it and does not answer. Cut its power; ${kept}`;
    return { robot: id, taken: false, confirmed: false, latched: latched === null, words };
  }
  const words = `no station drives it; ${latched === null ? "latched all the same" : kept}`;
  return { robot: id, taken: false, confirmed: null, latched: latched === null, words };
}

/** @returns why not, or null */
function latch(stateDir: string, words: string): string | null {
  const at = systemClock.date().toISOString();
  try {
    writeLatch(stateDir, { id: `${process.pid}-${at}`, code: "operator-stop", words, at });
    return null;
  } catch (error) {
    return describeError(error);
  }
}

function nothingStopped(robot: string | undefined, known: readonly KnownRobot[]): never {
  const ids = [...new Set(known.map(({ id }) => id))];
  return fail("ROBOT_UNKNOWN", {
    what: `NOTHING WAS STOPPED: ${robot === undefined ? "no program of this computer drives a robot now" : `no robot "${robot}" was ever driven from here`}`,
    where: robot === undefined ? "this computer" : "--robot",
    remedy: `If one moves, cut its power.${ids.length === 0 ? "" : ` Known here: ${ids.join(", ")}.`} A simulated robot is found by its study file (--store); --robot ID latches one that nobody drives.`,
  });
}
