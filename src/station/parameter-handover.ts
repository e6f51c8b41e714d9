/**
 * Parameter sets that are to stay on a robot, outside of walks: read as the robot holds them, written (offered, compared by hash,
 * committed), kept beyond power-off. The robot has no torque meanwhile, and every command goes through the gate.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import type { HardwareConfig } from "../config/hardware-config.ts";
import { describeError, GaitsmithError } from "../errors.ts";
import { reachOf } from "../gait/gaits.ts";
import type { Command } from "../robot/command.ts";
import { type ParameterSetOnWire, parameterHash } from "../robot/parameters.ts";
import type { Acknowledgement } from "../robot/robot.ts";
import { Gate } from "../safety/gate.ts";
import type { ParameterAnswer, ParameterQuestion } from "./messages.ts";
import type { RobotClaim } from "./robot-claim.ts";

export interface HandoverParts {
  readonly config: HardwareConfig;
  readonly claim: Pick<RobotClaim, "robot" | "clock" | "capabilities" | "monitor">;
  readonly wall: Clock;
  readonly leased: () => boolean;
  readonly latched: () => boolean;
}

/** Telemetry that is fresh and breaches nothing is waited for so long, s of wall time; nothing is written without. */
const PATIENCE = 3;
const LOOK_AGAIN_MS = 10;

/** Never rejects: what goes wrong is the answer. */
export async function handOver(question: ParameterQuestion, parts: HandoverParts): Promise<ParameterAnswer> {
  const { robot, capabilities } = parts.claim;
  if (!capabilities.runsGait)
    return unsupported("gaitsmith runs this robot's gait: the robot itself holds no parameters");
  if (robot.activeParameters === undefined)
    return unsupported("it keeps no parameter set: it walks with what each start brings along");
  try {
    switch (question.ask) {
      case "read":
        return { result: "read", parameters: await robot.activeParameters() };
      case "write":
        return await write(question.parameters, parts);
      case "store":
        return answerOf(await send({ kind: "store" }, parts));
    }
  } catch (error) {
    const unable = error instanceof GaitsmithError && error.code === "ROBOT_REFUSED";
    return unable ? unsupported(error.message) : refused(describeError(error));
  }
}

async function write(parameters: ParameterSetOnWire, parts: HandoverParts): Promise<ParameterAnswer> {
  const { rampIn, rampOut } = parts.config.walk;
  const staged = await send({ kind: "stage", parameters, rampIn, rampOut }, parts);
  if (!staged.accepted) return answerOf(staged);
  const hash = parameterHash(parameters);
  if (staged.hash !== hash)
    return refused(
      `it understood other parameters than were sent (hash ${staged.hash ?? "none"}, not ${hash})`,
    );
  return answerOf(await send({ kind: "commit", hash }, parts));
}

async function send(command: Command, parts: HandoverParts): Promise<Acknowledgement> {
  const { robot, clock, monitor } = parts.claim;
  await untilHealthy(parts);
  const gate = new Gate(() => ({
    mode: "handing-over",
    leased: parts.leased(),
    latched: parts.latched(),
    envelopeComplete: monitor.problems.length === 0,
    monitorHealthy: monitor.healthy(clock.now()),
    targets: null,
    feasible: ({ gait, values }) => isWithinReach(parts.config, gait, values),
  }));
  return robot.send(gate.clear(command));
}

/** A set that the robot had before may be one of another gait than the config's. */
function isWithinReach(
  { gait: { body } }: HardwareConfig,
  gait: string,
  values: ParameterSetOnWire["values"],
): boolean {
  return reachOf(gait, body)(Object.fromEntries(values));
}

/** What ended the last walk is over: the robot has no torque. */
async function untilHealthy({ claim, wall }: HandoverParts): Promise<void> {
  const { robot, clock, capabilities, monitor } = claim;
  if (monitor.healthy(clock.now())) return;
  monitor.reset();
  const until = wall.now() + PATIENCE;
  while (!monitor.healthy(clock.now()) && wall.now() < until) {
    if (capabilities.clock === "lockstep") await robot.advance();
    await pause(capabilities.clock === "lockstep" ? 0 : LOOK_AGAIN_MS);
  }
}

function answerOf({ accepted, reason, unsupported: unable }: Acknowledgement): ParameterAnswer {
  if (accepted) return { result: "done" };
  return unable ? unsupported(reason) : refused(reason);
}

function refused(reason: string): ParameterAnswer {
  return { result: "refused", reason };
}

function unsupported(reason: string): ParameterAnswer {
  return { result: "unsupported", reason };
}
