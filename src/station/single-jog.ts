/** One jog from its plan to what is told of it. How the joint moves is `jog-run.ts`'s; here is what surrounds it. */
import { GaitsmithError } from "../errors.ts";
import { jogProblem } from "./jog-preconditions.ts";
import { JogRun } from "./jog-run.ts";
import type { JogPlan } from "./messages.ts";
import type { RobotInHand } from "./robot-in-hand.ts";
import { portsOf, type RunHost } from "./run-host.ts";
import type { StreamTiming } from "./stream-timing.ts";

/**
 * Under way at once, in this turn. Resolves when it is over.
 *
 * @param streamTiming where joint targets are streamed; else null
 * @throws ROBOT_MISMATCH when this robot cannot be jogged, ROBOT_LATCHED
 */
export async function jog(
  plan: JogPlan,
  hand: RobotInHand,
  streamTiming: StreamTiming | null,
  host: RunHost,
): Promise<void> {
  const { config, claim } = hand;
  const { robot, clock, capabilities, monitor } = claim;
  const { state } = host;
  const problem = jogProblem(config, capabilities);
  if (problem !== null)
    throw new GaitsmithError("ROBOT_MISMATCH", { what: problem, where: config.source.file });
  state.assertNotLatched();
  const run = new JogRun(plan, {
    config,
    capabilities,
    robot,
    monitor,
    clock,
    // Its phases are told to nobody: they are those of a walk.
    ports: { ...portsOf(host, hand, { trial: -1 - plan.jog, attempt: 1 }), phase: () => {} },
    ...(streamTiming === null ? {} : { streamTiming }),
    leased: () => !state.exiting,
    latched: () => state.latched,
  });
  state.jog = run;
  host.exercise.close();
  run.begin();
  await host.driver.drive(run, claim);
  const { outcome, failure } = run.result!;
  state.jog = null;
  host.channel.send({ kind: "jogged", outcome });
  if (failure === null) return;
  state.failed = true;
  void host.fail(failure);
}
