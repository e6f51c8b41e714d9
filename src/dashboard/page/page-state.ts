/** What the page knows, and how the live stream changes it. No DOM here. */

import type { LimitName } from "../../safety/limit.ts";
import type { LiveEvent, PromptState, RobotStatus, StudyStatus } from "../../service/live-events.ts";
import type { StudyDocument, TrialDocument } from "../../study/study-document.ts";
import { LIMIT_ORDER, readLimit, wayToLimit } from "./limits.ts";
import { StripWindow } from "./strip-window.ts";

export type Connection =
  | { readonly state: "connecting" }
  | { readonly state: "live" }
  | { readonly state: "lost"; readonly since: Date };

export interface ReportPoint {
  readonly step: number;
  readonly value: number | null;
  /** The value that the pruner wanted to see, or null when it had no opinion. */
  readonly threshold: number | null;
}

export type Frame = Extract<LiveEvent, { kind: "frame" }>;

export interface PageState {
  readonly studies: Map<string, StudyStatus>;
  readonly robots: Map<string, RobotStatus>;
  connection: Connection;
  /** The study and robot shown; null until one is known. */
  study: string | null;
  robot: string | null;
  document: StudyDocument | null;
  /** Reports of the walk heard last. */
  reports: { readonly trial: number; readonly points: ReportPoint[] } | null;
  frame: Frame | null;
  /** What the person at the robot shown is asked, and what became of the prompt before. */
  prompt: PromptState;
  /** The tab that holds the robot shown, by the name its lease gave it; null: none does. */
  holder: string | null;
  readonly strips: StripWindow;
  /** How far each limit's value went on its way to the limit in the trial of the last frame. */
  readonly furthest: Map<LimitName, number>;
  /** The trial whose details are open. */
  selected: number | null;
}

export function emptyState(): PageState {
  return {
    studies: new Map(),
    robots: new Map(),
    connection: { state: "connecting" },
    study: null,
    robot: null,
    document: null,
    reports: null,
    frame: null,
    prompt: { open: null, closed: null },
    holder: null,
    strips: new StripWindow(),
    furthest: new Map(),
    selected: null,
  };
}

/** What an event changed: what has to be drawn, and whether the document is out of date. */
export type Change = "study" | "robot" | "reports" | "frame" | "prompt" | "seat" | "stale-document";

/** @returns the changes, none for events of studies and robots that are not shown */
export function applyEvent(state: PageState, event: LiveEvent): readonly Change[] {
  switch (event.kind) {
    case "study": {
      state.studies.set(event.status.study, event.status);
      const first = state.study === null;
      state.study ??= event.status.study;
      return event.status.study === state.study ? (first ? ["study", "stale-document"] : ["study"]) : [];
    }
    case "robot":
      state.robots.set(event.robot.id, event.robot);
      state.robot ??= event.robot.id;
      return event.robot.id === state.robot ? ["robot"] : [];
    case "prompt":
      if (event.robot !== (state.robot ?? event.robot)) return [];
      state.prompt = { open: event.open, closed: event.closed };
      return ["prompt"];
    case "seat":
      if (event.robot !== (state.robot ?? event.robot)) return [];
      state.holder = event.holder;
      return ["seat"];
    case "preflight":
    case "trial":
      return event.study === state.study ? ["stale-document"] : [];
    case "report":
      if (event.study !== state.study) return [];
      addReport(state, event);
      return ["reports"];
    case "frame": {
      if (event.robot !== state.robot) return [];
      const robot = state.robots.get(event.robot);
      if (robot === undefined) return [];
      if (event.trial !== state.frame?.trial) state.furthest.clear();
      state.frame = event;
      state.strips.add(robot, event);
      trackFurthest(state.furthest, robot, event);
      return ["frame"];
    }
  }
}

/** On every frame, not on every drawing: a peak between two drawings counts. */
function trackFurthest(furthest: Map<LimitName, number>, robot: RobotStatus, frame: Frame): void {
  for (const name of LIMIT_ORDER) {
    const reading = readLimit(robot, name, frame.values, frame.margins);
    const way = reading === null ? 0 : wayToLimit(reading.value, reading.bounds);
    furthest.set(name, Math.max(furthest.get(name) ?? 0, way));
  }
}

function addReport(
  state: PageState,
  { trial, step, value, threshold }: ReportPoint & { trial: number },
): void {
  const last = state.reports?.points.at(-1)?.step ?? 0;
  // A retry starts over at step 1.
  if (state.reports === null || state.reports.trial !== trial || step <= last)
    state.reports = { trial, points: [] };
  state.reports.points.push({ step, value, threshold });
}

export interface ShownWalk {
  readonly trial: number;
  readonly running: boolean;
  readonly points: readonly ReportPoint[];
  readonly document: TrialDocument | null;
}

/**
 * The walk whose curve is shown: the one in progress, else the last one. What the stream told is completed by the
 * document, so that a page opened in mid-walk has the first steps too (their thresholds are not kept).
 */
export function shownWalk(state: PageState): ShownWalk | null {
  const trials = state.document?.trials ?? [];
  const running = trials.findLast((trial) => trial.state === "running") ?? null;
  const newest = trials.findLast((trial) => Object.keys(trial.intermediate_values).length > 0) ?? null;
  const number = Math.max(running?.number ?? -1, state.reports?.trial ?? -1);
  const trial = number >= 0 ? number : (newest?.number ?? -1);
  if (trial < 0) return null;
  const document = trials.find((one) => one.number === trial) ?? null;
  const points = new Map<number, ReportPoint>();
  for (const [step, value] of Object.entries(document?.intermediate_values ?? {}))
    points.set(Number(step), { step: Number(step), value, threshold: null });
  if (state.reports?.trial === trial) for (const point of state.reports.points) points.set(point.step, point);
  return {
    trial,
    running: document === null || document.state === "running",
    points: [...points.values()].sort((a, b) => a.step - b.step),
    document,
  };
}
