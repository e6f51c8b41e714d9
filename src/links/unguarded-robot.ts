/**
 * A robot with a gait of its own that keeps no order and has no dead-man: it obeys whatever it is told, and walks on when
 * nobody is there any more. The order is kept here (`command-order.ts`); how it is reached and moved is its drive's matter.
 */
import type { Clock } from "../clock.ts";
import type { Cleared, Command } from "../robot/command.ts";
import type {
  Acknowledgement,
  Capabilities,
  Lease,
  LinkDiagnostics,
  LinkFinding,
  Robot,
  RobotEvent,
  StopConfirmation,
  StopLevel,
} from "../robot/robot.ts";
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";
import { CommandOrder, type CommandOrderOptions, DONE, type Performed, refusedFor } from "./command-order.ts";
import { LinkLife } from "./link-life.ts";
import { noDeadMan } from "./no-dead-man.ts";

/** A stop that is to be carried out. */
export interface StopInForce {
  /** The hardest since the robot was last armed. */
  readonly level: StopLevel;
  /** What was asked for just now. */
  readonly asked: StopLevel;
  /** The robot walked until now. */
  readonly walked: boolean;
}

/** How such a robot is reached and moved. */
export interface UnguardedDrive {
  /** Device or address, as far as it is known. */
  readonly where: string;
  /** Now by the clock of its frames, s. */
  readonly robotTime: number;
  /** Whether it is connected and would hear a stop. */
  readonly hears: boolean;
  /** @throws LINK_UNAVAILABLE when nobody is there */
  connect(): Promise<void>;
  /** Who it is; brings it to rest, whatever it was left doing. */
  introduce(): Promise<Pick<Capabilities, "layout" | "firmware">>;
  /** Resolves when it stands. */
  arm(): Promise<Performed>;
  disarm(): Promise<Performed>;
  /** @param values of the gait's parameters, SI */
  start(values: Readonly<Record<string, number>>): Promise<Performed>;
  /** Written before this returns its promise, which never rejects. @returns whether the robot confirmed */
  stop(stop: StopInForce): Promise<boolean>;
  /** Damped, then off: nobody is going to stop it afterwards. Never rejects. */
  rest(): Promise<unknown>;
  /** The link is lost: nothing more is written, and whoever waits for the robot is told that nothing comes. */
  abandon(): void;
  figures(): LinkDiagnostics;
  /** Nothing more is written. Also of a robot that was never reached. */
  disconnect(): Promise<void>;
}

export interface UnguardedRobotOptions {
  readonly robotId: string;
  readonly joints: readonly string[];
  readonly clock: Clock;
  readonly link: {
    /** Hz */
    readonly telemetryRate: number;
    /** That it has none, and what takes its place, in the words of who wrote the config. */
    readonly deadMan: string;
  };
}

export class UnguardedRobot implements Robot {
  readonly #options: UnguardedRobotOptions;
  readonly #order: CommandOrder;
  readonly #life: LinkLife;
  readonly #drive: UnguardedDrive;
  #capabilities: Capabilities | null = null;
  #closing: Promise<void> | null = null;

  /** @param driveOf is given what it shares with the robot: the order it goes by, and the link's life */
  constructor(
    options: UnguardedRobotOptions,
    misunderstood: CommandOrderOptions["misunderstood"],
    driveOf: (order: CommandOrder, life: LinkLife) => UnguardedDrive,
  ) {
    const { robotId, clock } = options;
    this.#options = options;
    this.#order = new CommandOrder({ robotId, now: () => clock.now(), misunderstood, runsGait: true });
    this.#life = new LinkLife({
      where: () => this.#drive.where,
      remedy: "This robot does not stop by itself: look at it, then open the link anew.",
      onLost: () => this.#drive.abandon(),
    });
    this.#drive = driveOf(this.#order, this.#life);
  }

  async open(): Promise<Capabilities> {
    this.#life.assertNotOver();
    if (this.#capabilities !== null) return this.#capabilities;
    const { robotId, joints, link } = this.#options;
    await this.#drive.connect();
    try {
      this.#capabilities = {
        ...(await this.#drive.introduce()),
        robotId,
        joints,
        clock: "realtime",
        telemetryRate: link.telemetryRate,
        runsGait: true,
        returnsByItself: false,
      };
      this.#life.opened();
      return this.#capabilities;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async acquireLease(owner: string, epoch?: number): Promise<Lease> {
    this.#life.assertOpen();
    return this.#order.acquireLease(owner, epoch);
  }

  onFrame(listener: (frame: TelemetryFrame) => void): void {
    this.#life.onFrame = listener;
  }

  onEvent(listener: (event: RobotEvent) => void): void {
    this.#life.onEvent = listener;
  }

  async send(command: Cleared<Command>): Promise<Acknowledgement> {
    this.#life.assertOpen();
    const drive = this.#drive;
    const answer = await this.#order.carryOut(command, {
      arm: () => drive.arm(),
      disarm: () => drive.disarm(),
      // It holds no set: the parameters come with the start.
      stage: async () => DONE,
      start: ({ parameters }) => drive.start(Object.fromEntries(parameters.values)),
      targets: async () => refusedFor("it takes no targets"),
    });
    this.#life.assertOpen();
    return answer;
  }

  async stop(asked: StopLevel): Promise<StopConfirmation> {
    if (this.#life.isClosed || !this.#drive.hears)
      return { confirmed: false, level: asked, tRobot: Number.NaN };
    const walked = this.#order.state === "walking";
    const level = this.#order.stop(asked);
    const confirmed = await this.#drive.stop({ level, asked, walked });
    return { confirmed, level, tRobot: confirmed ? this.#drive.robotTime : Number.NaN };
  }

  findings(): readonly LinkFinding[] {
    return [noDeadMan(this.#options.link.deadMan)];
  }

  async advance(): Promise<void> {
    throw new TypeError("only a lockstep robot can be advanced");
  }

  async place(): Promise<void> {
    throw new TypeError("this robot does not return by itself");
  }

  carryOver(): null {
    return null;
  }

  async diagnostics(): Promise<LinkDiagnostics> {
    return this.#drive.figures();
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  async #leave(): Promise<void> {
    const { wasOpened, lost } = this.#life;
    if (wasOpened && lost === null && this.#order.state !== "off") {
      this.#order.stop("settle");
      await this.#drive.rest();
    }
    this.#order.releaseLease();
    this.#life.closed();
    await this.#drive.disconnect();
  }
}
