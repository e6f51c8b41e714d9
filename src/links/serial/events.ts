/** Events come three times each: repetitions are dropped, and what is missing in their count is counted. */
import { faultName } from "../../../firmware-protocol/codec/faults.ts";
import type { MessageOf } from "../../../firmware-protocol/codec/message-table.ts";
import type { RobotEvent } from "../../robot/robot.ts";
import { Repetitions } from "../repetitions.ts";

export class EventLog {
  /** Number and time: a robot that resets counts anew. */
  readonly #repetitions = new Repetitions();
  #last = 0;
  #started = false;
  /** Events of which not one copy came. */
  missed = 0;

  /** @returns false for a repetition */
  isNew({ number, event, time }: MessageOf<"event">): boolean {
    if (!this.#repetitions.isNew(`${number} ${time}`)) return false;
    if (number > this.#last) {
      // What happened before the first one was heard is nobody's loss.
      if (this.#started) this.missed += number - this.#last - 1;
      this.#last = number;
    } else if (event === "rebooted") this.#last = number;
    // Overtaken by a later one, which took it for missing.
    else if (this.missed > 0) this.missed--;
    this.#started = true;
    return true;
  }
}

/** @returns null for what concerns nobody but a log */
export function robotEvent({ event, code, reason }: MessageOf<"event">): RobotEvent | null {
  switch (event) {
    case "rebooted":
      return { kind: "rebooted", reason };
    case "fault": {
      const name = faultName(code) ?? `fault-${code}`;
      return { kind: "fault", code: name.toUpperCase().replaceAll("-", "_"), reason };
    }
    case "latched":
      return { kind: "fault", code: "LATCHED", reason };
    default:
      return null;
  }
}
