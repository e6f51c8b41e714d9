/**
 * One jog as a state machine: preflight, power, one joint out, held and back while the others are held, power off. Stepped like a
 * trial by frames, ticks and the robot's answers, guarded like one, and beyond that by {@link JogWatch}. The robot hangs or lies with its legs free, so whatever is wrong cuts.
 */
import { GaitsmithError } from "../errors.ts";
import { channelName, type TelemetryFrame } from "../robot/telemetry-frame.ts";
import type { TargetFacts, TargetLimits } from "../safety/target-limits.ts";
import { type GuardedParts, GuardedRun } from "./guarded-run.ts";
import { type JogPart, jogOffset, jogPart } from "./jog-motion.ts";
import { JogWatch } from "./jog-watch.ts";
import type { JogOutcome, JogPlan, TrialPhase } from "./messages.ts";
import { streamLimits } from "./stream-limits.ts";
import { StreamTiming } from "./stream-timing.ts";
import { TargetStreamer } from "./target-streamer.ts";
import { endedBy, reasonOf, type WalkEnd } from "./walk-end.ts";

/** Targets move no faster than this, rad/s, and stay this close to where they are to be, rad. */
const JOG_SPEED = 0.5;
const SLACK = 0.02;

const PHASES: Readonly<Record<Exclude<JogPart, "over">, TrialPhase>> = {
  settle: "stand",
  out: "measure",
  hold: "measure",
  back: "ramp-out",
  rest: "stand-down",
};

export class JogRun extends GuardedRun<JogOutcome> {
  /** As asked for; turned round where the joint is at the end of its range. */
  plan: JogPlan;
  readonly #parts: GuardedParts;
  /** null until it has power. */
  #watch: JogWatch | null = null;
  readonly #channels: readonly number[];
  readonly #measured: Float64Array;
  /** Where the joints are held, rad, and the targets of now. */
  readonly #base: Float64Array;
  readonly #targets: Float64Array;
  readonly #limits: TargetLimits;
  #streamer: TargetStreamer | null = null;
  #poweredAt = Number.NaN;
  /** The stream's own time since it began, s. */
  #streamed = 0;

  /** @throws RangeError when the robot has no such joint or takes no targets: see `jog-preconditions.ts` */
  constructor(plan: JogPlan, parts: GuardedParts) {
    super(parts, 0);
    const { config, capabilities } = parts;
    const { joints } = config.robot;
    const { layout } = capabilities;
    if (!joints.includes(plan.joint)) throw new RangeError(`there is no joint ${plan.joint}`);
    if (config.gait.body === null) throw new RangeError("a body is needed for the joints' ranges");
    this.plan = plan;
    this.#parts = parts;
    this.#limits = streamLimits(config, config.gait.body);
    this.#channels = joints.map((joint) => {
      const link = layout.indexOf(channelName.jointPosition(joint));
      return link >= 0 ? link : layout.indexOf(channelName.motorPosition(joint));
    });
    this.#measured = new Float64Array(joints.length).fill(Number.NaN);
    this.#base = new Float64Array(joints.length);
    this.#targets = new Float64Array(joints.length);
  }

  get awaitingAnswer(): Promise<void> | null {
    return this.commands.underway ?? this.#streamer?.underway ?? null;
  }

  /** A jog makes no reports. */
  readonly awaitingDecision = false;

  /** A joint that is out is not brought back: torque off, the leg hangs. */
  stop(code: string, words: string): void {
    this.stopNow(code, words);
  }

  /** s since the robot has power */
  get #elapsed(): number {
    return this.now - this.#poweredAt;
  }

  protected look({ values }: TelemetryFrame): void {
    this.#channels.forEach((channel, joint) => {
      const position = values[channel]!;
      if (Number.isFinite(position)) this.#measured[joint] = position;
    });
  }

  protected follow({ tRobot }: TelemetryFrame): void {
    this.#streamer?.onFrame(tRobot);
  }

  protected ready(): void {
    this.enter("arm");
    this.commands.send({ kind: "arm" }, () => this.#begin());
  }

  /** Power is on: every joint is held where it is. */
  #begin(): void {
    const { config, monitor } = this.#parts;
    const { joints } = config.robot;
    const unknown = joints.filter((_, joint) => Number.isNaN(this.#measured[joint]!));
    if (unknown.length > 0) {
      this.fail(
        new GaitsmithError("PREFLIGHT_REFUSED", {
          what: `no joint is moved while where ${unknown.join(", ")} is, is not known`,
          remedy: "Check the joint's cable and supply.",
        }),
      );
      return;
    }
    monitor.watch("powered");
    const { low, high } = this.#limits;
    this.#measured.forEach((angle, joint) => {
      this.#base[joint] = Math.min(high[joint]!, Math.max(low[joint]!, angle));
    });
    const { amplitude } = this.plan;
    const [index, there] = [joints.indexOf(this.plan.joint), (by: number) => this.#base[index]! + by];
    const within = (by: number): boolean => there(by) <= high[index]! && there(by) >= low[index]!;
    if (!within(amplitude) && within(-amplitude)) this.plan = { ...this.plan, amplitude: -amplitude };
    this.#watch = new JogWatch(this.plan, joints, this.#parts.capabilities.layout);
    this.#poweredAt = this.now;
    this.enter("stand");
    this.#streamer = this.#makeStreamer();
    // In lockstep the stream goes by the robot's clock.
    this.#streamer.onFrame(this.now);
    this.#streamer.start(this.#base);
  }

  /** What a jog's targets keep to: the joint's own limits, and no farther and no faster than a jog is meant to go. */
  #jogLimits(): TargetLimits {
    const index = this.#parts.config.robot.joints.indexOf(this.plan.joint);
    const reach = (joint: number): number => (joint === index ? Math.abs(this.plan.amplitude) : 0) + SLACK;
    const { low, high, speed } = this.#limits;
    return {
      low: this.#base.map((base, joint) => Math.max(low[joint]!, base - reach(joint))),
      high: this.#base.map((base, joint) => Math.min(high[joint]!, base + reach(joint))),
      speed: speed.map((own) => Math.min(own, JOG_SPEED)),
    };
  }

  #makeStreamer(): TargetStreamer {
    const { capabilities, config, robot, clock, monitor } = this.#parts;
    const streaming = capabilities.targets!;
    const limits = this.#jogLimits();
    const index = config.robot.joints.indexOf(this.plan.joint);
    return new TargetStreamer({
      robot,
      gate: this.gate,
      clock,
      kind: capabilities.clock,
      streaming,
      limits,
      timing: this.#parts.streamTiming ?? new StreamTiming(streaming.rate),
      next: (periods) => {
        this.#streamed += periods / streaming.rate;
        this.#targets.set(this.#base);
        const wish = this.#base[index]! + jogOffset(this.#streamed, this.plan);
        // At the end of its range a joint is jogged as far as it goes.
        this.#targets[index] = Math.min(limits.high[index]!, Math.max(limits.low[index]!, wish));
        return this.#targets;
      },
      events: {
        judge: () => {
          if (capabilities.clock === "realtime") this.onTick(clock.now());
        },
        healthy: () => monitor.healthy(clock.now()),
        late: (silence) =>
          this.stopNow("targets-late", `no joint target was sent for ${silence.toFixed(2)} s`),
        barred: (error) => this.fail(error as GaitsmithError),
        refused: (reason) => this.stopNow("targets-refused", `the robot refused joint targets: ${reason}`),
        linkFailed: (reason) => this.linkLost(reason),
      },
    });
  }

  protected step(frame: TelemetryFrame): void {
    if (this.rests || Number.isNaN(this.#poweredAt)) return;
    const part = jogPart(this.#elapsed, this.plan);
    if (part === "over") {
      if (this.commands.underway !== null) return;
      this.rests = true;
      this.ending = endedBy("completed", "finished", "out and back");
      this.#streamer?.halt();
      this.commands.send(
        { kind: "disarm" },
        () => this.finish(),
        () => {
          this.rests = false;
          this.stopNow("disarm-refused", "the robot refused to disarm");
          return true;
        },
      );
      return;
    }
    if (this.phase !== PHASES[part]) this.enter(PHASES[part]);
    const trouble = this.#watch?.take(frame.values, part) ?? null;
    if (trouble !== null) this.stopSafely(endedBy("aborted", trouble.code, trouble.words), "cut");
  }

  protected halt(): void {
    this.#streamer?.halt();
  }

  // --- what the guard knows of it ---

  /** Whatever ends a jog ends it in the midst of what it was for. */
  protected readonly hasWalked = true;

  /** A leg that hangs free is let go by a cut, and nobody has to pick the robot up: one that was confirmed latches nothing. */
  protected readonly needsNobody = true;

  protected get targets(): TargetFacts | null {
    return this.#streamer?.facts ?? null;
  }

  protected get startedAt(): number {
    return this.#poweredAt;
  }

  protected feasible(): boolean {
    return false;
  }

  /** Nothing stands here. */
  protected levelOf(): "cut" {
    return "cut";
  }

  protected override endOfLostLink(reason: string): WalkEnd {
    return endedBy("interrupted", "link-lost", reason);
  }

  protected outcomeOf(ending: WalkEnd, latched: boolean): JogOutcome {
    const { jog, joint, amplitude } = this.plan;
    return {
      jog,
      joint,
      amplitude,
      end: ending.end === "completed" ? "completed" : "stopped",
      reason: reasonOf(ending, this.#elapsed),
      joints: this.#watch?.read() ?? [],
      latched,
    };
  }
}
