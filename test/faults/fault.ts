/** A fault as data: what it is, over which links it is tried, how it is done, and what is promised of it. */
import type { RandomStream } from "../../sim/random.ts";
import type { CPeer } from "../../sim/serial/c-peer.ts";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import type { ErrorCode } from "../../src/errors.ts";
import type { TrialState } from "../../src/optimizer/trial.ts";
import type { TrialPhase } from "../../src/station/messages.ts";
import type { FaultRobot } from "../station/fault-robot.ts";
import type { RosbridgeBench } from "./rosbridge-bench.ts";
import type { StudyUnderWay } from "./study-in-process.ts";
import type { TrueBody } from "./witness.ts";

/** The robot in the station's own process, behind its serial port, behind rosbridge. */
export const LINKS = ["in process", "serial", "rosbridge"] as const;
export type LinkName = (typeof LINKS)[number];

export const GROUPS = [
  "sensors",
  "body",
  "telemetry",
  "line",
  "network",
  "identity",
  "operator",
  "processes",
] as const;
export type FaultGroup = (typeof GROUPS)[number];

/** What a fault's author has at hand when it strikes. */
export interface Scene {
  readonly body: TrueBody;
  readonly study: StudyUnderWay;
  readonly random: RandomStream;
  readonly config: HardwareConfig;
  /** Once, when the trial's state machine enters that phase; `idle`: when the station is ready. */
  onPhase(phase: TrialPhase, then: () => void): void;
  /** Once, after so many seconds of the robot's clock. */
  later(seconds: number, then: () => void): void;
  /** What a fault that was prepared earlier calls in the moment in which it strikes. */
  strikes(): void;
  /** The present one of the link that is tried. */
  readonly robot?: FaultRobot;
  readonly peer?: CPeer;
  readonly server?: RosbridgeBench;
}

/** @returns what is done when the robot rests, so that the study can go on */
export type Strike = (scene: Scene) => (() => Promise<void> | void) | undefined;

export interface Promised {
  /** What ends the walk: limits and codes, any of them. */
  readonly by: readonly string[];
  /** From the fault until the drives no longer follow the gait, s of the robot's clock; null: the walk goes on. */
  readonly within: number | null;
  /** How the walk is filed, one of these. */
  readonly end: readonly TrialState[];
  /** The robot is latched, and walks no more before a person has cleared it. */
  readonly latched: boolean | "possibly";
  /** The robot is refused with this error before it is armed, and no trial is spent on it. */
  readonly refused?: ErrorCode;
}

export interface Fault {
  readonly id: string;
  readonly group: FaultGroup;
  /** What it is, for a person. */
  readonly words: string;
  /** How it is done, link by link; a link that it does not apply to is left out. */
  readonly strike: Partial<Readonly<Record<LinkName, Strike>>>;
  readonly promise: Promised;
  /** Where a link promises otherwise. */
  readonly otherwise?: Partial<Readonly<Record<LinkName, Partial<Promised>>>>;
  /** Of a serial line and of a robot behind rosbridge; default lockstep. In process it is always lockstep. */
  readonly clock?: "lockstep" | "realtime";
  /** What the robot's clock says when it is switched on, s. */
  readonly startTime?: (random: RandomStream) => number;
  /** Changes the config that the walk is made with. */
  readonly config?: (config: HardwareConfig) => HardwareConfig;
  /**
   * When it strikes: at a random moment of the walk (the default), when the gait is started, or it is prepared before anything
   * is sent to the robot, and says itself when it strikes.
   */
  readonly at?: "walk" | "start" | "open";
  /** What a person reads of it, in the trial's reason, an error or the log. */
  readonly says?: RegExp;
  /** What is promised besides, or why nothing sees it and what bounds it then. */
  readonly note?: string;
}

export function promiseOf({ promise, otherwise }: Fault, link: LinkName): Promised {
  return { ...promise, ...otherwise?.[link] };
}

/** A walk that was interrupted is made once more, and is completed then. */
export function isRetried({ end }: Promised): boolean {
  return end.includes("interrupted");
}

/** The same way over every link. */
export function everywhere(strike: Strike): Fault["strike"] {
  return { "in process": strike, serial: strike, rosbridge: strike };
}

/** Something befalls the robot's body or its sensors. */
export const befalls = (
  fault: (scene: Scene) => Parameters<TrueBody["befall"]>[0] | readonly Parameters<TrueBody["befall"]>[0][],
): Strike => {
  return (scene) => {
    const faults = fault(scene);
    for (const one of Array.isArray(faults) ? faults : [faults]) scene.body.befall(one);
    return undefined;
  };
};

type Filed = Pick<Promised, "end" | "latched">;
export const INTERRUPTED: Filed = { end: ["interrupted"], latched: false };
export const ABORTED: Filed = { end: ["aborted"], latched: false };
export const GOES_ON: Promised = { by: ["finished"], within: null, end: ["completed"], latched: false };
