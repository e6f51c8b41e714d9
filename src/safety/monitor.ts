/**
 * The safety monitor: checks the whole envelope on every frame before anything else sees the frame, and on every tick of
 * the clock, because silence is an event too. It only judges; stopping is its caller's first duty.
 *
 * What is watched grows with what the robot may do: telemetry always; what its motors and body may suffer while it is
 * powered; its height, its place in the arena and its time while it walks (a robot without torque lies on the floor).
 */
import { type ChannelLayout, channelName, type TelemetryFrame } from "../robot/telemetry-frame.ts";
import { breachedConstraint } from "./constraints.ts";
import { type Sample, TIME, VALUE } from "./debounce.ts";
import { envelopeProblems } from "./envelope.ts";
import { FrameOrder } from "./frame-order.ts";
import { boundsOf, type Envelope, LIMIT_NAMES, type Limit, type LimitName } from "./limit.ts";
import { type MissingChannel, missingByLimit } from "./missing-channels.ts";
import { isUpright, type Posture } from "./stop-level.ts";
import { TelemetryTrust } from "./telemetry-trust.ts";
import { TrackedValue } from "./tracked-value.ts";

export type Watch = "telemetry" | "powered" | "walking";

/** From which watch on a limit is checked. */
export const WATCHED_FROM: Readonly<Record<LimitName, Watch>> = {
  tilt: "powered",
  height: "walking",
  "joint-position": "powered",
  "joint-speed": "powered",
  "motor-speed": "powered",
  "motor-torque": "powered",
  "motor-temperature": "powered",
  "battery-voltage": "powered",
  "lateral-distance": "walking",
  duration: "walking",
  "frame-age": "telemetry",
  "frame-gap": "telemetry",
  "not-a-number": "telemetry",
  frozen: "telemetry",
  "battery-current": "powered",
};

const RANK: Readonly<Record<Watch, number>> = { telemetry: 0, powered: 1, walking: 2 };
/** What a limit has been reported for: each of them once. */
const NOTHING = 0;
const WARNED = 1;
const CROSSED = 2;
const SEVERITY: Readonly<Record<Limit["action"], number>> = { warn: 0, settle: 1, cut: 2 };

/** A limit, or its soft bound, was crossed, by the statistic that its debounce rule makes. */
export interface Breach {
  readonly limit: Limit;
  /** Channel that crossed, or null when the limit has none (frame age, duration). */
  readonly channel: string | null;
  /** The debounced value and the bound it crossed, SI. */
  readonly value: number;
  readonly bound: number;
  /** Robot time of the newest frame, s, and its sequence number. */
  readonly tRobot: number;
  readonly seq: number;
}

export interface MonitorOptions {
  readonly layout: ChannelLayout;
  readonly envelope: Envelope;
  /** Names of the joints that the envelope watches. */
  readonly joints: readonly string[];
  /** Nominal telemetry rate, Hz. */
  readonly rate: number;
  /** Channel of the sideways distance from the start line, m. */
  readonly lateralChannel: string;
}

export class SafetyMonitor {
  /** Limits that cannot be watched, each with the channels it needs, in words. Empty: may be armed. */
  readonly problems: readonly string[];
  /** The robot's own stop button is pressed. */
  stopButton = false;
  /** The newest frame told something new; otherwise it is to be recorded and ignored. */
  fresh = false;
  /**
   * The soft bound that the newest frame or tick was the first to cross since the last reset, or null: to be told to people.
   * It is no breach and never stops the robot.
   */
  warning: Breach | null = null;
  readonly #options: MonitorOptions;
  readonly #tracked: readonly TrackedValue[];
  /** Of each limit, in the order of {@link LIMIT_NAMES}. */
  readonly #byLimit: readonly (readonly TrackedValue[])[];
  readonly #byChannel: readonly TrackedValue[];
  readonly #computed: Readonly<Record<ComputedLimit, TrackedValue>>;
  readonly #order = new FrameOrder();
  readonly #trust: TelemetryTrust;
  readonly #sample: Sample = new Float64Array(2);
  readonly #roll: number;
  readonly #pitch: number;
  readonly #height: number;
  readonly #button: number;
  readonly #posture = { tilt: Number.NaN, height: Number.NaN, imuTrusted: false };
  /** What each limit has been reported for, in the order of {@link LIMIT_NAMES}. */
  readonly #reported = new Uint8Array(LIMIT_NAMES.length);
  #watch: Watch = "telemetry";
  #walkStart = Number.NaN;
  #firstBreach: Breach | null = null;
  #tRobot = Number.NaN;
  #seq = 0;

  constructor(options: MonitorOptions) {
    const { layout, envelope, joints, rate, lateralChannel } = options;
    const wrong = envelopeProblems(envelope, joints);
    if (wrong.length > 0) throw new RangeError(`the envelope is not complete: ${wrong.join("; ")}`);
    this.#options = options;
    const missing: MissingChannel[] = [];
    const channelOf = (channel: string, lacking: MissingChannel): number => {
      // Without a channel nothing is ever pushed: its constraint value stays −1.
      if (envelope[lacking.limit].unwatched !== undefined) return -1;
      const index = layout.indexOf(channel);
      if (index < 0) missing.push(lacking);
      return index;
    };
    const single = (limit: LimitName, name: string, magnitude: boolean): TrackedValue =>
      new TrackedValue(envelope[limit], {
        bounds: envelope[limit],
        ...{ rate, channel: channelOf(name, { limit, joint: null, name: () => name }), magnitude },
      });
    const perJoint = (
      limit: LimitName,
      name: (joint: string) => string,
      magnitude: boolean,
    ): TrackedValue[] =>
      joints.map(
        (joint) =>
          new TrackedValue(envelope[limit], {
            bounds: boundsOf(envelope[limit], joint),
            ...{ rate, channel: channelOf(name(joint), { limit, joint, name }), magnitude },
          }),
      );
    const computed = (limit: ComputedLimit): TrackedValue =>
      new TrackedValue(envelope[limit], { bounds: envelope[limit], rate });
    this.#byChannel = [
      single("height", channelName.height, false),
      ...perJoint("joint-position", channelName.jointPosition, false),
      ...perJoint("joint-speed", channelName.jointVelocity, true),
      ...perJoint("motor-speed", channelName.motorVelocity, true),
      ...perJoint("motor-torque", channelName.motorTorque, true),
      ...perJoint("motor-temperature", channelName.motorTemperature, false),
      single("battery-voltage", channelName.batteryVoltage, false),
      single("lateral-distance", lateralChannel, true),
      single("battery-current", channelName.batteryCurrent, false),
    ];
    this.#computed = {
      tilt: computed("tilt"),
      duration: computed("duration"),
      "frame-age": computed("frame-age"),
      "frame-gap": computed("frame-gap"),
      "not-a-number": computed("not-a-number"),
      frozen: computed("frozen"),
    };
    const all = [...this.#byChannel, ...Object.values(this.#computed)];
    this.#byLimit = LIMIT_NAMES.map((name) => all.filter(({ limit }) => limit.name === name));
    // In the fixed order, so that of two limits crossed by one frame and equally severe the first is named.
    this.#tracked = this.#byLimit.flat();
    const fastest =
      (limit: LimitName) =>
      (joint: string): number =>
        boundsOf(envelope[limit], joint).high;
    this.#trust = new TelemetryTrust(layout, {
      link: fastest("joint-speed"),
      motor: fastest("motor-speed"),
    });
    const ofTilt = (name: string): number =>
      channelOf(name, { limit: "tilt", joint: null, name: () => name });
    this.#roll = ofTilt(channelName.roll);
    this.#pitch = ofTilt(channelName.pitch);
    this.#height = layout.indexOf(channelName.height);
    this.#button = layout.indexOf(channelName.stopButton);
    this.problems = missingByLimit(missing, joints);
  }

  /** Forgets everything: before a trial, when the robot has been placed. */
  reset(): void {
    for (const tracked of this.#tracked) tracked.reset();
    this.#order.reset();
    this.#trust.reset();
    this.#posture.tilt = Number.NaN;
    this.#posture.height = Number.NaN;
    this.#posture.imuTrusted = false;
    this.#reported.fill(NOTHING);
    this.warning = null;
    this.#watch = "telemetry";
    this.#firstBreach = null;
    this.#walkStart = Number.NaN;
    this.#tRobot = Number.NaN;
    this.fresh = false;
    this.stopButton = false;
  }

  /**
   * Changes what is watched. Entering `walking` starts the walk's clock at the newest frame and the extremes anew; leaving
   * it keeps the extremes as they are.
   */
  watch(level: Watch): void {
    if (level === "walking") {
      this.#walkStart = this.#tRobot;
      for (const tracked of this.#tracked) tracked.forgetExtremes();
    }
    this.#watch = level;
  }

  /** Robot time at which the walk began, s; NaN before. */
  get walkStart(): number {
    return this.#walkStart;
  }

  /** The breach that ended the walk: the first one that was not a warning. */
  get breach(): Breach | null {
    return this.#firstBreach;
  }

  get posture(): Posture {
    return this.#posture;
  }

  get upright(): boolean {
    return isUpright(this.#posture, this.#options.envelope);
  }

  /** Telemetry is fresh and nothing is breached. @param now station clock, s */
  healthy(now: number): boolean {
    return this.#firstBreach === null && this.#order.silence(now) <= this.#options.envelope["frame-age"].high;
  }

  /**
   * Judges a frame. Each limit is reported when it is first crossed.
   *
   * @returns the most severe limit that this frame crosses first, or null
   */
  onFrame(frame: TelemetryFrame): Breach | null {
    this.fresh = this.#order.accept(frame);
    if (!this.fresh) return this.#judgeAge(frame.tArrival);
    const { values, tRobot } = frame;
    const walking = this.#watch === "walking";
    this.#tRobot = tRobot;
    this.#seq = frame.seq;
    this.stopButton = values[this.#button]! >= 0.5;
    this.#trust.judge(values, this.#order, walking);
    this.#perceive(values);

    const sample = this.#sample;
    sample[TIME] = tRobot;
    for (let index = 0; index < this.#byChannel.length; index++) {
      const tracked = this.#byChannel[index]!;
      if (!this.#isWatched(tracked) || !this.#trust.believes(tracked.channel)) continue;
      sample[VALUE] = values[tracked.channel]!;
      this.#push(tracked);
    }
    const computed = this.#computed;
    if (this.#isWatched(computed.tilt) && this.#believesTilt()) {
      sample[VALUE] = this.#posture.tilt;
      this.#push(computed.tilt);
    }
    if (walking) {
      sample[VALUE] = tRobot - this.#walkStart;
      this.#push(computed.duration);
    }
    sample[VALUE] = this.#order.lost;
    this.#push(computed["frame-gap"]);
    sample[VALUE] = this.#trust.implausible;
    this.#push(computed["not-a-number"]);
    sample[VALUE] = this.#trust.frozen;
    this.#push(computed.frozen);
    sample[TIME] = frame.tArrival;
    sample[VALUE] = this.#order.age;
    this.#push(computed["frame-age"]);
    return this.#verdict();
  }

  /** Judges silence. @param now station clock, s */
  onTick(now: number): Breach | null {
    this.#order.tick(now);
    return this.#judgeAge(now);
  }

  /**
   * The constraint values of the walk, in the order of {@link LIMIT_NAMES}.
   *
   * @param planned s
   * @param timeLeft s of the plan that were not walked
   */
  constraints(planned: number, timeLeft: number): number[] {
    return this.#byLimit.map((tracked, place) =>
      this.#firstBreach?.limit.name === LIMIT_NAMES[place]
        ? breachedConstraint(timeLeft, planned)
        : Math.max(...tracked.map(({ constraint }) => constraint)),
    );
  }

  /** Writes the debounced value of each limit now, that of the worst joint; NaN where it is not watched or not known. */
  readDebounced(out: Float64Array): void {
    for (let place = 0; place < this.#byLimit.length; place++) {
      const tracked = this.#byLimit[place]!;
      let worst = tracked[0]!;
      for (let index = 1; index < tracked.length; index++)
        if (tracked[index]!.closeness > worst.closeness) worst = tracked[index]!;
      out[place] = this.#isWatched(worst) ? worst.debounced : Number.NaN;
    }
  }

  #judgeAge(now: number): Breach | null {
    this.warning = null;
    if (!this.#order.known) return null;
    this.#sample[TIME] = now;
    this.#sample[VALUE] = this.#order.age;
    this.#push(this.#computed["frame-age"]);
    return this.#verdict();
  }

  #perceive(values: Float64Array): void {
    const { envelope } = this.#options;
    this.#posture.imuTrusted = this.#believesTilt() && this.#trust.inertialTrusted(envelope.frozen.high);
    if (this.#believesTilt())
      this.#posture.tilt = Math.acos(Math.cos(values[this.#roll]!) * Math.cos(values[this.#pitch]!));
    if (this.#trust.believes(this.#height)) this.#posture.height = values[this.#height]!;
  }

  #believesTilt(): boolean {
    return this.#trust.believes(this.#roll) && this.#trust.believes(this.#pitch);
  }

  /** Counts {@link #sample}. */
  #push(tracked: TrackedValue): void {
    tracked.push(this.#sample, this.#watch === "walking" && this.#firstBreach === null);
  }

  #isWatched(tracked: TrackedValue): boolean {
    return RANK[WATCHED_FROM[tracked.limit.name]] <= RANK[this.#watch];
  }

  #verdict(): Breach | null {
    let worst: TrackedValue | null = null;
    let soft: TrackedValue | null = null;
    for (let index = 0; index < this.#tracked.length; index++) {
      const tracked = this.#tracked[index]!;
      if (!this.#isWatched(tracked)) continue;
      const reported = this.#reported[tracked.place]!;
      if (tracked.beyond) {
        if (reported === CROSSED) continue;
        if (worst === null || SEVERITY[tracked.limit.action] > SEVERITY[worst.limit.action]) worst = tracked;
      } else if (tracked.beyondSoft && reported === NOTHING) soft ??= tracked;
    }
    this.warning = soft === null ? null : this.#crossing(soft, WARNED, soft.softValue, soft.softBound);
    if (worst === null) return null;
    const breach = this.#crossing(worst, CROSSED, worst.debounced, worst.bound);
    if (worst.limit.action !== "warn") this.#firstBreach ??= breach;
    return breach;
  }

  #crossing(tracked: TrackedValue, reported: number, value: number, bound: number): Breach {
    this.#reported[tracked.place] = reported;
    return {
      limit: tracked.limit,
      channel: this.#channelOf(tracked),
      value,
      bound,
      tRobot: this.#tRobot,
      seq: this.#seq,
    };
  }

  #channelOf(tracked: TrackedValue): string | null {
    const { name } = tracked.limit;
    const channel =
      name === "not-a-number"
        ? this.#trust.implausibleChannel
        : name === "frozen"
          ? this.#trust.frozenChannel
          : tracked.channel;
    return this.#options.layout.channels[channel]?.name ?? null;
  }
}

type ComputedLimit = Extract<
  LimitName,
  "tilt" | "duration" | "frame-age" | "frame-gap" | "not-a-number" | "frozen"
>;
