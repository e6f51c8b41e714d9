/**
 * The only way from the station to the robot's motors: nothing but the gate makes a `Cleared<Command>`, and a link
 * sends nothing else. It denies by default: a command passes when its mode allows it by name and every fact speaks for it.
 */
import { fail } from "../errors.ts";
import type { Cleared, Command } from "../robot/command.ts";
import type { ParameterSetOnWire } from "../robot/parameters.ts";
import { type TargetFacts, targetRefusal } from "./target-limits.ts";

/** What the robot is doing, as far as commands are concerned. */
export type GateMode =
  /** Somebody wants to know whether a robot without torque would take a parameter set; nothing else may be sent. */
  | "checking"
  /** A parameter set is handed over to a robot without torque, to stay there. */
  | "handing-over"
  /** No torque; nothing may be sent. */
  | "idle"
  /** Preflight has passed: it may be armed. */
  | "ready"
  /** Rising or standing in the neutral stance. */
  | "standing"
  | "walking"
  /** Blending from the gait back into the neutral stance. */
  | "ramping-out"
  /** Stopping, for whatever reason: nothing may be sent but `stop`, which needs no gate. */
  | "stopping";

/** What the gate knows, asked anew for every command. */
export interface GateFacts {
  readonly mode: GateMode;
  readonly leased: boolean;
  readonly latched: boolean;
  /** Every limit is set, sound and watched. */
  readonly envelopeComplete: boolean;
  /** Telemetry is fresh and nothing is breached. */
  readonly monitorHealthy: boolean;
  /** What streamed targets must keep to; null: the robot runs the gait by itself and takes none. */
  readonly targets: TargetFacts | null;
  /** Reach and joint range over a whole cycle, judged again here. */
  feasible(parameters: ParameterSetOnWire): boolean;
}

/** In which modes a command may be sent; a command or a mode that is not here, in none. */
const ALLOWED: ReadonlyMap<string, readonly GateMode[]> = new Map<Command["kind"], readonly GateMode[]>([
  ["arm", ["ready"]],
  ["stage", ["checking", "handing-over", "standing"]],
  ["commit", ["handing-over", "standing"]],
  ["store", ["handing-over"]],
  ["start", ["standing"]],
  ["targets", ["standing", "walking", "ramping-out"]],
  ["disarm", ["standing"]],
]);

export class Gate {
  readonly #facts: () => GateFacts;

  constructor(facts: () => GateFacts) {
    this.#facts = facts;
  }

  /** @throws GATE_REFUSED with the reason */
  clear<C extends Command>(command: C): Cleared<C> {
    const reason = this.refusal(command);
    if (reason !== null)
      fail("GATE_REFUSED", {
        what: `the gate refused \`${command.kind}\`: ${reason}`,
        remedy: "Report this: a command that the gate refuses should never have been tried.",
      });
    return command as Cleared<C>;
  }

  /** @returns why the command may not be sent, or null when it may */
  refusal(command: Command): string | null {
    const facts = this.#facts();
    if (ALLOWED.get(command.kind)?.includes(facts.mode) !== true) return `not while ${facts.mode}`;
    if (facts.leased !== true) return "this station does not hold the robot's lease";
    // Taking the torque away is always right for whoever holds the robot and knows that it stands.
    if (command.kind === "disarm") return null;
    if (facts.latched !== false) return "the robot is latched";
    if (facts.envelopeComplete !== true) return "a limit is not set or cannot be watched";
    if (facts.monitorHealthy !== true) return "telemetry is not fresh or a limit is breached";
    if (command.kind === "stage") return stageRefusal(command, facts);
    if (command.kind === "commit" && !/^[0-9a-f]{8}$/.test(command.hash)) return "the hash is not one";
    if (command.kind === "targets") return targetRefusal(command.positions, facts.targets);
    return null;
  }
}

function stageRefusal(command: Extract<Command, { kind: "stage" }>, facts: GateFacts): string | null {
  const { parameters, rampIn, rampOut } = command;
  if (parameters.values.length === 0) return "the parameter set is empty";
  for (const [name, value] of parameters.values)
    if (!Number.isFinite(value)) return `parameter ${name} is not a finite number`;
  for (const [name, seconds] of [
    ["ramp-in", rampIn],
    ["ramp-out", rampOut],
  ] as const)
    if (!(Number.isFinite(seconds) && seconds >= 0)) return `the ${name} is not a length of time`;
  if (facts.feasible(parameters) !== true) return "the parameter set is not feasible";
  return null;
}
