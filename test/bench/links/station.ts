/**
 * The station's side of one link at one rate, in a process of its own: what it does with a frame is what a station does
 * while its robot walks. To see where its time goes:
 *
 * `node --cpu-prof test/bench/links/station.ts json 1000 [seconds]`
 */
import { PerformanceObserver } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../../../src/clock.ts";
import type { HardwareConfig } from "../../../src/config/hardware-config.ts";
import { readHardwareConfig } from "../../../src/config/read-hardware-config.ts";
import { gaitNamed } from "../../../src/gait/gaits.ts";
import { hardwareConfigPath } from "../../../src/paths.ts";
import type { Cleared, Command } from "../../../src/robot/command.ts";
import type { Capabilities, Robot } from "../../../src/robot/robot.ts";
import type { TelemetryFrame } from "../../../src/robot/telemetry-frame.ts";
import { LIMIT_NAMES } from "../../../src/safety/limit.ts";
import { FrameRing } from "../../../src/station/frame-ring.ts";
import { LIVE_INTERVAL_MS } from "../../../src/station/messages.ts";
import { MetricMeter } from "../../../src/station/metric-meter.ts";
import { monitorOf } from "../../../src/station/robot-claim.ts";
import { machineTime } from "../machine-clock.ts";
import { quantiles, stopwatch } from "../stopwatch.ts";
import { LINKS, type LinkName, startLink } from "./links.ts";

const EXAMPLE = "simulated-elastic-quadruped.yaml";
const ROUND_TRIPS = 300;
const STOPS = 200;
/** Walked before anything is counted, s, and round trips: the code is compiled by then. */
const WARM_UP = 2;
const WARM_UP_TRIPS = 100;
/** Between two measurements, at most, ms: not in step with the telemetry. */
const SPACING = 5;
/** A station looks at its clock this often, ms. */
const TICK_MS = 10;
/** Nothing has come for this long: nothing is underway, s. */
const QUIET = 0.1;

/** ms */
export interface Spread {
  readonly median: number;
  readonly p99: number;
  readonly longest: number;
}

export interface LinkFigures {
  readonly link: LinkName;
  readonly rate: number;
  readonly channels: number;
  /** Frames that the robot sent and that the listener got, and how long that took, s. */
  readonly sent: number;
  readonly received: number;
  readonly seconds: number;
  /** From offering a parameter set to its being active, both answers heard. */
  readonly parameters: Spread;
  /** From the robot's stamp to the listener's return. */
  readonly age: Spread;
  /** From asking for a stop to the robot's having it. */
  readonly stop: Spread;
  /** Stops that the robot did not confirm. */
  readonly unconfirmed: number;
  /** Of one core: this process with all its threads. */
  readonly cpuShare: number;
  /** How late the station's timer was, which comes every 10 ms: how long the event loop was busy with other things. */
  readonly pauses: Spread;
  /** Longest garbage collection, ms. */
  readonly longestCollection: number;
}

/** What a station does with a frame while its robot walks, but for writing to disk and sending to the service. */
class Listener {
  /** Of the counted frames, s. */
  readonly ages: number[] = [];
  /** Of the timer, s. */
  readonly late: number[] = [];
  heard = Number.NEGATIVE_INFINITY;
  readonly #monitor: ReturnType<typeof monitorOf>;
  readonly #meter: MetricMeter;
  readonly #ring: FrameRing;
  readonly #taken: { seq: number; tRobot: number; tArrival: number; values: Float64Array };
  #offset = Number.NaN;
  #measuring = false;
  #tickedAt = Number.NaN;
  #shownAt = 0;
  /** Newest frame as a page would show it. */
  shown: { readonly values: Float64Array; readonly margins: Float64Array } | null = null;

  constructor(config: HardwareConfig, capabilities: Capabilities) {
    const { length } = capabilities.layout;
    this.#monitor = monitorOf(config, capabilities);
    if (this.#monitor.problems.length > 0) throw new Error(this.#monitor.problems.join("; "));
    this.#meter = new MetricMeter(config, capabilities.layout);
    this.#ring = new FrameRing(length);
    this.#taken = { seq: 0, tRobot: 0, tArrival: 0, values: new Float64Array(length) };
  }

  begin(): void {
    this.ages.length = 0;
    this.late.length = 0;
    this.#measuring = false;
    this.#monitor.reset();
    this.#meter.reset();
    this.#monitor.watch("powered");
  }

  tick(): void {
    const now = systemClock.now();
    const late = now - this.#tickedAt - TICK_MS / 1000;
    if (!Number.isNaN(late)) this.late.push(Math.max(0, late));
    this.#tickedAt = now;
    this.#monitor.onTick(now);
  }

  take(frame: TelemetryFrame): void {
    this.#monitor.onFrame(frame);
    if (this.#measuring) this.#meter.add(frame);
    else {
      this.#monitor.watch("walking");
      this.#meter.stand(frame);
      this.#meter.begin(frame);
      this.#measuring = true;
    }
    this.#ring.push(frame);
    this.#ring.take(this.#taken, this.#ring.written);
    const now = machineTime();
    if (1000 * (now - this.#shownAt) >= LIVE_INTERVAL_MS) this.#show(frame, now);
    // A link may take whole seconds off the robot's time.
    if (Number.isNaN(this.#offset)) this.#offset = Math.floor(now - frame.tRobot);
    this.heard = machineTime();
    this.ages.push(this.heard - frame.tRobot - this.#offset);
  }

  /** To the machine's time from the robot's as the link gives it. */
  toMachine(tRobot: number): number {
    return tRobot + this.#offset;
  }

  #show({ values }: TelemetryFrame, now: number): void {
    this.#shownAt = now;
    const margins = new Float64Array(LIMIT_NAMES.length);
    this.#monitor.readDebounced(margins);
    this.shown = { values: values.slice(), margins };
  }
}

export async function measureLink(
  link: LinkName,
  rate: number,
  seconds: number,
  ros: 1 | 2,
): Promise<LinkFigures> {
  const example = readHardwareConfig(hardwareConfigPath(EXAMPLE));
  const { peer, robot, config } = await startLink(link, example, rate, ros);
  await using _ = peer;
  let listener: Listener | null = null;
  robot.onFrame((frame) => listener?.take(frame));
  robot.onEvent(() => {});
  const capabilities = await robot.open();
  listener = new Listener(config, capabilities);
  listener.begin();
  await robot.acquireLease("bench");
  const quiet = async (): Promise<void> => {
    do await pause(1000 * QUIET);
    while (machineTime() - listener.heard < QUIET);
  };

  const parameters = await roundTrips(robot, config);
  await walk(robot);
  const ticking = setInterval(() => listener.tick(), TICK_MS);
  await pause(1000 * WARM_UP);

  await peer.ask("hush");
  await quiet();
  listener.begin();
  const collections = watchCollections();
  await peer.ask("talk");
  const cost = stopwatch();
  await pause(1000 * seconds);
  const { wall, processor } = cost();
  const pauses = spread(listener.late);
  const sent = await peer.ask("hush");
  await quiet();
  const ages = listener.ages.slice();
  const longestCollection = collections();

  await peer.ask("talk");
  await pause(1000 * QUIET);
  const { stop, unconfirmed } = await stops(robot, listener);
  clearInterval(ticking);
  await robot.close();
  return {
    link,
    rate,
    channels: capabilities.layout.length,
    sent,
    received: ages.length,
    seconds: wall / 1000,
    parameters,
    age: spread(ages),
    stop,
    unconfirmed,
    cpuShare: processor / wall,
    pauses,
    longestCollection,
  };
}

/** The gate's leave is taken as given. */
function send(robot: Robot, command: Command): ReturnType<Robot["send"]> {
  return robot.send(command as Cleared<Command>);
}

async function walk(robot: Robot): Promise<void> {
  for (const kind of ["arm", "start"] as const) {
    const { accepted, reason } = await send(robot, { kind });
    if (!accepted) throw new Error(`${kind} was refused: ${reason}`);
  }
}

async function roundTrips(robot: Robot, { gait, seedGait }: HardwareConfig): Promise<Spread> {
  const set: Readonly<Record<string, unknown>> = { ...gait.constants, ...seedGait };
  const values = gaitNamed(gait.name).parameters.map(({ name }) => [name, Number(set[name])] as const);
  const took: number[] = [];
  for (let count = -WARM_UP_TRIPS; count < ROUND_TRIPS; count++) {
    if (count >= 0) await pause(SPACING * Math.random());
    const before = machineTime();
    const parameters = { gait: gait.name, values };
    const { accepted, hash, reason } = await send(robot, {
      ...{ kind: "stage", parameters, rampIn: 0.5, rampOut: 0.5 },
    });
    if (!accepted || hash === undefined) throw new Error(`stage was refused: ${reason}`);
    await send(robot, { kind: "commit", hash });
    if (count >= 0) took.push(machineTime() - before);
  }
  return spread(took);
}

/** Of a walking robot. */
async function stops(robot: Robot, listener: Listener): Promise<{ stop: Spread; unconfirmed: number }> {
  const took: number[] = [];
  for (let count = 0; count < STOPS; count++) {
    await walk(robot);
    await pause(SPACING * Math.random());
    const before = machineTime();
    const { confirmed, tRobot } = await robot.stop("cut");
    if (confirmed) took.push(listener.toMachine(tRobot) - before);
  }
  return { stop: spread(took), unconfirmed: STOPS - took.length };
}

/** @returns the longest garbage collection since, ms */
function watchCollections(): () => number {
  let longest = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  });
  observer.observe({ entryTypes: ["gc"] });
  return () => {
    observer.disconnect();
    return longest;
  };
}

function spread(seconds: readonly number[]): Spread {
  const at = quantiles(seconds);
  return { median: 1000 * at(0.5), p99: 1000 * at(0.99), longest: 1000 * at(1) };
}

if (import.meta.main) {
  const [link = "", rate, seconds = "5", ros = "1"] = process.argv.slice(2);
  if (!(link in LINKS)) throw new RangeError(`links are ${Object.keys(LINKS).join(", ")}`);
  const figures = await measureLink(link as LinkName, Number(rate), Number(seconds), ros === "2" ? 2 : 1);
  if (process.send === undefined) console.log(figures);
  else process.send(figures, () => process.disconnect());
}
