/** Whether robot and gaitsmith mean the same by the gait's parameters. */
import type { HardwareConfig } from "../../config/hardware-config.ts";
import { parameterHash } from "../../robot/parameters.ts";
import type { Capabilities, Robot } from "../../robot/robot.ts";
import { Gate } from "../../safety/gate.ts";
import { type CheckItem, type CheckResult, itemsOf } from "./check-item.ts";

const item = itemsOf("parameters");

/**
 * Offers the seed gait to a robot that looks at it without torque; it is never committed.
 *
 * @param seedGait all of the gait's parameters, SI
 */
export async function parametersItem(
  robot: Robot,
  { runsGait }: Capabilities,
  config: HardwareConfig,
  seedGait: Readonly<Record<string, number>>,
): Promise<CheckItem> {
  const found = (result: CheckResult, words: string, remedy?: string): CheckItem =>
    item("seed gait", result, words, remedy);
  if (!runsGait) return found("ok", "not offered: gaitsmith runs the gait, inside the robot's limits");
  if (!checksSets(config))
    return found("warning", "not offered: this robot takes parameters only to walk with them");
  const parameters = { gait: config.gait.name, values: Object.entries(seedGait) };
  const gate = new Gate(() => ({
    mode: "checking",
    leased: true,
    latched: false,
    envelopeComplete: true,
    monitorHealthy: true,
    targets: null,
    feasible: () => true,
  }));
  const { rampIn, rampOut } = config.walk;
  const answer = await robot.send(gate.clear({ kind: "stage", parameters, rampIn, rampOut }));
  if (!answer.accepted)
    return found(
      "missing",
      `refused: ${answer.reason}`,
      "Let the config ask only for what the robot accepts.",
    );
  if (answer.hash !== undefined && answer.hash !== parameterHash(parameters))
    return found(
      "missing",
      `the robot understood something else (${answer.hash}, not ${parameterHash(parameters)})`,
      "Check that robot and gaitsmith agree on names, order and units of the parameters.",
    );
  return found("ok", `${parameters.values.length} parameters, understood as sent`);
}

/** Robots with a session of their own hold a staged set back until it is committed. */
function checksSets({ link }: HardwareConfig): boolean {
  if (link.kind === "rosbridge") return link.control.kind === "node";
  return link.kind === "simulated" || link.kind === "serial";
}
