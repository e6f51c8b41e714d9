/**
 * An mjbots quad A1 or A2 behind the WebSocket of its control program (mjbots/quad, `mech/web_control.h`): asked for its state
 * at a steady rate, each question with the command that is to hold.
 *
 * It has no dead-man: the last command holds until another comes. `command_timeout_s` only says after how long a command of
 * lower priority (ours is 0, its radio's is 99) is heard again.
 */
import type { Clock } from "../../clock.ts";
import { MJBOTS_WALK } from "../../config/known-gaits.ts";
import type { MjbotsLinkConfig } from "../../config/mjbots-link.ts";
import { describeError, fail } from "../../errors.ts";
import type { Cleared, Command } from "../../robot/command.ts";
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
} from "../../robot/robot.ts";
import { ChannelLayout, type TelemetryFrame } from "../../robot/telemetry-frame.ts";
import { CommandOrder, DONE, misunderstoodBy, type Performed, type RobotActions } from "../command-order.ts";
import { Durations } from "../durations.ts";
import { noDeadMan } from "../no-dead-man.ts";
import { QuadConnection } from "./connection.ts";
import {
  QuadOdometry,
  type QuadStatus,
  quadChannels,
  readChannels,
  readStatus,
  secondsOf,
} from "./status.ts";

const SERVOS = 12;
/** s */
const FIRST_ANSWER = 3;
const CONFIGURING = 3;
const RISING = 15;
const STARTING = 2;
const RAMPING_OUT = 4;
const STOPPING = 1;
/** Damped before the torque goes. */
const SETTLING = 0.6;
/** Questions that may be unanswered: more only make what is heard older. */
const MOST_UNANSWERED = 2;
const MOVING_MODES: readonly string[] = ["joint", "leg", "stand_up", "rest", "jump", "walk", "backflip"];

/** `mech/quadruped_command.h`, as far as it is used. */
interface QuadCommand {
  readonly mode: "stopped" | "zero_velocity" | "rest" | "walk";
  readonly v_R?: readonly [number, number, number];
  readonly w_R?: readonly [number, number, number];
  readonly walk?: { readonly step_height: number; readonly maximize_flight: boolean };
}

interface Waiter {
  readonly holds: (status: QuadStatus) => boolean;
  readonly settle: (held: boolean) => void;
}

export interface MjbotsRobotOptions {
  readonly link: MjbotsLinkConfig;
  readonly robotId: string;
  /** Names of servos 1 to 12. */
  readonly joints: readonly string[];
  readonly clock: Clock;
}

export class MjbotsRobot implements Robot {
  readonly #options: MjbotsRobotOptions;
  readonly #order: CommandOrder;
  readonly #layout: ChannelLayout;
  readonly #odometry = new QuadOdometry();
  readonly #frame: TelemetryFrame;
  readonly #roundTrips = new Durations();
  #connection: QuadConnection | null = null;
  #capabilities: Capabilities | null = null;
  #status: QuadStatus | null = null;
  /** What is to hold; null: nothing is asked of it. */
  #wanted: QuadCommand | null = null;
  #waiters: Waiter[] = [];
  #askedAt: number[] = [];
  /** Stamp of the first answer, s: robot time is counted from there. */
  #origin = Number.NaN;
  #poll: NodeJS.Timeout | null = null;
  /** Counts changes of what is wanted: a later step of a stop is left out when something else is wanted by then. */
  #wish = 0;
  #malformed = 0;
  #closing: Promise<void> | null = null;
  #closed = false;
  #lost: string | null = null;
  #onFrame: (frame: TelemetryFrame) => void = () => {};
  #onEvent: (event: RobotEvent) => void = () => {};

  constructor(options: MjbotsRobotOptions) {
    const { joints, robotId, clock } = options;
    this.#options = options;
    this.#layout = new ChannelLayout(quadChannels(joints));
    this.#frame = {
      seq: 0,
      tRobot: Number.NEGATIVE_INFINITY,
      tArrival: 0,
      values: new Float64Array(this.#layout.length),
    };
    this.#order = new CommandOrder({
      robotId,
      now: () => clock.now(),
      misunderstood: misunderstoodBy("own", MJBOTS_WALK),
      runsGait: true,
    });
  }

  async open(): Promise<Capabilities> {
    if (this.#closed || this.#lost !== null) this.#gone();
    if (this.#capabilities !== null) return this.#capabilities;
    const { link, robotId, joints } = this.#options;
    if (joints.length !== SERVOS)
      fail("ROBOT_MISMATCH", {
        what: `the config names ${joints.length} joints; the robot has ${SERVOS}`,
        where: "robot.joints",
        remedy: "Name its servos in the order of their ids, 1 to 12.",
      });
    this.#connection = await QuadConnection.open(link.url, {
      onReply: (text) => this.#onReply(text),
      onLost: (reason) => this.#lose(reason),
    }).catch((error: unknown) => this.#nobody(describeError(error)));
    try {
      this.#askSteadily();
      const answered = await this.#until(() => true, FIRST_ANSWER);
      if (!answered) this.#nobody(this.#lost ?? "it does not answer with its state");
      await this.#comeToRest();
      this.#capabilities = {
        robotId,
        clock: "realtime",
        layout: this.#layout,
        telemetryRate: link.telemetryRate,
        joints,
        firmware: "mjbots quad",
        runsGait: true,
        returnsByItself: false,
      };
      return this.#capabilities;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async acquireLease(owner: string): Promise<Lease> {
    this.#assertUsable();
    return this.#order.acquireLease(owner);
  }

  onFrame(listener: (frame: TelemetryFrame) => void): void {
    this.#onFrame = listener;
  }

  onEvent(listener: (event: RobotEvent) => void): void {
    this.#onEvent = listener;
  }

  async send(command: Cleared<Command>): Promise<Acknowledgement> {
    this.#assertUsable();
    const answer = await this.#order.carryOut(command, this.#actions);
    this.#assertUsable();
    return answer;
  }

  async stop(level: StopLevel): Promise<StopConfirmation> {
    if (this.#connection === null || this.#closed) return this.#stopped(level, false);
    const stands = this.#order.state !== "walking";
    const hardest = this.#order.stop(level);
    if (hardest === "neutral" && stands) return this.#stopped(hardest, true);
    switch (hardest) {
      case "neutral":
        this.#want({ mode: "rest" });
        // It slows down in the mode walk, and leaves that when it stands.
        return this.#stopped(
          hardest,
          await this.#until(({ mode }) => mode === "walk" || mode === "rest", STOPPING),
        );
      case "settle":
        return this.#stopped(hardest, await this.#settle());
      case "cut":
        return this.#stopped(hardest, await this.#cut());
    }
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
    return {
      telemetry: this.#frame.seq,
      malformed: this.#malformed,
      unanswered: this.#connection?.unanswered ?? 0,
      roundTripMedian: this.#roundTrips.quantile(0.5),
      roundTrip99: this.#roundTrips.quantile(0.99),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  async #leave(): Promise<void> {
    // It would go on doing what it was told last.
    if (this.#capabilities !== null && this.#lost === null && this.#order.state !== "off") {
      this.#order.stop("settle");
      await this.#comeToRest();
    }
    this.#order.releaseLease();
    this.#closed = true;
    if (this.#poll !== null) clearTimeout(this.#poll);
    this.#giveUpWaiting();
    await this.#connection?.close();
    this.#connection = null;
  }

  // --- what it is told ---

  readonly #actions: RobotActions = {
    arm: () => this.#arm(),
    disarm: () => this.#disarm(),
    // What it shall do comes with the command to walk.
    stage: async () => DONE,
    start: ({ parameters }) => this.#start(Object.fromEntries(parameters.values)),
    targets: async () => refusedFor("it takes no targets"),
  };

  async #arm(): Promise<Performed> {
    // Finding its servos takes it a moment after its start.
    await this.#until(({ mode }) => mode !== "configuring", CONFIGURING);
    const { mode, fault } = this.#status!;
    if (mode === "configuring") return refusedFor(`it is not ready: ${fault === "" ? "configuring" : fault}`);
    if (mode === "fault") return refusedFor(`it is in fault: ${fault}`);
    this.#odometry.restart();
    this.#want({ mode: "rest" });
    const wish = this.#wish;
    const rose = await this.#until(
      (status) =>
        (status.mode === "rest" && status.state.rest.done) || status.mode === "fault" || wish !== this.#wish,
      RISING,
    );
    const now = this.#status!;
    if (rose && now.mode === "rest") return DONE;
    if (wish === this.#wish) this.#want({ mode: "zero_velocity" });
    return refusedFor(
      now.mode === "fault" ? now.fault : `it does not stand up (mode ${now.mode}); is its radio switched on?`,
    );
  }

  async #disarm(): Promise<Performed> {
    await this.#until(({ mode }) => mode !== "walk", RAMPING_OUT);
    return (await this.#comeToRest()) ? DONE : refusedFor("it did not switch its servos off");
  }

  async #start(values: Readonly<Record<string, number>>): Promise<Performed> {
    const {
      speed = 0,
      sideways_speed: left = 0,
      turn_rate: turn = 0,
      step_height = 1,
      maximize_flight,
    } = values;
    const wish = this.#want({
      mode: "walk",
      v_R: [speed, -left, 0],
      w_R: [0, 0, -turn],
      walk: { step_height, maximize_flight: maximize_flight === 1 },
    });
    const walks = await this.#until(({ mode }) => mode === "walk" || wish !== this.#wish, STARTING);
    if (walks && this.#status!.mode === "walk") return DONE;
    if (wish === this.#wish) this.#want({ mode: "rest" });
    return refusedFor(`it does not walk (mode ${this.#status!.mode})`);
  }

  /** Damped, then off. @returns whether it is off in the end */
  async #comeToRest(): Promise<boolean> {
    if (!MOVING_MODES.includes(this.#status!.mode)) return true;
    const wish = this.#want({ mode: "zero_velocity" });
    await pause(SETTLING);
    return wish === this.#wish ? this.#cut() : true;
  }

  /** @returns whether its joints are damped: the mode zero_velocity, which is what its fault mode does as well */
  async #settle(): Promise<boolean> {
    const wish = this.#want({ mode: "zero_velocity" });
    const damped = await this.#until(
      ({ mode }) => mode === "zero_velocity" || mode === "fault" || mode === "stopped",
      STOPPING,
    );
    void pause(SETTLING).then(() => {
      if (wish === this.#wish) void this.#cut();
    });
    return damped;
  }

  async #cut(): Promise<boolean> {
    const wish = this.#want({ mode: "stopped" });
    const off = await this.#until(({ mode }) => mode === "stopped", STOPPING);
    // Then it is somebody else's again, who may have its page or its radio.
    if (off && wish === this.#wish) this.#wanted = null;
    return off;
  }

  /** Written before this returns, and again with every question. */
  #want(command: QuadCommand): number {
    this.#wanted = command;
    this.#wish++;
    this.#send();
    return this.#wish;
  }

  #stopped(level: StopLevel, confirmed: boolean): StopConfirmation {
    return { confirmed, level, tRobot: confirmed ? this.#frame.tRobot : Number.NaN };
  }

  // --- asking and hearing ---

  /** Timers come late, by a millisecond or more: what is missed by less than a period is caught up with. */
  #askSteadily(): void {
    const { clock, link } = this.#options;
    const period = 1 / link.telemetryRate;
    let due = clock.now();
    const tick = (): void => {
      const now = clock.now();
      if (now >= due) {
        this.#ask();
        due = Math.max(due + period, now - period);
      }
      this.#poll = setTimeout(tick, Math.max(1, Math.floor(1000 * (due - clock.now()))));
    };
    tick();
  }

  #ask(): void {
    if ((this.#connection?.unanswered ?? MOST_UNANSWERED) < MOST_UNANSWERED) this.#send();
  }

  #send(): void {
    const message = this.#wanted === null ? {} : { command: this.#wanted };
    if (this.#connection?.send(message)) this.#askedAt.push(this.#options.clock.now());
  }

  /** Whether something will be true of its state within so many seconds; only of what it says from now on. */
  #until(holds: (status: QuadStatus) => boolean, seconds: number): Promise<boolean> {
    if (this.#lost !== null || this.#closed) return Promise.resolve(false);
    // Answers to what was asked before tell of the time before.
    let earlier = this.#connection?.unanswered ?? 0;
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiter.settle(false), 1000 * seconds);
      const waiter: Waiter = {
        holds: (status) => --earlier < 0 && holds(status),
        settle: (held) => {
          clearTimeout(timer);
          this.#waiters = this.#waiters.filter((one) => one !== waiter);
          resolve(held);
        },
      };
      this.#waiters.push(waiter);
    });
  }

  #giveUpWaiting(): void {
    for (const waiter of this.#waiters) waiter.settle(false);
  }

  #onReply(text: string): void {
    const now = this.#options.clock.now();
    this.#roundTrips.add(now - (this.#askedAt.shift() ?? now));
    const status = readStatus(text);
    if (status === null) {
      this.#malformed++;
      return;
    }
    const before = this.#status;
    this.#status = status;
    this.#tell(status, now);
    if (before !== null) this.#notice(before, status);
    for (const waiter of [...this.#waiters]) if (waiter.holds(status)) waiter.settle(true);
  }

  #tell(status: QuadStatus, now: number): void {
    const stamp = secondsOf(status.timestamp);
    if (Number.isNaN(this.#origin)) this.#origin = stamp - 1;
    const frame = this.#frame;
    const time = stamp - this.#origin;
    // Asked twice within one of its cycles.
    if (time === frame.tRobot) return;
    frame.seq = (frame.seq + 1) >>> 0;
    frame.tRobot = time;
    frame.tArrival = now;
    readChannels(status, time, this.#odometry, frame.values);
    if (this.#capabilities !== null) this.#onFrame(frame);
  }

  #notice(before: QuadStatus, status: QuadStatus): void {
    if (status.mode === before.mode || this.#capabilities === null) return;
    if (status.mode === "configuring") {
      this.#order.forget();
      this.#wanted = null;
      this.#onEvent({ kind: "rebooted", reason: "its control program started anew" });
    } else if (status.mode === "fault" && this.#order.state !== "off") {
      // Its fault is latched and damped; asking for anything would only hide it.
      this.#wanted = null;
      this.#onEvent({ kind: "fault", code: "robot-fault", reason: status.fault });
    }
  }

  #lose(reason: string): void {
    if (this.#lost !== null || this.#closed) return;
    this.#lost = reason;
    if (this.#poll !== null) clearTimeout(this.#poll);
    this.#giveUpWaiting();
    if (this.#capabilities !== null) this.#onEvent({ kind: "link-lost", reason });
  }

  #nobody(reason: string): never {
    return fail("LINK_UNAVAILABLE", {
      what: `the robot's control program cannot be asked: ${reason}`,
      where: this.#options.link.url,
      remedy: "Check the address, and close its page in every browser: it serves one client at a time.",
    });
  }

  #assertUsable(): void {
    if (this.#capabilities === null || this.#closed || this.#lost !== null) this.#gone();
  }

  #gone(): never {
    return fail(this.#lost === null ? "LINK_UNAVAILABLE" : "LINK_LOST", {
      what: this.#lost ?? "the link is closed",
      where: this.#options.link.url,
      remedy: "This robot does not stop by itself: look at it, then open the link anew.",
    });
  }
}

function refusedFor(reason: string): Performed {
  return { accepted: false, reason };
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}
