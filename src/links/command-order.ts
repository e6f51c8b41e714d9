/**
 * The order in which a robot may be told things, kept on this side for a robot that keeps none by itself: who holds it,
 * arm → stage → commit → start, and what a stop leaves behind. It knows no wire: whoever reaches the robot carries out
 * what is in order ({@link RobotActions}) and says what came of it.
 *
 * It is no dead-man and no second opinion: it believes what it is told about the robot. A robot that can do more by
 * itself should.
 */
import { fail } from "../errors.ts";
import type { Command } from "../robot/command.ts";
import { type ParameterSetOnWire, parameterHash } from "../robot/parameters.ts";
import type { Acknowledgement, Lease, StopLevel } from "../robot/robot.ts";

/** `off` has no torque, as far as anybody knows. */
export type OrderState = "off" | "standing" | "walking" | "ramping-out";

export interface StagedSet {
  readonly parameters: ParameterSetOnWire;
  /** s */
  readonly rampIn: number;
  readonly rampOut: number;
  /** Of what the robot holds, see {@link Performed.held}. */
  readonly hash: string;
}

/** What came of something that was in order. */
export interface Performed {
  readonly accepted: boolean;
  /** Why not, in the robot's words; "" when accepted. */
  readonly reason: string;
  /** Of staging: the set as it was read back from the robot; absent where it cannot be, and what was sent counts. */
  readonly held?: ParameterSetOnWire;
}

export const DONE: Performed = { accepted: true, reason: "" };

/** @param reason in the robot's words, or about it: "it is starting" */
export function refusedFor(reason: string): Performed {
  return { accepted: false, reason };
}

/** How a robot is made to do what is in order. A rejection is the link's failure, not a refusal. */
export interface RobotActions {
  /** Resolves when it stands. */
  arm(): Promise<Performed>;
  disarm(): Promise<Performed>;
  stage(set: Omit<StagedSet, "hash">): Promise<Performed>;
  /** Absent: it has no place where a set outlives its power. */
  store?(): Promise<Performed>;
  start(set: StagedSet): Promise<Performed>;
  /** @param positions rad, one per joint */
  targets(positions: Float64Array): Promise<Performed>;
}

export interface CommandOrderOptions {
  readonly robotId: string;
  /** s, monotonic: a ramp-out takes time. */
  readonly now: () => number;
  /** Why the robot would not understand a set, or null: its gait, its names, its ranges. */
  readonly misunderstood: (parameters: ParameterSetOnWire) => string | null;
  /** The robot walks by itself from parameters; otherwise it takes joint targets while it stands. */
  readonly runsGait: boolean;
}

const HARDNESS: Readonly<Record<StopLevel, number>> = { neutral: 0, settle: 1, cut: 2 };

export class CommandOrder {
  readonly #options: CommandOrderOptions;
  #lease: Lease | null = null;
  #state: OrderState = "off";
  #standsAt = Number.NaN;
  #staged: StagedSet | null = null;
  #active: StagedSet | null = null;
  #stopped: StopLevel | null = null;
  #stops = 0;

  constructor(options: CommandOrderOptions) {
    this.#options = options;
  }

  get lease(): Lease | null {
    return this.#lease;
  }

  get state(): OrderState {
    if (this.#state === "ramping-out" && this.#options.now() >= this.#standsAt) this.#state = "standing";
    return this.#state;
  }

  /** The committed set. */
  get active(): StagedSet | null {
    return this.#active;
  }

  /** The hardest stop since the robot was last armed; null: none. */
  get stopped(): StopLevel | null {
    return this.#stopped;
  }

  /** Counts stops: one that has grown meanwhile came in between. */
  get stops(): number {
    return this.#stops;
  }

  /**
   * @param epoch where something at the robot counts leases
   * @throws ROBOT_BUSY when another owner holds it
   */
  acquireLease(owner: string, epoch = (this.#lease?.epoch ?? 0) + 1): Lease {
    if (this.#lease !== null && this.#lease.owner !== owner)
      fail("ROBOT_BUSY", {
        what: `${this.#options.robotId} is leased to ${this.#lease.owner}`,
        remedy: `Stop ${this.#lease.owner} first.`,
      });
    this.#lease = { owner, epoch };
    return this.#lease;
  }

  releaseLease(): void {
    this.#lease = null;
  }

  /** The robot has reset or was switched off: it holds nothing of what it was told. */
  forget(): void {
    this.#state = "off";
    this.#staged = null;
    this.#active = null;
  }

  /** Carries out a command that is in order. One at a time; a stop may come in between. */
  async carryOut(command: Command, actions: RobotActions): Promise<Acknowledgement> {
    const refusal = this.refusal(command);
    if (refusal !== null) return refused(refusal);
    const stops = this.#stops;
    switch (command.kind) {
      case "arm": {
        const answer = await actions.arm();
        if (!answer.accepted) return refused(answer.reason);
        if (this.#stops !== stops) return INTERRUPTED;
        this.#stopped = null;
        this.#state = "standing";
        return ACCEPTED;
      }
      case "disarm": {
        const answer = await actions.disarm();
        if (!answer.accepted) return refused(answer.reason);
        this.#state = "off";
        return ACCEPTED;
      }
      case "stage":
        return this.#stage(command, actions);
      case "commit":
        this.#active = this.#staged;
        this.#staged = null;
        return ACCEPTED;
      case "store":
        if (actions.store === undefined) return UNSUPPORTED;
        return plain(await actions.store());
      case "start": {
        const answer = await actions.start(this.#active!);
        if (!answer.accepted) return refused(answer.reason);
        if (this.#stops !== stops) return INTERRUPTED;
        this.#state = "walking";
        return ACCEPTED;
      }
      case "targets":
        return plain(await actions.targets(command.positions));
    }
  }

  /** @returns why a command is not in order now, or null */
  refusal(command: Command): string | null {
    if (this.#lease === null) return "no lease";
    const { state } = this;
    switch (command.kind) {
      case "arm":
        return state === "off" ? null : `cannot arm while ${state}`;
      case "disarm":
        return state === "off" || state === "standing" ? null : `cannot disarm while ${state}`;
      case "stage":
        if (!this.#options.runsGait) return "this robot takes joint targets and runs no gait";
        if (state === "walking" || state === "ramping-out") return "cannot change the gait during a walk";
        if (!(command.rampIn >= 0 && command.rampOut >= 0)) return "ramps must last 0 s or longer";
        return this.#options.misunderstood(command.parameters);
      case "commit":
        if (this.#staged === null) return "nothing is staged";
        if (state === "walking" || state === "ramping-out") return "cannot change the gait during a walk";
        return command.hash === this.#staged.hash
          ? null
          : `the staged set's hash is ${this.#staged.hash}, not ${command.hash}`;
      case "store":
        return this.#active === null ? "no parameter set is committed" : null;
      case "start":
        if (this.#active === null) return "no parameter set is committed";
        return state === "standing" ? null : `cannot start while ${state}`;
      case "targets":
        if (this.#options.runsGait) return "this robot runs the gait by itself and takes no targets";
        return state === "off" ? "cannot follow targets while off" : null;
    }
  }

  /**
   * A stop is being sent; to be called when it is written, before its answer. A milder one never softens a harder one.
   *
   * @returns the hardest level in force, which is the one to send
   */
  stop(level: StopLevel): StopLevel {
    this.#stops++;
    const before = this.#stopped;
    const hardest = before !== null && HARDNESS[before] > HARDNESS[level] ? before : level;
    this.#stopped = hardest;
    if (hardest !== "neutral") this.#state = "off";
    else if (this.state === "walking") {
      this.#state = "ramping-out";
      this.#standsAt = this.#options.now() + (this.#active?.rampOut ?? 0);
    }
    return hardest;
  }

  async #stage(
    { parameters, rampIn, rampOut }: Extract<Command, { kind: "stage" }>,
    actions: RobotActions,
  ): Promise<Acknowledgement> {
    // A robot without a place for a staged set has the new one already: the old one must not be started any more.
    this.#staged = null;
    this.#active = null;
    const answer = await actions.stage({ parameters, rampIn, rampOut });
    if (!answer.accepted) return refused(answer.reason);
    const hash = parameterHash(answer.held ?? parameters);
    this.#staged = { parameters, rampIn, rampOut, hash };
    return { accepted: true, reason: "", hash };
  }
}

/**
 * What a robot that cannot refuse would have to: another gait, names that are missing, unknown or twice, values out of range.
 *
 * @param gait its name
 * @param ranges by parameter name, SI
 */
export function misunderstoodBy(
  gait: string,
  ranges: Readonly<Record<string, { readonly low: number; readonly high: number }>>,
): CommandOrderOptions["misunderstood"] {
  const names = Object.keys(ranges);
  return ({ gait: asked, values }) => {
    if (asked !== gait) return `no gait "${asked}" on this robot`;
    const given = new Set(values.map(([name]) => name));
    if (given.size !== values.length) return "a parameter is given twice";
    const missing = names.find((name) => !given.has(name));
    if (missing !== undefined) return `parameter "${missing}" is missing`;
    for (const [name, value] of values) {
      if (!Object.hasOwn(ranges, name)) return `gait ${gait} has no parameter "${name}"`;
      const { low, high } = ranges[name]!;
      if (!(value >= low && value <= high)) return `${name} = ${value} is not within ${low} to ${high}`;
    }
    return null;
  };
}

const ACCEPTED: Acknowledgement = { accepted: true, reason: "" };
const UNSUPPORTED: Acknowledgement = {
  accepted: false,
  reason: "it has no place where a parameter set outlives its power",
  unsupported: true,
};
const INTERRUPTED: Acknowledgement = { accepted: false, reason: "a stop came in between" };

function refused(reason: string): Acknowledgement {
  return { accepted: false, reason: reason === "" ? "the robot gave no reason" : reason };
}

function plain({ accepted, reason }: Performed): Acknowledgement {
  return accepted ? ACCEPTED : refused(reason);
}
