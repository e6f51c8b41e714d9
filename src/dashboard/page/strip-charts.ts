/** The robot's state over the last seconds, one strip per quantity, with the lines of its limit. */
import type uPlot from "uplot";
import type { RobotStatus } from "../../service/live-events.ts";
import { axis, band, color, level, mount, tickFigures } from "./chart.ts";
import { element, setText } from "./element.ts";
import { figure } from "./figures.ts";
import { boundsOf, LIMIT_WORDS, nearness, type WireBounds } from "./limits.ts";
import { STRIPS, type StripName, type StripWindow, WINDOW_S } from "./strip-window.ts";

interface Strip {
  readonly card: HTMLElement;
  readonly now: HTMLElement;
  readonly chart: uPlot;
}

/** What the largest of eight joints is called. */
const TITLES: Readonly<Partial<Record<StripName, string>>> = {
  "motor-speed": "Fastest motor",
  "joint-speed": "Fastest joint (link side)",
  "motor-torque": "Largest motor torque",
  "motor-temperature": "Hottest motor",
};

export class StripCharts {
  readonly #box: HTMLElement;
  readonly #strips = new Map<StripName, Strip>();
  #robot: RobotStatus | null = null;

  constructor(box: HTMLElement) {
    this.#box = box;
  }

  draw(robot: RobotStatus, window: StripWindow): void {
    this.#robot = robot;
    const newest = window.times.at(-1) ?? 0;
    const times = window.times.map((time) => time - newest);
    for (const name of STRIPS) {
      const bounds = boundsOf(robot, name);
      if (bounds === null) continue;
      const strip = this.#strips.get(name) ?? this.#create(name, bounds);
      const line = window.lines[name];
      const value = line.at(-1) ?? null;
      strip.chart.setData([times, line]);
      setText(strip.now, `${figure(value)} ${bounds.unit}`);
      strip.card.dataset["nearness"] = value === null ? "unknown" : nearness(value, bounds);
    }
  }

  #create(name: StripName, { unit }: WireBounds): Strip {
    const now = element("output", {}, "–");
    const box = element("div", { class: "strip-chart", "aria-hidden": "true" });
    const card = element(
      "figure",
      { class: "strip", "data-testid": `strip-${name}` },
      element("figcaption", {}, element("span", {}, TITLES[name] ?? LIMIT_WORDS[name]), now),
      box,
    );
    this.#box.append(card);
    const bounds = (): WireBounds | null => (this.#robot === null ? null : boundsOf(this.#robot, name));
    const chart = mount(
      box,
      {
        padding: [6, 12, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: (_chart, low) => [Math.min(low ?? 0, -WINDOW_S), 0] },
          y: { range: (_chart, low, high) => rangeOf(low, high, bounds()) },
        },
        axes: [
          axis({
            size: 24,
            space: 60,
            values: (_chart, splits) => splits.map((split) => `${figure(split, 2)} s`),
          }),
          axis({ size: 42, space: 26, values: tickFigures }),
        ],
        series: [{}, { label: unit, stroke: () => color("completed"), width: 1.75, points: { show: false } }],
        hooks: { drawAxes: [(self) => drawLimits(self, bounds())] },
      },
      [[0], [null]],
    );
    const strip = { card, now, chart };
    this.#strips.set(name, strip);
    return strip;
  }
}

/** The limits are always in sight: how near is what the eye must see. */
function rangeOf(low: number | null, high: number | null, bounds: WireBounds | null): [number, number] {
  const all = [low, high, bounds?.low, bounds?.high, bounds?.nominal].filter(
    (value) => value !== null && value !== undefined && Number.isFinite(value),
  ) as number[];
  if (all.length === 0) return [0, 1];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const room = (most - least || 1) * 0.08;
  return [bounds?.low === null && least >= 0 ? Math.min(0, least) : least - room, most + room];
}

function drawLimits(chart: uPlot, bounds: WireBounds | null): void {
  if (bounds === null) return;
  const [bottom, top] = [chart.scales["y"]?.min ?? 0, chart.scales["y"]?.max ?? 1];
  for (const [limit, beyond] of [
    [bounds.high, top],
    [bounds.low, bottom],
  ] as const) {
    if (limit === null) continue;
    band(chart, Math.min(limit, beyond), Math.max(limit, beyond), color("aborted"), 0.22);
    level(chart, limit, color("aborted"), 1.75);
  }
  for (const soft of [bounds.softHigh, bounds.softLow])
    if (soft !== null) level(chart, soft, color("aborted"), 0.75);
}
