/**
 * A hardware config after reading: one robot, everything in SI units, every default filled in. The YAML it comes
 * from is described by `hardware-configs/schema.json`.
 */
import type { BodyGeometry } from "../gait/gait.ts";
import type { Exploring } from "../optimizer/exploration/careful-feasibility.ts";
import type { ParameterSet, SearchSpace } from "../optimizer/search-space.ts";
import type { ClockKind } from "../robot/robot.ts";
import type { Envelope } from "../safety/limit.ts";
import type { Choice } from "./choice.ts";
import type { MjbotsLinkConfig } from "./mjbots-link.ts";
import type { PetoiLinkConfig } from "./petoi-link.ts";
import type { RosbridgeLinkConfig } from "./rosbridge-link.ts";

/** How the robot is reached. One kind per folder of `src/links/`, plus the simulated robot in process. */
export type LinkConfig =
  | SimulatedLinkConfig
  | SerialLinkConfig
  | RosbridgeLinkConfig
  | PetoiLinkConfig
  | MjbotsLinkConfig;

export interface SimulatedLinkConfig {
  readonly kind: "simulated";
  readonly clock: ClockKind;
  /** A named body or ground of the simulated robot (`nominal`, `rigid`, …). */
  readonly variant: string;
  /** Trial-to-trial variation. */
  readonly variation: "none" | "mild" | "rough";
  /** It runs no gait: joint targets are streamed to it. Default false. */
  readonly streamed?: boolean;
  /** Somebody holds it up, its feet in the air: never written in a file, only for a first run. Default false. */
  readonly onStand?: boolean;
}

export interface SerialLinkConfig {
  readonly kind: "serial";
  readonly clock: ClockKind;
  /** Device path; `auto`: the USB port at whose other end `robot.id` answers. Absent when `id` says which. */
  readonly path?: string;
  /** The device by what it is: its name in `/dev/serial/by-id/`, or its USB descriptors. */
  readonly id?: string | UsbIdentity;
  /** Bits per second. */
  readonly baud: number;
  /** Hz; absent: the robot's own rate. */
  readonly telemetryRate?: number;
  /** Groups of channels that are sent, 0 to 31; absent: all. */
  readonly telemetryGroups?: readonly number[];
  /** How long the study waits for a device that was unplugged, s. Default 60. */
  readonly reconnectWithin?: number;
}

/** USB descriptors of a serial device; hexadecimal ids, lower case, four digits. */
export interface UsbIdentity {
  readonly vendor: string;
  readonly product?: string;
  readonly serial?: string;
}

export interface GaitConfig {
  /** Name in the gait catalogue, or `own`: the robot's own gait, of which only names and ranges are known. */
  readonly name: string;
  /** null for the robot's own gait: whether its legs can do what is asked is not checked. */
  readonly body: BodyGeometry | null;
  /** Parameters of the gait that are not tuned, SI. */
  readonly constants: Readonly<Record<string, number>>;
  /** SI unit of each parameter, tuned or not. */
  readonly units?: Readonly<Record<string, string>>;
}

/** How long each part of a walk lasts, s of robot time. */
export interface WalkTiming {
  /** Standing before and after the walk. */
  readonly stand: number;
  readonly rampIn: number;
  readonly settle: number;
  /** A whole number of report intervals. */
  readonly measure: number;
  readonly reportInterval: number;
  readonly rampOut: number;
}

/** Seconds a whole walk takes, ramps included. */
export function plannedSeconds({ rampIn, settle, measure, rampOut }: WalkTiming): number {
  return rampIn + settle + measure + rampOut;
}

/** Reports of a whole walk. */
export function reportCount({ measure, reportInterval }: WalkTiming): number {
  return Math.round(measure / reportInterval);
}

/** What must hold before the robot is armed. */
export interface PreflightConfig {
  /** V; below it the battery is to be changed. null where the limit battery-voltage is not watched. */
  readonly minimumBattery: number | null;
  /** °C; above it the motors are to cool. null where the limit motor-temperature is not watched. */
  readonly maximumMotorTemperature: number | null;
  /** rad; more and it is not standing on its feet. */
  readonly maximumTilt: number;
  /** Share of the nominal telemetry rate that must arrive. */
  readonly minimumTelemetryRate: number;
  /** How long motors that are too hot are given to cool where no person is waited for, s. */
  readonly coolDownWithin: number;
  /** Free space below which no study starts, and below which it starts with a warning, bytes. */
  readonly minimumDiskSpace: number;
  readonly diskSpaceWarning: number;
}

/** What a healthy actuator does while the robot stands, before and after each walk. */
export interface HealthConfig {
  /** A motor farther from its target does not hold it, rad. */
  readonly actuatorTolerance: number;
  /** Where the motor side is not known: a leg farther from the neutral stance is more than its spring's sag off, rad. */
  readonly sagTolerance: number;
  /** A motor that is hotter by more than this after a walk was blocked or is failing, K. */
  readonly temperatureRise: number;
}

/**
 * Where forward speed is measured, never a commanded source: an external pose, or odometry from link-side encoders, both of
 * every frame; or the distance of a whole walk, which the robot says afterwards or an operator measures and types. Then
 * a walk has one report: its report interval is all of its measuring.
 */
export type SpeedSource = "pose" | "odometry" | "robot" | "operator";

export interface HardwareConfig {
  /** The file it came from and the SHA-256 of its text. */
  readonly source: { readonly file: string; readonly hash: string };
  readonly robot: {
    /** Names the robot's lock and latch on this machine: letters, digits, `-`. */
    readonly id: string;
    readonly name: string;
    /** kg */
    readonly mass: number;
    /** Joint names in the order of targets. */
    readonly joints: readonly string[];
    /** Heat in a motor's windings per torque squared, W/(N·m)². */
    readonly jouleCoefficient: number;
  };
  readonly link: LinkConfig;
  readonly gait: GaitConfig;
  /** What is tuned. */
  readonly space: SearchSpace;
  /** Known to be safe; inside the space. */
  readonly seedGait: ParameterSet;
  readonly envelope: Envelope;
  /** Length of the walkway in front of the start line, m: beyond it a walk is truncated. */
  readonly arenaLength: number;
  readonly speedSource: SpeedSource;
  /** Metres walked per metre of the robot's leg odometry, from `gaitsmith first-run`; null: never calibrated. */
  readonly odometryScale: number | null;
  readonly walk: WalkTiming;
  readonly preflight: PreflightConfig;
  readonly health: HealthConfig;
  /** The study block of the same file, when it has one. */
  readonly study: StudyConfig | null;
}

export interface StudyConfig {
  readonly name: string;
  readonly direction: "maximize" | "minimize";
  /** Expression over the metrics, e.g. `forward_speed - 0.1 * abs(lateral_drift)`. */
  readonly reward: string;
  /** Conditions that every parameter set must meet. */
  readonly constraints: readonly ParameterConstraint[];
  readonly sampler: Choice;
  readonly pruner: Choice;
  /** Suggestions in all, baseline and confirming walks included. */
  readonly trials: number;
  /** s of robot time after which no further trial starts, or null. */
  readonly robotTime: number | null;
  /** Walks of the seed gait at the start. */
  readonly baselineWalks: number;
  /** The last walks of the budget confirm this many candidates. */
  readonly confirm: { readonly walks: number; readonly candidates: number };
  readonly seed: number;
  /** How far a suggestion may go from what was walked safely; null: anywhere. Absent: {@link exploringOf} says. */
  readonly exploring?: Exploring | null;
  /** The seed gait is walked again after so many suggestions; 0: never. Absent: {@link driftCheckEveryOf} says. */
  readonly driftCheckEvery?: number;
}

/** What a real robot's study does unless told otherwise. */
export const EXPLORING_DEFAULTS = {
  maxChange: 0.3,
  start: { trials: 10, within: 0.15 },
} as const satisfies Exploring;
const DRIFT_CHECK_EVERY = 15;

/** A robot that is simulated in process neither breaks nor wears. */
function isReal({ link }: Pick<HardwareConfig, "link">): boolean {
  return link.kind !== "simulated";
}

export function exploringOf(
  config: Pick<HardwareConfig, "link">,
  { exploring }: Pick<StudyConfig, "exploring">,
): Exploring | null {
  if (exploring !== undefined) return exploring;
  return isReal(config) ? EXPLORING_DEFAULTS : null;
}

export function driftCheckEveryOf(
  config: Pick<HardwareConfig, "link">,
  { driftCheckEvery }: Pick<StudyConfig, "driftCheckEvery">,
): number {
  return driftCheckEvery ?? (isReal(config) ? DRIFT_CHECK_EVERY : 0);
}

/** A condition between parameters. */
export interface ParameterConstraint {
  /** Over the gait's parameters in SI units, tuned and fixed: `swing_frequency + stance_frequency <= 6`. */
  readonly text: string;
  /** File, line and field it stands in. */
  readonly where: string;
}
