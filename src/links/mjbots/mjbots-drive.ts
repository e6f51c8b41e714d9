/** How an mjbots quad is reached and moved: which mode it is to be in, and what it says of the mode it is in. */
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../../clock.ts";
import type { MjbotsLinkConfig } from "../../config/mjbots-link.ts";
import { describeError, fail } from "../../errors.ts";
import type { Capabilities, LinkDiagnostics } from "../../robot/robot.ts";
import { type CommandOrder, DONE, type Performed, refusedFor } from "../command-order.ts";
import type { LinkLife } from "../link-life.ts";
import type { StopInForce, UnguardedDrive } from "../unguarded-robot.ts";
import { QuadDialogue } from "./quad-dialogue.ts";
import type { QuadStatus } from "./status.ts";
import { QuadTelemetry } from "./telemetry.ts";

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
const MOVING_MODES: readonly string[] = ["joint", "leg", "stand_up", "rest", "jump", "walk", "backflip"];

export interface MjbotsRobotOptions {
  readonly link: MjbotsLinkConfig;
  readonly robotId: string;
  /** Names of servos 1 to 12. */
  readonly joints: readonly string[];
  readonly clock: Clock;
}

export class MjbotsDrive implements UnguardedDrive {
  readonly #options: MjbotsRobotOptions;
  readonly #order: CommandOrder;
  readonly #life: LinkLife;
  readonly #telemetry: QuadTelemetry;
  readonly #quad: QuadDialogue;
  #mode: string | null = null;

  constructor(options: MjbotsRobotOptions, order: CommandOrder, life: LinkLife) {
    const { link, joints, clock } = options;
    this.#options = options;
    this.#order = order;
    this.#life = life;
    this.#telemetry = new QuadTelemetry(joints, (frame) => life.deliver(frame));
    this.#quad = new QuadDialogue({
      url: link.url,
      rate: link.telemetryRate,
      clock,
      onStatus: (status, now) => this.#onStatus(status, now),
      onLost: (reason) => life.lose(reason),
    });
  }

  get where(): string {
    return this.#options.link.url;
  }

  get robotTime(): number {
    return this.#telemetry.robotTime;
  }

  get hears(): boolean {
    return this.#quad.isConnected;
  }

  async connect(): Promise<void> {
    const { joints } = this.#options;
    if (joints.length !== SERVOS)
      fail("ROBOT_MISMATCH", {
        what: `the config names ${joints.length} joints; the robot has ${SERVOS}`,
        where: "robot.joints",
        remedy: "Name its servos in the order of their ids, 1 to 12.",
      });
    await this.#quad.connect().catch((error: unknown) => this.#nobody(describeError(error)));
  }

  async introduce(): Promise<Pick<Capabilities, "layout" | "firmware">> {
    this.#quad.askSteadily();
    const answered = await this.#quad.until(() => true, FIRST_ANSWER);
    if (!answered) this.#nobody(this.#life.lost ?? "it does not answer with its state");
    await this.rest();
    return { layout: this.#telemetry.layout, firmware: "mjbots quad" };
  }

  async arm(): Promise<Performed> {
    const quad = this.#quad;
    // Finding its servos takes it a moment after its start.
    await quad.until(({ mode }) => mode !== "configuring", CONFIGURING);
    const { mode, fault } = quad.status;
    if (mode === "configuring") return refusedFor(`it is not ready: ${fault === "" ? "configuring" : fault}`);
    if (mode === "fault") return refusedFor(`it is in fault: ${fault}`);
    this.#telemetry.odometry.restart();
    const wish = quad.want({ mode: "rest" });
    const rose = await quad.until(
      (status) =>
        (status.mode === "rest" && status.state.rest.done) || status.mode === "fault" || wish !== quad.wish,
      RISING,
    );
    const now = quad.status;
    if (rose && now.mode === "rest") return DONE;
    if (wish === quad.wish) quad.want({ mode: "zero_velocity" });
    return refusedFor(
      now.mode === "fault" ? now.fault : `it does not stand up (mode ${now.mode}); is its radio switched on?`,
    );
  }

  async disarm(): Promise<Performed> {
    await this.#quad.until(({ mode }) => mode !== "walk", RAMPING_OUT);
    return (await this.rest()) ? DONE : refusedFor("it did not switch its servos off");
  }

  async start(values: Readonly<Record<string, number>>): Promise<Performed> {
    const quad = this.#quad;
    const {
      speed = 0,
      sideways_speed: left = 0,
      turn_rate: turn = 0,
      step_height = 1,
      maximize_flight,
    } = values;
    const wish = quad.want({
      mode: "walk",
      v_R: [speed, -left, 0],
      w_R: [0, 0, -turn],
      walk: { step_height, maximize_flight: maximize_flight === 1 },
    });
    const walks = await quad.until(({ mode }) => mode === "walk" || wish !== quad.wish, STARTING);
    if (walks && quad.status.mode === "walk") return DONE;
    if (wish === quad.wish) quad.want({ mode: "rest" });
    return refusedFor(`it does not walk (mode ${quad.status.mode})`);
  }

  async stop({ level, walked }: StopInForce): Promise<boolean> {
    if (level === "neutral" && !walked) return true;
    switch (level) {
      case "neutral":
        this.#quad.want({ mode: "rest" });
        // It slows down in the mode walk, and leaves that when it stands.
        return this.#quad.until(({ mode }) => mode === "walk" || mode === "rest", STOPPING);
      case "settle":
        return this.#settle();
      case "cut":
        return this.#cut();
    }
  }

  /** It would go on doing what it was told last. @returns whether it is off in the end */
  async rest(): Promise<boolean> {
    const quad = this.#quad;
    if (!MOVING_MODES.includes(quad.status.mode)) return true;
    const wish = quad.want({ mode: "zero_velocity" });
    await pause(1000 * SETTLING);
    return wish === quad.wish ? this.#cut() : true;
  }

  abandon(): void {
    this.#quad.end();
  }

  figures(): LinkDiagnostics {
    return { telemetry: this.#telemetry.frames, ...this.#quad.figures };
  }

  disconnect(): Promise<void> {
    return this.#quad.disconnect();
  }

  /** @returns whether its joints are damped: the mode zero_velocity, which is what its fault mode does as well */
  async #settle(): Promise<boolean> {
    const quad = this.#quad;
    const wish = quad.want({ mode: "zero_velocity" });
    const damped = await quad.until(
      ({ mode }) => mode === "zero_velocity" || mode === "fault" || mode === "stopped",
      STOPPING,
    );
    void pause(1000 * SETTLING).then(() => {
      if (wish === quad.wish) void this.#cut();
    });
    return damped;
  }

  async #cut(): Promise<boolean> {
    const wish = this.#quad.want({ mode: "stopped" });
    const off = await this.#quad.until(({ mode }) => mode === "stopped", STOPPING);
    // Then it is somebody else's again, who may have its page or its radio.
    if (off && wish === this.#quad.wish) this.#quad.wantNothing();
    return off;
  }

  #onStatus(status: QuadStatus, now: number): void {
    this.#telemetry.take(status, now);
    const before = this.#mode;
    this.#mode = status.mode;
    if (before === null || status.mode === before || !this.#life.wasOpened) return;
    if (status.mode === "configuring") {
      this.#order.forget();
      this.#quad.wantNothing();
      this.#life.onEvent({ kind: "rebooted", reason: "its control program started anew" });
    } else if (status.mode === "fault" && this.#order.state !== "off") {
      // Its fault is latched and damped; asking for anything would only hide it.
      this.#quad.wantNothing();
      this.#life.onEvent({ kind: "fault", code: "robot-fault", reason: status.fault });
    }
  }

  #nobody(reason: string): never {
    return fail("LINK_UNAVAILABLE", {
      what: `the robot's control program cannot be asked: ${reason}`,
      where: this.#options.link.url,
      remedy: "Check the address, and close its page in every browser: it serves one client at a time.",
    });
  }
}
