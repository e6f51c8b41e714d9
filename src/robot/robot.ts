/** What a robot is to us: real or simulated, over whatever link. Types only. */
import type { Cleared, Command } from "./command.ts";
import type { ParameterSetOnWire } from "./parameters.ts";
import type { ChannelLayout, TelemetryFrame } from "./telemetry-frame.ts";

/**
 * Levels of stopping, mildest first. `neutral`: ramp out into the neutral stance and stand, as at the end of a
 * good walk. `settle`: damped, then torque off. `cut`: torque off at once.
 */
export type StopLevel = "neutral" | "settle" | "cut";

/** `lockstep`: the robot's time moves only through {@link Robot.advance}. `realtime`: frames come when they come. */
export type ClockKind = "lockstep" | "realtime";

export interface Capabilities {
  readonly robotId: string;
  readonly clock: ClockKind;
  readonly layout: ChannelLayout;
  /** Nominal telemetry rate, Hz. */
  readonly telemetryRate: number;
  /** Joint names in the order of targets. */
  readonly joints: readonly string[];
  /** Legs whose contact is reported, and names of joints, come with the layout. */
  readonly firmware: string;
  /** What is spoken on the way there, and in which version; absent where the link has no version of its own. */
  readonly protocol?: string;
  /** The robot runs the gait from parameters by itself; otherwise the station streams targets. */
  readonly runsGait: boolean;
  /** Of a robot that does not run gaits: without it the robot is refused. */
  readonly targets?: TargetStreaming;
  /** It gets back to its start line without a person ({@link Robot.place}). */
  readonly returnsByItself: boolean;
}

/** How a robot that follows joint targets wants them. */
export interface TargetStreaming {
  /** Targets per second, Hz. */
  readonly rate: number;
  /** It comes to rest by itself when no target has come for this long, s. */
  readonly timeout: number;
}

export interface Acknowledgement {
  readonly accepted: boolean;
  /** Why not, in the robot's words; "" when accepted. */
  readonly reason: string;
  /** For `stage`: the hash of what the robot understood, to be compared and committed. */
  readonly hash?: string;
  /** It knows no such command: nothing is wrong with what was asked. */
  readonly unsupported?: true;
}

export interface StopConfirmation {
  /** Whether the robot itself confirmed that it stopped driving; for `neutral`, that the ramp-out began. */
  readonly confirmed: boolean;
  readonly level: StopLevel;
  /** Robot time at which the stop took effect, s; NaN when unconfirmed. */
  readonly tRobot: number;
}

export type RobotEvent =
  | { readonly kind: "link-lost"; readonly reason: string }
  | { readonly kind: "rebooted"; readonly reason: string }
  /** The frames that follow have the times of another clock. */
  | { readonly kind: "clock-set"; readonly reason: string }
  | { readonly kind: "fault"; readonly code: string; readonly reason: string };

/** Which walk the robot is about to do; keys a simulated robot's variation, empty for a real one. */
export interface Placement {
  /** The study's seed and the suggestion's index: all simulated randomness is keyed by them. */
  readonly seed: number;
  readonly suggestion: number;
  /** What the previous walk left behind (battery, heat), as {@link Robot.carryOver} gave it; null at first. */
  readonly carryOver: unknown;
}

export interface Lease {
  readonly owner: string;
  /** Grows with every new lease; carried in every command where the link can. */
  readonly epoch: number;
}

/** Something a link found out about the robot, or about what the config says of it, while it was opened. */
export interface LinkFinding {
  /** An `error` would have kept the robot from being opened, or keeps it from being armed. */
  readonly severity: "error" | "warning" | "info";
  /** File, line and field, or topic, service, device. */
  readonly where: string;
  /** One sentence. */
  readonly what: string;
  /** What to do about it; "" when there is nothing to do. */
  readonly remedy: string;
}

/** A limit that the robot enforces by itself, whatever its host does. */
export interface RobotLimit {
  /** As in the envelope where it is one of those, else a channel's name. */
  readonly name: string;
  /** "" for the whole robot. */
  readonly joint: string;
  readonly unit: string;
  /** An open end is infinite. */
  readonly low: number;
  readonly high: number;
  readonly action: "settle" | "cut";
}

/** What a robot holds itself to, as it says. */
export interface RobotLimits {
  readonly limits: readonly RobotLimit[];
  /** How long it goes on without its host before it settles and cuts by itself, s; null in lockstep. */
  readonly deadMan: { readonly settleAfter: number; readonly cutAfter: number } | null;
}

/** Figures by name: counts, and times in s (names end in what they measure). NaN: not known. */
export type LinkDiagnostics = Readonly<Record<string, number>>;

/**
 * One robot behind one link. The station is its only user and calls nothing concurrently, except `stop`, which
 * may come at any moment and preempts everything.
 *
 * Life: `open → acquireLease → (place →) arm, stage, commit, start … stop → disarm → close`. After `close` or a
 * lost link only `close` may be called. Methods reject with a catalogued error when the link fails.
 */
export interface Robot {
  open(): Promise<Capabilities>;
  /**
   * @param owner shown to whoever is refused
   * @param epoch of the lease on this computer; a robot that counts its leases itself has its own
   */
  acquireLease(owner: string, epoch?: number): Promise<Lease>;
  /** Called for every frame, in order, synchronously as it arrives. One listener; set before `open`. */
  onFrame(listener: (frame: TelemetryFrame) => void): void;
  onEvent(listener: (event: RobotEvent) => void): void;
  /** Called with what the link has to say that nobody must act on: for the log. */
  onNotice?(listener: (words: string) => void): void;
  /**
   * Sends a command the gate has cleared and waits for the robot's answer. `targets` are copied and written before this
   * returns its promise, or it rejects: a link keeps none for later. They come while earlier ones are unanswered.
   */
  send(command: Cleared<Command>): Promise<Acknowledgement>;
  /** Needs no clearance and no lease; idempotent; written before this returns its promise. */
  stop(level: StopLevel): Promise<StopConfirmation>;
  /** Lockstep only: moves the robot's clock to its next frame, which has been delivered when this resolves. */
  advance(): Promise<void>;
  /** Robots that return by themselves: back to the start line, disarmed, standing clear. */
  place(placement: Placement): Promise<void>;
  /**
   * Plain JSON to be stored with the outcome and handed to the next {@link place}; null for a real robot. To be read
   * while the robot has no torque: after `disarm`, `stop("settle" | "cut")` or `place`.
   */
  carryOver(): unknown;
  /**
   * How far the last walk came, m, of robots that say so when it is over; NaN when it did not say. Asked for once the robot
   * rests; settles within the time the link allows for the answer.
   */
  walkedDistance?(): Promise<number>;
  /**
   * The committed set as the robot itself holds it, in the precision in which it does; null: none. Absent where the robot holds no
   * set. In the state `off` or `standing`.
   *
   * @throws ROBOT_REFUSED when it holds one that it cannot tell
   */
  activeParameters?(): Promise<ParameterSetOnWire | null>;
  /** What was found out while it was opened, worst first. */
  findings?(): readonly LinkFinding[];
  /**
   * The limits that are in force in the robot, read back from it, each once; absent where the link has no such question. Needs no
   * lease and changes nothing.
   */
  limits?(): Promise<RobotLimits>;
  /**
   * One question that changes nothing, as far into the robot as the link can ask: from asking to the answer, s of wall time. Of
   * links in real time; absent where there is no such question.
   */
  roundTrip?(): Promise<number>;
  /** How the link has done so far, where it has figures; never rejects. */
  diagnostics?(): Promise<LinkDiagnostics>;
  close(): Promise<void>;
}
