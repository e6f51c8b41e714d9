/**
 * One jog as a state machine: preflight, power, one joint out, held and back while the others are held, power off. Stepped like a
 * trial by frames, ticks and the robot's answers, and guarded like one: by the monitor, the gate, safe stop and e-stop, and
 * beyond that by {@link JogWatch}. The robot hangs or lies with its legs free, so whatever is wrong cuts.
 */
import { GaitsmithError } from "../errors.ts";
import type { RobotEvent } from "../robot/robot.ts";
import { channelName, type TelemetryFrame } from "../robot/telemetry-frame.ts";
import { Gate } from "../safety/gate.ts";
import { stopLatches } from "../safety/latch.ts";
import type { Breach } from "../safety/monitor.ts";
import type { TargetLimits } from "../safety/target-limits.ts";
import { CommandSender } from "./command-sender.ts";
import { gateModeOf } from "./gate-mode.ts";
import { type JogPart, jogOffset, jogPart } from "./jog-motion.ts";
import { JogWatch } from "./jog-watch.ts";
import { lostLink } from "./lost-link.ts";
import type { JogOutcome, JogPlan, TrialPhase } from "./messages.ts";
import { Preflight } from "./preflight.ts";
import { type Note, SafeStop, writeStop } from "./safe-stop.ts";
import { streamLimits } from "./stream-limits.ts";
import { StreamTiming } from "./stream-timing.ts";
import { TargetStreamer } from "./target-streamer.ts";
import type { TrialParts } from "./trial-parts.ts";
import { breachWords, endedBy, endedByBreach, reasonOf, type WalkEnd } from "./walk-end.ts";

/** Targets move no faster than this, rad/s, and stay this close to where they are to be, rad. */
const JOG_SPEED = 0.5;
const SLACK = 0.02;
/** The first frame is waited for, s of the station's clock. */
const FIRST_FRAME_PATIENCE = 3;

const PHASES: Readonly<Record<Exclude<JogPart, "over">, TrialPhase>> = {
  settle: "stand",
  out: "measure",
  hold: "measure",
  back: "ramp-out",
  rest: "stand-down",
};

export type JogParts = Omit<TrialParts, "meter" | "feasible">;

export class JogRun {
  /** As asked for; turned round where the joint is at the end of its range. */
  plan: JogPlan;
  readonly #parts: JogParts;
  readonly #commands: CommandSender;
  readonly #safeStop: SafeStop;
  readonly #preflight: Preflight;
  /** null until it has power. */
  #watch: JogWatch | null = null;
  readonly #channels: readonly number[];
  readonly #measured: Float64Array;
  /** Where the joints are held, rad, and the targets of now. */
  readonly #base: Float64Array;
  readonly #targets: Float64Array;
  readonly #limits: TargetLimits;
  #streamer: TargetStreamer | null = null;
  #phase: TrialPhase = "idle";
  #now = Number.NaN;
  #unheardSince = Number.NaN;
  #poweredAt = Number.NaN;
  /** The stream's own time since it began, s. */
  #streamed = 0;
  #rests = false;
  #ending: WalkEnd | null = null;
  #failure: GaitsmithError | null = null;
  #result: { readonly outcome: JogOutcome; readonly failure: GaitsmithError | null } | null = null;

  /** @throws RangeError when the robot has no such joint or takes no targets: see `jog-preconditions.ts` */
  constructor(plan: JogPlan, parts: JogParts) {
    const { config, capabilities, robot, monitor, clock } = parts;
    const { joints } = config.robot;
    const { layout, telemetryRate } = capabilities;
    if (!joints.includes(plan.joint)) throw new RangeError(`there is no joint ${plan.joint}`);
    if (config.gait.body === null) throw new RangeError("a body is needed for the joints' ranges");
    this.plan = plan;
    this.#parts = parts;
    this.#preflight = new Preflight(config, layout, telemetryRate, 0);
    this.#limits = streamLimits(config, config.gait.body);
    this.#channels = joints.map((joint) => {
      const link = layout.indexOf(channelName.jointPosition(joint));
      return link >= 0 ? link : layout.indexOf(channelName.motorPosition(joint));
    });
    this.#measured = new Float64Array(joints.length).fill(Number.NaN);
    this.#base = new Float64Array(joints.length);
    this.#targets = new Float64Array(joints.length);
    this.#safeStop = new SafeStop(robot, clock, this.#note);
    const gate = new Gate(() => ({
      mode: gateModeOf(this.#phase, this.#safeStop.engaged),
      leased: parts.leased(),
      latched: parts.latched(),
      envelopeComplete: monitor.problems.length === 0,
      monitorHealthy: monitor.healthy(clock.now()),
      targets: this.#streamer?.facts ?? null,
      feasible: () => false,
    }));
    this.#commands = new CommandSender(robot, gate, {
      refused: (error) => this.#fail(error),
      linkFailed: (reason) => this.linkLost(reason),
      isStopped: () => this.#safeStop.engaged || this.#result !== null,
      changed: () => parts.ports.changed(),
    });
    this.#gate = gate;
  }

  readonly #gate: Gate;

  get phase(): TrialPhase {
    return this.#phase;
  }

  get result(): { readonly outcome: JogOutcome; readonly failure: GaitsmithError | null } | null {
    return this.#result;
  }

  get awaitingAnswer(): Promise<void> | null {
    return this.#commands.underway ?? this.#streamer?.underway ?? null;
  }

  /** A jog makes no reports. */
  readonly awaitingDecision = false;

  get stopConfirmed(): boolean {
    return this.#safeStop.confirmed;
  }

  begin(): void {
    if (this.#result !== null || this.#safeStop.engaged) return;
    this.#parts.monitor.reset();
    this.#unheardSince = this.#parts.clock.now();
    this.#enter("preflight");
  }

  onFrame(frame: TelemetryFrame, breach: Breach | null): void {
    if (this.#result !== null) return;
    const { monitor } = this.#parts;
    if (monitor.fresh) {
      this.#now = frame.tRobot;
      this.#unheardSince = Number.NaN;
      this.#channels.forEach((channel, joint) => {
        const position = frame.values[channel]!;
        if (Number.isFinite(position)) this.#measured[joint] = position;
      });
    }
    if (breach !== null) this.#onBreach(breach);
    if (!monitor.fresh) return;
    if (monitor.stopButton && !this.#safeStop.isEStop)
      this.eStop("stop-button", "the robot's stop button was pressed");
    this.#step(frame);
    if (!this.#safeStop.engaged && this.#result === null) this.#streamer?.onFrame(frame.tRobot);
  }

  /** @param now station clock, s */
  onTick(now: number): void {
    if (this.#result !== null) return;
    if (now - this.#unheardSince > FIRST_FRAME_PATIENCE) {
      this.#fail(
        new GaitsmithError("PREFLIGHT_REFUSED", {
          what: `the robot has sent no telemetry for ${FIRST_FRAME_PATIENCE} s`,
          remedy: "Check the link and the robot's firmware.",
        }),
      );
      return;
    }
    const breach = this.#parts.monitor.onTick(now);
    if (breach !== null) this.#onBreach(breach);
    if (this.#safeStop.watch()) this.#finish();
  }

  onRobotEvent(event: RobotEvent): void {
    if (event.kind === "link-lost") this.linkLost(event.reason);
    else if (event.kind === "rebooted") this.stopNow("robot-rebooted", `the robot rebooted: ${event.reason}`);
    else this.stopNow("robot-fault", `${event.code}: ${event.reason}`);
  }

  linkLost(reason: string): void {
    if (this.#result !== null) return;
    this.#failure ??= lostLink(this.#parts.config.link, reason);
    this.#stopSafely(endedBy("interrupted", "link-lost", reason));
    this.#finish();
  }

  /** A joint that is out is not brought back: torque off, the leg hangs. */
  stop(code: string, words: string): void {
    this.stopNow(code, words);
  }

  stopNow(code: string, words: string): void {
    if (this.#result !== null) return;
    const ending = this.#ending ?? endedBy("interrupted", code, words);
    if (this.#hasPower) this.#stopSafely(ending);
    else {
      void writeStop(this.#parts.robot, "cut", this.#note);
      this.#ending = ending;
      this.#finish();
    }
  }

  /** A latched stop: always a cut, since nothing stands here. */
  eStop(code: string, words: string): void {
    if (this.#result !== null) return;
    const ending = endedBy("interrupted", code, words);
    const again = this.#safeStop.isEStop;
    this.#stopSafely(ending, true);
    if (!again) this.#parts.ports.latch(reasonOf(ending, this.#elapsed), this.#safeStop.level);
  }

  get #hasPower(): boolean {
    return this.#phase !== "idle" && this.#phase !== "preflight";
  }

  /** s since the robot has power */
  get #elapsed(): number {
    return this.#now - this.#poweredAt;
  }

  #step(frame: TelemetryFrame): void {
    if (this.#phase === "preflight") this.#lookAround(frame);
    else if (this.#phase === "safe-stop") {
      if (this.#safeStop.watch()) this.#finish();
    } else if (Number.isFinite(this.#poweredAt)) this.#follow(frame);
  }

  #lookAround(frame: TelemetryFrame): void {
    const { monitor } = this.#parts;
    if (this.#commands.underway !== null) return;
    const breached = monitor.breach === null ? null : breachWords(monitor.breach);
    const verdict = this.#preflight.look(frame, breached);
    if (verdict === "ready") {
      this.#enter("arm");
      this.#commands.send({ kind: "arm" }, () => this.#begin());
    } else if (verdict === "again" || verdict === "cooling") monitor.reset();
    else if (verdict !== "wait") this.#fail(verdict);
  }

  /** Power is on: every joint is held where it is. */
  #begin(): void {
    const { config, monitor } = this.#parts;
    const { joints } = config.robot;
    const unknown = joints.filter((_, joint) => Number.isNaN(this.#measured[joint]!));
    if (unknown.length > 0) {
      this.#fail(
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
    this.#poweredAt = this.#now;
    this.#enter("stand");
    this.#streamer = this.#makeStreamer();
    // In lockstep the stream goes by the robot's clock.
    this.#streamer.onFrame(this.#now);
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
      gate: this.#gate,
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
        barred: (error) => this.#fail(error as GaitsmithError),
        refused: (reason) => this.stopNow("targets-refused", `the robot refused joint targets: ${reason}`),
        linkFailed: (reason) => this.linkLost(reason),
      },
    });
  }

  #follow(frame: TelemetryFrame): void {
    if (this.#rests) return;
    const part = jogPart(this.#elapsed, this.plan);
    if (part === "over") {
      if (this.#commands.underway !== null) return;
      this.#rests = true;
      this.#ending = endedBy("completed", "finished", "out and back");
      this.#streamer?.halt();
      this.#commands.send(
        { kind: "disarm" },
        () => this.#finish(),
        () => {
          this.#rests = false;
          this.stopNow("disarm-refused", "the robot refused to disarm");
          return true;
        },
      );
      return;
    }
    if (this.#phase !== PHASES[part]) this.#enter(PHASES[part]);
    const trouble = this.#watch?.take(frame.values, part) ?? null;
    if (trouble !== null) this.#stopSafely(endedBy("aborted", trouble.code, trouble.words));
  }

  #onBreach(breach: Breach): void {
    if (breach.limit.action !== "warn" && this.#hasPower && !this.#rests)
      this.#stopSafely(endedByBreach(breach, true));
    else this.#note("warn", breach.limit.name, breachWords(breach), null);
  }

  #stopSafely(ending: WalkEnd, eStop = false): void {
    const first = !this.#safeStop.engaged;
    this.#streamer?.halt();
    this.#safeStop.engage("cut", eStop);
    this.#note("error", ending.code, ending.words, null);
    if (!first) return;
    this.#ending = ending;
    this.#enter("safe-stop");
    this.#parts.ports.changed();
  }

  #fail(error: GaitsmithError): void {
    this.#failure ??= error;
    this.stopNow(error.code.toLowerCase().replaceAll("_", "-"), error.message);
  }

  #finish(): void {
    if (this.#result !== null) return;
    const { ports } = this.#parts;
    this.#streamer?.halt();
    const stop = this.#safeStop;
    const ending = this.#ending ?? endedBy("interrupted", "unknown", "ended without a reason");
    // A leg that hangs free is let go by a cut, and nobody has to pick the robot up: a cut that was confirmed latches nothing.
    const latched =
      stop.engaged &&
      stopLatches({
        eStop: stop.isEStop,
        level: stop.level,
        confirmed: stop.confirmed,
        linkLost: this.#failure?.code === "LINK_LOST",
        returnsByItself: true,
      });
    const { jog, joint, amplitude } = this.plan;
    const outcome: JogOutcome = {
      jog,
      joint,
      amplitude,
      end: ending.end === "completed" ? "completed" : "stopped",
      reason: reasonOf(ending, this.#elapsed),
      joints: this.#watch?.read() ?? [],
      latched,
    };
    this.#result = { outcome, failure: this.#failure };
    if (latched && !stop.isEStop) ports.latch(outcome.reason, stop.level);
    this.#enter(latched ? "latched" : "done");
    ports.changed();
  }

  #enter(phase: TrialPhase): void {
    this.#phase = phase;
    this.#parts.ports.phase(phase, this.#now);
  }

  readonly #note: Note = (level, name, words, tRobot) =>
    this.#parts.ports.event(level, name, words, tRobot ?? this.#now);
}
