/** What a first day is given: the robot in its three states of touch, a person, and somewhere to keep what was found. */
import type { HardwareConfig } from "../../config/hardware-config.ts";
import type { Metrics } from "../../config/metrics.ts";
import type { LoneStation } from "../lone-walk.ts";
import type { Finding } from "./finding.ts";
import type { Samples } from "./samples.ts";

/** A robot without torque, listened to. */
export interface QuietRobot {
  readonly joints: readonly string[];
  /** Why its joints cannot be moved by their motors one by one, in words; null: they can. */
  readonly jogProblem: string | null;
  /** The robot reports this channel, and measures it. */
  measures(channel: string): boolean;
  /** @param until a person is done, or so many seconds of the robot's clock */
  listen(until: Promise<unknown> | number): Promise<Samples>;
  /** Asks for a cut. @returns whether the robot confirmed, and after how long, s */
  tryStop(): Promise<{ readonly confirmed: boolean; readonly seconds: number }>;
  /** The simulated robot's own hand does what a person is asked to do; null: a person does. */
  readonly hand: SimulatedHand | null;
  close(): Promise<void>;
}

export interface SimulatedHand {
  /** @param joint its index. @param by rad. @param after s until it begins */
  move(joint: number, by: number, seconds: number, after: number): void;
  letGo(): void;
  tilt(
    to: { readonly roll: number; readonly pitch: number; readonly yaw: number },
    seconds: number,
    after: number,
  ): void;
}

export interface Person {
  say(words: string): void;
  /** @returns what was typed, trimmed; null when they are gone or a stop ended the wait */
  ask(question: string): Promise<string | null>;
}

/** The robot with torque. */
export type GivenStation = Pick<LoneStation, "ready" | "gone" | "walk" | "jog" | "close">;

export interface FirstRunPorts {
  readonly config: HardwareConfig;
  readonly stateDir: string;
  /** Folder that walks are recorded to; null: they are not. */
  readonly recordings: string | null;
  readonly person: Person;
  /** What `gaitsmith check` finds. */
  check(): Promise<readonly Finding[]>;
  /** The link opened, nothing moves. */
  quiet(): Promise<QuietRobot>;
  /** A station of this config, which may differ from the robot's own in walk and limits. */
  station(config: HardwareConfig): Promise<GivenStation>;
  /** What the config's study scores; null where it has none. */
  readonly reward: { readonly text: string; score(metrics: Metrics): number } | null;
  /** Somebody pressed Ctrl-C. */
  stopped(): boolean;
  now(): Date;
}
