/** Events come three times each: repetitions are dropped, and what is missing in their count is counted. */
import { faultName } from "../../../firmware-protocol/codec/faults.ts";
import type { MessageOf } from "../../../firmware-protocol/codec/message-table.ts";
import type { RobotEvent } from "../../robot/robot.ts";

/** Repetitions are recognised among this many. */
const REMEMBERED = 32;

export class EventLog {
  /** Number and time: a robot that resets counts anew. */
  readonly #known = new Set<string>();
  #last = 0;
  #started = false;
  /** Events of which not one copy came. */
  missed = 0;

  /** @returns false for a repetition */
  isNew({ number, event, time }: MessageOf<"event">): boolean {
    const key = `${number} ${time}`;
    if (this.#known.has(key)) return false;
    this.#known.add(key);
    for (const old of this.#known) {
      if (this.#known.size <= REMEMBERED) break;
      this.#known.delete(old);
    }
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
