/** Sends the robot one command at a time through the gate, and goes on with its answer. */
import { asGaitsmithError, describeError, GaitsmithError } from "../errors.ts";
import type { Command } from "../robot/command.ts";
import type { Acknowledgement, Robot } from "../robot/robot.ts";
import type { Gate } from "../safety/gate.ts";

export interface CommandEvents {
  /** The gate or the robot said no. */
  refused(error: GaitsmithError): void;
  /** The link failed under the command. */
  linkFailed(reason: string): void;
  /** The answer is no longer wanted. */
  isStopped(): boolean;
  changed(): void;
}

export class CommandSender {
  readonly #robot: Robot;
  readonly #gate: Gate;
  readonly #events: CommandEvents;
  #underway: Promise<void> | null = null;

  constructor(robot: Robot, gate: Gate, events: CommandEvents) {
    this.#robot = robot;
    this.#gate = gate;
    this.#events = events;
  }

  /** The command in flight, until its answer has been dealt with. */
  get underway(): Promise<void> | null {
    return this.#underway;
  }

  /** @param mayRefuse whether a refusal is to be passed over in silence */
  send(
    command: Command,
    accepted: (answer: Acknowledgement) => void,
    mayRefuse: (answer: Acknowledgement) => boolean = () => false,
  ): void {
    const events = this.#events;
    let answer: Promise<Acknowledgement>;
    try {
      answer = this.#robot.send(this.#gate.clear(command));
    } catch (error) {
      events.refused(asGaitsmithError(error));
      return;
    }
    const underway = answer
      .then(
        (reply) => {
          if (this.#underway === underway) this.#underway = null;
          // Stopped meanwhile: the answer belongs to a walk that no longer happens.
          if (events.isStopped()) return;
          if (reply.accepted) accepted(reply);
          else if (!mayRefuse(reply)) events.refused(refusal(command, reply));
        },
        (error: unknown) => {
          if (this.#underway === underway) this.#underway = null;
          events.linkFailed(describeError(error));
        },
      )
      .finally(() => events.changed());
    this.#underway = underway;
  }
}

function refusal(command: Command, answer: Acknowledgement): GaitsmithError {
  return new GaitsmithError("ROBOT_REFUSED", {
    what: `the robot refused \`${command.kind}\`: ${answer.reason}`,
    remedy:
      command.kind === "stage"
        ? "Let the config ask only for what the firmware accepts (`gaitsmith check --protocol` compares them over a serial line)."
        : "Do what the robot asks for, then run the same command again.",
  });
}
