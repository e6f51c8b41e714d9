/** Every trial's value over its number, with champion and baseline as estimates: a line and its 95 % interval. */
import "./valid-locale.ts";
import uPlot from "uplot";
import type { Estimate, StudyDocument } from "../../study/study-document.ts";
import { axis, band, color, inPlot, level, mount, ratio, tickFigures, wholeFigures } from "./chart.ts";
import { element, icon } from "./element.ts";
import { figure } from "./figures.ts";
import { drawMark, MARKS, type Outcome, reasonWords } from "./outcomes.ts";

/** Height of the strip at the bottom where trials without a value stand, CSS pixels. */
const RAIL = 26;
const MARK = 11;

export class HistoryChart {
  readonly #box: HTMLElement;
  readonly #legend: HTMLElement;
  readonly #tip = element("div", { class: "tip", hidden: true });
  readonly #onSelect: (trial: number) => void;
  #study: StudyDocument | null = null;
  #chart: uPlot | null = null;
  #selected: number | null = null;

  constructor(box: HTMLElement, legend: HTMLElement, onSelect: (trial: number) => void) {
    this.#box = box;
    this.#legend = legend;
    this.#onSelect = onSelect;
  }

  draw(study: StudyDocument, selected: number | null): void {
    this.#study = study;
    this.#selected = selected;
    const data: uPlot.AlignedData = [
      study.trials.map((trial) => trial.number),
      study.trials.map((trial) => trial.value),
      bestSoFar(study),
    ];
    if (this.#chart === null) this.#chart = this.#create(data);
    else this.#chart.setData(data);
    this.#writeLegend(study);
  }

  #create(data: uPlot.AlignedData): uPlot {
    const chart = mount(
      this.#box,
      {
        padding: [10, 14, 0, 0],
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, y: false, points: { show: false } },
        scales: {
          x: { time: false, range: (_chart, low, high) => [(low ?? 0) - 1, Math.max(high ?? 0, 9) + 1] },
          y: { range: (self) => this.#range(self) },
        },
        axes: [
          axis({ values: wholeFigures, label: "trial", size: 28 }),
          axis({ size: 56, values: tickFigures, label: "reward" }),
        ],
        series: [
          {},
          { paths: () => null, points: { show: false } },
          {
            stroke: () => color("ink-2"),
            width: 1.25,
            dash: [2, 4],
            ...(uPlot.paths.stepped === undefined ? {} : { paths: uPlot.paths.stepped({ align: 1 }) }),
            spanGaps: true,
            points: { show: false },
          },
        ],
        hooks: {
          drawAxes: [(self) => this.#drawEstimates(self)],
          draw: [(self) => this.#drawTrials(self)],
          setCursor: [(self) => this.#showTip(self)],
        },
      },
      data,
    );
    chart.over.append(this.#tip);
    chart.over.addEventListener("click", () => {
      const trial = this.#study?.trials[chart.cursor.idx ?? -1];
      if (trial !== undefined) this.#onSelect(trial.number);
    });
    return chart;
  }

  /** Room for every value and interval, and for the rail below them. */
  #range(chart: uPlot): [number, number] {
    const study = this.#study;
    const all = [
      ...(study?.trials ?? []).map((trial) => trial.value),
      ...(study?.champion?.ci95 ?? []),
      ...(study?.baseline?.ci95 ?? []),
    ].filter((value) => value !== null && Number.isFinite(value)) as number[];
    const low = all.length === 0 ? 0 : Math.min(...all);
    const high = all.length === 0 ? 1 : Math.max(...all);
    const room = (high - low || Math.abs(high) || 1) * 0.08;
    const height = Math.max(RAIL * 2, chart.bbox.height / ratio() || chart.height - 60);
    return [low - room - ((high - low + 2 * room) * RAIL) / (height - RAIL), high + room];
  }

  #drawEstimates(chart: uPlot): void {
    inPlot(chart, (pen, box) => {
      pen.fillStyle = color("rail");
      pen.fillRect(box.left, box.top + box.height - RAIL * ratio(), box.width, RAIL * ratio());
      if (this.#selected === null) return;
      const width = MARK * 1.5 * ratio();
      pen.fillStyle = color("line");
      pen.fillRect(chart.valToPos(this.#selected, "x", true) - width / 2, box.top, width, box.height);
    });
    const { champion, baseline } = this.#study ?? {};
    if (baseline) drawEstimate(chart, baseline, color("baseline"), 1.5, [7, 5]);
    if (champion) drawEstimate(chart, champion, color("champion"), 2.5, []);
  }

  #drawTrials(chart: uPlot): void {
    const size = MARK * ratio();
    inPlot(chart, (pen, box) => {
      const rail = box.top + box.height - (RAIL / 2) * ratio();
      const crowded = (this.#study?.trials.length ?? 0) > 250 ? 0.7 : 1;
      for (const trial of this.#study?.trials ?? []) {
        const mark = MARKS[trial.state];
        const x = chart.valToPos(trial.number, "x", true);
        const y = trial.value === null ? rail : chart.valToPos(trial.value, "y", true);
        drawMark(pen, mark, x, y, size * crowded, color(mark.color));
      }
    });
  }

  #showTip(chart: uPlot): void {
    const trial = this.#study?.trials[chart.cursor.idx ?? -1];
    const left = chart.cursor.left ?? -1;
    this.#tip.hidden = trial === undefined || left < 0;
    if (trial === undefined || left < 0) return;
    const mark = MARKS[trial.state];
    this.#tip.replaceChildren(
      icon(mark.path, mark.color, mark.filled),
      element("strong", {}, ` ${trial.number} ${mark.word} ${figure(trial.value)}`),
      element("br"),
      reasonWords(trial),
    );
    const right = left > chart.over.clientWidth / 2;
    this.#tip.style.left = right ? "" : `${left + 12}px`;
    this.#tip.style.right = right ? `${chart.over.clientWidth - left + 12}px` : "";
  }

  #writeLegend(study: StudyDocument): void {
    const counts = new Map<Outcome, number>();
    for (const { state } of study.trials) counts.set(state, (counts.get(state) ?? 0) + 1);
    const items = (Object.keys(MARKS) as Outcome[])
      .filter((state) => counts.has(state))
      .map((state) => {
        const { path, color: name, filled, word } = MARKS[state];
        return element("li", {}, icon(path, name, filled), `${word} ${counts.get(state)}`);
      });
    const line = (name: string, text: string): HTMLLIElement =>
      element("li", {}, element("span", { class: `key ${name}`, "aria-hidden": "true" }), text);
    if (study.champion !== null) items.push(line("champion", `champion ${estimateWords(study.champion)}`));
    if (study.baseline !== null) items.push(line("baseline", `baseline ${estimateWords(study.baseline)}`));
    if (study.trials.some((trial) => trial.value !== null))
      items.push(line("best", "best single walk so far"));
    this.#legend.replaceChildren(...items);
  }
}

function drawEstimate(chart: uPlot, estimate: Estimate, stroke: string, width: number, dash: number[]): void {
  band(chart, estimate.ci95[0], estimate.ci95[1], stroke, 0.16);
  level(chart, estimate.mean, stroke, width, dash);
}

export function estimateWords({ mean, ci95 }: Estimate): string {
  return `${figure(mean)} ± ${figure((ci95[1] - ci95[0]) / 2, 2)}`;
}

function bestSoFar(study: StudyDocument): (number | null)[] {
  const better = study.direction === "maximize" ? Math.max : Math.min;
  let best: number | null = null;
  return study.trials.map(({ state, value }) => {
    if (state === "completed" && value !== null) best = best === null ? value : better(best, value);
    return best;
  });
}
