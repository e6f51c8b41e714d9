/** Telemetry as it comes in: subscriptions, frames with the time they took, and what stays away. */
import { setTimeout as pause } from "node:timers/promises";
import { type Clock, ManualClock, systemClock } from "../../clock.ts";
import { fail } from "../../errors.ts";
import type { TelemetryFrame } from "../../robot/telemetry-frame.ts";
import { Durations } from "../durations.ts";
import type { MappedTelemetry, Subscription } from "./mapping/frame-assembly.ts";
import type { ServerConnection } from "./server-connection.ts";

/** A topic that is asked for as bytes must deliver within so many periods, but not sooner than so many s. */
const RAW_PERIODS = 5;
const RAW_PATIENCE = 1;
/** All topics together must have delivered once within this, s: a busy server finds its publishers only after seconds. */
const FIRST_MESSAGES = 4;
const LOOK_AGAIN = 20;
/** A frame whose commands are answered already is on its way, s of wall time. */
const LOCKSTEP_PATIENCE = 30;
/** Stamps in messages have whole nanoseconds, and times in answers do not, s. */
const SAME_TIME = 1e-6;

export interface IntakeOptions {
  readonly connection: ServerConnection;
  readonly mapped: MappedTelemetry;
  /** Periods of the topics, s. */
  readonly periods: ReadonlyMap<string, number>;
  /** The station's. */
  readonly clock: Clock;
  /** Robot's clock (ROS time) on the station's, s; NaN: not known. */
  readonly toOurs: (rosTime: number) => number;
  /** Real time: a frame has come. It is overwritten by the next one. */
  readonly onFrame: (frame: TelemetryFrame) => void;
  /** Real time: the next frame's stamp is one of another clock. @param by how much it was set, s */
  readonly onClockSet: (by: number) => void;
  readonly notice: (words: string) => void;
}

/** The frame that a robot's answer to `advance` tells of, robot's clock, s. */
export interface AnnouncedFrame {
  readonly seq: number;
  readonly time: number;
  readonly arrival: number;
}

export class TelemetryIntake {
  /** From the stamp to the arrival, where the clocks have been compared, s. */
  readonly delays = new Durations();
  readonly #options: IntakeOptions;
  /** Recycled. */
  readonly #frame: TelemetryFrame;
  readonly #silent: Set<string>;
  readonly #stale = new Set<string>();
  /** Lockstep: a frame has come that no answer has told of yet. */
  #undelivered = false;
  #onArrival: () => void = () => {};
  /** Station clock minus robot clock, s; lockstep only. */
  clockOffset = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
    const { mapped } = options;
    this.#silent = new Set(mapped.subscriptions.map(({ topic }) => topic));
    this.#frame = { seq: 0, tRobot: 0, tArrival: 0, delay: Number.NaN, values: mapped.frame.values };
  }

  /** ROS time of the newest frame, s; NaN before the first. */
  get newest(): number {
    const { mapped } = this.#options;
    return mapped.origin + mapped.frame.stamp;
  }

  /** ROS time now, s, as the newest frame tells: that it took no time is assumed. NaN before the first. */
  get rosNow(): number {
    return this.newest + this.#options.clock.now() - this.#frame.tArrival;
  }

  /** A ROS time as frames count, s. */
  toFrames(rosTime: number): number {
    const { mapped, clock } = this.#options;
    return clock instanceof ManualClock || Number.isNaN(mapped.origin) ? rosTime : rosTime - mapped.origin;
  }

  /**
   * Subscribes to everything. In real time it waits until everything has come once, and then for nothing.
   *
   * @throws LINK_UNAVAILABLE when no frame comes
   */
  async begin(framesTopic: string): Promise<void> {
    const { mapped, clock, connection, periods, notice } = this.#options;
    const lockstep = clock instanceof ManualClock;
    await Promise.all(
      mapped.subscriptions.map(async (subscription) => {
        const { topic, encoding } = subscription;
        // A robot whose clock stands still has nothing to show for a test.
        if (encoding === "json" || lockstep) this.#subscribe(subscription, "none");
        else if (!(await this.#tryRaw(subscription, periods.get(topic) ?? 0)))
          notice(`${topic} does not come as cbor-raw from this server: it is asked for as JSON`);
      }),
    );
    if (lockstep) {
      // A server takes what comes over one socket in order: when this is answered, the subscriptions stand.
      await connection.call("/rosapi/topics", {}, LOCKSTEP_PATIENCE);
      return;
    }
    const until = systemClock.now() + FIRST_MESSAGES;
    while (this.#silent.size > 0 && systemClock.now() < until && connection.isOpen) await pause(LOOK_AGAIN);
    if (this.#silent.has(framesTopic))
      fail("LINK_UNAVAILABLE", {
        what: `nothing comes on ${[...this.#silent].join(", ")} within ${FIRST_MESSAGES} s`,
        where: "link.telemetry",
        remedy: "Start the robot's nodes; `rostopic hz` or `ros2 topic hz` shows what they publish.",
      });
    if (this.#silent.size > 0)
      notice(`nothing comes on ${[...this.#silent].join(", ")}: its values are unknown`);
  }

  /**
   * Lockstep: hands over the frame that an answer tells of, which may come before or after it.
   *
   * @throws LINK_LOST when it does not come
   */
  async deliver({ seq, time, arrival }: AnnouncedFrame): Promise<TelemetryFrame> {
    const { clock, connection } = this.#options;
    const isHere = (): boolean => this.#undelivered && Math.abs(this.newest - time) < SAME_TIME;
    const until = systemClock.now() + LOCKSTEP_PATIENCE;
    while (!isHere()) {
      if (!connection.isOpen || systemClock.now() > until)
        fail("LINK_LOST", {
          what: `the frame of ${time} s did not come`,
          where: "link.telemetry",
          remedy: "Check that link.telemetry.frames is the topic that the robot publishes last.",
        });
      await this.#arrival();
    }
    this.#undelivered = false;
    const frame = this.#frame;
    frame.seq = seq;
    frame.tRobot = time;
    frame.tArrival = arrival + this.clockOffset;
    frame.delay = Number.NaN;
    if (clock instanceof ManualClock) clock.advance(Math.max(0, frame.tArrival - clock.now()));
    return frame;
  }

  #arrival(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 250);
      this.#onArrival = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #subscribe(subscription: Subscription, compression: "none" | "cbor-raw"): () => void {
    const { topic, type, throttle, queue } = subscription;
    return this.#options.connection.subscribe({ topic, type, throttle, queue, compression }, (message) =>
      this.#take(topic, message),
    );
  }

  /** @returns whether it delivers; otherwise the topic is subscribed as JSON */
  async #tryRaw(subscription: Subscription, period: number): Promise<boolean> {
    const { topic } = subscription;
    const unsubscribe = this.#subscribe(subscription, "cbor-raw");
    const until = systemClock.now() + Math.max(RAW_PATIENCE, RAW_PERIODS * period);
    while (this.#silent.has(topic) && systemClock.now() < until) await pause(LOOK_AGAIN);
    if (!this.#silent.has(topic)) return true;
    unsubscribe();
    this.#subscribe(subscription, "none");
    return false;
  }

  #take(topic: string, message: unknown): void {
    const { mapped, clock, connection } = this.#options;
    const lockstep = clock instanceof ManualClock;
    const heardAt = lockstep ? clock.now() : connection.heardAt;
    this.#silent.delete(topic);
    if (!mapped.take(topic, message, heardAt)) return;
    if (lockstep) {
      this.#undelivered = true;
      this.#onArrival();
      return;
    }
    this.#watchTopics(heardAt);
    const frame = this.#frame;
    frame.seq = mapped.frame.seq;
    frame.tRobot = mapped.frame.stamp;
    frame.tArrival = heardAt;
    if (mapped.frame.clockSet !== 0) this.#options.onClockSet(mapped.frame.clockSet);
    frame.delay = heardAt - this.#options.toOurs(this.newest);
    if (!Number.isNaN(frame.delay)) this.delays.add(frame.delay);
    this.#options.onFrame(frame);
  }

  /** The values of a stale topic are unknown, which the monitor sees; this says why. */
  #watchTopics(now: number): void {
    const { mapped, notice } = this.#options;
    const stale = mapped.stale(now);
    for (const topic of stale) {
      if (this.#stale.has(topic)) continue;
      this.#stale.add(topic);
      if (this.#silent.has(topic)) continue;
      const wrong = mapped.wrongWith(topic) ?? "its values are unknown until it comes again";
      notice(`${topic} is stale: ${wrong}`);
    }
    if (stale.length === this.#stale.size) return;
    for (const topic of this.#stale) if (!stale.includes(topic)) this.#stale.delete(topic);
  }
}
