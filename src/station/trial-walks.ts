/**
 * The walks of trials, one after the other: each is made from its plan, driven to its end and recorded, and its outcome is delivered
 * until the service has it. How a walk goes is `trial-run.ts`'s; here is what surrounds it.
 */
import type { GaitsmithError } from "../errors.ts";
import { reachOf } from "../gait/gaits.ts";
import type { ServiceMessage, TrialPlan, WalkOutcome } from "./messages.ts";
import type { MetricMeter } from "./metric-meter.ts";
import type { RobotInHand } from "./robot-in-hand.ts";
import { portsOf, type RunHost } from "./run-host.ts";
import type { StreamTiming } from "./stream-timing.ts";
import { TrialRun } from "./trial-run.ts";

type Decision = Extract<ServiceMessage, { kind: "decision" }>;

export interface TrialWalksParts {
  readonly hand: RobotInHand;
  readonly meter: MetricMeter;
  /** Where joint targets are streamed; else null. */
  readonly streamTiming: StreamTiming | null;
  readonly host: RunHost;
}

export class TrialWalks {
  readonly #parts: TrialWalksParts;
  #lastOutcome: WalkOutcome | null = null;
  #delivered: Promise<void> = Promise.resolve();

  constructor(parts: TrialWalksParts) {
    this.#parts = parts;
  }

  /** Resolves when the service has the last outcome, or nobody is left to take it. */
  get delivered(): Promise<void> {
    return this.#delivered;
  }

  isUnderWay({ trial, attempt }: Pick<TrialPlan, "trial" | "attempt">): boolean {
    const plan = this.#parts.host.state.trial?.plan;
    return plan?.trial === trial && plan.attempt === attempt;
  }

  /** Asked twice: it has been walked, here is how it ended. @returns whether that is so */
  deliverAgain({ trial, attempt }: TrialPlan): boolean {
    const last = this.#lastOutcome;
    if (last === null || last.trial !== trial || last.attempt !== attempt) return false;
    this.#delivered = this.#parts.host.channel.deliver(last);
    return true;
  }

  /**
   * Under way at once, in this turn. Resolves when the walk is over and the next one may begin.
   *
   * @throws ROBOT_LATCHED, and what keeps a robot from its start line
   */
  async walk(plan: TrialPlan): Promise<void> {
    const { hand, host } = this.#parts;
    const { claim, recording } = hand;
    host.state.assertNotLatched();
    const run = this.#runOf(plan);
    host.state.trial = run;
    host.exercise.close();
    await recording.complete;
    recording.begin(plan);
    if (claim.capabilities.returnsByItself)
      await claim.robot.place({ seed: plan.seed, suggestion: plan.suggestion, carryOver: plan.carryOver });
    run.begin();
    await host.driver.drive(run, claim);
    await host.driver.lastDecisions(run, host.channel);
    const { outcome, failure } = run.result!;
    this.#end(outcome, failure);
  }

  /** One that is not of the walk under way is not heard. */
  decide(decision: Decision): void {
    if (!this.isUnderWay(decision)) return;
    const { hand, host } = this.#parts;
    host.driver.decided();
    hand.recording.decision(decision);
    host.state.trial?.onDecision(decision.step, decision.verdict, decision.reason);
  }

  #runOf(plan: TrialPlan): TrialRun {
    const { hand, meter, streamTiming, host } = this.#parts;
    const { config, claim, recording } = hand;
    const { robot, clock, capabilities, monitor } = claim;
    const withinReach = reachOf(config.gait.name, config.gait.body);
    return new TrialRun(plan, {
      config,
      capabilities,
      robot: recording.listenTo(robot),
      monitor,
      meter,
      clock,
      ports: portsOf(host, hand, plan),
      ...(streamTiming === null ? {} : { streamTiming }),
      leased: () => !host.state.exiting,
      latched: () => host.state.latched,
      feasible: (parameters) => withinReach(Object.fromEntries(parameters.values)),
    });
  }

  #end(result: WalkOutcome, failure: GaitsmithError | null): void {
    const { hand, host } = this.#parts;
    const outcome = hand.recording.end(result);
    host.state.trial = null;
    this.#lastOutcome = outcome;
    // A robot that cannot be used any more ends the study with its own error; a lost link costs one walk, unless none had
    // begun: that is no sign against the gait.
    const begun = outcome.constraints.length > 0 || outcome.latched;
    if (failure === null || (failure.code === "LINK_LOST" && begun))
      this.#delivered = host.channel.deliver(outcome);
    if (failure === null) return;
    host.state.failed = true;
    void this.#delivered.then(() => host.fail(failure));
  }
}
