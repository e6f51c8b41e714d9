/**
 * One trial as an explicit state machine, stepped by frames, ticks, decisions and the robot's answers. It knows neither
 * processes nor files: whoever drives it passes in what happens and carries away what it says through its ports.
 *
 *     preflight → arm → stand → ramp-in → settle → measure → ramp-out → stand-down → done
 *     any → safe-stop → latched | done
 *
 * How it is watched and stopped is `guarded-run.ts`'s.
 */
import { plannedSeconds, reportCount } from "../config/hardware-config.ts";
import { GaitsmithError } from "../errors.ts";
import type { ParameterSetOnWire } from "../robot/parameters.ts";
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";
import { controlledStopLevel, safeStopLevel } from "../safety/stop-level.ts";
import type { TargetFacts } from "../safety/target-limits.ts";
import { chooseWalker } from "./choose-walker.ts";
import { type GuardedResult, GuardedRun } from "./guarded-run.ts";
import { ACTUATOR_CHECK, type TrialPhase, type TrialPlan, type WalkOutcome } from "./messages.ts";
import { writeStop } from "./safe-stop.ts";
import { TrialCare } from "./trial-care.ts";
import type { TrialParts } from "./trial-parts.ts";
import { endedBy, outcomeOf, type WalkEnd, warningWords } from "./walk-end.ts";
import { WalkObserver } from "./walk-observer.ts";
import type { Walker } from "./walker.ts";

/** Rising may take this long after arming, s; until then a robot that does not stand yet is asked again. */
const STAND_PATIENCE = 5;
const ASK_AGAIN_AFTER = 0.1;
/** Times are compared with this much slack, s: they come from a counter of microseconds or so. */
const TIME_SLACK = 1e-6;
const REPORTS_BEFORE_TRUNCATION = 3;

export type TrialResult = GuardedResult<WalkOutcome>;

export class TrialRun extends GuardedRun<WalkOutcome> {
  readonly plan: TrialPlan;
  readonly #parts: TrialParts;
  readonly #walker: Walker;
  readonly #parameters: ParameterSetOnWire;
  readonly #care: TrialCare;
  /** Of walks outside a study. */
  readonly #observer: WalkObserver | null;
  /** Robot time at which the phase began, s. */
  #since = Number.NaN;
  #armedAt = Number.NaN;
  #askAgainAt = Number.NEGATIVE_INFINITY;
  #measureStart = Number.NaN;
  #walkEnd = Number.NaN;
  #measured = 0;
  #reports = 0;
  #decided = 0;
  protected hasWalked = false;
  #distance: number | null = null;
  #asking: Promise<void> | null = null;

  constructor(plan: TrialPlan, parts: TrialParts) {
    super(parts, plan.coolDownWithin);
    this.plan = plan;
    this.#parts = parts;
    const { config, capabilities, robot } = parts;
    this.#care = new TrialCare(config, capabilities.layout);
    this.#observer =
      plan.observe === true ? new WalkObserver(capabilities.layout, config.robot.joints) : null;
    this.#parameters = { gait: config.gait.name, values: Object.entries(plan.parameters) };
    this.#walker = chooseWalker(parts, this.gate, this.commands, {
      stopNeutral: () => void writeStop(robot, "neutral", this.note),
      onTick: (now) => this.onTick(now),
      stopNow: (code, words) => this.stopNow(code, words),
      linkLost: (reason) => this.linkLost(reason),
      failed: (error) => this.fail(error),
    });
  }

  /** The robot owes an answer: a driver in lockstep waits before it moves the robot's clock. */
  get awaitingAnswer(): Promise<void> | null {
    return this.#walker.underway ?? this.#asking;
  }

  /** A report has no decision yet: a driver in lockstep lets the robot's clock stand still, unless it is stopping. */
  get awaitingDecision(): boolean {
    return this.#decided < this.#reports && !this.stopping && this.result === null;
  }

  /** Reports without a decision. */
  get undecided(): number {
    return this.#reports - this.#decided;
  }

  override begin(): void {
    if (this.result !== null || this.stopping) return;
    this.#parts.meter.reset();
    super.begin();
    if (!this.#parts.feasible(this.#parameters))
      this.fail(
        new GaitsmithError("GATE_REFUSED", {
          what: `the parameters of trial ${this.plan.trial} are not feasible on this robot`,
          remedy: "Report this: such a trial should never have been proposed.",
        }),
      );
  }

  /** A decision that is not for the next undecided report is not heard. */
  onDecision(step: number, verdict: "go-on" | "stop", reason: string): void {
    if (step !== this.#decided + 1 || step > this.#reports) return;
    this.#decided = step;
    this.#parts.ports.changed();
    if (verdict === "stop" && this.phase === "measure")
      this.#endWalk(endedBy("pruned", "pruner", reason === "" ? "the pruner ended it" : reason));
  }

  /** A controlled stop: the robot ramps out and stands, nothing latches, and it is no evidence against the gait. */
  stop(code: string, words: string): void {
    if (this.result !== null || this.stopping) return;
    // During ramp-out and stand-down it is stopping anyway.
    if (this.phase === "ramp-out" || this.phase === "stand-down") return;
    const { monitor, config } = this.#parts;
    const canStand = controlledStopLevel(monitor.posture, config.envelope) === "neutral";
    if (this.#isWalking() && canStand) this.#endWalk(endedBy("interrupted", code, words));
    else this.stopNow(code, words);
  }

  // --- the way through a good walk ---

  protected look(frame: TelemetryFrame): void {
    this.#care.onFrame(frame, this.phase);
  }

  protected step(frame: TelemetryFrame): void {
    const { config, monitor, meter } = this.#parts;
    const { walk } = config;
    switch (this.phase) {
      case "stand":
        meter.stand(frame);
        this.#observer?.stand(frame);
        if (this.#elapsed(walk.stand) && this.now >= this.#askAgainAt && this.commands.underway === null)
          this.#start();
        return;
      case "ramp-in":
        if (this.#elapsed(walk.rampIn)) this.enter("settle");
        this.#watchArena(frame);
        return;
      case "settle":
        if (this.now - monitor.walkStart >= walk.rampIn + walk.settle - TIME_SLACK) {
          this.enter("measure");
          this.#measureStart = this.now;
          meter.begin(frame);
        }
        this.#watchArena(frame);
        return;
      case "measure":
        meter.add(frame);
        this.#observer?.measure(frame);
        this.#measured = this.now - this.#measureStart;
        this.#report();
        this.#watchArena(frame);
        return;
      case "ramp-out":
        if (!this.#elapsed(walk.rampOut)) return;
        this.#walkEnd = this.now;
        monitor.watch("powered");
        this.enter("stand-down");
        return;
      case "stand-down":
        this.#observer?.standDown(frame);
        if (this.#elapsed(walk.stand) && this.commands.underway === null && !this.rests) {
          for (const words of this.#care.after()) this.note("warn", ACTUATOR_CHECK, words, null);
          this.#walker.disarm(
            () => this.#rest(),
            () => {
              this.stopNow("disarm-refused", "the robot refused to disarm");
              return true;
            },
          );
        }
    }
  }

  protected follow(frame: TelemetryFrame): void {
    this.#walker.onFrame(frame);
  }

  protected ready(): void {
    this.#care.cooled(this.preflight.cooling?.waited ?? 0);
    this.enter("arm");
    this.#walker.arm(() => {
      this.#armedAt = this.now;
      this.#parts.monitor.watch("powered");
      this.enter("stand");
    });
  }

  protected override cooling(): void {
    this.#care.restAgain();
    if (this.preflight.cooling !== null) this.#parts.ports.cooling?.(this.preflight.cooling);
  }

  #start(): void {
    const { rampIn, rampOut } = this.#parts.config.walk;
    this.#askAgainAt = this.now + ASK_AGAIN_AFTER;
    const wrong = this.#care.before();
    if (wrong.length > 0) {
      // A robot that is still rising is looked at again.
      if (this.now - this.#armedAt >= STAND_PATIENCE) this.stopNow(ACTUATOR_CHECK, wrong.join("; "));
      return;
    }
    this.#walker.start({
      parameters: this.#parameters,
      rampIn,
      rampOut,
      started: () => {
        this.#parts.monitor.watch("walking");
        this.hasWalked = true;
        this.enter("ramp-in");
      },
      failed: (error) => this.fail(error),
      // A robot that is still rising refuses to start.
      mayRefuse: () => this.now - this.#armedAt < STAND_PATIENCE,
    });
  }

  #report(): void {
    const { walk } = this.#parts.config;
    const next = this.#reports + 1;
    if (this.#measured < next * walk.reportInterval - TIME_SLACK) return;
    this.#reports = next;
    const { meter, ports } = this.#parts;
    ports.report(next, this.now, meter.time, meter.read());
    if (next >= reportCount(walk)) this.#endWalk(endedBy("completed", "finished", "walked the whole plan"));
  }

  /** Torque is off. A robot that says how far it came is asked now. */
  #rest(): void {
    const { robot, config } = this.#parts;
    this.rests = true;
    const told = config.speedSource === "robot" && this.ending?.end === "completed";
    if (!told) {
      this.finish();
      return;
    }
    const asked = robot.walkedDistance?.() ?? Promise.resolve(Number.NaN);
    this.#asking = asked
      .catch(() => Number.NaN)
      .then((distance) => {
        this.#asking = null;
        this.#distance = distance;
        this.finish();
      });
  }

  #watchArena(frame: TelemetryFrame): void {
    const { arenaLength } = this.#parts.config;
    const distance = this.#parts.meter.distance(frame);
    if (!(distance > arenaLength) || this.ending !== null) return;
    const words = `reached the end of the arena (${distance.toFixed(2)} m of ${arenaLength} m)`;
    if (this.#reports >= REPORTS_BEFORE_TRUNCATION)
      this.#endWalk({ ...endedBy("completed", "arena-end", words), truncated: true });
    else this.stopSafely(endedBy("aborted", "arena-end", words), this.levelOf("settle"));
  }

  #isWalking(): boolean {
    return this.phase === "ramp-in" || this.phase === "settle" || this.phase === "measure";
  }

  /** A controlled end: ramp out, stand, disarm. */
  #endWalk(ending: WalkEnd): void {
    this.#walker.rampOut();
    this.ending = ending;
    this.enter("ramp-out");
    this.note("info", ending.code, ending.words, null);
  }

  // --- stopping ---

  /** A soft bound is told, and stops nothing; on the way to rest there is no need to. */
  protected override judged(): void {
    const { warning } = this.#parts.monitor;
    if (warning !== null && !this.stopping)
      this.note("warn", warning.limit.name, warningWords(warning), null);
  }

  protected levelOf(action: "settle" | "cut"): "settle" | "cut" {
    return safeStopLevel(action, this.#parts.monitor.posture, this.#parts.config.envelope);
  }

  protected halt(): void {
    this.#walker.halt();
  }

  protected override stopped(): void {
    if (Number.isNaN(this.#walkEnd)) this.#walkEnd = this.now;
  }

  protected override entered(phase: TrialPhase): void {
    this.#care.onPhase(phase);
    this.#since = this.now;
  }

  // --- what the guard knows of it ---

  protected get targets(): TargetFacts | null {
    return this.#walker.targets;
  }

  protected get startedAt(): number {
    return this.#parts.monitor.walkStart;
  }

  protected get needsNobody(): boolean {
    return this.#parts.capabilities.returnsByItself;
  }

  protected feasible(parameters: ParameterSetOnWire): boolean {
    return this.#parts.feasible(parameters);
  }

  protected outcomeOf(ending: WalkEnd, latched: boolean): WalkOutcome {
    const { robot, monitor, config } = this.#parts;
    const walked = outcomeOf(ending, {
      plan: this.plan,
      monitor,
      hasWalked: this.hasWalked,
      endedAt: this.#walkEnd,
      planned: plannedSeconds(config.walk),
      measured: this.#measured,
      reports: this.#reports,
      distance: this.#distance,
      carryOver: robot.carryOver(),
      health: this.#care.read(),
      latched,
    });
    return this.#observer === null || !this.hasWalked
      ? walked
      : { ...walked, observed: this.#observer.read() };
  }

  #elapsed(seconds: number): boolean {
    return this.now - this.#since >= seconds - TIME_SLACK;
  }
}
