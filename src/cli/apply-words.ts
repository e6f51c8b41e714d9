/** What `apply` and `revert` show of parameter sets. */
import type { Proposal } from "../processes/apply.ts";
import type { Candidate } from "../service/apply/candidate.ts";
import type { ParameterRow } from "../service/apply/parameter-comparison.ts";
import type { StationMessage } from "../station/messages.ts";
import { interval, number } from "./words.ts";

const COLUMNS = ["parameter", "unit", "current", "proposed", "change", "of range"] as const;

/** Parameter, unit, current, proposed, change, and its share of the tuned range; in the config's units. */
export function tableLines(rows: readonly ParameterRow[]): readonly string[] {
  const cells = rows.map(({ name, unit, current, proposed, change, share }) => [
    name,
    unit,
    figure(current),
    figure(proposed),
    change === null ? "–" : change === 0 ? "=" : signed(change),
    share === null || share === 0 ? "" : `${signed(100 * share)} %`,
  ]);
  const widths = COLUMNS.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]!.length)),
  );
  return [[...COLUMNS], ...cells].map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
}

export function evidenceLines({ evidence, baseline, prediction, reward }: Candidate): readonly string[] {
  if (evidence === null) return [];
  const of = { params: {} };
  return [
    `reward       ${interval({ ...of, ...evidence })} (95 % interval, ${evidence.n} walks)  ${reward ?? ""}`.trimEnd(),
    ...(baseline === null ? [] : [`seed gait    ${interval({ ...of, ...baseline })} (${baseline.n} walks)`]),
    ...(prediction === null
      ? []
      : [
          `test walk    ${number(prediction.low)} to ${number(prediction.high)} expected (99 of 100 walks of ${prediction.seconds} s)`,
        ]),
  ];
}

/** Numbers that JSON has no word for are null. */
export function proposalDocument({ candidate, rows, backup, warnings }: Proposal): object {
  const { evidence, prediction, words, study, trial } = candidate;
  return {
    proposed: words,
    study,
    trial,
    backup,
    warnings,
    parameters: rows,
    champion: evidence,
    predicted: prediction,
  };
}

/** Warnings and errors of the station. */
export function saidByStation(message: StationMessage, say: (words: string) => void): void {
  if (message.kind === "latched") say(`LATCHED: ${message.reason.words}`);
  if (message.kind !== "log" || message.level === "debug" || message.level === "info") return;
  say(`${message.level}: ${message.text}`);
}

function figure(value: number | null): string {
  return value === null ? "–" : String(Number(value.toPrecision(5)));
}

function signed(value: number): string {
  const text = String(Number(value.toPrecision(3)));
  return value > 0 ? `+${text}` : text;
}
