/** What a walk or a jog finds in the station that it happens in, and how what it says is carried away from there. */
import type { GaitsmithError } from "../errors.ts";
import type { EStopExercise } from "./estop-exercise.ts";
import type { LatchedStop } from "./latched-stop.ts";
import type { TrialPlan } from "./messages.ts";
import type { RobotInHand } from "./robot-in-hand.ts";
import type { RunDriver } from "./run-driver.ts";
import type { ServiceChannel } from "./service-channel.ts";
import type { StationState } from "./station-state.ts";
import type { TrialPorts } from "./trial-parts.ts";

export interface RunHost {
  readonly state: StationState;
  readonly channel: ServiceChannel;
  readonly driver: RunDriver;
  readonly latch: Pick<LatchedStop, "close">;
  /** From the beginning of a run on every e-stop is a real one. */
  readonly exercise: Pick<EStopExercise, "close">;
  /** Says why the robot cannot be used any more, and gives everything back. */
  readonly fail: (failure: GaitsmithError) => Promise<void>;
}

/** To the service, into the recording, and to the driver that waits. @param of under which number the service knows it */
export function portsOf(
  { channel, driver, latch }: RunHost,
  { claim: { clock }, recording }: RobotInHand,
  of: Pick<TrialPlan, "trial" | "attempt">,
): TrialPorts {
  const { trial, attempt } = of;
  return {
    phase: (phase, tRobot) => {
      channel.send({ kind: "phase", trial, attempt, phase, tRobot });
      recording.event("info", "phase", phase, tRobot);
    },
    report: (step, tRobot, time, metrics) => {
      driver.reported();
      channel.send({ kind: "report", trial, attempt, step, tRobot, time, metrics });
      recording.note({ kind: "report", step, tRobot, time, metrics, tStation: clock.now() });
    },
    event: (level, name, words, tRobot) => recording.event(level, name, words, tRobot),
    cooling: (cooling) => channel.send({ kind: "cooling", trial, attempt, cooling }),
    latch: (reason, level) => latch.close(reason, level),
    changed: () => driver.wake(),
  };
}
