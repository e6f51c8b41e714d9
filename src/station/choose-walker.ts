/** Who runs the gait of this robot: itself, or the station. */
import { asGaitsmithError, type GaitsmithError } from "../errors.ts";
import { gaitNamed } from "../gait/gaits.ts";
import type { Gate } from "../safety/gate.ts";
import type { CommandSender } from "./command-sender.ts";
import { OnboardGait } from "./onboard-gait.ts";
import { streamLimits } from "./stream-limits.ts";
import { StreamTiming } from "./stream-timing.ts";
import { StreamedGait } from "./streamed-gait.ts";
import type { TrialParts } from "./trial-parts.ts";
import type { Walker } from "./walker.ts";

export interface WalkerEvents {
  /** Writes the stop `neutral`. */
  stopNeutral(): void;
  /** Station clock, s: silence is looked at once more. */
  onTick(now: number): void;
  /** The walk is stopped safely; it may be tried again. */
  stopNow(code: string, words: string): void;
  linkLost(reason: string): void;
  failed(error: GaitsmithError): void;
}

export function chooseWalker(
  parts: TrialParts,
  gate: Gate,
  commands: CommandSender,
  events: WalkerEvents,
): Walker {
  const { capabilities, config, monitor, robot, clock } = parts;
  const { targets: streaming, clock: kind, layout } = capabilities;
  const { name, body } = config.gait;
  // A robot that takes targets without saying how, or for a gait of its own, has been refused: `stream-preconditions.ts`.
  if (capabilities.runsGait || streaming === undefined || body === null)
    return new OnboardGait(commands, () => events.stopNeutral());
  const { joints } = config.robot;
  return new StreamedGait({
    commands,
    gate,
    robot,
    clock,
    kind,
    streaming,
    limits: streamLimits(config, body),
    timing: parts.streamTiming ?? new StreamTiming(streaming.rate),
    gait: gaitNamed(name),
    body,
    layout,
    joints,
    rampOut: config.walk.rampOut,
    failed: (error) => events.failed(error),
    events: {
      // In lockstep no time goes by between a frame and its target.
      judge: () => {
        if (kind === "realtime") events.onTick(clock.now());
      },
      healthy: () => monitor.healthy(clock.now()),
      late: (silence) =>
        events.stopNow(
          "targets-late",
          `no joint target was sent for ${silence.toFixed(2)} s; the robot waits ${streaming.timeout} s for the next one`,
        ),
      barred: (error) => events.failed(asGaitsmithError(error)),
      refused: (reason) => events.stopNow("targets-refused", `the robot refused joint targets: ${reason}`),
      linkFailed: (reason) => events.linkLost(reason),
    },
  });
}
