/**
 * The station: owns one robot and runs one trial at a time for the service. Wires the trial's state machine to the robot,
 * the monitor, the recorder and the channel; holds nothing slow.
 */
import type { Clock } from "../clock.ts";
import type { HardwareConfig } from "../config/hardware-config.ts";
import { asGaitsmithError, describeError, GaitsmithError } from "../errors.ts";
import { reachOf } from "../gait/gaits.ts";
import type { StopLevel } from "../robot/robot.ts";
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";
import { LIMIT_NAMES } from "../safety/limit.ts";
import type { SafetyMonitor } from "../safety/monitor.ts";
import { awaitRobot } from "./awaited-robot.ts";
import { itemsOf } from "./check-items/check-item.ts";
import { EStopExercise } from "./estop-exercise.ts";
import type { EStopLevel } from "./estop-socket.ts";
import { jogProblem } from "./jog-preconditions.ts";
import { JogRun } from "./jog-run.ts";
import { writeLatch } from "./latch-file.ts";
import { linkReport } from "./link-report.ts";
import { driveLockstep } from "./lockstep-drive.ts";
import { lostLink } from "./lost-link.ts";
import type {
  EndReason,
  EStopWay,
  JogPlan,
  ParameterAnswer,
  ParameterQuestion,
  PreflightAsk,
  ServiceMessage,
  TrialPlan,
  WalkOutcome,
} from "./messages.ts";
import { MetricMeter } from "./metric-meter.ts";
import { odometryScaler } from "./odometry-scale.ts";
import { handOver } from "./parameter-handover.ts";
import { recordCommands } from "./recorded-commands.ts";
import { Recorder } from "./recorder.ts";
import { RecorderProbe } from "./recorder-probe.ts";
import type { RecordedEntry, RecordingHeader } from "./recording-messages.ts";
import type { OpenedRobot, RobotClaim } from "./robot-claim.ts";
import type { RobotRun } from "./robot-run.ts";
import { ServiceChannel, type Wire } from "./service-channel.ts";
import { blindRise } from "./stream-preconditions.ts";
import { StreamTiming } from "./stream-timing.ts";
import { StudyPreflight } from "./study-preflight.ts";
import type { EventLevel, TrialPorts } from "./trial-parts.ts";
import { TrialRun } from "./trial-run.ts";

/** In real time silence is looked for this often, ms. */
const TICK_MS = 10;
/** Margins are recorded this often at most, s. */
const MARGINS_INTERVAL = 1 / 30;
/** A report that nobody decides on for this long, ms of wall time, is the service's silence. */
const DECISION_PATIENCE_MS = 30_000;
/** At the end of a walk its last decisions are waited for this long, and at exit the last outcome's acknowledgement, ms. */
const FAREWELL_MS = 1000;
/** A walk that another program has ended by taking the robot may come to rest in this time, ms; then it is stopped. */
const HAND_OVER_MS = 5000;

type Decision = Extract<ServiceMessage, { kind: "decision" }>;

export interface StationParts {
  readonly wire: Wire;
  readonly wall: Clock;
  readonly openRobot: (config: HardwareConfig) => Promise<OpenedRobot>;
  readonly deviceOf?: (config: HardwareConfig) => Promise<string | null>;
  /** Called once, when everything is given back. */
  readonly exit: () => void;
}

export class Station {
  readonly #parts: StationParts;
  readonly #channel: ServiceChannel;
  readonly #exercise: EStopExercise;
  #config: HardwareConfig | null = null;
  #stateDir = "";
  #claim: RobotClaim | null = null;
  #meter: MetricMeter | null = null;
  #calibrated: (frame: TelemetryFrame) => TelemetryFrame = (frame) => frame;
  #streamTiming: StreamTiming | null = null;
  #recorder: Recorder | null = null;
  #tick: NodeJS.Timeout | null = null;
  #run: TrialRun | null = null;
  #jog: JogRun | null = null;
  #walk: Promise<void> = Promise.resolve();
  #recorded: Promise<void> = Promise.resolve();
  #delivered: Promise<void> = Promise.resolve();
  #lastOutcome: WalkOutcome | null = null;
  #latched = false;
  /** A parameter set is being read or written. */
  #handingOver = false;
  #exiting = false;
  /** The robot cannot be used any more: no further walk begins. */
  #failed = false;
  #opened: OpenedRobot | null = null;
  #wake: () => void = () => {};
  #reportedAt = Number.POSITIVE_INFINITY;
  /** What is noted while a frame is handled: recorded after it. */
  #entries: RecordedEntry[] | null = null;
  #newest = -1;
  #newestTime = Number.NaN;
  readonly #margins = new Float64Array(LIMIT_NAMES.length);
  #marginsDue = Number.NEGATIVE_INFINITY;
  /** The one underway. */
  #preflight: StudyPreflight | null = null;

  constructor(parts: StationParts) {
    this.#parts = parts;
    this.#channel = new ServiceChannel(parts.wire, parts.wall);
    this.#exercise = new EStopExercise({
      wall: parts.wall,
      cut: async () => (await this.#opened?.robot.stop("cut"))?.confirmed === true,
      tell: (message) => this.#channel.send(message),
      say: (words) => this.#channel.log("warn", words),
    });
    this.#channel.listen({
      onMessage: (message) => this.#onMessage(message),
      onSilence: () => this.#underway?.stopNow("service-silent", "the service fell silent"),
      onDisconnect: () => void this.shutdown("service-died", "the service died"),
      onBeat: () => this.#claim?.touch(performance.now()),
    });
  }

  /** Stops the robot, gives everything back and exits. Idempotent. */
  async shutdown(code: string, words: string): Promise<void> {
    if (this.#exiting) return;
    this.#exiting = true;
    // The stop is written before anything is waited for.
    this.#underway?.stopNow(code, words);
    await this.#walk;
    await Promise.race([this.#delivered, pause(FAREWELL_MS)]);
    await this.#leave();
  }

  /** Something in the station itself broke: the robot is stopped as for any other cause. */
  async crash(error: unknown): Promise<void> {
    this.#sendFailure(asGaitsmithError(error));
    await this.shutdown("station-failed", describeError(error));
  }

  /**
   * A latched stop; between walks, where one was asked for, an exercise.
   *
   * @param mark of the station's own exercise
   * @returns whether the robot confirmed it
   */
  async eStop(
    code: string,
    words: string,
    way: EStopWay = "service",
    mark: string | null = null,
    level: EStopLevel = "settle",
  ): Promise<boolean> {
    const run = this.#underway;
    if (run !== null && run.result === null) {
      run.eStop(code, words, level);
      const until = this.#parts.wall.now() + FAREWELL_MS / 1000;
      while (!run.stopConfirmed && this.#parts.wall.now() < until) await pause(TICK_MS);
      return run.stopConfirmed;
    }
    const exercised = run === null && !this.#handingOver ? this.#exercise.take(words, way, mark) : null;
    if (exercised !== null) return exercised;
    const stopped = this.#opened?.robot.stop("cut") ?? Promise.resolve({ confirmed: false });
    this.#latch({ code, words, time: Number.NaN, channel: null, value: null, limit: null }, "cut");
    return stopped.then(
      ({ confirmed }) => confirmed,
      () => false,
    );
  }

  /** Another program takes the robot: the walk comes to a controlled end, then everything is given back. */
  async giveAway(who: string): Promise<void> {
    const words = `${who} took the robot`;
    this.#channel.send({ kind: "lease-taken", words });
    this.#failed = true;
    this.#underway?.stop("lease-taken", words);
    await Promise.race([this.#walk, pause(HAND_OVER_MS)]);
    await this.shutdown("lease-taken", words);
  }

  #onMessage(message: ServiceMessage): void {
    switch (message.kind) {
      case "configure":
        void this.#configure(message);
        return;
      case "run":
        this.#startWalk(message.plan);
        return;
      case "jog":
        this.#startJog(message.plan);
        return;
      case "preflight":
        void this.#lookBefore(message.ask).catch((error: unknown) => this.crash(error));
        return;
      case "exercise-e-stop":
        if (!message.open) this.#exercise.close();
        else if (this.#underway === null && this.#claim !== null && !this.#handingOver && !this.#latched)
          this.#exercise.ask();
        return;
      case "parameters":
        void this.#answerParameters(message.number, message.question);
        return;
      case "decision":
        if (this.#isRunning(message.trial, message.attempt)) {
          this.#reportedAt = Number.POSITIVE_INFINITY;
          this.#recordDecision(message);
          this.#run?.onDecision(message.step, message.verdict, message.reason);
        }
        return;
      case "stop":
        this.#underway?.stop(message.code ?? "operator-stop", message.reason);
        return;
      case "e-stop":
        void this.eStop("operator-stop", message.reason, "service", null, message.level);
        return;
      case "shutdown":
        void this.shutdown("shutdown", "the service shut down");
    }
  }

  async #configure({
    config,
    stateDir,
    patience = 0,
    purpose,
  }: Extract<ServiceMessage, { kind: "configure" }>): Promise<void> {
    if (this.#config !== null) return;
    const { deviceOf } = this.#parts;
    this.#config = config;
    this.#stateDir = stateDir;
    try {
      const claim = await awaitRobot(
        {
          config,
          stateDir,
          wall: this.#parts.wall,
          openRobot: this.#parts.openRobot,
          ...(purpose === undefined ? {} : { purpose }),
          ...(deviceOf === undefined ? {} : { deviceOf }),
          ears: {
            onEStop: (reason, level, mark) => this.eStop("operator-stop", reason, "socket", mark, level),
            onHandOver: (who) => void this.giveAway(who),
          },
          attach: (opened) => this.#attach(opened),
        },
        {
          patience,
          givenUp: () => this.#exiting,
          say: (level, text) => this.#channel.log(level, text),
        },
      );
      if (this.#exiting) return await claim.release();
      this.#claim = claim;
      const { layout, clock, robotId, firmware, telemetryRate, returnsByItself, runsGait, targets } =
        claim.capabilities;
      this.#meter = new MetricMeter(config, layout);
      this.#calibrated = odometryScaler(layout, config.odometryScale);
      this.#tellFindings(claim);
      if (!runsGait && targets !== undefined) {
        this.#streamTiming = new StreamTiming(targets.rate);
        const blind = blindRise(config.robot.joints, layout);
        if (blind !== null) this.#channel.log("warn", blind);
      }
      if (clock === "realtime") this.#tick = setInterval(() => this.#onTick(), TICK_MS);
      this.#channel.send({
        kind: "ready",
        robotId,
        firmware,
        channels: layout.channels,
        telemetryRate,
        clock,
        returnsByItself,
        jogProblem: jogProblem(config, claim.capabilities),
      });
    } catch (error) {
      this.#sendFailure(asGaitsmithError(error));
      await this.shutdown("station-failed", describeError(error));
    }
  }

  /** What is known to be wanting about this robot, before it walks. */
  #tellFindings({ robot }: RobotClaim): void {
    for (const { severity, where, what, remedy } of robot.findings?.() ?? [])
      if (severity === "warning") this.#channel.log("warn", `${where}: ${what}. ${remedy}`.trimEnd());
  }

  #attach(opened: OpenedRobot): void {
    this.#opened = opened;
    opened.robot.onFrame((frame) => this.#onFrame(frame));
    opened.robot.onNotice?.((words) => this.#channel.log("warn", `robot: ${words}`));
    opened.robot.onEvent((event) => {
      const run = this.#underway;
      if (run !== null) run.onRobotEvent(event);
      else if (event.kind === "link-lost") this.#lostBetweenWalks(event.reason);
      else this.#channel.log("warn", `robot: ${event.kind}: ${event.reason}`);
    });
  }

  /** While it is being opened, opening it fails by itself. */
  #lostBetweenWalks(reason: string): void {
    if (this.#claim === null || this.#exiting) return;
    void this.crash(lostLink(this.#config!.link, reason));
  }

  // --- telemetry ---

  #onFrame(raw: TelemetryFrame): void {
    const monitor = this.#claim?.monitor;
    // Frames that come while the link is still being opened.
    if (monitor === undefined) return;
    const frame = this.#calibrated(raw);
    const breach = monitor.onFrame(frame);
    this.#newest = frame.seq;
    this.#newestTime = frame.tRobot;
    this.#entries = [];
    const run = this.#underway;
    if (run !== null) run.onFrame(frame, breach);
    else if (!this.#exercise.button(monitor.stopButton) && monitor.stopButton && !this.#latched)
      void this.eStop("stop-button", "the robot's stop button was pressed", "button");
    this.#preflight?.hear(frame);
    this.#recorder?.frame(frame);
    for (const entry of this.#entries) this.#recorder?.entry(entry);
    this.#entries = null;
    this.#recordMargins(frame, monitor);
    if (this.#channel.liveDue) this.#sendLive(frame);
  }

  #onTick(): void {
    const { clock } = this.#claim!;
    this.#underway?.onTick(clock.now());
    this.#channel.look();
  }

  #sendLive(frame: TelemetryFrame): void {
    const margins = new Float64Array(LIMIT_NAMES.length);
    this.#claim!.monitor.readDebounced(margins);
    this.#channel.sendLive({
      kind: "live",
      trial: this.#run?.plan.trial ?? null,
      phase: this.#latched ? "latched" : (this.#underway?.phase ?? "idle"),
      tRobot: frame.tRobot,
      values: frame.values.slice(),
      margins,
    });
  }

  get #underway(): RobotRun | null {
    return this.#run ?? this.#jog;
  }

  // --- a jog ---

  #startJog(plan: JogPlan): void {
    const claim = this.#claim;
    if (this.#exiting || this.#failed) return;
    if (this.#underway !== null || this.#handingOver || this.#preflight !== null || claim === null) {
      this.#channel.log("error", `the jog of ${plan.joint} was refused: the station is busy`);
      return;
    }
    this.#walk = this.#runJog(plan, claim).catch((error: unknown) => {
      this.#jog = null;
      void this.crash(error);
    });
  }

  async #runJog(plan: JogPlan, claim: RobotClaim): Promise<void> {
    const config = this.#config!;
    const { robot, clock, capabilities, monitor } = claim;
    const problem = jogProblem(config, capabilities);
    if (problem !== null)
      throw new GaitsmithError("ROBOT_MISMATCH", { what: problem, where: config.source.file });
    this.#assertNotLatched();
    const { phase: _, ...ports } = this.#portsOf({ trial: -1 - plan.jog, attempt: 1 }, clock);
    const run = new JogRun(plan, {
      config,
      capabilities,
      robot,
      monitor,
      clock,
      ports: { ...ports, phase: () => {} },
      ...(this.#streamTiming === null ? {} : { streamTiming: this.#streamTiming }),
      leased: () => !this.#exiting,
      latched: () => this.#latched,
    });
    this.#jog = run;
    this.#exercise.close();
    run.begin();
    await this.#drive(run, claim);
    const { outcome, failure } = run.result!;
    this.#jog = null;
    this.#channel.send({ kind: "jogged", outcome });
    if (failure === null) return;
    this.#failed = true;
    this.#sendFailure(failure);
    void this.shutdown("station-failed", failure.message);
  }

  /** Until it is over. */
  async #drive(run: RobotRun, { robot, clock, capabilities }: RobotClaim): Promise<void> {
    if (capabilities.clock === "lockstep")
      await driveLockstep(run, {
        robot,
        clock,
        changed: () => this.#changed(),
        breathe: () => new Promise((resolve) => setImmediate(resolve)),
      });
    while (run.result === null) await this.#changed();
  }

  #assertNotLatched(): void {
    if (!this.#latched) return;
    throw new GaitsmithError("ROBOT_LATCHED", {
      what: "the robot is latched",
      remedy: "Look at the robot, then open the latch.",
    });
  }

  // --- before the first walk ---

  async #lookBefore(ask: PreflightAsk): Promise<void> {
    const [config, claim] = [this.#config, this.#claim];
    if (
      config === null ||
      claim === null ||
      this.#underway !== null ||
      this.#preflight !== null ||
      this.#handingOver ||
      this.#latched
    ) {
      const words = this.#latched ? "the robot is latched" : "the station is busy";
      const items = [itemsOf("robot")("station", "missing", words, "Look at the robot, then start anew.")];
      this.#channel.send({ kind: "preflight-result", items });
      return;
    }
    const preflight = new StudyPreflight({
      ...{ config, claim, ask },
      beginProbe: (file) =>
        new RecorderProbe(this.#recorderFor(claim), file, this.#recordingHeader(config, claim)),
      exercise: () => this.#exercise.own(this.#stateDir),
    });
    this.#preflight = preflight;
    try {
      const items = await preflight.run();
      // What failed once may go on failing.
      if (preflight.recorderFailed) await this.#recorder?.close();
      if (preflight.recorderFailed) this.#recorder = null;
      this.#channel.send({ kind: "preflight-result", items });
    } finally {
      this.#preflight = null;
    }
  }

  // --- a walk ---

  #isRunning(trial: number, attempt: number): boolean {
    return this.#run?.plan.trial === trial && this.#run.plan.attempt === attempt;
  }

  #startWalk(plan: TrialPlan): void {
    if (this.#exiting || this.#isRunning(plan.trial, plan.attempt)) return;
    const last = this.#lastOutcome;
    if (last !== null && last.trial === plan.trial && last.attempt === plan.attempt) {
      // Asked twice: it has been walked, here is how it ended.
      this.#delivered = this.#channel.deliver(last);
      return;
    }
    // The service starts another station when this one has said why it fails.
    if (this.#failed) return;
    if (this.#underway !== null || this.#handingOver || this.#claim === null) {
      this.#channel.log("error", `trial ${plan.trial} was refused: the station is busy`);
      return;
    }
    this.#walk = this.#walkTrial(plan, this.#claim).catch((error: unknown) => {
      this.#run = null;
      void this.crash(error);
    });
  }

  async #walkTrial(plan: TrialPlan, claim: RobotClaim): Promise<void> {
    const config = this.#config!;
    const { robot, clock, capabilities, monitor } = claim;
    this.#assertNotLatched();
    const withinReach = reachOf(config.gait.name, config.gait.body);
    const run = new TrialRun(plan, {
      config,
      capabilities,
      robot: recordCommands(robot, {
        clock,
        tRobot: () => this.#newestTime,
        entry: (entry) => this.#note(entry),
        targets: (positions) => this.#recorder?.targets(this.#newestTime, clock.now(), positions),
      }),
      monitor,
      meter: this.#meter!,
      clock,
      ports: this.#portsOf(plan, clock),
      ...(this.#streamTiming === null ? {} : { streamTiming: this.#streamTiming }),
      leased: () => !this.#exiting,
      latched: () => this.#latched,
      feasible: (parameters) => withinReach(Object.fromEntries(parameters.values)),
    });
    this.#run = run;
    this.#exercise.close();
    await this.#recorded;
    this.#beginRecording(plan, config, claim);
    if (capabilities.returnsByItself)
      await robot.place({ seed: plan.seed, suggestion: plan.suggestion, carryOver: plan.carryOver });
    run.begin();
    await this.#drive(run, claim);
    await this.#lastDecisions(run);
    const { outcome, failure } = run.result!;
    this.#end(outcome, failure);
  }

  #end(result: WalkOutcome, failure: GaitsmithError | null): void {
    const recorded = this.#recorder?.recording === true;
    const outcome = recorded ? result : { ...result, recording: null };
    this.#recorded = this.#recorder?.end(outcome, this.#claim!.clock.now()) ?? Promise.resolve();
    this.#run = null;
    this.#lastOutcome = outcome;
    // A robot that cannot be used any more ends the study with its own error; a lost link costs one walk, unless none had
    // begun: that is no sign against the gait.
    const begun = outcome.constraints.length > 0 || outcome.latched;
    if (failure === null || (failure.code === "LINK_LOST" && begun))
      this.#delivered = this.#channel.deliver(outcome);
    if (failure === null) return;
    this.#failed = true;
    void this.#delivered.then(() => {
      this.#sendFailure(failure);
      return this.shutdown("station-failed", failure.message);
    });
  }

  /** Between walks. */
  async #answerParameters(number: number, question: ParameterQuestion): Promise<void> {
    const answer = await this.#handover(question);
    this.#channel.send({ kind: "parameters", number, answer });
  }

  async #handover(question: ParameterQuestion): Promise<ParameterAnswer> {
    const claim = this.#claim;
    if (claim === null || this.#exiting || this.#failed)
      return { result: "refused", reason: "the station does not hold the robot" };
    if (this.#underway !== null || this.#handingOver || this.#preflight !== null)
      return { result: "refused", reason: "the station is busy with a walk or another parameter set" };
    this.#handingOver = true;
    this.#exercise.close();
    try {
      return await handOver(question, {
        config: this.#config!,
        claim,
        wall: this.#parts.wall,
        leased: () => !this.#exiting && this.#underway === null,
        latched: () => this.#latched,
      });
    } finally {
      this.#handingOver = false;
    }
  }

  /** In real time the walk may be over before the service has decided on its last report. */
  async #lastDecisions(run: TrialRun): Promise<void> {
    const until = this.#parts.wall.now() + FAREWELL_MS / 1000;
    while (run.undecided > 0 && this.#channel.connected && this.#parts.wall.now() < until)
      await Promise.race([this.#changed(), pause(FAREWELL_MS / 10)]);
  }

  #portsOf({ trial, attempt }: Pick<TrialPlan, "trial" | "attempt">, clock: Clock): TrialPorts {
    return {
      phase: (phase, tRobot) => {
        this.#channel.send({ kind: "phase", trial, attempt, phase, tRobot });
        this.#record("info", "phase", phase, tRobot, clock);
      },
      report: (step, tRobot, time, metrics) => {
        this.#reportedAt = this.#parts.wall.now();
        this.#channel.send({ kind: "report", trial, attempt, step, tRobot, time, metrics });
        this.#note({ kind: "report", step, tRobot, time, metrics, tStation: clock.now() });
      },
      event: (level, name, words, tRobot) => this.#record(level, name, words, tRobot, clock),
      cooling: (cooling) => this.#channel.send({ kind: "cooling", trial, attempt, cooling }),
      latch: (reason, level) => this.#latch(reason, level),
      changed: () => this.#wake(),
    };
  }

  /** Resolves at the next change, or soon enough to notice that the service has forgotten a report. */
  #changed(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        if (1000 * (this.#parts.wall.now() - this.#reportedAt) > DECISION_PATIENCE_MS)
          this.#underway?.stopNow("service-silent", "the service does not decide on a report");
        resolve();
      }, 1000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  // --- recording ---

  #beginRecording(plan: TrialPlan, config: HardwareConfig, claim: RobotClaim): void {
    if (plan.recording === null) return;
    const { trial, attempt, parameters } = plan;
    const header = { ...this.#recordingHeader(config, claim), trial, attempt, parameters };
    this.#recorderFor(claim).begin(plan.recording, header);
  }

  #recorderFor({ capabilities, clock }: RobotClaim): Recorder {
    this.#recorder ??= new Recorder(capabilities.layout.length, capabilities.joints.length, {
      onFailure: (words, lost) => {
        if (this.#preflight === null) this.#recordingFailed(words, lost);
        else this.#preflight.recordingFailed(words);
      },
      onOverrun: () => {
        const words = "the recorder is behind: telemetry is missing from the recording, the walk goes on";
        this.#record("warn", "recorder-behind", words, Number.NaN, clock);
      },
    });
    return this.#recorder;
  }

  #recordingHeader(
    config: HardwareConfig,
    { capabilities, clock }: RobotClaim,
  ): Omit<RecordingHeader, "trial" | "attempt" | "parameters"> {
    return {
      robotId: config.robot.id,
      envelope: config.envelope,
      configHash: config.source.hash,
      channels: capabilities.layout.channels,
      joints: config.robot.joints,
      wallStart: this.#parts.wall.date().getTime(),
      stationStart: clock.now(),
    };
  }

  #record(level: EventLevel, name: string, words: string, tRobot: number, clock: Clock): void {
    const frame = this.#newest;
    this.#note({ kind: "event", level, name, words, tRobot, tStation: clock.now(), frame });
    // What ends a walk reaches the service as its outcome; only a warning has no other way there.
    if (level === "warn") this.#channel.log(level, words);
  }

  #note(entry: RecordedEntry): void {
    if (this.#entries !== null) this.#entries.push(entry);
    else this.#recorder?.entry(entry);
  }

  #recordDecision({ step, verdict, reason, value, threshold }: Decision): void {
    this.#note({
      kind: "decision",
      ...{ step, verdict, reason },
      value: value ?? Number.NaN,
      threshold: threshold ?? Number.NaN,
      tStation: this.#claim!.clock.now(),
    });
  }

  #recordMargins({ seq, tRobot, tArrival }: TelemetryFrame, monitor: SafetyMonitor): void {
    if (this.#recorder?.recording !== true || tArrival < this.#marginsDue) return;
    this.#marginsDue = tArrival + MARGINS_INTERVAL;
    monitor.readDebounced(this.#margins);
    this.#recorder.margins(seq, tRobot, tArrival, this.#margins);
  }

  /** Nothing about the robot's safety hangs on a recording: the walk goes on, and the service lets no other begin. */
  #recordingFailed(words: string, lost: boolean): void {
    const what = lost
      ? `the recording failed: ${words}`
      : `the recording goes no further, but for its outcome: ${words}`;
    this.#channel.log("error", what);
    this.#channel.send({ kind: "recording-failed", words });
  }

  // --- the end ---

  /** The stop has been written. The file comes next; a disk that refuses does not set the robot free. */
  #latch(reason: EndReason, level: StopLevel): void {
    this.#latched = true;
    const now = this.#parts.wall.date().toISOString();
    let latch = { id: `${process.pid}-${now}`, code: reason.code, words: reason.words, at: now };
    try {
      latch = writeLatch(this.#stateDir, latch);
    } catch (error) {
      this.#channel.log("error", `the latch could not be written: ${describeError(error)}`);
    }
    const { id, at } = latch;
    this.#channel.send({ kind: "latched", reason, id, at, level });
  }

  #sendFailure(error: GaitsmithError): void {
    this.#channel.send({
      kind: "failed",
      code: error.code,
      what: error.message,
      where: error.where ?? null,
      remedy: error.remedy ?? null,
    });
  }

  /** How the link has done, once, at the end. */
  async #reportLink(): Promise<void> {
    const ofLink = await this.#claim?.robot.diagnostics?.();
    const ofStream = this.#streamTiming?.figures();
    if (ofLink === undefined && ofStream === undefined) return;
    const { level, text } = linkReport({ ...ofLink, ...ofStream });
    this.#channel.log(level, text);
  }

  async #leave(): Promise<void> {
    if (this.#tick !== null) clearInterval(this.#tick);
    await this.#recorded;
    await this.#reportLink();
    await this.#claim?.release();
    await this.#recorder?.close();
    await this.#channel.flush();
    this.#channel.close();
    this.#parts.exit();
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
