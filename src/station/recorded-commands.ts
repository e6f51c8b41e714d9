/** Notes what is sent to a robot and how it answers, after it has been sent. */
import type { Clock } from "../clock.ts";
import type { Cleared, Command } from "../robot/command.ts";
import type { Acknowledgement, Robot, StopConfirmation, StopLevel } from "../robot/robot.ts";
import type { RecordedAcknowledgement, RecordedCommand } from "./recording-messages.ts";

export interface CommandNotes {
  /** The station's. */
  readonly clock: Clock;
  /** Robot time of the newest frame, s. */
  readonly tRobot: () => number;
  readonly entry: (
    entry:
      | ({ readonly kind: "command" } & RecordedCommand)
      | ({ readonly kind: "acknowledgement" } & RecordedAcknowledgement),
  ) => void;
  /** Joint targets that have been written, rad; not kept. */
  readonly targets: (positions: Float64Array) => void;
}

/** The same robot for one walk. Streamed targets are noted without their answers: a refused one ends the walk with its words. */
export function recordCommands(robot: Robot, notes: CommandNotes): Robot {
  const { clock, tRobot } = notes;
  let count = 0;
  /** @returns what notes the answer */
  const sent = (command: string, words: string, values: RecordedCommand["values"]) => {
    const id = ++count;
    const at = clock.now();
    notes.entry({ kind: "command", id, command, words, values, tRobot: tRobot(), tStation: at });
    return (accepted: boolean, answer: string, effective: number): void => {
      const now = clock.now();
      const latency = now - at;
      const shared = { kind: "acknowledgement", id, command, accepted, latency } as const;
      notes.entry({ ...shared, words: answer, tRobot: effective, tStation: now });
    };
  };
  const send = (command: Cleared<Command>): Promise<Acknowledgement> => {
    const reply = robot.send(command);
    if (command.kind === "targets") {
      notes.targets(command.positions);
      return reply;
    }
    const answered = sent(command.kind, wordsOf(command), valuesOf(command));
    reply.then(
      ({ accepted, reason, hash = "" }) => answered(accepted, accepted ? hash : reason, Number.NaN),
      (error: unknown) => answered(false, String(error), Number.NaN),
    );
    return reply;
  };
  const stop = (level: StopLevel): Promise<StopConfirmation> => {
    // The stop first, whatever becomes of the note.
    const confirmation = robot.stop(level);
    const answered = sent("stop", level, {});
    confirmation.then(
      ({ confirmed, tRobot: effective }) => answered(confirmed, confirmed ? "" : "not confirmed", effective),
      (error: unknown) => answered(false, String(error), Number.NaN),
    );
    return confirmation;
  };
  // All else is the robot's own, whatever its link can do.
  return new Proxy(robot, {
    get: (target, name) => {
      if (name === "send") return send;
      if (name === "stop") return stop;
      const own: unknown = Reflect.get(target, name, target);
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
}

function wordsOf(command: Command): string {
  if (command.kind === "stage") return command.parameters.gait;
  return command.kind === "commit" ? command.hash : "";
}

function valuesOf(command: Command): RecordedCommand["values"] {
  if (command.kind !== "stage") return {};
  const { parameters, rampIn, rampOut } = command;
  return { ...Object.fromEntries(parameters.values), ramp_in: rampIn, ramp_out: rampOut };
}
