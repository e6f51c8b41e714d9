/**
 * One trial as an explicit state machine, stepped by frames, ticks, decisions and the robot's answers. It knows neither
 * processes nor files: whoever drives it passes in what happens and carries away what it says through its ports.
 *
 *     preflight → arm → stand → ramp-in → settle → measure → ramp-out → stand-down → done
 *     any → safe-stop → latched | done
 *
 * Stopping comes first: every cause writes the stop to the robot before anything is said about it.
 */
import { plannedSeconds, reportCount } from "../config/hardware-config.ts";
import { GaitsmithError } from "../errors.ts";
import type { ParameterSetOnWire } from "../robot/parameters.ts";
import type { RobotEvent } from "../robot/robot.ts";
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";
import { Gate } from "../safety/gate.ts";
import { stopLatches } from "../safety/latch.ts";
import type { Breach } from "../safety/monitor.ts";
import { controlledStopLevel, safeStopLevel } from "../safety/stop-level.ts";
import { chooseWalker } from "./choose-walker.ts";
import { CommandSender } from "./command-sender.ts";
import { gateModeOf } from "./gate-mode.ts";
import { lostLink } from "./lost-link.ts";
import { ACTUATOR_CHECK, type TrialPhase, type TrialPlan } from "./messages.ts";
import { Preflight } from "./preflight.ts";
import { type Note, SafeStop, writeStop } from "./safe-stop.ts";
import { TrialCare } from "./trial-care.ts";
import type { TrialParts, TrialResult } from "./trial-parts.ts";
import {
  breachWords,
  endedBy,
  endedByBreach,
  outcomeOf,
  reasonOf,
  type WalkEnd,
  warningWords,
} from "./walk-end.ts";
import { WalkObserver } from "./walk-observer.ts";
import type { Walker } from "./walker.ts";

/** Rising may take this long after arming, s; until then a robot that does not stand yet is asked again. */
const STAND_PATIENCE = 5;
const ASK_AGAIN_AFTER = 0.1;
/** Times are compared with this much slack, s: they come from a counter of microseconds or so. */
const TIME_SLACK = 1e-6;
/** The first frame of a trial is waited for, s of the station's clock. */
const FIRST_FRAME_PATIENCE = 3;
const REPORTS_BEFORE_TRUNCATION = 3;

export class TrialRun {
  readonly plan: TrialPlan;
  readonly #parts: TrialParts;
  readonly #commands: CommandSender;
  readonly #walker: Walker;
  readonly #safeStop: SafeStop;
  readonly #preflight: Preflight;
  readonly #parameters: ParameterSetOnWire;
  readonly #care: TrialCare;
  /** Of walks outside a study. */
  readonly #observer: WalkObserver | null;
  #phase: TrialPhase = "idle";
  /** Robot time of the newest frame, s, and at which the phase began. */
  #now = Number.NaN;
  /** Since when no frame has come, station clock, s; NaN before the trial begins and once one has come. */
  #unheardSince = Number.NaN;
  #since = Number.NaN;
  #armedAt = Number.NaN;
  #askAgainAt = Number.NEGATIVE_INFINITY;
  #measureStart = Number.NaN;
  #walkEnd = Number.NaN;
  #measured = 0;
  #reports = 0;
  #decided = 0;
  #hasWalked = false;
  /** Torque is off after a walk to its end. */
  #rests = false;
  #distance: number | null = null;
  #asking: Promise<void> | null = null;
  #ending: WalkEnd | null = null;
  #failure: GaitsmithError | null = null;
  #result: TrialResult | null = null;

  constructor(plan: TrialPlan, parts: TrialParts) {
    this.plan = plan;
    this.#parts = parts;
    const { config, capabilities, robot, monitor, clock } = parts;
    this.#preflight = new Preflight(
      config,
      capabilities.layout,
      capabilities.telemetryRate,
      plan.coolDownWithin,
    );
    this.#care = new TrialCare(config, capabilities.layout);
    this.#observer =
      plan.observe === true ? new WalkObserver(capabilities.layout, config.robot.joints) : null;
    this.#parameters = { gait: config.gait.name, values: Object.entries(plan.parameters) };
    this.#safeStop = new SafeStop(robot, clock, this.#note);
    const gate = new Gate(() => ({
      mode: gateModeOf(this.#phase, this.#safeStop.engaged),
      leased: parts.leased(),
      latched: parts.latched(),
      envelopeComplete: monitor.problems.length === 0,
      monitorHealthy: monitor.healthy(clock.now()),
      targets: this.#walker.targets,
      feasible: parts.feasible,
    }));
    this.#commands = new CommandSender(robot, gate, {
      refused: (error) => this.#fail(error),
      linkFailed: (reason) => this.linkLost(reason),
      isStopped: () => this.#safeStop.engaged || this.#result !== null,
      changed: () => parts.ports.changed(),
    });
    this.#walker = chooseWalker(parts, gate, this.#commands, {
      stopNeutral: () => void writeStop(robot, "neutral", this.#note),
      onTick: (now) => this.onTick(now),
      stopNow: (code, words) => this.stopNow(code, words),
      linkLost: (reason) => this.linkLost(reason),
      failed: (error) => this.#fail(error),
    });
  }

  get phase(): TrialPhase {
    return this.#phase;
  }

  get result(): TrialResult | null {
    return this.#result;
  }

  /** The robot owes an answer: a driver in lockstep waits before it moves the robot's clock. */
  get awaitingAnswer(): Promise<void> | null {
    return this.#walker.underway ?? this.#asking;
  }

  /** A report has no decision yet: a driver in lockstep lets the robot's clock stand still, unless it is stopping. */
  get awaitingDecision(): boolean {
    return this.#decided < this.#reports && !this.#safeStop.engaged && this.#result === null;
  }

  /** The robot confirmed the safe stop. */
  get stopConfirmed(): boolean {
    return this.#safeStop.confirmed;
  }

  /** Reports without a decision. */
  get undecided(): number {
    return this.#reports - this.#decided;
  }

  /** The robot has been placed and telemetry may come. */
  begin(): void {
    // Stopped while the robot was being placed.
    if (this.#result !== null || this.#safeStop.engaged) return;
    this.#parts.monitor.reset();
    this.#parts.meter.reset();
    this.#unheardSince = this.#parts.clock.now();
    this.#enter("preflight");
    if (!this.#parts.feasible(this.#parameters))
      this.#fail(
        new GaitsmithError("GATE_REFUSED", {
          what: `the parameters of trial ${this.plan.trial} are not feasible on this robot`,
          remedy: "Report this: such a trial should never have been proposed.",
        }),
      );
  }

  /** @param breach what the monitor, who saw the frame first, says of it */
  onFrame(frame: TelemetryFrame, breach: Breach | null): void {
    if (this.#result !== null) return;
    const { monitor } = this.#parts;
    if (monitor.fresh) {
      this.#now = frame.tRobot;
      this.#unheardSince = Number.NaN;
    }
    if (breach !== null) this.#onBreach(breach);
    this.#warn();
    if (!monitor.fresh) return;
    if (monitor.stopButton && !this.#safeStop.isEStop)
      this.eStop("stop-button", "the robot's stop button was pressed");
    this.#care.onFrame(frame, this.#phase);
    this.#step(frame);
    if (!this.#safeStop.engaged && this.#result === null) this.#walker.onFrame(frame);
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
    this.#warn();
    if (this.#safeStop.watch()) this.#finish();
  }

  /** A decision that is not for the next undecided report is not heard. */
  onDecision(step: number, verdict: "go-on" | "stop", reason: string): void {
    if (step !== this.#decided + 1 || step > this.#reports) return;
    this.#decided = step;
    this.#parts.ports.changed();
    if (verdict === "stop" && this.#phase === "measure")
      this.#endWalk(endedBy("pruned", "pruner", reason === "" ? "the pruner ended it" : reason));
  }

  onRobotEvent(event: RobotEvent): void {
    if (event.kind === "link-lost") this.linkLost(event.reason);
    else if (event.kind === "rebooted") this.stopNow("robot-rebooted", `the robot rebooted: ${event.reason}`);
    else this.stopNow("robot-fault", `${event.code}: ${event.reason}`);
  }

  /** The robot cannot be reached any more; it stops by its own dead-man. */
  linkLost(reason: string): void {
    if (this.#result !== null) return;
    this.#failure ??= lostLink(this.#parts.config.link, reason);
    this.#stopSafely(this.#ending ?? endedBy("interrupted", "link-lost", reason), "cut");
    this.#finish();
  }

  /** A controlled stop: the robot ramps out and stands, nothing latches, and it is no evidence against the gait. */
  stop(code: string, words: string): void {
    if (this.#result !== null || this.#safeStop.engaged) return;
    // During ramp-out and stand-down it is stopping anyway.
    if (this.#phase === "ramp-out" || this.#phase === "stand-down") return;
    const { monitor, config } = this.#parts;
    const canStand = controlledStopLevel(monitor.posture, config.envelope) === "neutral";
    if (this.#isWalking() && canStand) this.#endWalk(endedBy("interrupted", code, words));
    else this.stopNow(code, words);
  }

  /** Stops at once without latching: nobody may be there to watch the robot ramp out. */
  stopNow(code: string, words: string): void {
    if (this.#result !== null) return;
    // A walk that is over keeps its end: only the way to rest is another.
    const ending = this.#ending ?? endedBy("interrupted", code, words);
    if (!this.#isBeforeArming()) this.#stopSafely(ending, this.#safeLevel("settle"));
    else {
      // It has no torque yet: there is nothing to bring to rest.
      void writeStop(this.#parts.robot, "cut", this.#note);
      this.#ending = ending;
      this.#finish();
    }
  }

  /** A latched stop. A walk it ends is aborted. @param level of a robot that stands; one that does not is cut */
  eStop(code: string, words: string, level: "settle" | "cut" = "settle"): void {
    if (this.#result !== null) return;
    const ending = endedBy(this.#hasWalked ? "aborted" : "interrupted", code, words);
    const again = this.#safeStop.isEStop;
    this.#stopSafely(ending, this.#safeLevel(level), true);
    if (again) return;
    const reason = reasonOf(ending, this.#now - this.#parts.monitor.walkStart);
    this.#parts.ports.latch(reason, this.#safeStop.level);
  }

  // --- the way through a good walk ---

  #step(frame: TelemetryFrame): void {
    const { config, monitor, meter } = this.#parts;
    const { walk } = config;
    switch (this.#phase) {
      case "preflight":
        this.#lookAround(frame);
        return;
      case "stand":
        meter.stand(frame);
        this.#observer?.stand(frame);
        if (this.#elapsed(walk.stand) && this.#now >= this.#askAgainAt && this.#commands.underway === null)
          this.#start();
        return;
      case "ramp-in":
        if (this.#elapsed(walk.rampIn)) this.#enter("settle");
        this.#watchArena(frame);
        return;
      case "settle":
        if (this.#now - monitor.walkStart >= walk.rampIn + walk.settle - TIME_SLACK) {
          this.#enter("measure");
          this.#measureStart = this.#now;
          meter.begin(frame);
        }
        this.#watchArena(frame);
        return;
      case "measure":
        meter.add(frame);
        this.#observer?.measure(frame);
        this.#measured = this.#now - this.#measureStart;
        this.#report();
        this.#watchArena(frame);
        return;
      case "ramp-out":
        if (!this.#elapsed(walk.rampOut)) return;
        this.#walkEnd = this.#now;
        monitor.watch("powered");
        this.#enter("stand-down");
        return;
      case "stand-down":
        this.#observer?.standDown(frame);
        if (this.#elapsed(walk.stand) && this.#commands.underway === null && !this.#rests) {
          for (const words of this.#care.after()) this.#note("warn", ACTUATOR_CHECK, words, null);
          this.#walker.disarm(
            () => this.#rest(),
            () => {
              this.stopNow("disarm-refused", "the robot refused to disarm");
              return true;
            },
          );
        }
        return;
      case "safe-stop":
        if (this.#safeStop.watch()) this.#finish();
    }
  }

  #lookAround(frame: TelemetryFrame): void {
    const { monitor } = this.#parts;
    if (this.#commands.underway !== null) return;
    const breached = monitor.breach === null ? null : breachWords(monitor.breach);
    const verdict = this.#preflight.look(frame, breached);
    if (verdict === "ready") {
      this.#care.cooled(this.#preflight.cooling?.waited ?? 0);
      this.#enter("arm");
      this.#walker.arm(() => {
        this.#armedAt = this.#now;
        monitor.watch("powered");
        this.#enter("stand");
      });
    } else if (verdict === "again") monitor.reset();
    else if (verdict === "cooling") {
      monitor.reset();
      this.#care.restAgain();
      if (this.#preflight.cooling !== null) this.#parts.ports.cooling?.(this.#preflight.cooling);
    } else if (verdict !== "wait") this.#fail(verdict);
  }

  #start(): void {
    const { rampIn, rampOut } = this.#parts.config.walk;
    this.#askAgainAt = this.#now + ASK_AGAIN_AFTER;
    const wrong = this.#care.before();
    if (wrong.length > 0) {
      // A robot that is still rising is looked at again.
      if (this.#now - this.#armedAt >= STAND_PATIENCE) this.stopNow(ACTUATOR_CHECK, wrong.join("; "));
      return;
    }
    this.#walker.start({
      parameters: this.#parameters,
      rampIn,
      rampOut,
      started: () => {
        this.#parts.monitor.watch("walking");
        this.#hasWalked = true;
        this.#enter("ramp-in");
      },
      failed: (error) => this.#fail(error),
      // A robot that is still rising refuses to start.
      mayRefuse: () => this.#now - this.#armedAt < STAND_PATIENCE,
    });
  }

  #report(): void {
    const { walk } = this.#parts.config;
    const next = this.#reports + 1;
    if (this.#measured < next * walk.reportInterval - TIME_SLACK) return;
    this.#reports = next;
    const { meter, ports } = this.#parts;
    ports.report(next, this.#now, meter.time, meter.read());
    if (next >= reportCount(walk)) this.#endWalk(endedBy("completed", "finished", "walked the whole plan"));
  }

  /** Torque is off. A robot that says how far it came is asked now. */
  #rest(): void {
    const { robot, config } = this.#parts;
    this.#rests = true;
    const told = config.speedSource === "robot" && this.#ending?.end === "completed";
    if (!told) {
      this.#finish();
      return;
    }
    const asked = robot.walkedDistance?.() ?? Promise.resolve(Number.NaN);
    this.#asking = asked
      .catch(() => Number.NaN)
      .then((distance) => {
        this.#asking = null;
        this.#distance = distance;
        this.#finish();
      });
  }

  #watchArena(frame: TelemetryFrame): void {
    const { arenaLength } = this.#parts.config;
    const distance = this.#parts.meter.distance(frame);
    if (!(distance > arenaLength) || this.#ending !== null) return;
    const words = `reached the end of the arena (${distance.toFixed(2)} m of ${arenaLength} m)`;
    if (this.#reports >= REPORTS_BEFORE_TRUNCATION)
      this.#endWalk({ ...endedBy("completed", "arena-end", words), truncated: true });
    else this.#stopSafely(endedBy("aborted", "arena-end", words), this.#safeLevel("settle"));
  }

  #isWalking(): boolean {
    return this.#phase === "ramp-in" || this.#phase === "settle" || this.#phase === "measure";
  }

  /** Being placed, or looked at: no torque yet. */
  #isBeforeArming(): boolean {
    return this.#phase === "idle" || this.#phase === "preflight";
  }

  /** A controlled end: ramp out, stand, disarm. */
  #endWalk(ending: WalkEnd): void {
    this.#walker.rampOut();
    this.#ending = ending;
    this.#enter("ramp-out");
    this.#note("info", ending.code, ending.words, null);
  }

  // --- stopping ---

  #onBreach(breach: Breach): void {
    // Without torque there is nothing to stop: preflight waits for telemetry to mend, and a walk that is over keeps its end.
    if (breach.limit.action !== "warn" && !this.#isBeforeArming() && !this.#rests)
      this.#stopSafely(endedByBreach(breach, this.#hasWalked), this.#safeLevel(breach.limit.action));
    else this.#note("warn", breach.limit.name, breachWords(breach), null);
  }

  /** A soft bound is told, and stops nothing; on the way to rest there is no need to. */
  #warn(): void {
    const { warning } = this.#parts.monitor;
    if (warning !== null && !this.#safeStop.engaged)
      this.#note("warn", warning.limit.name, warningWords(warning), null);
  }

  #safeLevel(action: "settle" | "cut"): "settle" | "cut" {
    return safeStopLevel(action, this.#parts.monitor.posture, this.#parts.config.envelope);
  }

  /** The first cause of a safe stop is kept; a later one may only make the stop harder, or latch it. */
  #stopSafely(ending: WalkEnd, level: "settle" | "cut", eStop = false): void {
    const first = !this.#safeStop.engaged;
    this.#walker.halt();
    this.#safeStop.engage(level, eStop);
    this.#note("error", ending.code, ending.words, null);
    if (!first) return;
    this.#ending = ending;
    if (Number.isNaN(this.#walkEnd)) this.#walkEnd = this.#now;
    this.#enter("safe-stop");
    this.#parts.ports.changed();
  }

  // --- the end ---

  #fail(error: GaitsmithError): void {
    this.#failure ??= error;
    this.stopNow(error.code.toLowerCase().replaceAll("_", "-"), error.message);
  }

  #finish(): void {
    if (this.#result !== null) return;
    const { robot, monitor, config, capabilities, ports } = this.#parts;
    this.#walker.halt();
    const stop = this.#safeStop;
    const ending = this.#ending ?? endedBy("interrupted", "unknown", "ended without a reason");
    const latched =
      stop.engaged &&
      stopLatches({
        eStop: stop.isEStop,
        level: stop.level,
        confirmed: stop.confirmed,
        linkLost: this.#failure?.code === "LINK_LOST",
        returnsByItself: capabilities.returnsByItself,
      });
    const walked = outcomeOf(ending, {
      plan: this.plan,
      monitor,
      hasWalked: this.#hasWalked,
      endedAt: this.#walkEnd,
      planned: plannedSeconds(config.walk),
      measured: this.#measured,
      reports: this.#reports,
      distance: this.#distance,
      carryOver: robot.carryOver(),
      health: this.#care.read(),
      latched,
    });
    const outcome =
      this.#observer === null || !this.#hasWalked ? walked : { ...walked, observed: this.#observer.read() };
    this.#result = { outcome, failure: this.#failure };
    if (latched && !stop.isEStop) ports.latch(outcome.reason, stop.level);
    this.#enter(latched ? "latched" : "done");
    ports.changed();
  }

  #elapsed(seconds: number): boolean {
    return this.#now - this.#since >= seconds - TIME_SLACK;
  }

  #enter(phase: TrialPhase): void {
    this.#phase = phase;
    this.#care.onPhase(phase);
    this.#since = this.#now;
    this.#parts.ports.phase(phase, this.#now);
  }

  readonly #note: Note = (level, name, words, tRobot) =>
    this.#parts.ports.event(level, name, words, tRobot ?? this.#now);
}
