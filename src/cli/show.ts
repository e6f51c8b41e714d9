/** `gaitsmith show`: what a study file says. Needs no robot and disturbs no running study. */
import { fail } from "../errors.ts";
import { baseline, champion, championOf, type RewardEstimate } from "../optimizer/champion.ts";
import { studyModel } from "../optimizer/conclusions/study-model.ts";
import { type ChoicesInUse, choicesInUse } from "../study/choices-in-use.ts";
import { observe } from "../study/observed-trial.ts";
import { readSafetyEvents, type SafetyEvent } from "../study/safety-events.ts";
import { openSqliteStorage } from "../study/sqlite-storage.ts";
import type { Storage } from "../study/storage.ts";
import { PREFLIGHT_ATTRIBUTE, type PreflightRecord, readPreflight } from "../study/stored-preflight.ts";
import { type StudyConclusions, studyConclusions } from "../study/study-conclusions.ts";
import { type StudyDocument, studyDocument, type UsedFrom } from "../study/study-document.ts";
import type { StudyDefinition, TrialRecord } from "../study/trial-record.ts";
import { conclusionLines } from "./conclusion-lines.ts";
import { championLines, outcomes } from "./summary.ts";
import { number } from "./words.ts";

const TOP = 10;

export async function show(
  store: string,
  options: { readonly study?: string; readonly json?: boolean },
): Promise<number> {
  const storage = await openSqliteStorage(store, { mode: "read" });
  try {
    const name = await nameOf(storage, options.study);
    const study = await storedStudy(storage, name);
    const { space, direction } = study.definition;
    // One fit for the champion and for everything else.
    const model = studyModel(study.trials.map(observe), space, direction);
    const document = documentFrom(study, model === null ? null : championOf(model.ranked, direction));
    const conclusions = studyConclusions(model);
    const json = options.json ? JSON.stringify({ ...document, ...conclusions }) : null;
    process.stdout.write(json === null ? text(document, conclusions) : `${json}\n`);
    return 0;
  } finally {
    await storage.close();
  }
}

/** The study asked for, or the only one there is. */
export async function nameOf(storage: Storage, asked: string | undefined): Promise<string> {
  const studies = await storage.studies();
  const names = studies.map((study) => study.name);
  const name = asked ?? (names.length === 1 ? names[0] : undefined);
  if (name !== undefined && names.includes(name)) return name;
  return fail("STUDY_UNKNOWN", {
    what: asked === undefined ? `the file holds ${names.length} studies` : `there is no study "${asked}"`,
    where: storage.location,
    remedy:
      names.length === 0 ? "Run `gaitsmith tune` first." : `Choose one with --study: ${names.join(", ")}.`,
  });
}

/** The whole study as one document, its champion estimated from what is stored. */
export async function documentOf(storage: Storage, name: string): Promise<StudyDocument> {
  const study = await storedStudy(storage, name);
  const { space, direction } = study.definition;
  return documentFrom(study, champion(study.trials.map(observe), space, direction));
}

interface StoredStudy {
  readonly definition: StudyDefinition;
  readonly choices: readonly ChoicesInUse[];
  readonly trials: readonly TrialRecord[];
  readonly safetyEvents: readonly SafetyEvent[];
  readonly preflight: PreflightRecord | null;
}

async function storedStudy(storage: Storage, name: string): Promise<StoredStudy> {
  const definition = await storage.study(name);
  if (definition === null)
    return fail("STUDY_UNKNOWN", { what: `there is no study "${name}"`, where: storage.location });
  const choices = await choicesInUse(storage, definition);
  const safetyEvents = await readSafetyEvents(storage, name);
  const preflight = readPreflight(await storage.attribute(name, PREFLIGHT_ATTRIBUTE));
  return { definition, choices, trials: await storage.trials(name), preflight, safetyEvents };
}

function documentFrom(
  { definition, choices, trials, preflight, safetyEvents }: StoredStudy,
  best: RewardEstimate | null,
): StudyDocument {
  const conclusions = { champion: best, baseline: baseline(trials.map(observe)) };
  const document = studyDocument(definition, choices, trials, conclusions, preflight);
  return safetyEvents.length === 0 ? document : { ...document, safety_events: safetyEvents };
}

function text(document: StudyDocument, conclusions: StudyConclusions): string {
  const sign = document.direction === "maximize" ? 1 : -1;
  const best = document.trials
    .filter((trial) => trial.value !== null)
    .sort((a, b) => sign * ((b.value ?? 0) - (a.value ?? 0)))
    .slice(0, TOP);
  const rows = best.map((trial) => {
    const parameters = Object.entries(trial.params).map(([name, value]) => {
      return `${name} ${typeof value === "number" ? Number(value.toPrecision(3)) : value}`;
    });
    return `  ${String(trial.number).padStart(4)}  ${number(trial.value ?? Number.NaN)}  ${trial.state.padEnd(10)} ${parameters.join(", ")}`;
  });
  const header = `study "${document.study}" (${document.direction} ${document.reward}; ${inTurn(document.samplers)}; ${inTurn(document.pruners)}; seed ${document.seed})`;
  const lines = [
    header,
    outcomes(document),
    ...latchLines(document.safety_events ?? []),
    "",
    ...championLines(document),
    ...spaced(conclusionLines(conclusions)),
    ...spaced(rows.length === 0 ? [] : ["highest single walks (luck included):", ...rows]),
  ];
  return `${lines.join("\n")}\n`;
}

/** How often the robot was latched, why it was last, and on whose word it was cleared. */
function latchLines(events: readonly SafetyEvent[]): readonly string[] {
  const latches = events.filter(({ kind }) => kind === "latch");
  const last = latches.at(-1);
  if (last === undefined) return [];
  const clear = events.findLast(({ kind, id }) => kind === "clear" && id === last.id);
  const cleared =
    clear === undefined ? "not cleared in this study" : `cleared by ${clear.by}, checked: ${clear.checked}`;
  const count = latches.length === 1 ? "latched once" : `latched ${latches.length} times, last`;
  return [`${count} at ${last.time} (${last.code}): ${last.words}; ${cleared}`];
}

/** "gp", or "gp, from trial 12 tpe". */
function inTurn(used: readonly UsedFrom[]): string {
  return used
    .map(({ name, from_trial }, index) => (index === 0 ? name : `from trial ${from_trial} ${name}`))
    .join(", ");
}

/** With an empty line before them, if there are any. */
function spaced(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", ...lines];
}
