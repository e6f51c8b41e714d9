/**
 * Sends joint targets at a steady rate through the gate, and measures how steady. In real time a timer says when; in
 * lockstep the robot's frames do: one target per control period of its clock.
 *
 * Who comes late sends one target for now, never those that were missed. Who comes later than the robot waits for sends
 * nothing more: the robot has come to rest by itself.
 */
import type { Clock } from "../clock.ts";
import { describeError } from "../errors.ts";
import type { Acknowledgement, ClockKind, Robot, TargetStreaming } from "../robot/robot.ts";
import type { Gate } from "../safety/gate.ts";
import type { TargetFacts, TargetLimits } from "../safety/target-limits.ts";
import { SteadyTimer } from "./steady-timer.ts";
import type { StreamTiming } from "./stream-timing.ts";

/** Of what the gate allows, as much is asked for: rounding. */
const WITHIN = 1 - 1e-9;
/** Times are compared with this much slack, s. */
const TIME_SLACK = 1e-6;

export interface StreamEvents {
  /** Called before every target: whoever watches the robot looks at the time once more, and may halt the stream. */
  judge(): void;
  /** Telemetry is fresh and nothing is breached; otherwise the target is left out. */
  healthy(): boolean;
  /** The robot's time-out is over. @param silence s since the target before */
  late(silence: number): void;
  /** The gate said no. @param error GATE_REFUSED */
  barred(error: unknown): void;
  /** The robot said no. */
  refused(reason: string): void;
  linkFailed(reason: string): void;
}

export interface StreamParts {
  readonly robot: Robot;
  readonly gate: Gate;
  /** The station's. */
  readonly clock: Clock;
  readonly kind: ClockKind;
  readonly streaming: TargetStreaming;
  readonly limits: TargetLimits;
  readonly timing: StreamTiming;
  /** Moves on by so many periods and gives the targets of now, rad; not kept. */
  readonly next: (periods: number) => Float64Array;
  readonly events: StreamEvents;
}

export class TargetStreamer {
  readonly #parts: StreamParts;
  readonly #period: number;
  readonly #timer: SteadyTimer | null;
  readonly #positions: Float64Array;
  readonly #last: Float64Array;
  #running = false;
  /** When the last target was sent; in lockstep robot time, else the station's, s. */
  #sentAt = Number.NaN;
  /** Lockstep: robot time up to which targets have been sent, and of the newest frame, s. */
  #sentUpTo = Number.NaN;
  #tRobot = Number.NaN;
  #underway: Promise<void> | null = null;

  constructor(parts: StreamParts) {
    this.#parts = parts;
    const { kind, clock, streaming, limits } = parts;
    this.#period = 1 / streaming.rate;
    this.#timer =
      kind === "lockstep" ? null : new SteadyTimer(clock, this.#period, (periods) => this.#send(periods));
    this.#positions = new Float64Array(limits.low.length);
    this.#last = new Float64Array(limits.low.length);
  }

  /** The newest target is unanswered: a driver in lockstep waits before it moves the robot's clock. */
  get underway(): Promise<void> | null {
    return this.#running ? this.#underway : null;
  }

  /** For the gate: what the next target is measured by. */
  get facts(): TargetFacts {
    return { ...this.#parts.limits, last: this.#last, elapsed: this.#span(this.#elapsed) };
  }

  /** The first target is sent at once. @param present where the joints are, rad; copied */
  start(present: Float64Array): void {
    this.#last.set(present);
    this.#sentAt = Number.NaN;
    this.#sentUpTo = this.#tRobot;
    this.#running = true;
    this.#timer?.start();
    this.#send(1);
  }

  /** Nothing more is sent, from this moment on. */
  halt(): void {
    this.#running = false;
    this.#timer?.stop();
  }

  /** Lockstep: a frame has come. @param tRobot s */
  onFrame(tRobot: number): void {
    this.#tRobot = tRobot;
    if (this.#timer !== null || !this.#running) return;
    const periods = Math.floor((tRobot - this.#sentUpTo + TIME_SLACK) / this.#period);
    if (periods < 1) return;
    this.#sentUpTo += periods * this.#period;
    this.#send(periods);
  }

  /** A target may go as far as in one period, also when the one before was late and this one is not. */
  #span(elapsed: number): number {
    return Math.max(this.#period, elapsed);
  }

  get #now(): number {
    return this.#timer === null ? this.#tRobot : this.#parts.clock.now();
  }

  /** Since the last target, s; one period before the first. */
  get #elapsed(): number {
    return Number.isNaN(this.#sentAt) ? this.#period : this.#now - this.#sentAt;
  }

  #send(periods: number): void {
    const { robot, gate, streaming, timing, next, events } = this.#parts;
    events.judge();
    if (!this.#running) return;
    const elapsed = this.#elapsed;
    if (elapsed > streaming.timeout) {
      this.halt();
      events.late(elapsed);
      return;
    }
    timing.skipped(periods - 1);
    this.#approach(next(periods), elapsed);
    if (!events.healthy()) {
      timing.skipped(1);
      return;
    }
    let answer: Promise<Acknowledgement>;
    try {
      answer = robot.send(gate.clear({ kind: "targets", positions: this.#positions }));
    } catch (error) {
      this.halt();
      events.barred(error);
      return;
    }
    timing.sent(Number.isNaN(this.#sentAt) ? Number.NaN : elapsed);
    this.#sentAt = this.#now;
    this.#last.set(this.#positions);
    const underway = answer
      .then(
        ({ accepted, reason }) => {
          if (this.#running && !accepted) events.refused(reason);
        },
        (error: unknown) => {
          if (this.#running) events.linkFailed(describeError(error));
        },
      )
      .finally(() => {
        if (this.#underway === underway) this.#underway = null;
      });
    this.#underway = underway;
  }

  /** As far towards the wish as a target may move since the last one. */
  #approach(wish: Float64Array, elapsed: number): void {
    const { limits, timing } = this.#parts;
    let slowed = false;
    for (let joint = 0; joint < wish.length; joint++) {
      const [target, last] = [wish[joint]!, this.#last[joint]!];
      const reach = WITHIN * limits.speed[joint]! * this.#span(elapsed);
      const change = Math.max(-reach, Math.min(reach, target - last));
      // A wish that no speed would make right is left as it is: the gate has to see it.
      const sound = target >= limits.low[joint]! && target <= limits.high[joint]!;
      const far = sound && change !== target - last;
      this.#positions[joint] = far ? last + change : target;
      slowed ||= far;
    }
    if (slowed) timing.slowed();
  }
}
