/** One trial after another on one robot, without processes and files, and everything that was said of each. */
import { setImmediate } from "node:timers/promises";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import type { Metrics } from "../../src/config/metrics.ts";
import type { Cooling, EndReason, TrialPhase, TrialPlan } from "../../src/station/messages.ts";
import type { TrialResult, TrialRun } from "../../src/station/trial-run.ts";
import type { FaultRobot } from "./fault-robot.ts";
import { LockstepStation } from "./lockstep-station.ts";

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
  readonly cooling?: (cooling: Cooling) => void;
  /** Called before the robot is placed. */
  readonly placing?: (run: TrialRun) => Promise<void>;
}

export async function runTrial(
  robot: FaultRobot,
  config: HardwareConfig,
  plan: TrialPlan,
  hooks: TrialHooks = {},
): Promise<TrialLog> {
  const { decide = () => "go-on", between = () => {}, placing = async () => {}, feasible } = hooks;
  const log = {
    phases: [] as { phase: TrialPhase; tRobot: number }[],
    reports: [] as { step: number; tRobot: number; metrics: Metrics }[],
    events: [] as { name: string; words: string }[],
    latches: [] as EndReason[],
  };
  const station = await LockstepStation.open(config, robot, robot.clock);
  const result = await station.run(plan, {
    phase: (phase, tRobot) => log.phases.push({ phase, tRobot }),
    event: (_level, name, words) => log.events.push({ name, words }),
    latch: (reason) => log.latches.push(reason),
    cooling: (cooling) => hooks.cooling?.(cooling),
    latched: () => log.latches.length > 0,
    decide: async ({ step, tRobot, metrics }) => {
      log.reports.push({ step, tRobot, metrics });
      await setImmediate();
      return { verdict: decide(step), reason: "" };
    },
    between,
    placing,
    ...(feasible === undefined ? {} : { feasible: () => feasible }),
  });
  return { ...result, ...log };
}
