/**
 * The note of a study that Optuna's dashboard shows (Markdown in study system attributes). Ours is one section of
 * it; what people write around that stays.
 */
import type { JsonValue } from "../optimizer/trial.ts";
import type { Estimate } from "./study-document.ts";
import type { StudyDefinition } from "./trial-record.ts";

const HEADING = "## Champion (kept by gaitsmith)";
/** The dashboard cuts notes into attributes of this length (`optuna_dashboard/_note.py`). */
const CHUNK = 2045;

export function championSection(champion: Estimate, definition: StudyDefinition): string {
  const { mean, ci95, n, params } = champion;
  const [low, high] = ci95;
  const rows = definition.space.parameters
    .filter(({ name }) => Object.hasOwn(params, name))
    .map(({ name, unit }) => `| ${name} | ${shown(params[name] ?? null)} | ${unit} |`);
  return [
    HEADING,
    "",
    `Reward ${shown(mean)}, 95 % interval ${shown(low)} to ${shown(high)}, from ${n} ${n === 1 ? "walk" : "walks"} of these parameters and the model of the study. Reward is \`${definition.reward}\`, ${definition.direction}d.`,
    "",
    "| parameter | value | unit |",
    "|---|---|---|",
    ...rows,
    "",
    "Optuna's *best trial* is the luckiest single walk; this is the parameter set to hand over.",
  ].join("\n");
}

/** Replaces our section, or adds it below what is there. */
export function withSection(note: string, section: string): string {
  const start = note.indexOf(HEADING);
  if (start < 0) return note.trim() === "" ? section : `${note.trimEnd()}\n\n${section}`;
  const next = note.slice(start + HEADING.length).search(/\n#{1,2} /u);
  const after = next < 0 ? "" : `\n${note.slice(start + HEADING.length + next)}`;
  return note.slice(0, start) + section + after;
}

/** @returns the whole note from a study's system attributes */
export function readNote(attributes: ReadonlyMap<string, JsonValue>): string {
  let note = "";
  for (let index = 0; ; index++) {
    const chunk = attributes.get(chunkKey(index));
    if (typeof chunk !== "string") return note;
    note += chunk;
  }
}

/** @returns what to store for this note; chunks of a longer one that was there before become empty */
export function noteAttributes(
  note: string,
  version: number,
  before: ReadonlyMap<string, JsonValue>,
): ReadonlyMap<string, JsonValue> {
  const attributes = new Map<string, JsonValue>([["dashboard:note_ver", version]]);
  for (let index = 0; index * CHUNK < note.length || before.has(chunkKey(index)); index++)
    attributes.set(chunkKey(index), note.slice(index * CHUNK, (index + 1) * CHUNK));
  return attributes;
}

function chunkKey(index: number): string {
  return `dashboard:note_str:${index}`;
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(Number(value.toPrecision(4))) : JSON.stringify(value);
}
