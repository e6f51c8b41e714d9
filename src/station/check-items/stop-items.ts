/** Whether a stop reaches the robot and is confirmed: exercised while the robot has no torque. */
import { type CheckItem, inMilliseconds, itemsOf, milliseconds } from "./check-item.ts";

const item = itemsOf("stop");

/** A robot that takes longer to confirm a cut is not one that is walked without looking into it, s. */
const SLOW_STOP = 0.5;

export interface ExercisedStop {
  readonly confirmed: boolean;
  /** Until the robot's confirmation, or until it was given up, s of wall time. */
  readonly seconds: number;
}

/** @param direct over the link alone. @param socket through the station's socket; null: no station was asked */
export function stopItems(direct: ExercisedStop, socket: ExercisedStop | null): CheckItem[] {
  return [
    stopItem("stop", direct, "cut"),
    ...(socket === null ? [] : [stopItem("e-stop", socket, "cut through the station's socket")]),
  ];
}

function stopItem(name: string, { confirmed, seconds }: ExercisedStop, what: string): CheckItem {
  const measured = { value: inMilliseconds(seconds), unit: "ms", limit: inMilliseconds(SLOW_STOP) };
  if (!confirmed)
    return item(
      name,
      "missing",
      `the robot did not confirm a ${what} within ${milliseconds(seconds)}`,
      "Do not walk it before you know why it does not confirm; look at link and firmware.",
      measured,
    );
  const words = `${what}, confirmed after ${milliseconds(seconds)}`;
  if (seconds <= SLOW_STOP) return item(name, "ok", words, "", measured);
  return item(name, "warning", words, "Find what delays it before it is needed.", measured);
}
