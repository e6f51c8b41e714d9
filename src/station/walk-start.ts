/** From standing to walking: offer the parameters, compare what the robot understood, commit, start. */
import { GaitsmithError } from "../errors.ts";
import { type ParameterSetOnWire, parameterHash } from "../robot/parameters.ts";
import type { Acknowledgement } from "../robot/robot.ts";
import type { CommandSender } from "./command-sender.ts";

export interface WalkStart {
  readonly parameters: ParameterSetOnWire;
  /** s */
  readonly rampIn: number;
  readonly rampOut: number;
  started(): void;
  failed(error: GaitsmithError): void;
  /** Whether a refusal to start is to be passed over, because it is going to be asked again. */
  mayRefuse(answer: Acknowledgement): boolean;
}

/** Nothing walks unless the robot's hash of the parameters is ours. */
export function startWalk(commands: CommandSender, walk: WalkStart): void {
  const { parameters, rampIn, rampOut } = walk;
  commands.send({ kind: "stage", parameters, rampIn, rampOut }, (staged) => {
    const hash = parameterHash(parameters);
    if (staged.hash === hash)
      commands.send({ kind: "commit", hash }, () =>
        commands.send({ kind: "start" }, walk.started, walk.mayRefuse),
      );
    else
      walk.failed(
        new GaitsmithError("ROBOT_MISMATCH", {
          what: `the robot understood other parameters than were sent (hash ${staged.hash ?? "none"}, not ${hash})`,
          remedy: "Check that the robot's program fits this gait and this version.",
        }),
      );
  });
}
