/**
 * Everything that passes between the service and a station, as two discriminated unions. The channel is Node's
 * child-process IPC with `serialization: "advanced"` (JSON would turn NaN into null).
 *
 * Rules: both sides send `beat` every 100 ms of wall time; after 500 ms of silence the station stops the robot.
 * Each `report` gets exactly one `decision`. An `outcome` is repeated until `outcome-received` and is idempotent by
 * (trial, attempt). `live` is sent at most 30 times a second, the latest wins, one unacknowledged.
 */
import type { HardwareConfig } from "../config/hardware-config.ts";
import type { Metrics } from "../config/metrics.ts";
import type { TrialHealth } from "../config/trial-health.ts";
import type { ParameterSetOnWire } from "../robot/parameters.ts";
import type { Channel } from "../robot/telemetry-frame.ts";
import type { CheckItem } from "./check-items/check-item.ts";

export type { CheckItem, CheckResult } from "./check-items/check-item.ts";

export const BEAT_INTERVAL_MS = 100;
export const SILENCE_LIMIT_MS = 500;
export const LIVE_INTERVAL_MS = 1000 / 30;

/**
 * Where the robot is in a trial, in order; any state may go to `safe-stop`, which ends in `latched` or `done`.
 * `idle` and `awaiting-operator` lie between trials.
 */
export const TRIAL_PHASES = [
  "idle",
  "awaiting-operator",
  "preflight",
  "arm",
  "stand",
  "ramp-in",
  "settle",
  "measure",
  "ramp-out",
  "stand-down",
  "done",
  "safe-stop",
  "latched",
] as const;
export type TrialPhase = (typeof TRIAL_PHASES)[number];

/** What a preflight can refuse for; more than one person's remedy hangs on it. */
export const PREFLIGHT_ITEMS = ["battery", "motor-temperature", "posture", "joints", "telemetry"] as const;
export type PreflightItem = (typeof PREFLIGHT_ITEMS)[number];

/** The place that a PREFLIGHT_REFUSED error names, by which the service knows what a person has to do. */
export function preflightPlace(item: string): string {
  return `preflight, ${item}`;
}

/** Why a walk did not begin whose robot's actuators, standing, were not where they belong. */
export const ACTUATOR_CHECK = "actuator-check";

/** A robot that waits for its motors to cool, before it is armed. */
export interface Cooling {
  /** °C: of the hottest motor now, and what it must fall to. */
  readonly hottest: number;
  readonly wanted: number;
  /** s of robot time: so far, and at the most. */
  readonly waited: number;
  readonly within: number;
}

/** How an e-stop reached the station: through the service, its local socket, or the robot's own button. */
export type EStopWay = "service" | "socket" | "button";

/** What a preflight before a study is about, beside the robot. */
export interface PreflightAsk {
  /** Look at the robot as well, and exercise its stop; else only at this computer. */
  readonly robot: boolean;
  /** Folder of the study file. */
  readonly store: string;
  /** Folder of the recordings, or null: nothing is recorded. */
  readonly recordings: string | null;
  /** Walks that the study has left at most. */
  readonly walks: number;
}

/** Why a walk ended: stable code first, then words with the figures. */
export interface EndReason {
  /** `finished`, `arena-end`, `pruner`, a limit's name, `operator-stop`, `link-lost`, `service-silent`, … */
  readonly code: string;
  readonly words: string;
  /** Seconds since the start of ramp-in (robot time); NaN when it never walked. */
  readonly time: number;
  readonly channel: string | null;
  readonly value: number | null;
  readonly limit: number | null;
}

export interface TrialPlan {
  readonly trial: number;
  /** 1, or 2 for the one retry of an interrupted trial. */
  readonly attempt: number;
  /** All parameters of the gait in SI units, constants included. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Keys a simulated robot's variation; a retry has the same. */
  readonly seed: number;
  readonly suggestion: number;
  /** What the previous walk left behind in a simulated robot. */
  readonly carryOver: unknown;
  /** File the walk is recorded to, or null. */
  readonly recording: string | null;
  /** How long motors that are too hot are given to cool, s of robot time; absent: as the config says. */
  readonly coolDownWithin?: number;
  /** What the joints did and how far the robot came is told with the outcome. Default false. */
  readonly observe?: boolean;
}

/** What one joint did while the walk was measured, rad; NaN where a channel is missing. */
export interface ObservedJoint {
  readonly joint: string;
  /** Half of the way from its lowest to its highest position, link side; motor side where there is no other. */
  readonly amplitude: number;
  /** The same of the motor's side and of its target. */
  readonly motorAmplitude: number;
  readonly targetAmplitude: number;
  /** By how much its motor follows later than its target, s. */
  readonly lag: number;
  /** Root mean square, N·m. */
  readonly torque: number;
}

/** From the first frame of standing before the walk to the last one after it, m along the initial heading. */
export interface ObservedDistance {
  readonly odometry: number;
  readonly pose: number;
}

export interface WalkObservation {
  readonly joints: readonly ObservedJoint[];
  readonly distance: ObservedDistance;
}

export interface WalkOutcome {
  readonly trial: number;
  readonly attempt: number;
  readonly end: "completed" | "pruned" | "aborted" | "interrupted" | "abandoned";
  readonly reason: EndReason;
  /** Left the arena forwards after three or more reports. */
  readonly truncated: boolean;
  /** One per name of LIMIT_NAMES, in that order; [] when the walk never began. */
  readonly constraints: readonly number[];
  /** Index into `constraints` of the limit that ended the walk, else null. */
  readonly breached: number | null;
  /** Number of reports made; the last one is the final value of a completed walk. */
  readonly reports: number;
  /** Seconds walked from the start of ramp-in to the end of ramp-out or the stop, robot time. */
  readonly walked: number;
  /** Seconds of `measure`, robot time. */
  readonly measured: number;
  /** How far the robot says it came, m, where forward speed is its own word; NaN when it did not say, null elsewhere. */
  readonly distance: number | null;
  /** What a simulated robot carries over; null for a real one. */
  readonly carryOver: unknown;
  /** Covariates of the walk; absent where nobody saw it. */
  readonly health?: TrialHealth;
  readonly recording: string | null;
  /** The robot is latched and needs a person. */
  readonly latched: boolean;
  /** Where the plan asked for it, and it walked. */
  readonly observed?: WalkObservation;
}

/** One joint is moved a little, the others are held. */
export interface JogPlan {
  /** Counts the jogs of a station. */
  readonly jog: number;
  readonly joint: string;
  /** rad, positive or negative */
  readonly amplitude: number;
  /** Out, and back, takes this long each; held out for `hold`, s. */
  readonly travel: number;
  readonly hold: number;
}

/** What one joint did, rad, from where it rested under power: link side, motor side where there is no other; NaN: not known. */
export interface JoggedJoint {
  readonly joint: string;
  /** Mean while the jogged joint was held out; where the jog was stopped before, the newest. */
  readonly moved: number;
  /** The farthest it was at any time, with its sign. */
  readonly farthest: number;
  /** Mean once it was to be back. */
  readonly left: number;
}

export interface JogOutcome {
  readonly jog: number;
  readonly joint: string;
  readonly amplitude: number;
  /** `completed`: out, held and back; whether the right joint moved is for whoever asked to judge. */
  readonly end: "completed" | "stopped";
  readonly reason: EndReason;
  /** In the order of the robot's joints; [] when it never had power. */
  readonly joints: readonly JoggedJoint[];
  readonly latched: boolean;
}

/** What can be asked about the set that a robot holds, between walks. */
export type ParameterQuestion =
  | { readonly ask: "read" }
  /** Offered, compared by hash and committed; reading it back is another question. */
  | { readonly ask: "write"; readonly parameters: ParameterSetOnWire }
  /** The active set outlives power-off. */
  | { readonly ask: "store" };

export type ParameterAnswer =
  /** null: it holds none. */
  | { readonly result: "read"; readonly parameters: ParameterSetOnWire | null }
  | { readonly result: "done" }
  /** By the robot or the gate, in their words. */
  | { readonly result: "refused"; readonly reason: string }
  /** This robot cannot be asked that; nothing is wrong. */
  | { readonly result: "unsupported"; readonly reason: string };

export type ServiceMessage =
  | {
      readonly kind: "configure";
      readonly config: HardwareConfig;
      readonly stateDir: string;
      /** How long a robot that cannot be reached is waited for, s of wall time; absent: not at all. */
      readonly patience?: number;
      /** What the robot is driven for, shown to whoever is refused, e.g. `study "trot-speed"`. */
      readonly purpose?: string;
    }
  | { readonly kind: "run"; readonly plan: TrialPlan }
  | { readonly kind: "jog"; readonly plan: JogPlan }
  /** Looks at everything that a study needs; the robot has no torque and gets none. */
  | { readonly kind: "preflight"; readonly ask: PreflightAsk }
  /** A person is asked to press their e-stop, or not any more; a walk that begins ends it too. */
  | { readonly kind: "exercise-e-stop"; readonly open: boolean }
  | {
      readonly kind: "decision";
      readonly trial: number;
      readonly attempt: number;
      readonly step: number;
      readonly verdict: "go-on" | "stop";
      readonly reason: string;
      /** For the recording: the reward of the report, and what it had to reach where the pruner has such a value. */
      readonly value?: number;
      readonly threshold?: number | null;
    }
  /** Answered by `parameters` with the same number. */
  | { readonly kind: "parameters"; readonly number: number; readonly question: ParameterQuestion }
  | { readonly kind: "outcome-received"; readonly trial: number; readonly attempt: number }
  /** A controlled stop: the walk ends, nothing latches. `code` of its reason; absent: `operator-stop`. */
  | { readonly kind: "stop"; readonly reason: string; readonly code?: string }
  /** Latched stop; absent level: `settle`, which posture may make a `cut`. */
  | { readonly kind: "e-stop"; readonly reason: string; readonly level?: "settle" | "cut" }
  | { readonly kind: "live-received" }
  | { readonly kind: "beat" }
  /** Stop the robot, give back the lease, exit. */
  | { readonly kind: "shutdown" };

export type StationMessage =
  | {
      readonly kind: "ready";
      readonly robotId: string;
      readonly firmware: string;
      readonly channels: readonly Channel[];
      readonly telemetryRate: number;
      readonly clock: "lockstep" | "realtime";
      readonly returnsByItself: boolean;
      /** Why its joints cannot be jogged, in words; null: they can. */
      readonly jogProblem: string | null;
    }
  | {
      readonly kind: "phase";
      readonly trial: number;
      readonly attempt: number;
      readonly phase: TrialPhase;
      readonly tRobot: number;
    }
  | {
      readonly kind: "report";
      readonly trial: number;
      readonly attempt: number;
      readonly step: number;
      readonly tRobot: number;
      /** Seconds measured so far. */
      readonly time: number;
      readonly metrics: Metrics;
    }
  /** Repeated while it lasts. */
  | {
      readonly kind: "cooling";
      readonly trial: number;
      readonly attempt: number;
      readonly cooling: Cooling;
    }
  | { readonly kind: "outcome"; readonly outcome: WalkOutcome }
  | { readonly kind: "jogged"; readonly outcome: JogOutcome }
  | { readonly kind: "parameters"; readonly number: number; readonly answer: ParameterAnswer }
  | {
      readonly kind: "live";
      readonly trial: number | null;
      readonly phase: TrialPhase;
      readonly tRobot: number;
      /** In the order of `ready.channels`. */
      readonly values: Float64Array;
      /** Debounced value of each limit now, in the order of LIMIT_NAMES; NaN where it does not apply. */
      readonly margins: Float64Array;
    }
  /** The latch is closed. `id`, `at`: as in its file; `level`: of the stop. */
  | {
      readonly kind: "latched";
      readonly reason: EndReason;
      readonly id: string;
      readonly at: string;
      readonly level: "neutral" | "settle" | "cut";
    }
  /** Another program has been promised the robot: the walk ends, then the station does. */
  | { readonly kind: "lease-taken"; readonly words: string }
  /** The walk under way, or the one before, could not be recorded, or not to its end. The walk itself goes on. */
  | { readonly kind: "recording-failed"; readonly words: string }
  | { readonly kind: "preflight-result"; readonly items: readonly CheckItem[] }
  /** A person pressed when they were asked to: the robot was cut, and nothing latched. */
  | {
      readonly kind: "e-stop-exercised";
      readonly way: EStopWay;
      readonly reason: string;
      readonly confirmed: boolean;
      /** From its arrival at the station to the robot's confirmation, s of wall time. */
      readonly seconds: number;
    }
  | {
      readonly kind: "log";
      readonly level: "debug" | "info" | "warn" | "error";
      readonly text: string;
      readonly dropped: number;
    }
  /** The station cannot go on; it stops the robot and exits. */
  | {
      readonly kind: "failed";
      readonly code: string;
      readonly what: string;
      readonly where: string | null;
      readonly remedy: string | null;
    }
  | { readonly kind: "beat" };
