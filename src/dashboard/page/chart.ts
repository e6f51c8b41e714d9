/** What all charts share: colours from the style sheet, axes, and a size that follows the page. */
import "./valid-locale.ts";
import uPlot from "uplot";

/** A colour of the style sheet, as it is in the present light or dark scheme. */
export function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export const FONT = "12px system-ui, sans-serif";

export function axis(options: uPlot.Axis = {}): uPlot.Axis {
  return {
    stroke: () => color("ink-2"),
    font: FONT,
    labelFont: FONT,
    labelSize: 18,
    grid: { stroke: () => color("line"), width: 1 },
    ticks: { stroke: () => color("line"), width: 1, size: 4 },
    ...options,
  };
}

/** A real minus sign, and no more digits than the distance of the ticks needs. */
export function tickFigures(_chart: uPlot, splits: number[]): string[] {
  const distance = Math.abs((splits[1] ?? 1) - (splits[0] ?? 0));
  let digits = 0;
  while (digits < 6 && Math.abs(Math.round(distance * 10 ** digits) / 10 ** digits - distance) > 1e-9)
    digits++;
  return splits.map((split) => split.toFixed(digits).replace("-", "−"));
}

/** Only whole numbers: trials and steps. */
export function wholeFigures(_chart: uPlot, splits: number[]): (string | null)[] {
  return splits.map((split) => (Number.isInteger(split) ? String(split) : null));
}

/** Puts a chart into its box, keeps it as large as the box, and redraws it when the colour scheme changes. */
export function mount(
  box: HTMLElement,
  options: Omit<uPlot.Options, "width" | "height">,
  data: uPlot.AlignedData,
): uPlot {
  const size = (): { width: number; height: number } => ({
    width: Math.max(120, Math.floor(box.clientWidth)),
    height: Math.max(60, Math.floor(box.clientHeight)),
  });
  const chart = new uPlot({ ...options, ...size() }, data, box);
  new ResizeObserver(() => chart.setSize(size())).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => chart.redraw(false, true));
  return chart;
}

/** Runs a drawing with the pen clipped to the plot. */
export function inPlot(chart: uPlot, draw: (pen: CanvasRenderingContext2D, box: uPlot.BBox) => void): void {
  const { ctx: pen, bbox: box } = chart;
  pen.save();
  pen.beginPath();
  pen.rect(box.left, box.top, box.width, box.height);
  pen.clip();
  draw(pen, box);
  pen.restore();
}

/** Canvas pixels per CSS pixel. */
export const ratio = (): number => uPlot.pxRatio;

/** A line straight across the plot. */
export function level(chart: uPlot, value: number, stroke: string, width: number, dash: number[] = []): void {
  inPlot(chart, (pen, box) => {
    const y = chart.valToPos(value, "y", true);
    pen.strokeStyle = stroke;
    pen.lineWidth = width * ratio();
    pen.setLineDash(dash.map((length) => length * ratio()));
    pen.beginPath();
    pen.moveTo(box.left, y);
    pen.lineTo(box.left + box.width, y);
    pen.stroke();
  });
}

/** A band straight across the plot. */
export function band(chart: uPlot, low: number, high: number, fill: string, opacity: number): void {
  inPlot(chart, (pen, box) => {
    const top = chart.valToPos(high, "y", true);
    pen.globalAlpha = opacity;
    pen.fillStyle = fill;
    pen.fillRect(box.left, top, box.width, chart.valToPos(low, "y", true) - top);
  });
}
