/**
 * The way of every frame through the station, in the order in which it matters: the monitor first, then the run that has to obey its
 * verdict, then whoever looks, records and shows. One turn of the event loop from end to end: nothing is waited for here, and nothing
 * slow is done.
 */
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";
import { LIMIT_NAMES } from "../safety/limit.ts";
import type { EStopExercise } from "./estop-exercise.ts";
import type { RobotInHand } from "./robot-in-hand.ts";
import type { ServiceChannel } from "./service-channel.ts";
import type { StationState } from "./station-state.ts";

export interface FramePathParts {
  readonly state: StationState;
  readonly exercise: Pick<EStopExercise, "button">;
  readonly channel: Pick<ServiceChannel, "look" | "liveDue" | "sendLive">;
  /** The robot's stop button was pressed, and no run is there to take it. */
  readonly onButton: () => void;
}

export class FramePath {
  readonly #parts: FramePathParts;
  #hand: RobotInHand | null = null;
  #calibrated: (frame: TelemetryFrame) => TelemetryFrame = (frame) => frame;

  constructor(parts: FramePathParts) {
    this.#parts = parts;
  }

  /** Frames count from now on: those before come while the link is still being opened. */
  open(hand: RobotInHand): void {
    this.#hand = hand;
  }

  /** @param calibrated applied to every frame before anybody sees it */
  calibrate(calibrated: (frame: TelemetryFrame) => TelemetryFrame): void {
    this.#calibrated = calibrated;
  }

  onFrame(raw: TelemetryFrame): void {
    if (this.#hand === null) return;
    const { claim, recording } = this.#hand;
    const { monitor } = claim;
    const { state, exercise, channel, onButton } = this.#parts;
    const frame = this.#calibrated(raw);
    const breach = monitor.onFrame(frame);
    recording.hold(frame);
    const run = state.underway;
    if (run !== null) run.onFrame(frame, breach);
    else if (!exercise.button(monitor.stopButton) && monitor.stopButton && !state.latched) onButton();
    state.preflight?.hear(frame);
    recording.release(frame);
    if (channel.liveDue) this.#sendLive(frame, this.#hand);
  }

  /** In real time silence is looked for between frames: the robot's, and the service's. */
  onTick(): void {
    if (this.#hand === null) return;
    this.#parts.state.underway?.onTick(this.#hand.claim.clock.now());
    this.#parts.channel.look();
  }

  #sendLive({ tRobot, values }: TelemetryFrame, { claim }: RobotInHand): void {
    const { state, channel } = this.#parts;
    const margins = new Float64Array(LIMIT_NAMES.length);
    claim.monitor.readDebounced(margins);
    channel.sendLive({
      kind: "live",
      trial: state.trial?.plan.trial ?? null,
      phase: state.latched ? "latched" : (state.underway?.phase ?? "idle"),
      tRobot,
      values: values.slice(),
      margins,
    });
  }
}
