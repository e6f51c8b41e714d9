/** Jogs on a robot whose clock is moved in this process, with everything that was said of them. */
import type { SimulatedRobotOptions } from "../../sim/simulated-robot.ts";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import { JogRun } from "../../src/station/jog-run.ts";
import { driveLockstep } from "../../src/station/lockstep-drive.ts";
import type { EndReason, JogOutcome, JogPlan } from "../../src/station/messages.ts";
import { monitorOf } from "../../src/station/robot-claim.ts";
import { FaultRobot } from "./fault-robot.ts";

export const JOG: JogPlan = { jog: 0, joint: "FR_hip", amplitude: 0.05, travel: 1, hold: 0.6 };

/** A robot that follows joint targets, on a stand. */
export function joggable(options: Partial<SimulatedRobotOptions> = {}): Promise<FaultRobot> {
  return FaultRobot.open("nominal", true, { streamed: { timeout: 0.2 }, onStand: true, ...options });
}

export interface JogLog {
  readonly outcome: JogOutcome;
  readonly failure: unknown;
  readonly latches: readonly EndReason[];
  readonly phases: readonly string[];
}

export interface JogHooks {
  /** Called before every step of the robot's clock. */
  readonly between?: (run: JogRun, robot: FaultRobot) => void;
  readonly latched?: () => boolean;
}

/** @param robot opened; its listeners are taken */
export async function jogOnce(
  robot: FaultRobot,
  config: HardwareConfig,
  plan: Partial<JogPlan> = {},
  { between = () => {}, latched = () => false }: JogHooks = {},
): Promise<JogLog> {
  const capabilities = await robot.open();
  await robot.acquireLease("lockstep station");
  const monitor = monitorOf(config, capabilities);
  const log = { latches: [] as EndReason[], phases: [] as string[] };
  const run = new JogRun(
    { ...JOG, ...plan },
    {
      config,
      capabilities,
      robot,
      monitor,
      clock: robot.clock,
      ports: {
        phase: (phase) => log.phases.push(phase),
        report: () => {},
        event: () => {},
        latch: (reason) => log.latches.push(reason),
        changed: () => {},
      },
      leased: () => true,
      latched: () => latched() || log.latches.length > 0,
    },
  );
  robot.onFrame((frame) => run.onFrame(frame, monitor.onFrame(frame)));
  robot.onEvent((event) => run.onRobotEvent(event));
  run.begin();
  await driveLockstep(run, {
    robot,
    clock: robot.clock,
    changed: async () => {},
    breathe: async () => between(run, robot),
  });
  return { ...run.result!, ...log };
}
