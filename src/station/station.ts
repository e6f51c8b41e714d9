/**
 * The station: owns one robot and runs one trial at a time for the service. Here is its life: what the service asks for and who
 * sees to it, how the robot becomes its own, and how everything is given back. Holds nothing slow.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import type { HardwareConfig } from "../config/hardware-config.ts";
import { asGaitsmithError, describeError, type GaitsmithError } from "../errors.ts";
import { awaitRobot } from "./awaited-robot.ts";
import { EStopExercise } from "./estop-exercise.ts";
import { FramePath } from "./frame-path.ts";
import { LatchedStop } from "./latched-stop.ts";
import { linkReport } from "./link-report.ts";
import { lostLink } from "./lost-link.ts";
import type { ServiceMessage } from "./messages.ts";
import { MetricMeter } from "./metric-meter.ts";
import { odometryScaler } from "./odometry-scale.ts";
import { RecordingFeed } from "./recording-feed.ts";
import type { OpenedRobot, RobotClaim } from "./robot-claim.ts";
import { type RobotInHand, readyMessage, warningsOf } from "./robot-in-hand.ts";
import { RobotTasks } from "./robot-tasks.ts";
import { RunDriver } from "./run-driver.ts";
import { ServiceChannel, type Wire } from "./service-channel.ts";
import { StationState } from "./station-state.ts";
import { blindRise } from "./stream-preconditions.ts";
import { StreamTiming } from "./stream-timing.ts";

/** In real time silence is looked for this often, ms. */
const TICK_MS = 10;
/** At exit the last outcome's acknowledgement is waited for this long, ms. */
const FAREWELL_MS = 1000;
/** A walk that another program has ended by taking the robot may come to rest in this time, ms; then it is stopped. */
const HAND_OVER_MS = 5000;

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
  readonly #state = new StationState();
  readonly #channel: ServiceChannel;
  readonly #latch: LatchedStop;
  readonly #frames: FramePath;
  readonly #tasks: RobotTasks;
  #config: HardwareConfig | null = null;
  /** From the moment its link is opened. */
  #opened: OpenedRobot | null = null;
  #hand: RobotInHand | null = null;
  #streamTiming: StreamTiming | null = null;
  #tick: NodeJS.Timeout | null = null;

  constructor(parts: StationParts) {
    this.#parts = parts;
    const { wall } = parts;
    const state = this.#state;
    const channel = new ServiceChannel(parts.wire, wall);
    const exercise = new EStopExercise({
      wall,
      cut: async () => (await this.#opened?.robot.stop("cut"))?.confirmed === true,
      tell: (message) => channel.send(message),
      say: (words) => channel.log("warn", words),
    });
    const latch = new LatchedStop({
      ...{ wall, channel, exercise, state },
      robot: () => this.#opened?.robot ?? null,
    });
    this.#frames = new FramePath({
      ...{ state, exercise, channel },
      onButton: () => void latch.eStop("stop-button", "the robot's stop button was pressed", "button"),
    });
    const driver = new RunDriver(wall, () =>
      state.underway?.stopNow("service-silent", "the service does not decide on a report"),
    );
    const fail = (failure: GaitsmithError): Promise<void> => {
      this.#sendFailure(failure);
      return this.shutdown("station-failed", failure.message);
    };
    this.#tasks = new RobotTasks({
      host: { state, channel, driver, latch, exercise, fail },
      ...{ wall, exercise },
      crash: (error) => void this.crash(error),
    });
    this.#channel = channel;
    this.#latch = latch;
    channel.listen({
      onMessage: (message) => this.#onMessage(message),
      onSilence: () => state.underway?.stopNow("service-silent", "the service fell silent"),
      onDisconnect: () => void this.shutdown("service-died", "the service died"),
      onBeat: () => this.#hand?.claim.touch(performance.now()),
    });
  }

  /** Stops the robot, gives everything back and exits. Idempotent. */
  async shutdown(code: string, words: string): Promise<void> {
    if (this.#state.exiting) return;
    this.#state.exiting = true;
    // The stop is written before anything is waited for.
    this.#state.underway?.stopNow(code, words);
    await this.#tasks.over;
    await Promise.race([this.#tasks.delivered, pause(FAREWELL_MS, undefined, { ref: false })]);
    await this.#leave();
  }

  /** Something in the station itself broke: the robot is stopped as for any other cause. */
  async crash(error: unknown): Promise<void> {
    this.#sendFailure(asGaitsmithError(error));
    await this.shutdown("station-failed", describeError(error));
  }

  /** Another program takes the robot: the walk comes to a controlled end, then everything is given back. */
  async #giveAway(who: string): Promise<void> {
    const words = `${who} took the robot`;
    this.#channel.send({ kind: "lease-taken", words });
    this.#state.failed = true;
    this.#state.underway?.stop("lease-taken", words);
    await Promise.race([this.#tasks.over, pause(HAND_OVER_MS, undefined, { ref: false })]);
    await this.shutdown("lease-taken", words);
  }

  #onMessage(message: ServiceMessage): void {
    switch (message.kind) {
      case "configure":
        void this.#configure(message);
        return;
      case "run":
        this.#tasks.startWalk(message.plan);
        return;
      case "decision":
        this.#tasks.decide(message);
        return;
      case "jog":
        this.#tasks.startJog(message.plan);
        return;
      case "preflight":
        this.#tasks.startPreflight(message.ask);
        return;
      case "exercise-e-stop":
        this.#tasks.exerciseEStop(message.open);
        return;
      case "parameters":
        void this.#tasks.answer(message.number, message.question);
        return;
      case "stop":
        this.#state.underway?.stop(message.code ?? "operator-stop", message.reason);
        return;
      case "e-stop":
        void this.#latch.eStop("operator-stop", message.reason, "service", null, message.level);
        return;
      case "shutdown":
        void this.shutdown("shutdown", "the service shut down");
    }
  }

  // --- the robot becomes the station's own ---

  async #configure({
    config,
    stateDir,
    patience = 0,
    purpose,
  }: Extract<ServiceMessage, { kind: "configure" }>): Promise<void> {
    if (this.#config !== null) return;
    const { wall, openRobot, deviceOf } = this.#parts;
    this.#config = config;
    this.#latch.keepIn(stateDir);
    try {
      const claim = await awaitRobot(
        {
          ...{ config, stateDir, wall, openRobot },
          ...(purpose === undefined ? {} : { purpose }),
          ...(deviceOf === undefined ? {} : { deviceOf }),
          ears: {
            onEStop: (reason, level, mark) =>
              this.#latch.eStop("operator-stop", reason, "socket", mark, level),
            onHandOver: (who) => void this.#giveAway(who),
          },
          attach: (opened) => this.#attach(opened),
        },
        {
          patience,
          givenUp: () => this.#state.exiting,
          say: (level, text) => this.#channel.log(level, text),
        },
      );
      if (this.#state.exiting) return await claim.release();
      this.#take(config, stateDir, claim);
    } catch (error) {
      this.#sendFailure(asGaitsmithError(error));
      await this.shutdown("station-failed", describeError(error));
    }
  }

  #attach(opened: OpenedRobot): void {
    this.#opened = opened;
    opened.robot.onFrame((frame) => this.#frames.onFrame(frame));
    opened.robot.onNotice?.((words) => this.#channel.log("warn", `robot: ${words}`));
    opened.robot.onEvent((event) => {
      const run = this.#state.underway;
      if (run !== null) run.onRobotEvent(event);
      else if (event.kind === "link-lost") this.#lostBetweenWalks(event.reason);
      else this.#channel.log("warn", `robot: ${event.kind}: ${event.reason}`);
    });
  }

  /** From here on the robot is watched, and given back whatever happens. @throws ROBOT_MISMATCH when it cannot be measured */
  #take(config: HardwareConfig, stateDir: string, claim: RobotClaim): void {
    const { layout, clock, runsGait, targets } = claim.capabilities;
    const recording = new RecordingFeed({
      ...{ config, claim, wall: this.#parts.wall },
      failed: (words, lost) => this.#onRecordingFailed(words, lost),
      warn: (words) => this.#channel.log("warn", words),
    });
    const hand = { config, stateDir, claim, recording };
    this.#hand = hand;
    this.#tasks.open(hand);
    this.#frames.open(hand);
    const meter = new MetricMeter(config, layout);
    this.#frames.calibrate(odometryScaler(layout, config.odometryScale));
    for (const words of warningsOf(claim.robot)) this.#channel.log("warn", words);
    if (!runsGait && targets !== undefined) {
      this.#streamTiming = new StreamTiming(targets.rate);
      const blind = blindRise(config.robot.joints, layout);
      if (blind !== null) this.#channel.log("warn", blind);
    }
    this.#tasks.allowWalks(meter, this.#streamTiming);
    if (clock === "realtime") this.#tick = setInterval(() => this.#frames.onTick(), TICK_MS);
    this.#channel.send(readyMessage(hand));
  }

  /** While it is being opened, opening it fails by itself. */
  #lostBetweenWalks(reason: string): void {
    if (this.#hand === null || this.#state.exiting) return;
    void this.crash(lostLink(this.#hand.config.link, reason));
  }

  /** The walk goes on, and the service lets no other begin. */
  #onRecordingFailed(words: string, lost: boolean): void {
    if (this.#state.preflight !== null) {
      this.#state.preflight.recordingFailed(words);
      return;
    }
    const what = lost
      ? `the recording failed: ${words}`
      : `the recording goes no further, but for its outcome: ${words}`;
    this.#channel.log("error", what);
    this.#channel.send({ kind: "recording-failed", words });
  }

  // --- the end ---

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
    const ofLink = await this.#hand?.claim.robot.diagnostics?.();
    const ofStream = this.#streamTiming?.figures();
    if (ofLink === undefined && ofStream === undefined) return;
    const { level, text } = linkReport({ ...ofLink, ...ofStream });
    this.#channel.log(level, text);
  }

  async #leave(): Promise<void> {
    if (this.#tick !== null) clearInterval(this.#tick);
    await this.#hand?.recording.complete;
    await this.#reportLink();
    await this.#hand?.claim.release();
    await this.#hand?.recording.close();
    await this.#channel.flush();
    this.#channel.close();
    this.#parts.exit();
  }
}
