/**
 * What the service may ask of a robot that is ours: a walk, a jog, a look before the first walk, a parameter set, an exercise of the
 * e-stop. One at a time: here is refused, in words, what cannot begin beside what is under way.
 */
import type { Clock } from "../clock.ts";
import { type CheckItem, itemsOf } from "./check-items/check-item.ts";
import type { EStopExercise } from "./estop-exercise.ts";
import type {
  JogPlan,
  ParameterAnswer,
  ParameterQuestion,
  PreflightAsk,
  ServiceMessage,
  TrialPlan,
} from "./messages.ts";
import type { MetricMeter } from "./metric-meter.ts";
import { handOver } from "./parameter-handover.ts";
import type { RobotInHand } from "./robot-in-hand.ts";
import type { RunHost } from "./run-host.ts";
import { jog } from "./single-jog.ts";
import type { StreamTiming } from "./stream-timing.ts";
import { StudyPreflight } from "./study-preflight.ts";
import { TrialWalks } from "./trial-walks.ts";

export interface RobotTasksParts {
  readonly host: RunHost;
  readonly wall: Clock;
  readonly exercise: EStopExercise;
  /** Something in the station itself broke. */
  readonly crash: (error: unknown) => void;
}

export class RobotTasks {
  readonly #parts: RobotTasksParts;
  #hand: RobotInHand | null = null;
  #walks: TrialWalks | null = null;
  #streamTiming: StreamTiming | null = null;
  #over: Promise<void> = Promise.resolve();

  constructor(parts: RobotTasksParts) {
    this.#parts = parts;
  }

  /** The robot is ours. */
  open(hand: RobotInHand): void {
    this.#hand = hand;
  }

  /** It can be measured as well. @param streamTiming where joint targets are streamed; else null */
  allowWalks(meter: MetricMeter, streamTiming: StreamTiming | null): void {
    if (this.#hand === null) return;
    this.#streamTiming = streamTiming;
    this.#walks = new TrialWalks({ hand: this.#hand, meter, streamTiming, host: this.#parts.host });
  }

  /** Resolves when the last walk or jog is over. Never rejects. */
  get over(): Promise<void> {
    return this.#over;
  }

  /** Resolves when the service has the last walk's outcome, or nobody is left to take it. */
  get delivered(): Promise<void> | undefined {
    return this.#walks?.delivered;
  }

  /** A walk that is asked for twice is walked once. */
  startWalk(plan: TrialPlan): void {
    const { state, channel } = this.#parts.host;
    const walks = this.#walks;
    if (state.exiting || walks?.isUnderWay(plan) === true || walks?.deliverAgain(plan) === true) return;
    // The service starts another station when this one has said why it fails.
    if (state.failed) return;
    if (!state.idle || walks === null) {
      channel.log("error", `trial ${plan.trial} was refused: the station is busy`);
      return;
    }
    this.#over = walks.walk(plan).catch((error: unknown) => {
      state.trial = null;
      this.#parts.crash(error);
    });
  }

  /** One that is not of the walk under way is not heard. */
  decide(decision: Extract<ServiceMessage, { kind: "decision" }>): void {
    this.#walks?.decide(decision);
  }

  startJog(plan: JogPlan): void {
    const { host, crash } = this.#parts;
    const { state, channel } = host;
    const hand = this.#hand;
    if (state.exiting || state.failed) return;
    if (!state.idle || hand === null) {
      channel.log("error", `the jog of ${plan.joint} was refused: the station is busy`);
      return;
    }
    this.#over = jog(plan, hand, this.#streamTiming, host).catch((error: unknown) => {
      state.jog = null;
      crash(error);
    });
  }

  startPreflight(ask: PreflightAsk): void {
    void this.#lookBefore(ask).catch(this.#parts.crash);
  }

  /** @param open false: it is over, done or not */
  exerciseEStop(open: boolean): void {
    const { exercise, host } = this.#parts;
    if (!open) exercise.close();
    else if (this.#hand !== null && !host.state.busy && !host.state.latched) exercise.ask();
  }

  /** Reads or writes a parameter set, between walks. @param number of the question, which the answer carries */
  async answer(number: number, question: ParameterQuestion): Promise<void> {
    const answer = await this.#handOver(question);
    this.#parts.host.channel.send({ kind: "parameters", number, answer });
  }

  async #lookBefore(ask: PreflightAsk): Promise<void> {
    const { host, exercise } = this.#parts;
    const { state, channel } = host;
    const hand = this.#hand;
    if (hand === null || !state.idle || state.latched) {
      const words = state.latched ? "the robot is latched" : "the station is busy";
      const items = [itemsOf("robot")("station", "missing", words, "Look at the robot, then start anew.")];
      channel.send({ kind: "preflight-result", items });
      return;
    }
    const { config, stateDir, claim, recording } = hand;
    const preflight = new StudyPreflight({
      ...{ config, claim, ask },
      beginProbe: (file) => recording.beginProbe(file),
      exercise: () => exercise.own(stateDir),
    });
    state.preflight = preflight;
    let items: readonly CheckItem[];
    try {
      items = await preflight.run();
      if (preflight.recorderFailed) await recording.renew();
    } finally {
      state.preflight = null;
    }
    // Told last: the answer to it may be a walk.
    channel.send({ kind: "preflight-result", items });
  }

  async #handOver(question: ParameterQuestion): Promise<ParameterAnswer> {
    const { host, exercise, wall } = this.#parts;
    const { state } = host;
    if (this.#hand === null || state.exiting || state.failed)
      return { result: "refused", reason: "the station does not hold the robot" };
    if (!state.idle)
      return { result: "refused", reason: "the station is busy with a walk or another parameter set" };
    const { config, claim } = this.#hand;
    state.handingOver = true;
    exercise.close();
    try {
      return await handOver(question, {
        ...{ config, claim, wall },
        leased: () => !state.exiting && state.underway === null,
        latched: () => state.latched,
      });
    } finally {
      state.handingOver = false;
    }
  }
}
