/**
 * A station without processes, files and messages: the trial's own state machine, monitor and meter on a robot whose clock
 * is moved in this process.
 */
import type { Clock } from "../../src/clock.ts";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import { reachOf } from "../../src/gait/gaits.ts";
import type { Capabilities, Robot } from "../../src/robot/robot.ts";
import type { SafetyMonitor } from "../../src/safety/monitor.ts";
import type { StationHost } from "../../src/service/station-host.ts";
import { driveLockstep } from "../../src/station/lockstep-drive.ts";
import type { TrialPlan } from "../../src/station/messages.ts";
import { MetricMeter } from "../../src/station/metric-meter.ts";
import { monitorOf } from "../../src/station/robot-claim.ts";
import type { TrialParts, TrialPorts } from "../../src/station/trial-parts.ts";
import { type TrialResult, TrialRun } from "../../src/station/trial-run.ts";

/** Asked at every report, as a station asks its service. */
export type Decide = Parameters<StationHost["run"]>[1];

export interface LockstepHooks extends Partial<Pick<TrialPorts, "phase" | "event" | "latch" | "cooling">> {
  readonly decide: Decide;
  /** Called before every step of the robot's clock. */
  readonly between?: (run: TrialRun) => void;
  /** Called before the robot is placed. */
  readonly placing?: (run: TrialRun) => Promise<void>;
  readonly latched?: TrialParts["latched"];
  readonly feasible?: TrialParts["feasible"];
}

/** One robot, trial after trial. */
export class LockstepStation {
  readonly #config: HardwareConfig;
  readonly #robot: Robot;
  readonly #clock: Clock;
  readonly #capabilities: Capabilities;
  readonly #monitor: SafetyMonitor;
  readonly #meter: MetricMeter;
  #run: TrialRun | null = null;

  /** @param clock the station's, which the robot moves */
  static async open(config: HardwareConfig, robot: Robot, clock: Clock): Promise<LockstepStation> {
    const capabilities = await robot.open();
    await robot.acquireLease("lockstep station");
    return new LockstepStation(config, robot, clock, capabilities);
  }

  private constructor(config: HardwareConfig, robot: Robot, clock: Clock, capabilities: Capabilities) {
    this.#config = config;
    this.#robot = robot;
    this.#clock = clock;
    this.#capabilities = capabilities;
    this.#monitor = monitorOf(config, capabilities);
    this.#meter = new MetricMeter(config, capabilities.layout);
    robot.onFrame((frame) => {
      const breach = this.#monitor.onFrame(frame);
      this.#run?.onFrame(frame, breach);
    });
    robot.onEvent((event) => this.#run?.onRobotEvent(event));
  }

  async run(plan: TrialPlan, hooks: LockstepHooks): Promise<TrialResult> {
    const { decide, between = () => {}, phase = () => {}, event = () => {}, latch = () => {} } = hooks;
    const { gait } = this.#config;
    const { trial, attempt } = plan;
    const robot = this.#robot;
    let wake = (): void => {};
    const run: TrialRun = new TrialRun(plan, {
      config: this.#config,
      capabilities: this.#capabilities,
      robot,
      monitor: this.#monitor,
      meter: this.#meter,
      clock: this.#clock,
      ports: {
        phase,
        event,
        latch,
        cooling: (cooling) => hooks.cooling?.(cooling),
        report: (step, tRobot, time, metrics) => {
          void decide({ kind: "report", trial, attempt, step, tRobot, time, metrics }).then(
            ({ verdict, reason }) => run.onDecision(step, verdict, reason),
          );
        },
        changed: () => wake(),
      },
      leased: () => true,
      latched: hooks.latched ?? (() => false),
      feasible:
        hooks.feasible ??
        ((parameters) => reachOf(gait.name, gait.body)(Object.fromEntries(parameters.values))),
    });
    await hooks.placing?.(run);
    await robot.place({ seed: plan.seed, suggestion: plan.suggestion, carryOver: plan.carryOver });
    this.#run = run;
    run.begin();
    await driveLockstep(run, {
      robot,
      clock: this.#clock,
      changed: () =>
        new Promise((resolve) => {
          wake = resolve;
        }),
      breathe: async () => between(run),
    });
    this.#run = null;
    return run.result!;
  }
}
