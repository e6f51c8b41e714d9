/** One trial after another on one robot, without processes and files: the state machine, the monitor and the robot. */
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import type { Metrics } from "../../src/config/metrics.ts";
import { gaitNamed } from "../../src/gait/gaits.ts";
import { channelName } from "../../src/robot/telemetry-frame.ts";
import { SafetyMonitor } from "../../src/safety/monitor.ts";
import { driveLockstep } from "../../src/station/lockstep-drive.ts";
import type { EndReason, TrialPhase, TrialPlan } from "../../src/station/messages.ts";
import { MetricMeter } from "../../src/station/metric-meter.ts";
import type { TrialResult } from "../../src/station/trial-parts.ts";
import { TrialRun } from "../../src/station/trial-run.ts";
import type { FaultRobot } from "./fault-robot.ts";

export interface TrialLog extends TrialResult {
  readonly phases: readonly { readonly phase: TrialPhase; readonly tRobot: number }[];
  readonly reports: readonly { readonly step: number; readonly tRobot: number; readonly metrics: Metrics }[];
  readonly events: readonly { readonly name: string; readonly words: string }[];
  readonly latches: readonly EndReason[];
}

export interface TrialHooks {
  readonly decide?: (step: number) => "go-on" | "stop";
  /** Called before every step of the robot's clock. */
  readonly between?: (run: TrialRun) => void;
  readonly feasible?: boolean;
}

export async function runTrial(
  robot: FaultRobot,
  config: HardwareConfig,
  plan: TrialPlan,
  hooks: TrialHooks = {},
): Promise<TrialLog> {
  const { decide = () => "go-on", between = () => {}, feasible } = hooks;
  const log = {
    phases: [] as { phase: TrialPhase; tRobot: number }[],
    reports: [] as { step: number; tRobot: number; metrics: Metrics }[],
    events: [] as { name: string; words: string }[],
    latches: [] as EndReason[],
  };
  let wake = (): void => {};
  let run: TrialRun | null = null;
  let monitor: SafetyMonitor | null = null;
  robot.onFrame((frame) => {
    const breach = monitor?.onFrame(frame) ?? null;
    run?.onFrame(frame, breach);
  });
  robot.onEvent((event) => run?.onRobotEvent(event));
  const capabilities = await robot.open();
  await robot.acquireLease("bench");
  monitor = new SafetyMonitor({
    layout: capabilities.layout,
    envelope: config.envelope,
    joints: config.robot.joints,
    rate: capabilities.telemetryRate,
    lateralChannel: channelName.poseY,
  });
  const gait = gaitNamed(config.gait.name);
  const { clock } = robot;
  const trial = new TrialRun(plan, {
    config,
    capabilities,
    robot,
    monitor,
    meter: new MetricMeter(config, capabilities.layout),
    clock,
    ports: {
      phase: (phase, tRobot) => log.phases.push({ phase, tRobot }),
      report: (step, tRobot, _time, metrics) => {
        log.reports.push({ step, tRobot, metrics });
        setImmediate(() => trial.onDecision(step, decide(step), ""));
      },
      event: (_level, name, words) => log.events.push({ name, words }),
      latch: (reason) => log.latches.push(reason),
      changed: () => wake(),
    },
    leased: () => true,
    latched: () => log.latches.length > 0,
    feasible: (parameters) =>
      feasible ?? gait.check(Object.fromEntries(parameters.values), config.gait.body).feasible,
  });
  await robot.place({ seed: plan.seed, suggestion: plan.suggestion, carryOver: plan.carryOver });
  run = trial;
  trial.begin();
  await driveLockstep(trial, {
    robot,
    clock,
    changed: () =>
      new Promise((resolve) => {
        wake = resolve;
      }),
    breathe: async () => between(trial),
  });
  return { ...trial.result!, ...log };
}
