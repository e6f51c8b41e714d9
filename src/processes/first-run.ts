/** The first day with a robot: its lock and latch, its link in this process while it has no torque, a station while it has. Wiring. */
import { join } from "node:path";
import type { SimulatedRobot } from "../../sim/simulated-robot.ts";
import { systemClock } from "../clock.ts";
import type { HardwareConfig } from "../config/hardware-config.ts";
import type { Finding } from "../service/first-run/finding.ts";
import { type FirstRunChoices, type FirstRunEnd, firstRun } from "../service/first-run/first-run.ts";
import type { Person, QuietRobot } from "../service/first-run/ports.ts";
import type { LoneStation } from "../service/lone-walk.ts";
import type { CheckItem } from "../station/check-items/check-item.ts";
import { isMeasured, jogProblem } from "../station/jog-preconditions.ts";
import { assertNotLatched, readLatch, writeLatch } from "../station/latch-file.ts";
import { LeaseFile } from "../station/lease-file.ts";
import type { StationMessage } from "../station/messages.ts";
import { QuietSession } from "../station/quiet-session.ts";
import { compileReward } from "../study/reward.ts";
import { checkStart } from "./check-robot.ts";
import { startLoneStation } from "./lone-station.ts";
import { openRobot } from "./open-robot.ts";
import { stateDirOf } from "./service.ts";

export interface FirstRunOptions extends FirstRunChoices {
  readonly config: HardwareConfig;
  /** Study file beside which a simulated robot's state is. */
  readonly store: string;
  /** Folder of the recordings; null: `first-run/` beside the robot's state. */
  readonly recordings: string | null;
  readonly person: Person;
  readonly onStation: (message: StationMessage) => void;
}

export interface RunningFirstRun {
  readonly stateDir: string;
  run(): Promise<FirstRunEnd>;
  /** Controlled: what walks or is jogged stops, and nothing more is begun. */
  stop(words: string): void;
  eStop(reason: string): Promise<boolean>;
  readonly latched: boolean;
}

/** @throws ROBOT_LATCHED */
export function openFirstRun(options: FirstRunOptions): RunningFirstRun {
  const { config, person } = options;
  const stateDir = stateDirOf(config, options.store);
  assertNotLatched(stateDir);
  const stopping = new AbortController();
  let station: LoneStation | null = null;
  let quiet: QuietSession | null = null;
  const run = async (): Promise<FirstRunEnd> => {
    const { study } = config;
    const ports = {
      config,
      stateDir,
      person,
      recordings: options.recordings ?? join(stateDir, "first-run"),
      reward: study === null ? null : await compileReward(study.reward),
      check: async () => (await checkStart(config, stopping.signal)).items.map(findingOf),
      quiet: async () => {
        const opened = await openQuiet(config, stateDir);
        quiet = opened.session;
        return opened.robot;
      },
      station: async (own: HardwareConfig) => {
        station = await startLoneStation(own, stateDir, options.onStation, { signal: stopping.signal });
        return station;
      },
      stopped: () => stopping.signal.aborted,
      now: () => systemClock.date(),
    };
    return firstRun(ports, options);
  };
  return {
    stateDir,
    run,
    stop: (words) => {
      stopping.abort();
      station?.stop(words);
    },
    eStop: async (reason) => {
      stopping.abort();
      if (station !== null && !station.gone) return station.eStop(reason);
      // Without a station it has no torque; whoever pressed wants it to stay so.
      writeLatch(stateDir, {
        id: `first-run-${process.pid}`,
        code: "operator-stop",
        words: reason,
        at: systemClock.date().toISOString(),
      });
      return (await quiet?.tryStop())?.confirmed ?? false;
    },
    get latched() {
      return readLatch(stateDir) !== null;
    },
  };
}

/** The robot's link in this process, its lock held: nobody else gives it torque meanwhile. */
async function openQuiet(
  config: HardwareConfig,
  stateDir: string,
): Promise<{ readonly session: QuietSession; readonly robot: QuietRobot }> {
  const lock = LeaseFile.take(stateDir, `gaitsmith first-run ${process.pid}`, systemClock.date());
  try {
    assertNotLatched(stateDir);
    const { link } = config;
    const held: HardwareConfig =
      link.kind === "simulated" ? { ...config, link: { ...link, onStand: true } } : config;
    const session = await QuietSession.open(held, openRobot);
    const hand = link.kind === "simulated" ? (session.robot as SimulatedRobot).hand : null;
    const robot: QuietRobot = {
      joints: config.robot.joints,
      jogProblem: jogProblem(config, session.capabilities),
      measures: (channel) => isMeasured(session.capabilities.layout, channel),
      hand,
      listen: (until) => session.listen(until),
      tryStop: () => session.tryStop(),
      close: async () => {
        await session.close().catch(() => {});
        lock.release();
      },
    };
    return { session, robot };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function findingOf({ group, item, ...more }: CheckItem): Finding {
  return { item: group === "robot" ? item : `${group}, ${item}`, ...more };
}
