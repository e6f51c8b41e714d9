/**
 * What a trial and a jog share: how the robot is watched and stopped. Preflight, the gate, silence, breaches, faults, stops,
 * e-stop and the latch are here, once; the way through a good run is the subclass's.
 *
 * Stopping comes first: every cause writes the stop to the robot before anything is said about it.
 */
import { GaitsmithError } from "../errors.ts";
import type { ParameterSetOnWire } from "../robot/parameters.ts";
import type { RobotEvent } from "../robot/robot.ts";
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";
import { Gate } from "../safety/gate.ts";
import { stopLatches } from "../safety/latch.ts";
import type { Breach } from "../safety/monitor.ts";
import type { TargetFacts } from "../safety/target-limits.ts";
import { CommandSender } from "./command-sender.ts";
import { gateModeOf } from "./gate-mode.ts";
import { lostLink } from "./lost-link.ts";
import type { EndReason, TrialPhase } from "./messages.ts";
import { Preflight } from "./preflight.ts";
import type { RobotRun } from "./robot-run.ts";
import { type Note, SafeStop, writeStop } from "./safe-stop.ts";
import type { TrialParts } from "./trial-parts.ts";
import { breachWords, endedBy, endedByBreach, reasonOf, type WalkEnd } from "./walk-end.ts";

/** The first frame is waited for, s of the station's clock. */
const FIRST_FRAME_PATIENCE = 3;

export type GuardedParts = Omit<TrialParts, "meter" | "feasible">;

/** How a run is over: with an outcome, and with an error when the station cannot go on. */
export interface GuardedResult<Outcome> {
  readonly outcome: Outcome;
  readonly failure: GaitsmithError | null;
}

export abstract class GuardedRun<Outcome extends { readonly reason: EndReason }> implements RobotRun {
  protected readonly gate: Gate;
  protected readonly commands: CommandSender;
  protected readonly preflight: Preflight;
  /** Robot time of the newest frame, s. */
  protected now = Number.NaN;
  protected ending: WalkEnd | null = null;
  /** Torque is off, or about to be, after a run to its end. */
  protected rests = false;
  readonly #guarded: GuardedParts;
  readonly #safeStop: SafeStop;
  #phase: TrialPhase = "idle";
  /** Since when no frame has come, station clock, s; NaN before the run begins and once one has come. */
  #unheardSince = Number.NaN;
  #failure: GaitsmithError | null = null;
  #result: GuardedResult<Outcome> | null = null;

  /** @param coolDownWithin as {@link Preflight} takes it */
  constructor(parts: GuardedParts, coolDownWithin: number | undefined) {
    const { config, capabilities, robot, monitor, clock } = parts;
    this.#guarded = parts;
    this.preflight = new Preflight(config, capabilities.layout, capabilities.telemetryRate, coolDownWithin);
    this.#safeStop = new SafeStop(robot, clock, this.note);
    this.gate = new Gate(() => ({
      mode: gateModeOf(this.#phase, this.#safeStop.engaged),
      leased: parts.leased(),
      latched: parts.latched(),
      envelopeComplete: monitor.problems.length === 0,
      monitorHealthy: monitor.healthy(clock.now()),
      targets: this.targets,
      feasible: (parameters) => this.feasible(parameters),
    }));
    this.commands = new CommandSender(robot, this.gate, {
      refused: (error) => this.fail(error),
      linkFailed: (reason) => this.linkLost(reason),
      isStopped: () => this.stopping || this.#result !== null,
      changed: () => parts.ports.changed(),
    });
  }

  // --- what the subclass is ---

  abstract readonly awaitingAnswer: Promise<void> | null;
  abstract readonly awaitingDecision: boolean;
  /** For the gate; null where nothing is streamed. */
  protected abstract readonly targets: TargetFacts | null;
  /** What is told of a breach or an e-stop is about what it was to do. */
  protected abstract readonly hasWalked: boolean;
  /** Robot time since which ends are told, s. */
  protected abstract readonly startedAt: number;
  /** Of a cut that was confirmed: nobody has to pick the robot up after it. */
  protected abstract readonly needsNobody: boolean;
  protected abstract feasible(parameters: ParameterSetOnWire): boolean;
  /** Preflight has passed: to be armed. */
  protected abstract ready(): void;
  /** A fresh frame, before the run goes on with it. */
  protected abstract look(frame: TelemetryFrame): void;
  /** One more frame on the way, from arming to rest. */
  protected abstract step(frame: TelemetryFrame): void;
  /** A fresh frame has come, and what follows from it has been done. */
  protected abstract follow(frame: TelemetryFrame): void;
  /** Nothing more moves the robot. */
  protected abstract halt(): void;
  /** How hard to stop, for a cause that asks for this. */
  protected abstract levelOf(action: "settle" | "cut"): "settle" | "cut";
  protected abstract outcomeOf(ending: WalkEnd, latched: boolean): Outcome;
  abstract stop(code: string, words: string): void;

  /** Its motors are too hot, and are given time. */
  protected cooling(): void {}
  /** The monitor has judged a frame or a tick. */
  protected judged(): void {}
  /** The safe stop has begun. */
  protected stopped(): void {}
  protected entered(_phase: TrialPhase): void {}

  protected endOfLostLink(reason: string): WalkEnd {
    return this.ending ?? endedBy("interrupted", "link-lost", reason);
  }

  // --- what drives it ---

  get phase(): TrialPhase {
    return this.#phase;
  }

  get result(): GuardedResult<Outcome> | null {
    return this.#result;
  }

  /** The robot confirmed the safe stop. */
  get stopConfirmed(): boolean {
    return this.#safeStop.confirmed;
  }

  /** A safe stop is under way or done. */
  protected get stopping(): boolean {
    return this.#safeStop.engaged;
  }

  /** The robot has been placed and telemetry may come. */
  begin(): void {
    // Stopped while the robot was being placed.
    if (this.#result !== null || this.stopping) return;
    this.#guarded.monitor.reset();
    this.#unheardSince = this.#guarded.clock.now();
    this.enter("preflight");
  }

  /** @param breach what the monitor, who saw the frame first, says of it */
  onFrame(frame: TelemetryFrame, breach: Breach | null): void {
    if (this.#result !== null) return;
    const { monitor } = this.#guarded;
    if (monitor.fresh) {
      this.now = frame.tRobot;
      this.#unheardSince = Number.NaN;
    }
    if (breach !== null) this.#onBreach(breach);
    this.judged();
    if (!monitor.fresh) return;
    if (monitor.stopButton && !this.#safeStop.isEStop)
      this.eStop("stop-button", "the robot's stop button was pressed");
    this.look(frame);
    if (this.#phase === "preflight") this.#lookAround(frame);
    else if (this.#phase === "safe-stop") this.#watchStop();
    else this.step(frame);
    if (!this.stopping && this.#result === null) this.follow(frame);
  }

  /** @param now station clock, s */
  onTick(now: number): void {
    if (this.#result !== null) return;
    if (now - this.#unheardSince > FIRST_FRAME_PATIENCE) {
      this.fail(
        new GaitsmithError("PREFLIGHT_REFUSED", {
          what: `the robot has sent no telemetry for ${FIRST_FRAME_PATIENCE} s`,
          remedy: "Check the link and the robot's firmware.",
        }),
      );
      return;
    }
    const breach = this.#guarded.monitor.onTick(now);
    if (breach !== null) this.#onBreach(breach);
    this.judged();
    this.#watchStop();
  }

  onRobotEvent(event: RobotEvent): void {
    if (event.kind === "link-lost") this.linkLost(event.reason);
    else if (event.kind === "rebooted") this.stopNow("robot-rebooted", `the robot rebooted: ${event.reason}`);
    else if (event.kind === "clock-set") this.#onClockSet(event.reason);
    else this.stopNow("robot-fault", `${event.code}: ${event.reason}`);
  }

  /** What was timed until now means nothing any more: it is looked at from the start, or was no walk. */
  #onClockSet(reason: string): void {
    if (!this.#isBeforeArming()) this.stopNow("robot-fault", `CLOCK_SET: ${reason}`);
    else if (this.#result === null) {
      this.#guarded.monitor.reset();
      this.preflight.beginAnew();
      this.note("warn", "clock-set", reason, null);
    }
  }

  /** The robot cannot be reached any more; it stops by its own dead-man. */
  linkLost(reason: string): void {
    if (this.#result !== null) return;
    this.#failure ??= lostLink(this.#guarded.config.link, reason);
    this.stopSafely(this.endOfLostLink(reason), "cut");
    this.finish();
  }

  /** Stops at once without latching: nobody may be there to watch the robot ramp out. */
  stopNow(code: string, words: string): void {
    if (this.#result !== null) return;
    // A run that is over keeps its end: only the way to rest is another.
    const ending = this.ending ?? endedBy("interrupted", code, words);
    if (!this.#isBeforeArming()) this.stopSafely(ending, this.levelOf("settle"));
    else {
      // It has no torque yet: there is nothing to bring to rest.
      void writeStop(this.#guarded.robot, "cut", this.note);
      this.ending = ending;
      this.finish();
    }
  }

  /** A latched stop. A walk it ends is aborted. @param level of a robot that stands; one that does not is cut */
  eStop(code: string, words: string, level: "settle" | "cut" = "settle"): void {
    if (this.#result !== null) return;
    const ending = endedBy(this.hasWalked ? "aborted" : "interrupted", code, words);
    const again = this.#safeStop.isEStop;
    this.stopSafely(ending, this.levelOf(level), true);
    if (again) return;
    this.#guarded.ports.latch(reasonOf(ending, this.now - this.startedAt), this.#safeStop.level);
  }

  // --- for the subclass ---

  /** The first cause of a safe stop is kept; a later one may only make the stop harder, or latch it. */
  protected stopSafely(ending: WalkEnd, level: "settle" | "cut", eStop = false): void {
    const first = !this.stopping;
    this.halt();
    this.#safeStop.engage(level, eStop);
    this.note("error", ending.code, ending.words, null);
    if (!first) return;
    this.ending = ending;
    this.stopped();
    this.enter("safe-stop");
    this.#guarded.ports.changed();
  }

  protected fail(error: GaitsmithError): void {
    this.#failure ??= error;
    this.stopNow(error.code.toLowerCase().replaceAll("_", "-"), error.message);
  }

  protected finish(): void {
    if (this.#result !== null) return;
    const { ports } = this.#guarded;
    this.halt();
    const stop = this.#safeStop;
    const latched =
      stop.engaged &&
      stopLatches({
        eStop: stop.isEStop,
        level: stop.level,
        confirmed: stop.confirmed,
        linkLost: this.#failure?.code === "LINK_LOST",
        returnsByItself: this.needsNobody,
      });
    const outcome = this.outcomeOf(
      this.ending ?? endedBy("interrupted", "unknown", "ended without a reason"),
      latched,
    );
    this.#result = { outcome, failure: this.#failure };
    if (latched && !stop.isEStop) ports.latch(outcome.reason, stop.level);
    this.enter(latched ? "latched" : "done");
    ports.changed();
  }

  protected enter(phase: TrialPhase): void {
    this.#phase = phase;
    this.entered(phase);
    this.#guarded.ports.phase(phase, this.now);
  }

  protected readonly note: Note = (level, name, words, tRobot) =>
    this.#guarded.ports.event(level, name, words, tRobot ?? this.now);

  #lookAround(frame: TelemetryFrame): void {
    const { monitor } = this.#guarded;
    if (this.commands.underway !== null) return;
    const breached = monitor.breach === null ? null : breachWords(monitor.breach);
    const verdict = this.preflight.look(frame, breached);
    if (verdict === "ready") this.ready();
    else if (verdict === "again" || verdict === "cooling") {
      monitor.reset();
      if (verdict === "cooling") this.cooling();
    } else if (verdict !== "wait") this.fail(verdict);
  }

  #onBreach(breach: Breach): void {
    // Without torque there is nothing to stop: preflight waits for telemetry to mend, and a run that is over keeps its end.
    if (breach.limit.action !== "warn" && !this.#isBeforeArming() && !this.rests)
      this.stopSafely(endedByBreach(breach, this.hasWalked), this.levelOf(breach.limit.action));
    else this.note("warn", breach.limit.name, breachWords(breach), null);
  }

  #watchStop(): void {
    if (this.#safeStop.watch()) this.finish();
  }

  /** Being placed, or looked at: no torque yet. */
  #isBeforeArming(): boolean {
    return this.#phase === "idle" || this.#phase === "preflight";
  }
}
