/** What `tune` says at the end: the champion, how sure that is, what it beats, and where everything is. */
import type { HardwareConfig } from "../config/hardware-config.ts";
import type { ParameterValue } from "../optimizer/search-space.ts";
import type { RunEnd } from "../service/study-runner-events.ts";
import type { StudyDocument } from "../study/study-document.ts";
import type { TuneOptions } from "./tune.ts";
import { duration, interval, number } from "./words.ts";

export interface SummaryContext {
  readonly config: HardwareConfig;
  readonly file: string;
  readonly options: TuneOptions;
  readonly end: RunEnd;
  readonly recordings: string | null;
}

export function summary(document: StudyDocument, context: SummaryContext): string {
  const { config, file, options, end, recordings } = context;
  const again = ["npx gaitsmith tune", file, ...continued(options)].join(" ");
  const more = end.state === "finished" ? ` --trials ${document.trials.length + 30}` : "";
  const lines = [
    "",
    `${end.state === "finished" ? "finished" : "stopped"}: ${end.words}`,
    outcomes(document),
    "",
    ...championLines(document),
    "",
    `study file   ${options.store}  (npx gaitsmith show ${options.store}; optuna-dashboard opens it too)`,
    ...(recordings === null ? [] : [`recordings   ${recordings}  (MCAP: Foxglove, Lichtblick)`]),
    `continue     ${again}${more}`,
  ];
  if (end.latched)
    lines.push(
      `LATCHED      check the robot, then: npx gaitsmith clear --robot ${config.robot.id} --checked "what you checked"`,
    );
  return `${lines.join("\n")}\n`;
}

/** Champion, its parameters and the comparison with the seed gait, one line each. */
export function championLines(document: StudyDocument): string[] {
  const { champion, baseline } = document;
  if (champion === null) return ["no champion yet: no walk has been completed"];
  const lines = [
    `champion     ${interval(champion)} (95 % interval, ${walks(champion.n)})  reward = ${document.reward}`,
  ];
  for (const [name, value] of Object.entries(champion.params))
    lines.push(`  ${name.padEnd(22)} ${parameter(value)} ${document.units[name] ?? ""}`.trimEnd());
  if (baseline !== null)
    lines.push(`seed gait    ${interval(baseline)} (${walks(baseline.n)})${gain(document)}`);
  if (document.drift !== undefined)
    lines.push(`${document.drift.drifted ? "WARNING" : "drift"}`.padEnd(13) + document.drift.words);
  return lines;
}

/** Number of trials by how they ended, and the time the robot walked. */
export function outcomes(document: StudyDocument): string {
  const counts = new Map<string, number>();
  for (const { state } of document.trials) counts.set(state, (counts.get(state) ?? 0) + 1);
  const parts = [...counts].map(([state, count]) => `${count} ${state}`);
  if (parts.length === 0) return "no trials yet";
  const trials = document.trials.length === 1 ? "1 trial" : `${document.trials.length} trials`;
  return `${trials} (${parts.join(", ")}), robot time ${duration(document.robot_time_s)}`;
}

function gain({ champion, baseline, direction }: StudyDocument): string {
  if (champion === null || baseline === null || baseline.mean === 0) return "";
  const difference = (champion.mean - baseline.mean) * (direction === "maximize" ? 1 : -1);
  const percent = (100 * difference) / Math.abs(baseline.mean);
  return `: the champion is ${number(Math.abs(percent))} % ${percent >= 0 ? "better" : "worse"}`;
}

function walks(n: number): string {
  return n === 1 ? "1 walk" : `${n} walks`;
}

function parameter(value: ParameterValue): string {
  return typeof value === "number" ? String(Number(value.toPrecision(4))) : String(value);
}

/** The options that decide which study is continued. */
function continued(options: TuneOptions): string[] {
  const kept: string[] = [];
  for (const name of ["study", "store", "sampler", "pruner", "seed", "variant", "variation"] as const) {
    const value = options[name];
    if (value !== undefined && !(name === "store" && value === "studies.db")) kept.push(`--${name} ${value}`);
  }
  return kept;
}
