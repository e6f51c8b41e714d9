/** The reward of the walk in progress over its steps, against what the pruner wants to see and earlier walks. */
import type uPlot from "uplot";
import type { StudyDocument, TrialDocument } from "../../study/study-document.ts";
import { axis, color, inPlot, mount, ratio, tickFigures, wholeFigures } from "./chart.ts";
import { element } from "./element.ts";
import { drawMark, MARKS } from "./outcomes.ts";
import type { ShownWalk } from "./page-state.ts";

/** More curves than this say no more. */
const MOST_CURVES = 60;

export class RewardCurves {
  readonly #box: HTMLElement;
  readonly #legend: HTMLElement;
  #earlier: readonly TrialDocument[] = [];
  #selected: TrialDocument | null = null;
  #chart: uPlot | null = null;

  constructor(box: HTMLElement, legend: HTMLElement) {
    this.#box = box;
    this.#legend = legend;
  }

  draw(study: StudyDocument | null, walk: ShownWalk | null, selected: number | null): void {
    const walked = (study?.trials ?? []).filter(
      (trial) => trial.number !== walk?.trial && Object.keys(trial.intermediate_values).length > 0,
    );
    this.#earlier = walked.slice(-MOST_CURVES);
    this.#selected = walked.find((trial) => trial.number === selected) ?? null;
    const steps = Math.max(
      4,
      ...walked.map((trial) => Math.max(...Object.keys(trial.intermediate_values).map(Number))),
      ...(walk?.points ?? []).map((point) => point.step),
    );
    const columns = Array.from({ length: steps }, (_, index) => index + 1);
    const at = new Map((walk?.points ?? []).map((point) => [point.step, point]));
    const data: uPlot.AlignedData = [
      columns,
      columns.map((step) => at.get(step)?.value ?? null),
      columns.map((step) => at.get(step)?.threshold ?? null),
    ];
    if (this.#chart === null) this.#chart = this.#create(data);
    else this.#chart.setData(data);
    const key = (name: string, text: string): HTMLElement =>
      element("li", {}, element("span", { class: `key ${name}`, "aria-hidden": "true" }), text);
    this.#legend.replaceChildren(
      ...(walk === null
        ? []
        : [key("in-flight", `trial ${walk.trial}`), key("threshold", "pruned below this line")]),
      ...(this.#earlier.length === 0 ? [] : [key("earlier", "earlier walks")]),
      ...(this.#selected === null ? [] : [key("selected", `trial ${this.#selected.number}, selected`)]),
    );
    const threshold = this.#legend.querySelector(".threshold")?.parentElement?.lastChild ?? null;
    if (threshold !== null && study?.direction === "minimize")
      threshold.textContent = "pruned above this line";
  }

  #create(data: uPlot.AlignedData): uPlot {
    return mount(
      this.#box,
      {
        padding: [10, 14, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: (_chart, low, high) => [low - 0.2, high + 0.2] },
          y: { range: (self) => this.#range(self) },
        },
        axes: [
          axis({ values: wholeFigures, label: "step", size: 28, incrs: [1, 2, 5, 10, 20, 50] }),
          axis({ size: 56, values: tickFigures, label: "reward" }),
        ],
        series: [
          {},
          {
            stroke: () => color("completed"),
            width: 3.5,
            points: { show: true, size: 9, fill: () => color("completed") },
          },
          { stroke: () => color("aborted"), width: 2, dash: [6, 4], points: { show: true, size: 6 } },
        ],
        hooks: { drawAxes: [(self) => this.#drawEarlier(self)] },
      },
      data,
    );
  }

  /** Single wild values of earlier walks must not flatten the one that matters: 2 % at either end may leave. */
  #range(chart: uPlot): [number, number] {
    const earlier = this.#earlier.flatMap((trial) => Object.values(trial.intermediate_values));
    const known = earlier.filter((value) => value !== null).sort((a, b) => a - b);
    const cut = known.length > 100 ? Math.floor(known.length * 0.02) : 0;
    const own = [...(chart.data[1] ?? []), ...(chart.data[2] ?? [])].filter(
      (value) => typeof value === "number",
    );
    const all = [...known.slice(cut, known.length - cut), ...own];
    if (all.length === 0) return [0, 1];
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const room = (high - low || Math.abs(high) || 1) * 0.08;
    return [low - room, high + room];
  }

  #drawEarlier(chart: uPlot): void {
    inPlot(chart, (pen) => {
      pen.lineJoin = "round";
      for (const trial of this.#earlier) drawCurve(chart, pen, trial, color("ink-2"), 1, 0.28);
      if (this.#selected !== null) drawCurve(chart, pen, this.#selected, color("ink"), 2, 0.9);
    });
  }
}

function drawCurve(
  chart: uPlot,
  pen: CanvasRenderingContext2D,
  trial: TrialDocument,
  stroke: string,
  width: number,
  opacity: number,
): void {
  const points = Object.entries(trial.intermediate_values)
    .filter((entry): entry is [string, number] => entry[1] !== null)
    .map(
      ([step, value]) => [chart.valToPos(Number(step), "x", true), chart.valToPos(value, "y", true)] as const,
    );
  pen.globalAlpha = opacity;
  pen.strokeStyle = stroke;
  pen.lineWidth = width * ratio();
  pen.setLineDash([]);
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.stroke();
  const end = points.at(-1);
  if (end === undefined || trial.state === "completed") return;
  const mark = MARKS[trial.state];
  pen.globalAlpha = Math.min(1, opacity * 2.5);
  drawMark(pen, mark, end[0], end[1], 8 * ratio(), color(mark.color));
}
