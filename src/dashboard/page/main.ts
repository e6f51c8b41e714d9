/** The page: hears the live stream, fetches the study when it changed, and draws what is out of date. */
import type { LiveEvent } from "../../service/live-events.ts";
import { fetchStudy } from "./api.ts";
import { drawChampion } from "./champion-card.ts";
import { byId, setText } from "./element.ts";
import { duration } from "./figures.ts";
import { HistoryChart } from "./history-chart.ts";
import { LimitBars } from "./limit-bars.ts";
import { connectLive } from "./live-connection.ts";
import { reasonWords } from "./outcomes.ts";
import { applyEvent, type Change, emptyState, shownWalk } from "./page-state.ts";
import { PauseButtons } from "./pause-buttons.ts";
import { drawPreflight } from "./preflight-card.ts";
import { PromptCard } from "./prompt-card.ts";
import { RewardCurves } from "./reward-curves.ts";
import { drawSeat, leaseToken, onLease } from "./seat.ts";
import { drawStatus } from "./status-header.ts";
import { StripCharts } from "./strip-charts.ts";
import { WINDOW_S } from "./strip-window.ts";
import { TrialTable } from "./trial-table.ts";

type Dirty = Exclude<Change, "stale-document"> | "document";

const state = emptyState();
const history = new HistoryChart(byId("history"), byId("history-legend"), select);
const curves = new RewardCurves(byId("walk"), byId("walk-legend"));
const bars = new LimitBars(byId("limits"));
const strips = new StripCharts(byId("strips"));
const prompts = new PromptCard();
const pausing = new PauseButtons();
const table = new TrialTable(byId("trials"), byId("trials-more"), select);

const dirty = new Set<Dirty>();

function invalidate(...parts: readonly Dirty[]): void {
  if (dirty.size === 0) requestAnimationFrame(draw);
  for (const part of parts) dirty.add(part);
}

function draw(): void {
  const parts = new Set(dirty);
  dirty.clear();
  if (["study", "robot", "frame", "prompt"].some((part) => parts.has(part as Dirty))) {
    drawStatus(state);
    pausing.draw(state);
  }
  if (parts.has("seat") || parts.has("robot")) drawSeat(state.robot, state.holder);
  if (parts.has("prompt")) prompts.draw(state.prompt);
  if (parts.has("document")) drawStudy();
  if (parts.has("document") || parts.has("reports")) drawWalk();
  if (parts.has("robot") || parts.has("frame")) drawRobot();
}

function drawStudy(): void {
  const { document: study, selected } = state;
  if (study === null) return;
  setText(
    byId("history-hint"),
    `${study.trials.length} ${study.trials.length === 1 ? "trial" : "trials"}, ${duration(study.robot_time_s)} of robot time, sampler ${study.sampler}, ` +
      `pruner ${study.pruner}, seed ${study.seed}. Walks without a value stand in the grey strip.`,
  );
  const drift = byId("drift");
  drift.hidden = study.drift?.drifted !== true;
  setText(drift, study.drift?.words ?? "");
  history.draw(study, selected);
  drawChampion(byId("champion"), study);
  drawPreflight(study);
  table.draw(study, selected);
}

function drawWalk(): void {
  const walk = shownWalk(state);
  curves.draw(state.document, walk, state.selected);
  setText(byId("walk-title"), walk === null || walk.running ? "Walk in progress" : "Last walk");
  setText(byId("walk-hint"), walkWords(walk));
}

function walkWords(walk: ReturnType<typeof shownWalk>): string {
  if (walk === null) return "No walk yet.";
  if (!walk.running && walk.document !== null)
    return `Trial ${walk.trial}, ${walk.document.state}: ${reasonWords(walk.document)}.`;
  const last = walk.points.at(-1);
  const threshold = last?.threshold ?? null;
  const pruner =
    threshold === null ? "the pruner has no opinion yet" : `the pruner wants ${threshold.toFixed(3)}`;
  return `Trial ${walk.trial}, step ${last?.step ?? 0}: reward ${last?.value?.toFixed(3) ?? "–"}, ${pruner}.`;
}

function drawRobot(): void {
  const robot = state.robot === null ? undefined : state.robots.get(state.robot);
  if (robot === undefined) return;
  bars.draw(robot, state.frame, state.furthest);
  strips.draw(robot, state.strips);
  const { times } = state.strips;
  const span = Math.max(WINDOW_S, (times.at(-1) ?? 0) - (times[0] ?? 0));
  setText(
    byId("strips-hint"),
    `The last ${Math.round(span)} s of robot time; the red edge is where the robot is stopped.`,
  );
}

function select(trial: number | null): void {
  state.selected = state.selected === trial ? null : trial;
  invalidate("document");
}

/** One fetch at a time, and pauses that grow with what a fetch costs: long studies have long documents. */
let fetching = false;
let stale = false;

async function refresh(): Promise<void> {
  stale = true;
  if (fetching || state.study === null) return;
  fetching = true;
  while (stale) {
    stale = false;
    const began = performance.now();
    try {
      state.document = await fetchStudy(state.study);
      invalidate("document", "study");
    } catch {
      // The live stream says when the service is gone; when it is back, the document is fetched again.
    }
    await new Promise((resolve) => setTimeout(resolve, Math.max(100, 4 * (performance.now() - began))));
  }
  fetching = false;
}

function hear(event: LiveEvent): void {
  for (const change of applyEvent(state, event))
    if (change === "stale-document") void refresh();
    else invalidate(change);
}

const show = connectLive(
  hear,
  (connection) => {
    state.connection = connection;
    if (connection.state === "live") {
      // The stream tells it anew if it is still open.
      state.prompt = { open: null, closed: null };
      void refresh();
    }
    invalidate("study", "prompt");
  },
  leaseToken,
);
onLease(show);
