/** What a person at the robot reads from two metres away. */
import type { TrialPhase } from "../../station/messages.ts";
import { byId, element, setText } from "./element.ts";
import { duration } from "./figures.ts";
import type { PageState } from "./page-state.ts";

/** The way of a trial; the other phases stand for themselves. */
const WAY: readonly TrialPhase[] = [
  "preflight",
  "arm",
  "stand",
  "ramp-in",
  "settle",
  "measure",
  "ramp-out",
  "stand-down",
  "done",
];

const PHASE_WORDS: Readonly<Partial<Record<TrialPhase, string>>> = {
  idle: "idle",
  "awaiting-operator": "waiting for you",
  "safe-stop": "SAFE STOP",
  latched: "LATCHED",
};

export function drawStatus(state: PageState): void {
  const study = state.study === null ? undefined : state.studies.get(state.study);
  const robot = state.robot === null ? undefined : state.robots.get(state.robot);
  setText(byId("study-name"), study?.study ?? "gaitsmith");
  setText(byId("study-words"), study === undefined ? "no study yet" : `${study.state}: ${study.words}`);
  setText(byId("progress"), study === undefined ? "–" : `${study.done} of ${study.planned}`);
  setText(byId("time-left"), timeLeft(study));
  setText(byId("robot-name"), robot?.name ?? "none");
  document.title =
    study === undefined ? "gaitsmith" : `${study.done}/${study.planned} ${study.study} – gaitsmith`;

  const phase = phaseOf(state);
  const box = byId("phase");
  setText(box, phase === null ? "–" : (PHASE_WORDS[phase] ?? phase));
  box.dataset["phase"] = phase ?? "";
  drawWay(phase);
  drawConnection(state);
  drawLatched(robot?.latched ?? null, robot?.id ?? "");
}

function timeLeft(study: { state: string; timeLeft: number | null } | undefined): string {
  if (study?.state === "finished" || study?.state === "stopped") return study.state;
  return duration(study?.timeLeft ?? null);
}

/** The newer of what the robot's status and its last frame say; an open prompt outranks both, a latch all. */
function phaseOf(state: PageState): TrialPhase | null {
  const robot = state.robot === null ? undefined : state.robots.get(state.robot);
  if (robot === undefined) return null;
  if (robot.latched !== null) return "latched";
  if (state.prompt.open !== null) return "awaiting-operator";
  return state.frame?.phase ?? robot.phase;
}

function drawWay(phase: TrialPhase | null): void {
  const box = byId("phases");
  if (box.childElementCount === 0) box.append(...WAY.map((name) => element("li", {}, name)));
  const at = phase === null ? -1 : WAY.indexOf(phase);
  [...box.children].forEach((step, index) => {
    step.className = index < at ? "past" : index === at ? "now" : "";
  });
}

function drawConnection({ connection }: PageState): void {
  const words = { connecting: "Connecting", live: "Live", lost: "Connection lost" }[connection.state];
  const tile = byId("connection");
  setText(tile, words);
  tile.dataset["state"] = connection.state;
  document.body.classList.toggle("old-data", connection.state === "lost");
  const banner = byId("connection-lost");
  banner.hidden = connection.state !== "lost";
  if (connection.state === "lost")
    setText(
      banner,
      `Connection lost since ${connection.since.toLocaleTimeString()} — the page shows old data and tries again by itself. ` +
        "The e-stop may not get through: stay at the robot's own switch.",
    );
}

function drawLatched(reason: string | null, robot: string): void {
  const banner = byId("latched");
  banner.hidden = reason === null;
  if (reason === null) return;
  const text = `Latched: ${reason}. The robot stays off until a person has checked it and says so: `;
  if (banner.dataset["text"] === text) return;
  banner.dataset["text"] = text;
  banner.replaceChildren(
    element("strong", {}, text),
    element("code", {}, `npx gaitsmith clear --robot ${robot} --checked "what you checked"`),
  );
}
