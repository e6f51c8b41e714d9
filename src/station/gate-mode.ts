/** What the gate may let through in each phase of a trial. */
import type { GateMode } from "../safety/gate.ts";
import type { TrialPhase } from "./messages.ts";

const GATE_MODES: Readonly<Partial<Record<TrialPhase, GateMode>>> = {
  arm: "ready",
  stand: "standing",
  "ramp-in": "walking",
  settle: "walking",
  measure: "walking",
  "ramp-out": "ramping-out",
  "stand-down": "standing",
};

/** @param stopping a safe stop is engaged */
export function gateModeOf(phase: TrialPhase, stopping: boolean): GateMode {
  return stopping ? "stopping" : (GATE_MODES[phase] ?? "idle");
}
