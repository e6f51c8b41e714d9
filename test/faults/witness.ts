/**
 * Sees what the robot truly does, control period by control period, and knows nothing of what anybody believes: whether its
 * drives follow the gait after they should not, and whether a limit is crossed that nobody acts on.
 */
import type { BodyFault, SensorFault } from "../../sim/faults.ts";
import type { DriveMode } from "../../sim/plant.ts";
import type { TrueState } from "../../sim/true-state.ts";
import type { Envelope } from "../../src/safety/limit.ts";

/** A simulated robot, whatever stands between it and its station. */
export interface TrueBody {
  /** Its own clock, s. */
  readonly time: number;
  /** What its drives do. */
  readonly mode: DriveMode;
  truth(): TrueState;
  befall(fault: SensorFault | BodyFault): void;
  /** Called after every control period. */
  onPeriod: (() => void) | null;
}

/** What was seen of one walk after the fault, times in s of the robot's clock since it struck. */
export interface Seen {
  /** The drives no longer follow the gait: damped or off. Null: they still do. */
  undriven: number | null;
  /** No torque at all. */
  off: number | null;
  /** They followed anything at all since it struck, in the walk that was struck. */
  everDriven: boolean;
  /** They followed again before anybody had armed the robot anew. */
  drivenAgain: boolean;
  /** The longest that a limit of the body was truly crossed while its drives followed the gait, s, and which. */
  crossed: { readonly limit: string; readonly seconds: number } | null;
  /** How far it came after the fault, m. */
  coasted: number;
}

/** Of what the true state must exceed a limit to count: what sensors are off by. */
const SENSOR_ERROR = { angle: 0.04, height: 0.01, distance: 0.1 };

export class Witness {
  readonly seen: Seen = {
    undriven: null,
    off: null,
    everDriven: false,
    drivenAgain: false,
    crossed: null,
    coasted: 0,
  };
  readonly #envelope: Envelope;
  #body: TrueBody | null = null;
  #struckAt = Number.NaN;
  #struckX = 0;
  /** The walk that was struck is over: the robot has been armed anew. */
  #over = false;
  #walking = false;
  /** Since it was put on its start line, s. */
  #placedFor = 0;
  readonly #since = new Map<string, number>();
  #each: () => void = () => {};

  constructor(envelope: Envelope) {
    this.#envelope = envelope;
  }

  /** @param each called every period, before anything is judged */
  watch(body: TrueBody, each: () => void): void {
    if (this.#body !== null) {
      // Another robot: what was struck is gone.
      this.#body.onPeriod = null;
      this.armedAnew();
    }
    this.#body = body;
    this.#each = each;
    body.onPeriod = () => this.#look(body);
  }

  struck(): void {
    this.#struckAt = this.#body!.time;
    this.#struckX = this.#body!.truth().x;
  }

  /** The robot stands and begins to walk: from now on its limits count. */
  walks(walking: boolean): void {
    this.#walking = walking;
    this.#since.clear();
  }

  /** Its walk is over: a clock that moves only when it is told to may stand still from now on. */
  rests(): void {
    if (this.#body !== null) this.#look(this.#body);
  }

  /** A person or the study has it walk again: what it does now is another walk's. */
  armedAnew(): void {
    if (!Number.isNaN(this.#struckAt)) this.#over = true;
  }

  get isOff(): boolean {
    return this.seen.off !== null;
  }

  #look(body: TrueBody): void {
    this.#each();
    const { time } = body.truth();
    // Put back on its start line, as every walk begins.
    if (time < this.#placedFor) this.armedAnew();
    this.#placedFor = time;
    if (this.#over || this.#body !== body) return;
    const { seen } = this;
    const driven = body.mode === "follow";
    if (this.#walking) this.#judgeLimits(body, driven);
    if (Number.isNaN(this.#struckAt)) return;
    const since = body.time - this.#struckAt;
    if (driven) seen.everDriven = true;
    if (driven && seen.undriven !== null) seen.drivenAgain = true;
    if (!driven) seen.undriven ??= since;
    if (body.mode === "off") seen.off ??= since;
    seen.coasted = body.truth().x - this.#struckX;
  }

  #judgeLimits(body: TrueBody, driven: boolean): void {
    const { tilt, height, y } = body.truth();
    const limits = this.#envelope;
    const beyond: Readonly<Record<string, boolean>> = {
      tilt: tilt > limits.tilt.high + SENSOR_ERROR.angle,
      height:
        height > limits.height.high + SENSOR_ERROR.height || height < limits.height.low - SENSOR_ERROR.height,
      "lateral-distance": Math.abs(y) > limits["lateral-distance"].high + SENSOR_ERROR.distance,
    };
    for (const [limit, is] of Object.entries(beyond)) {
      if (!is || !driven) this.#since.delete(limit);
      else if (!this.#since.has(limit)) this.#since.set(limit, body.time);
      const seconds = is && driven ? body.time - this.#since.get(limit)! : 0;
      if (seconds > (this.seen.crossed?.seconds ?? 0)) this.seen.crossed = { limit, seconds };
    }
  }
}
