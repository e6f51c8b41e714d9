/**
 * A station whose robot leans over again and again, in a process of its own: link, monitor, safe stop, meter, recorder and
 * channel to the service as in `src/station/station.ts`. What it lacks is the way through a trial: after each stop it
 * forgets everything and watches a walk again, as before the next trial.
 */
import { join } from "node:path";
import { systemClock } from "../../../src/clock.ts";
import { readHardwareConfig } from "../../../src/config/read-hardware-config.ts";
import { SerialRobot } from "../../../src/links/serial/serial-robot.ts";
import { hardwareConfigPath } from "../../../src/paths.ts";
import { bePrompt } from "../../../src/processes/thread-priority.ts";
import type { Robot } from "../../../src/robot/robot.ts";
import type { TelemetryFrame } from "../../../src/robot/telemetry-frame.ts";
import { LIMIT_NAMES } from "../../../src/safety/limit.ts";
import type { Breach, SafetyMonitor } from "../../../src/safety/monitor.ts";
import { safeStopLevel } from "../../../src/safety/stop-level.ts";
import type { ServiceMessage, WalkOutcome } from "../../../src/station/messages.ts";
import { MetricMeter } from "../../../src/station/metric-meter.ts";
import { Recorder } from "../../../src/station/recorder.ts";
import type { RecordedEvent } from "../../../src/station/recording-messages.ts";
import { monitorOf } from "../../../src/station/robot-claim.ts";
import { type Note, SafeStop } from "../../../src/station/safe-stop.ts";
import { ServiceChannel } from "../../../src/station/service-channel.ts";
import { machineTime } from "../machine-clock.ts";
import { JOINTS } from "../serial/bench-layout.ts";
import { Latencies, type Spread } from "./latencies.ts";

export interface BenchStationOptions {
  readonly path: string;
  readonly recordings: string;
  readonly frames: number;
  readonly breaches: number;
}

export interface ReactionFigures {
  readonly frames: number;
  /** Hz */
  readonly rate: number;
  /** From the robot's sending the frame to the stop's being in the kernel. */
  readonly reaction: Spread;
  /** Of that, from the frame's bytes being read. */
  readonly station: Spread;
  /** From the robot's sending the frame to its having the stop. */
  readonly robot: Spread;
  /** Stops that the robot did not confirm. */
  readonly unconfirmed: number;
  /** Stops for another reason: the machine was so late that telemetry was old. */
  readonly others: number;
  readonly recordedFrames: number;
  readonly lostForRecorder: number;
}

/** Breaches before anything is counted: the code is compiled by then. */
const WARM_UP = 200;
/** A walk is recorded to a file of its own; this many frames are one. */
const FRAMES_PER_RECORDING = 10_000;
/** A stop that is not confirmed for this long, s, is given up. */
const CONFIRM_PATIENCE = 2;
const TICK_MS = 10;

// As the station's own process does with a real robot.
bePrompt();

const options: BenchStationOptions = JSON.parse(process.argv[2]!);
const example = readHardwareConfig(hardwareConfigPath("simulated-elastic-quadruped.yaml"));
const config = { ...example, robot: { ...example.robot, joints: JOINTS } };

class BenchStation {
  readonly #robot: Robot;
  readonly #monitor: SafetyMonitor;
  readonly #meter: MetricMeter;
  readonly #recorder: Recorder;
  readonly #channel: ServiceChannel;
  readonly #channels: readonly { readonly name: string }[];
  readonly #done: () => void;
  readonly #reaction = new Latencies();
  readonly #station = new Latencies();
  readonly #atRobot = new Latencies();
  readonly #beginRecording: (file: string) => void;
  #events: RecordedEvent[] | null = null;
  #stop: SafeStop | null = null;
  #stoppedAt = 0;
  #walking = false;
  /** When the stop was in the kernel, by the machine's clock and by the station's, s. */
  #writtenAt = 0;
  #writtenByClock = 0;
  #sentAt = 0;
  #leaning = false;
  #others = 0;
  #warm = false;
  #frames = 0;
  #since = 0;
  #until = 0;
  #unconfirmed = 0;
  #recordings = 0;
  #recorded = 0;
  #lost = 0;
  #inRecording = 0;
  #rotating = false;
  #newest = -1;

  constructor(
    robot: Robot,
    channel: ServiceChannel,
    done: () => void,
    capabilities: Awaited<ReturnType<Robot["open"]>>,
  ) {
    const { layout } = capabilities;
    this.#robot = robot;
    this.#channel = channel;
    this.#done = done;
    this.#channels = layout.channels;
    this.#monitor = monitorOf(config, capabilities);
    if (this.#monitor.problems.length > 0) throw new Error(this.#monitor.problems.join("; "));
    this.#meter = new MetricMeter(config, layout);
    this.#recorder = new Recorder(layout.length, config.robot.joints.length, {
      onFailure: (words) => {
        throw new Error(`the recording failed: ${words}`);
      },
      // Counted by the recorder itself.
      onOverrun: () => {},
    });
    this.#beginRecording = (file) =>
      this.#recorder.begin(join(options.recordings, file), {
        robotId: "bench",
        trial: this.#recordings,
        attempt: 1,
        parameters: {},
        envelope: config.envelope,
        configHash: config.source.hash,
        channels: layout.channels,
        joints: config.robot.joints,
        wallStart: systemClock.date().getTime(),
        stationStart: systemClock.now(),
      });
    this.#nextRecording();
  }

  figures(): ReactionFigures {
    return {
      frames: this.#frames,
      rate: this.#frames / (this.#until - this.#since),
      reaction: this.#reaction.spread(),
      station: this.#station.spread(),
      robot: this.#atRobot.spread(),
      unconfirmed: this.#unconfirmed,
      others: this.#others,
      recordedFrames: this.#recorded,
      lostForRecorder: this.#lost,
    };
  }

  tick(): void {
    const breach = this.#monitor.onTick(systemClock.now());
    if (breach !== null) this.#onBreach(breach);
  }

  /** In the order of `Station.#onFrame`. */
  onFrame(frame: TelemetryFrame): void {
    const monitor = this.#monitor;
    const breach = monitor.onFrame(frame);
    this.#newest = frame.seq;
    this.#events = [];
    if (this.#stop !== null) this.#awaitRest();
    else if (breach !== null && this.#walking) {
      this.#sentAt = frame.tRobot;
      this.#onBreach(breach);
      if (breach.limit.name === "tilt") {
        this.#reaction.add(this.#writtenAt - frame.tRobot);
        this.#station.add(this.#writtenByClock - frame.tArrival);
      }
    } else if (breach !== null) monitor.reset();
    else if (this.#walking) this.#meter.add(frame);
    else if (monitor.fresh) {
      monitor.watch("powered");
      monitor.watch("walking");
      this.#meter.stand(frame);
      this.#meter.begin(frame);
      this.#walking = true;
    }
    if (!this.#rotating) {
      this.#recorder.frame(frame);
      this.#inRecording++;
    }
    for (const event of this.#events) this.#recorder.entry({ kind: "event", ...event });
    this.#events = null;
    if (this.#channel.liveDue) this.#sendLive(frame);
    this.#count();
  }

  #count(): void {
    if (!this.#warm) {
      if (this.#reaction.count < WARM_UP) return;
      this.#warm = true;
      for (const latencies of [this.#reaction, this.#station, this.#atRobot]) latencies.clear();
      this.#unconfirmed = 0;
      this.#others = 0;
      this.#since = machineTime();
      return;
    }
    this.#frames++;
    if (this.#frames < options.frames || this.#reaction.count < options.breaches) return;
    this.#until = machineTime();
    this.#done();
  }

  #onBreach(breach: Breach): void {
    if (this.#stop !== null || breach.limit.action === "warn") return;
    const { envelope } = config;
    this.#leaning = breach.limit.name === "tilt";
    if (!this.#leaning) this.#others++;
    this.#stop = new SafeStop(this.#timed, systemClock, this.#note);
    this.#stoppedAt = systemClock.now();
    this.#stop.engage(safeStopLevel(breach.limit.action, this.#monitor.posture, envelope), false);
    this.#note("error", breach.limit.name, "the robot leans", breach.tRobot);
  }

  /** The robot, with the moment at which a stop has been handed to the kernel. */
  get #timed(): Robot {
    const robot = this.#robot;
    const { stop } = robot;
    const timed: Pick<Robot, "stop"> = {
      stop: (level) => {
        const confirmation = stop.call(robot, level);
        this.#writtenAt = machineTime();
        this.#writtenByClock = systemClock.now();
        const [leaning, sentAt] = [this.#leaning, this.#sentAt];
        return confirmation.then((answer) => {
          if (answer.confirmed && leaning) this.#atRobot.add(answer.tRobot - sentAt);
          return answer;
        });
      },
    };
    return timed as Robot;
  }

  #awaitRest(): void {
    const stop = this.#stop!;
    const late = systemClock.now() - this.#stoppedAt > CONFIRM_PATIENCE;
    if (!stop.confirmed && !late) return;
    if (!stop.confirmed) this.#unconfirmed++;
    this.#stop = null;
    this.#walking = false;
    this.#monitor.reset();
    this.#meter.reset();
    if (this.#inRecording >= FRAMES_PER_RECORDING && !this.#rotating) void this.#rotate();
  }

  async #rotate(): Promise<void> {
    this.#rotating = true;
    this.#lost += this.#recorder.dropped;
    this.#recorded += this.#inRecording;
    await this.#recorder.end(OUTCOME, systemClock.now());
    this.#nextRecording();
    this.#rotating = false;
  }

  #nextRecording(): void {
    this.#inRecording = 0;
    // Two files in turn: hours of walking would fill a disk.
    this.#beginRecording(`${this.#recordings++ % 2}.mcap`);
  }

  readonly #note: Note = (level, name, words, tRobot) => {
    const event = {
      ...{ level, name, words, tRobot: tRobot ?? Number.NaN },
      ...{ tStation: systemClock.now(), frame: this.#newest },
    };
    if (this.#events !== null) this.#events.push(event);
    else if (!this.#rotating) this.#recorder.entry({ kind: "event", ...event });
  };

  #sendLive(frame: TelemetryFrame): void {
    const margins = new Float64Array(LIMIT_NAMES.length);
    this.#monitor.readDebounced(margins);
    this.#channel.sendLive({
      ...{ kind: "live", trial: 0, phase: "measure", tRobot: frame.tRobot },
      ...{ values: frame.values.slice(0, this.#channels.length), margins },
    });
  }

  async close(): Promise<void> {
    await this.#recorder.close();
  }
}

const OUTCOME: WalkOutcome = {
  ...{ trial: 0, attempt: 1, end: "aborted", truncated: false, constraints: [], breached: null, reports: 0 },
  reason: { code: "tilt", words: "", time: 0, channel: null, value: null, limit: null },
  ...{ walked: 0, measured: 0, distance: null, carryOver: null, recording: null, latched: false },
};

if (import.meta.main) {
  const channel = new ServiceChannel(
    {
      send: (message, sent) => process.send?.(message, undefined, undefined, () => sent()),
      onMessage: (listener) => process.on("message", (message) => listener(message as ServiceMessage)),
      onDisconnect: (listener) => process.once("disconnect", listener),
    },
    systemClock,
  );
  channel.listen({ onMessage: () => {}, onSilence: () => {}, onDisconnect: () => process.exit(1) });
  const robot = new SerialRobot({
    // A line that takes no time, as USB: more than a UART carries.
    link: { kind: "serial", clock: "realtime", path: options.path, baud: 1e9 },
    robotId: "bench",
    clock: systemClock,
  });
  let station: BenchStation | null = null;
  robot.onFrame((frame) => station?.onFrame(frame));
  robot.onEvent(({ kind, reason }) => {
    throw new Error(`${kind}: ${reason}`);
  });
  const capabilities = await robot.open();
  const { layout, clock, robotId, firmware, telemetryRate, returnsByItself } = capabilities;
  channel.send({
    ...{ kind: "ready", robotId, firmware, channels: layout.channels },
    ...{ telemetryRate, clock, returnsByItself, jogProblem: null },
  });
  const finished = new Promise<void>((resolve) => {
    station = new BenchStation(robot, channel, resolve, capabilities);
  });
  await robot.acquireLease("bench");
  const ticking = setInterval(() => station?.tick(), TICK_MS);
  await finished;
  clearInterval(ticking);
  const figures = station!.figures();
  station = null;
  channel.close();
  await robot.close();
  process.send?.({ kind: "figures", figures }, () => process.disconnect());
  setTimeout(() => process.exit(0), 500).unref();
}
