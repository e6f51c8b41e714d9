/** Which messages come before which: stops before everything, and what sets a robot in motion never behind one. */
import type { Message } from "./message-table.ts";

const MOVES: ReadonlySet<Message["kind"]> = new Set(["arm", "start", "targets"]);

export function isStop({ kind }: Message): boolean {
  return kind === "stop" || kind === "e-stop";
}

/** Whether a robot may move after it. */
export function setsInMotion({ kind }: Message): boolean {
  return MOVES.has(kind);
}
