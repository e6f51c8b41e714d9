/** Histories that a sampler meets seldom and must survive. */
import type { JsonValue, ObservedTrial } from "../optimizer/trial.ts";

/** What is known of each trial, given the first one. */
export const SAYING_LITTLE: Readonly<Record<string, (first: ObservedTrial) => Partial<ObservedTrial>>> = {
  "nothing but aborts": () => ({
    state: "aborted",
    value: null,
    reports: [],
    constraints: [1.5],
    breached: 0,
    walked: 2,
  }),
  "nothing but interruptions": () => ({ state: "interrupted", value: null, constraints: [] }),
  "nothing but abandoned walks": () => ({ state: "abandoned", value: null, constraints: [] }),
  "nothing but falls in other brackets": () => ({
    state: "abandoned",
    endedElsewhere: "aborted",
    value: null,
    reports: [],
    constraints: [1.5],
    breached: 0,
    walked: 2,
  }),
  "nothing but other brackets' safe walks": () => ({
    state: "abandoned",
    endedElsewhere: "completed",
    value: null,
    reports: [],
  }),
  "nothing told yet": () => ({ state: "running", value: null, reports: [], constraints: [], walked: 0 }),
  "nothing that is its own": () => ({ role: "enqueued", bookkeeping: null }),
  "walks whose reward could not be computed": () => ({
    state: "pruned",
    value: null,
    reports: [{ step: 1, value: Number.NaN, time: 1 }],
  }),
  "equal rewards": () => ({ value: 0.2 }),
  "one set over and over": ({ parameters, bookkeeping }) => ({ parameters, bookkeeping }),
  "one set over and over, always of the same reward": ({ parameters, bookkeeping }) => ({
    parameters,
    bookkeeping,
    value: 0.2,
  }),
};

/** Of one study each. */
export const REWARDS: readonly (readonly number[])[] = [
  [0.3],
  [0, 5e-324, 0, 0, 5e-324],
  [1e300, -1e300, 1e308, 1e300, -1e308],
  [1e15, 1e15 + 1, 1e15, 1e15, 1e15 + 1],
  Array<number>(5).fill(Number.NaN),
];

/** Bookkeeping of other samplers, other spaces and other programs. */
export const STRANGE: readonly JsonValue[] = [
  null,
  {},
  [],
  "generation 3",
  7,
  { point: "seven" },
  { point: -3 },
  { generation: 0, member: 0, point: [], parents: [] },
  { generation: -1, member: 1.5, point: [0.5], parents: [2] },
  { particle: 0, position: [2], velocity: [0] },
  { particle: "first", position: null, velocity: [] },
  { observations: 3, objective: [], constraints: {} },
];
