/** Commands to an mjbots quad, and what its JSON reader makes of them (`mjlib/base/json5_read_archive.h`). */

const COMMANDED = [
  "stopped",
  "zero_velocity",
  "joint",
  "leg",
  "stand_up",
  "rest",
  "jump",
  "walk",
  "backflip",
] as const;
/** Names it knows, of which these bring its program down: it asserts that nobody commands them. */
const FATAL: readonly string[] = ["configuring", "fault"];

export type QuadMode = (typeof COMMANDED)[number] | "configuring" | "fault";

export interface QuadCommand {
  readonly mode: QuadMode;
  readonly priority?: number;
  readonly v_R?: readonly [number, number, number];
  readonly w_R?: readonly [number, number, number];
  readonly walk?: { readonly step_height?: number; readonly maximize_flight?: boolean };
}

/**
 * @returns `nothing` for `{}`; `unreadable` for what its reader throws at, which is not answered; `fatal` for what ends the program
 */
export function readQuadMessage(text: string): QuadCommand | "nothing" | "unreadable" | "fatal" {
  let message: { readonly command?: Record<string, unknown> | null };
  try {
    message = JSON.parse(text);
  } catch {
    return "unreadable";
  }
  if (typeof message !== "object" || message === null) return "unreadable";
  const { command } = message;
  if (command === undefined || command === null) return "nothing";
  const { mode = "stopped", priority = 0, v_R = [0, 0, 0], w_R = [0, 0, 0], walk = null } = command;
  if (FATAL.includes(String(mode))) return "fatal";
  if (!COMMANDED.some((known) => known === mode)) return "unreadable";
  if (!Number.isInteger(priority) || !isVector(v_R) || !isVector(w_R)) return "unreadable";
  return {
    mode: mode as QuadMode,
    priority: Number(priority),
    v_R,
    w_R,
    ...(walk === null ? {} : { walk: walk as NonNullable<QuadCommand["walk"]> }),
  };
}

/** Too few or too many numbers are an error; null is a number that is none. */
function isVector(value: unknown): value is readonly [number, number, number] {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    value.every((one) => typeof one === "number" || one === null)
  );
}
