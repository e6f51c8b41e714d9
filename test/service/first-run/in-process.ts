/** A first run in this process on a simulated robot that may be put together wrongly: no station process, no terminal. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Miswiring } from "../../../sim/miswiring.ts";
import { openSimulatedRobot, type SimulatedRobot } from "../../../sim/simulated-robot.ts";
import { ManualClock } from "../../../src/clock.ts";
import type { HardwareConfig } from "../../../src/config/hardware-config.ts";
import { reachOf } from "../../../src/gait/gaits.ts";
import {
  type FirstRunChoices,
  type FirstRunEnd,
  firstRun,
} from "../../../src/service/first-run/first-run.ts";
import type { FirstRunPorts, GivenStation, QuietRobot } from "../../../src/service/first-run/ports.ts";
import type { LoneWalk, LoneWalkEnd } from "../../../src/service/lone-walk.ts";
import { isMeasured, jogProblem } from "../../../src/station/jog-preconditions.ts";
import type { JogOutcome, JogPlan } from "../../../src/station/messages.ts";
import { QuietSession } from "../../../src/station/quiet-session.ts";
import type { OpenedRobot } from "../../../src/station/robot-claim.ts";
import { FaultRobot } from "../../station/fault-robot.ts";
import { jogOnce } from "../../station/jog-bench.ts";
import { LockstepStation } from "../../station/lockstep-station.ts";
import { simulatedConfig } from "../../station/station-process.ts";

/** Short walks, without variation. */
export const CONFIG: HardwareConfig = {
  ...simulatedConfig,
  walk: { ...simulatedConfig.walk, measure: 2 },
  link: { kind: "simulated", clock: "lockstep", variant: "nominal", variation: "none" },
};

export interface Bench {
  readonly stateDir: string;
  readonly said: string[];
  run(answers: (question: string) => string | null, choices?: Partial<FirstRunChoices>): Promise<FirstRunEnd>;
}

/** Begins every step and takes every figure; stops at what fails. */
export function willing(question: string): string {
  return /^type (\w+) to begin/u.exec(question)?.[1] ?? (/all the same/u.test(question) ? "q" : "");
}

export function bench(t: TestContext, miswired: readonly Miswiring[] = [], config = CONFIG): Bench {
  const stateDir = mkdtempSync(join(tmpdir(), "gaitsmith-first-run-"));
  t.after(() => rmSync(stateDir, { recursive: true, force: true }));
  const said: string[] = [];
  const open = async (own: HardwareConfig): Promise<OpenedRobot & { readonly robot: SimulatedRobot }> => {
    const { link } = own;
    if (link.kind !== "simulated") throw new Error("a simulated robot is needed");
    const clock = new ManualClock();
    const { variant, variation, onStand = false, streamed = false } = link;
    const streaming = streamed ? { streamed: { timeout: 0.2 } } : {};
    const robot = await openSimulatedRobot({
      variant,
      variation,
      stationClock: clock,
      miswired,
      onStand,
      ...streaming,
    });
    return { robot, clock };
  };
  return {
    stateDir,
    said,
    run: (answers, choices = {}) => {
      const ports: FirstRunPorts = {
        config,
        stateDir,
        recordings: null,
        reward: { text: "forward_speed", score: ({ forward_speed }) => forward_speed },
        person: {
          say: (words) => said.push(words),
          ask: async (question) => {
            said.push(`? ${question}`);
            return answers(question);
          },
        },
        check: async () => [],
        quiet: () => quietRobot(config, open),
        station: (own) => stationOf(own, open),
        stopped: () => false,
        now: () => new Date("2026-03-01T12:00:00Z"),
      };
      return firstRun(ports, { restart: false, ...choices });
    },
  };
}

async function quietRobot(
  config: HardwareConfig,
  open: (config: HardwareConfig) => Promise<OpenedRobot>,
): Promise<QuietRobot> {
  const { link } = config;
  const held = link.kind === "simulated" ? { ...config, link: { ...link, onStand: true } } : config;
  const session = await QuietSession.open(held, open);
  return {
    joints: config.robot.joints,
    jogProblem: jogProblem(config, session.capabilities),
    measures: (channel) => isMeasured(session.capabilities.layout, channel),
    hand: (session.robot as SimulatedRobot).hand,
    listen: (until) => session.listen(until),
    tryStop: () => session.tryStop(),
    close: () => session.close(),
  };
}

async function stationOf(
  config: HardwareConfig,
  open: (config: HardwareConfig) => Promise<OpenedRobot & { readonly robot: SimulatedRobot }>,
): Promise<GivenStation> {
  const { robot, clock } = await open(config);
  const capabilities = await robot.open();
  const { layout, robotId, firmware, telemetryRate, returnsByItself } = capabilities;
  let walks = 0;
  let carryOver: unknown = null;
  const lockstep = await LockstepStation.open(config, robot, clock);
  return {
    gone: false,
    ready: {
      ...{ kind: "ready", robotId, firmware, channels: layout.channels, telemetryRate, clock: "lockstep" },
      returnsByItself,
      jogProblem: jogProblem(config, capabilities),
    },
    walk: async ({ parameters, observe = false }: LoneWalk): Promise<LoneWalkEnd> => {
      const trial = walks++;
      let metrics: LoneWalkEnd["metrics"] = null;
      const { outcome } = await lockstep.run(
        { trial, attempt: 1, parameters, seed: 0, suggestion: trial, carryOver, recording: null, observe },
        {
          decide: async (report) => {
            metrics = report.metrics;
            return { verdict: "go-on", reason: "" };
          },
          feasible: (set) => reachOf(config.gait.name, config.gait.body)(Object.fromEntries(set.values)),
        },
      );
      carryOver = outcome.carryOver;
      return { outcome, metrics };
    },
    jog: async (plan: JogPlan): Promise<JogOutcome> => {
      const { outcome } = await jogOnce(FaultRobot.around(robot, clock as ManualClock), config, plan);
      return outcome;
    },
    close: () => robot.close(),
  };
}
