/**
 * Walks of the simulated robot in this process: the station's own state machine, monitor and meter in lockstep, without
 * processes, files and messages. A study meets the same walks as through the command, bit for bit; they cost less.
 */
import { openSimulatedRobot, type SimulatedRobot } from "../../../sim/simulated-robot.ts";
import { ManualClock } from "../../../src/clock.ts";
import type { HardwareConfig } from "../../../src/config/hardware-config.ts";
import { gaitNamed } from "../../../src/gait/gaits.ts";
import type { Capabilities } from "../../../src/robot/robot.ts";
import { channelName } from "../../../src/robot/telemetry-frame.ts";
import { SafetyMonitor } from "../../../src/safety/monitor.ts";
import type { StationHost } from "../../../src/service/station-host.ts";
import { driveLockstep } from "../../../src/station/lockstep-drive.ts";
import type { TrialPlan, WalkOutcome } from "../../../src/station/messages.ts";
import { MetricMeter } from "../../../src/station/metric-meter.ts";
import { TrialRun } from "../../../src/station/trial-run.ts";

type Decide = Parameters<StationHost["run"]>[1];

/** A robot on its start line, walk after walk. */
export class LockstepWalks {
  readonly #config: HardwareConfig;
  readonly #robot: SimulatedRobot;
  readonly #clock: ManualClock;
  readonly #capabilities: Capabilities;
  readonly #monitor: SafetyMonitor;
  readonly #meter: MetricMeter;
  #run: TrialRun | null = null;

  static async open(config: HardwareConfig): Promise<LockstepWalks> {
    if (config.link.kind !== "simulated")
      throw new TypeError("only the simulated robot walks in this process");
    const { variant, variation } = config.link;
    const clock = new ManualClock();
    const robot = await openSimulatedRobot({ variant, variation, stationClock: clock });
    const capabilities = await robot.open();
    await robot.acquireLease("bench");
    return new LockstepWalks(config, robot, clock, capabilities);
  }

  private constructor(
    config: HardwareConfig,
    robot: SimulatedRobot,
    clock: ManualClock,
    capabilities: Capabilities,
  ) {
    this.#config = config;
    this.#robot = robot;
    this.#clock = clock;
    this.#capabilities = capabilities;
    this.#monitor = new SafetyMonitor({
      layout: capabilities.layout,
      envelope: config.envelope,
      joints: config.robot.joints,
      rate: capabilities.telemetryRate,
      lateralChannel: channelName.poseY,
    });
    this.#meter = new MetricMeter(config, capabilities.layout);
    robot.onFrame((frame) => {
      const breach = this.#monitor.onFrame(frame);
      this.#run?.onFrame(frame, breach);
    });
    robot.onEvent((event) => this.#run?.onRobotEvent(event));
  }

  /** One walk; `decide` is asked at every report, as a station asks its service. */
  async run(plan: TrialPlan, decide: Decide): Promise<WalkOutcome> {
    const gait = gaitNamed(this.#config.gait.name);
    const { trial, attempt } = plan;
    let wake = (): void => {};
    const run: TrialRun = new TrialRun(plan, {
      config: this.#config,
      capabilities: this.#capabilities,
      robot: this.#robot,
      monitor: this.#monitor,
      meter: this.#meter,
      clock: this.#clock,
      ports: {
        phase: () => {},
        report: (step, tRobot, time, metrics) => {
          void decide({ kind: "report", trial, attempt, step, tRobot, time, metrics }).then(
            ({ verdict, reason }) => run.onDecision(step, verdict, reason),
          );
        },
        event: () => {},
        latch: () => {},
        changed: () => wake(),
      },
      leased: () => true,
      latched: () => false,
      feasible: (parameters) =>
        gait.check(Object.fromEntries(parameters.values), this.#config.gait.body).feasible,
    });
    this.#run = run;
    await this.#robot.place({ seed: plan.seed, suggestion: plan.suggestion, carryOver: plan.carryOver });
    run.begin();
    await driveLockstep(run, {
      robot: this.#robot,
      clock: this.#clock,
      changed: () =>
        new Promise((resolve) => {
          wake = resolve;
        }),
      breathe: async () => {},
    });
    this.#run = null;
    const { outcome, failure } = run.result!;
    if (failure !== null) throw failure;
    return outcome;
  }

  stop(): void {}

  close(): Promise<void> {
    return this.#robot.close();
  }
}
