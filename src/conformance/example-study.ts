/** A small study with every kind of parameter, for conformance suites and tests. */
import { METRICS, type Metrics } from "../config/metrics.ts";
import type { NewTrial, StudyDefinition, TrialEnd, TrialReport } from "../study/trial-record.ts";

export const EXAMPLE_STUDY: StudyDefinition = {
  name: "example",
  direction: "maximize",
  space: {
    parameters: [
      {
        kind: "float",
        name: "stride_frequency",
        unit: "Hz",
        low: 0.5,
        high: 4,
        log: false,
        step: null,
      },
      { kind: "float", name: "stiffness", unit: "N·m/rad", low: 0.5, high: 50, log: true, step: null },
      { kind: "float", name: "clearance", unit: "m", low: 0, high: 0.1, log: false, step: 0.03 },
      { kind: "int", name: "phases", unit: "", low: 1, high: 9, log: false, step: 2 },
      { kind: "categorical", name: "gait", unit: "", choices: ["trot", "bound", null, true, 1.5] },
      {
        kind: "float",
        name: "bound_phase",
        unit: "",
        low: 0,
        high: 1,
        log: false,
        step: null,
        when: { parameter: "gait", in: ["bound"] },
      },
    ],
  },
  seedGait: { stride_frequency: 1, stiffness: 2.75, clearance: 0.03, phases: 3, gait: "trot" },
  reward: "forward_speed - 0.1 * abs(lateral_drift)",
  constraintNames: ["tilt", "height"],
  sampler: { name: "gp", options: { startup: 10 } },
  pruner: { name: "median", options: {} },
  seed: 1,
  robotId: "example-robot",
  configHash: "0123abcd",
};

/** A trial about to start, `change` applied to it. */
export function exampleTrial(change: Partial<NewTrial> = {}): NewTrial {
  return {
    suggestion: 0,
    attempt: 1,
    role: "suggested",
    replicateOf: null,
    parameters: EXAMPLE_STUDY.seedGait,
    bookkeeping: { generation: 2, members: [1, 2], acquisition: Number.NEGATIVE_INFINITY },
    note: "log EI −1.2, σ 0.03",
    recording: "recordings/example/trial-0000.mcap",
    startedAt: new Date("2026-01-02T03:04:05.678Z"),
    ...change,
  };
}

/** Every metric measured, save one that this robot lacks. */
export const EXAMPLE_METRICS: Metrics = {
  ...(Object.fromEntries(METRICS.map(({ name }, index) => [name, index / 8])) as Metrics),
  foot_slip: Number.NaN,
};

export function exampleReport(step: number, value: number): TrialReport {
  return { step, time: step * 1.25, metrics: EXAMPLE_METRICS, value };
}

/** A completed walk, `change` applied to it. */
export function exampleEnd(change: Partial<TrialEnd> = {}): TrialEnd {
  return {
    state: "completed",
    value: 0.25,
    reason: {
      code: "finished",
      words: "walked to the end",
      time: 12.5,
      channel: null,
      value: null,
      limit: null,
    },
    truncated: false,
    constraints: [-0.5, -0.25],
    breached: null,
    walked: 12.5,
    measured: 10,
    recording: "recordings/example/trial-0000.mcap",
    carryOver: { battery: 7.4, heat: [20.5, 21] },
    finishedAt: new Date("2026-01-02T03:04:17.001Z"),
    ...change,
  };
}
