/** How a trial stands, as word, mark and colour: never by colour alone. */
import type { TrialDocument } from "../../study/study-document.ts";

export type Outcome = TrialDocument["state"];

export interface Mark {
  readonly word: string;
  /** A path in a 16 × 16 box, the same in charts, legend and table. */
  readonly path: string;
  readonly filled: boolean;
  /** Name of the CSS colour, without the dashes; also the class. */
  readonly color: string;
}

export const MARKS: Readonly<Record<Outcome, Mark>> = {
  completed: {
    word: "completed",
    path: "M8 2.6a5.4 5.4 0 1 0 0 10.8a5.4 5.4 0 1 0 0-10.8Z",
    filled: true,
    color: "completed",
  },
  pruned: { word: "pruned", path: "M2 3.6h12l-6 10Z", filled: true, color: "pruned" },
  aborted: { word: "aborted", path: "M3 3l10 10M13 3L3 13", filled: false, color: "aborted" },
  interrupted: { word: "interrupted", path: "M8 2l6 6-6 6-6-6Z", filled: false, color: "interrupted" },
  abandoned: { word: "abandoned", path: "M3 8h10", filled: false, color: "abandoned" },
  running: {
    word: "running",
    path: "M8 2.6a5.4 5.4 0 1 0 0 10.8a5.4 5.4 0 1 0 0-10.8ZM8 7a1 1 0 1 0 0 2a1 1 0 1 0 0-2Z",
    filled: false,
    color: "ink",
  },
};

export const STAR: Mark = {
  word: "champion",
  path: "M8 1l2.1 4.6 5 .6-3.7 3.4 1 5L8 12.100l-4.400 2.500 1-5L.9 6.200l5-.6Z",
  filled: true,
  color: "champion",
};

/** Draws a mark with its centre at (x, y), in canvas pixels. */
export function drawMark(
  pen: CanvasRenderingContext2D,
  mark: Mark,
  x: number,
  y: number,
  size: number,
  color: string,
): void {
  pen.save();
  pen.translate(x - size / 2, y - size / 2);
  pen.scale(size / 16, size / 16);
  const path = new Path2D(mark.path);
  pen.fillStyle = color;
  pen.strokeStyle = color;
  pen.lineWidth = 2.4;
  pen.setLineDash([]);
  if (mark.filled) pen.fill(path);
  else pen.stroke(path);
  pen.restore();
}

/** The reason in words, with what a row needs to be read alone. */
export function reasonWords(trial: TrialDocument): string {
  const words = trial.reason ?? (trial.state === "running" ? "walking now" : (trial.outcome ?? ""));
  return trial.truncated ? `${words} (left the arena forwards: scored over the time walked)` : words;
}
