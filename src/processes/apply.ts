/** Puts a parameter set on a robot to stay, and takes one back: study, robot and backups brought together. Wiring. */
import { resolve } from "node:path";
import { systemClock } from "../clock.ts";
import type { HardwareConfig } from "../config/hardware-config.ts";
import { type ParameterUnit, parameterUnits, readParameterFile } from "../config/written-units.ts";
import { fail } from "../errors.ts";
import {
  type Backup,
  BackupFile,
  backupFolder,
  backupPath,
  isUnfinished,
  newestChange,
  readBackup,
  readBackups,
  unfinishedOf,
} from "../service/apply/backup.ts";
import { type Candidate, candidateOf, givenCandidate } from "../service/apply/candidate.ts";
import { apply, type HandOverEnd, heldNow, revert, store, type WayBack } from "../service/apply/hand-over.ts";
import { type ParameterRow, parameterRows } from "../service/apply/parameter-comparison.ts";
import { finalMetrics, judgeTestWalk, shortened } from "../service/apply/test-walk.ts";
import { wayBack } from "../service/apply/way-back.ts";
import type { StationMessage } from "../station/messages.ts";
import { compileReward } from "../study/reward.ts";
import { openSqliteStorage } from "../study/sqlite-storage.ts";
import { HeldRobot } from "./held-robot.ts";
import { stateDirOf } from "./service.ts";

/** Who decides, and who hears. */
export interface Person {
  readonly name: string;
  readonly say: (words: string) => void;
  /** Resolves with false when `signal` is aborted. */
  readonly ask: (question: string, signal: AbortSignal) => Promise<boolean>;
}

export interface ApplyRequest {
  readonly config: HardwareConfig;
  /** Path of the study file. */
  readonly store: string;
  readonly study: string | null;
  readonly trial: number | null;
  /** A file of parameters instead of a study's. */
  readonly params: string | null;
  readonly fromAnotherRobot: string | null;
  readonly dryRun: boolean;
  readonly testWalk: boolean;
  readonly person: Person;
  /** Shows what is proposed, before anybody is asked. */
  readonly onProposal: (proposal: Proposal) => void;
  readonly onMessage: (message: StationMessage) => void;
}

export interface Proposal {
  readonly candidate: Candidate;
  readonly rows: readonly ParameterRow[];
  readonly back: WayBack;
  /** Of its file. */
  readonly backup: string;
  readonly warnings: readonly string[];
}

export interface ApplyReport extends Omit<HandOverEnd, "state" | "walk"> {
  readonly state: HandOverEnd["state"] | "dry-run" | "declined";
  readonly proposal: Proposal;
  readonly walk: { readonly end: string; readonly words: string; readonly reward: number | null } | null;
  /** Somebody stopped it. */
  readonly interrupted: boolean;
}

/**
 * @throws APPLY_REFUSED, APPLY_UNFINISHED, BACKUP_FAILED, and what a station throws that cannot have the robot; when it dies on the
 *   way, the backup says how far it came
 */
export async function applyToRobot(request: ApplyRequest): Promise<ApplyReport> {
  const { config, person, dryRun } = request;
  const stateDir = stateDirOf(config, resolve(request.store));
  assertFinished(stateDir, config);
  const walked = shortened(config);
  const candidate = await chosen(request, walked.walk.measure);
  const units = parameterUnits(config);
  const { say } = person;
  const robot = await HeldRobot.open({ config: walked, stateDir, onMessage: request.onMessage, say });
  try {
    const ask = (question: Parameters<HeldRobot["ask"]>[0]) => robot.ask(question);
    const before = await heldNow(ask, () => inUnits(candidate, units));
    const journal = BackupFile.create(
      stateDir,
      {
        kind: "apply",
        ...madeWith(config, robot, person),
        before,
        proposed: candidate.parameters,
        words: candidate.words,
        store: candidate.study === null ? null : resolve(request.store),
        study: candidate.study,
        trial: candidate.trial,
        evidence: candidate.evidence,
        fromAnotherRobot: request.fromAnotherRobot,
        of: null,
      },
      () => systemClock.date(),
    );
    const back = wayBack(config, before);
    const rows = parameterRows(before, candidate.parameters, { space: config.space, units });
    const warnings = [
      ...candidate.warnings,
      ...(back.parameters === before ? [] : [`if it has to be taken back, ${back.words} is written`]),
    ];
    const proposal: Proposal = { candidate, rows, back, backup: journal.path, warnings };
    request.onProposal(proposal);
    const unsent = (state: "dry-run" | "declined", words: string): ApplyReport => ({
      ...{ state, words, proposal, stored: null, latched: false, walk: null },
      interrupted: robot.stopped.aborted,
    });
    if (dryRun) {
      journal.enter("dry-run", "nothing was sent");
      return unsent("dry-run", "dry run: nothing was sent to the robot");
    }
    if (!(await person.ask(`Write this to ${config.robot.name}?`, robot.stopped)))
      return unsent("declined", "nothing was sent to the robot");
    const reward = candidate.reward === null ? null : await compileReward(candidate.reward);
    const rewardOf = (walk: Parameters<typeof finalMetrics>[0]): number => {
      const metrics = finalMetrics(walk, walked);
      return metrics === null || reward === null ? Number.NaN : reward.score(metrics);
    };
    const walk = async () => {
      const ready =
        robot.ready.returnsByItself ||
        (await person.ask("Is the robot on its start line, its way clear?", robot.stopped));
      if (!ready) return null;
      say(`test walk: ${walked.walk.measure} s of measuring`);
      const recording = journal.path.replace(/\.json$/, ".mcap");
      return robot.walk(Object.fromEntries(candidate.parameters.values), recording);
    };
    const tellUnfinished = (error: unknown): never => {
      if (isUnfinished(journal.backup))
        say(
          `${wordsOfUnfinished(journal.backup)}; take it back with: npx gaitsmith revert ${config.source.file}`,
        );
      throw error;
    };
    const end = await apply(candidate.parameters, back, {
      ask,
      journal,
      say,
      stopped: () => robot.stopped.aborted,
      walk: request.testWalk ? walk : null,
      judge: (one) => judgeTestWalk(one.outcome, rewardOf(one), candidate.prediction, candidate.direction),
      keeps: () => person.ask("Keep it? (no: what was before is written back)", robot.stopped),
    }).catch(tellUnfinished);
    const value = end.walk === null ? Number.NaN : rewardOf(end.walk);
    return {
      ...end,
      latched: end.latched || robot.latched,
      proposal,
      walk:
        end.walk === null
          ? null
          : {
              end: end.walk.outcome.end,
              words: end.walk.outcome.reason.words,
              reward: Number.isNaN(value) ? null : value,
            },
      interrupted: robot.stopped.aborted,
    };
  } finally {
    await robot.close();
  }
}

/** Who changes which robot, by which config, as its backup says it. */
function madeWith(
  { robot, source }: HardwareConfig,
  held: HeldRobot,
  by: Pick<Person, "name">,
): Pick<Backup, "by" | "robot" | "config"> {
  return {
    by: by.name,
    robot: { id: robot.id, firmware: held.ready.firmware },
    config: { file: source.file, hash: source.hash },
  };
}

export interface RevertRequest {
  readonly config: HardwareConfig;
  readonly store: string;
  /** Id or path of a backup; null: the one from before the newest change. */
  readonly to: string | null;
  readonly person: Pick<Person, "name" | "say">;
  readonly onMessage: (message: StationMessage) => void;
}

export interface RevertReport extends Omit<HandOverEnd, "walk"> {
  readonly of: Backup;
  readonly rows: readonly ParameterRow[];
  /** Of what the robot held until now. */
  readonly backup: string;
  readonly interrupted: boolean;
}

/** @throws as {@link applyToRobot}; BAD_USAGE when there is no such backup */
export async function revertRobot(request: RevertRequest): Promise<RevertReport> {
  const { config, person } = request;
  const stateDir = stateDirOf(config, resolve(request.store));
  const of = backupAsked(stateDir, request.to);
  const { say } = person;
  const robot = await HeldRobot.open({ config, stateDir, onMessage: request.onMessage, say });
  try {
    const ask = (question: Parameters<HeldRobot["ask"]>[0]) => robot.ask(question);
    const before = await heldNow(ask, () => JSON.stringify(of.before));
    const back = wayBack(config, of.before);
    const units = parameterUnits(config);
    const rows = parameterRows(before, back.parameters, { space: config.space, units });
    const now = (): Date => systemClock.date();
    const journal = BackupFile.create(
      stateDir,
      {
        kind: "revert",
        ...madeWith(config, robot, person),
        before,
        proposed: back.parameters,
        words: `${back.words}, of ${of.at}`,
        ...{ store: of.store, study: of.study, trial: null, evidence: null, fromAnotherRobot: null },
        of: of.id,
      },
      now,
    );
    const report = { of, rows, backup: journal.path, latched: false, interrupted: robot.stopped.aborted };
    if (robot.stopped.aborted)
      return { ...report, state: "unreverted", words: "stopped: nothing was sent", stored: null };
    const failed = await revert(back, { ask, journal }, `back to ${back.words}`);
    if (failed !== null)
      return { ...report, state: "unreverted", words: `it was not written back: ${failed}`, stored: null };
    const kept =
      of.stored === true
        ? await store({ ask })
        : { stored: false, words: "active; what the robot begins with when it is switched on is as it was" };
    journal.enter("kept", kept.words, { stored: kept.stored });
    if (isUnfinished(of))
      BackupFile.open(stateDir, of, now).enter("reverted", `taken back by ${journal.backup.id}`);
    return { ...report, state: "reverted", ...kept };
  } finally {
    await robot.close();
  }
}

/** Newest first. */
export function backupsOf(config: HardwareConfig, store: string): readonly Backup[] {
  return readBackups(stateDirOf(config, resolve(store)));
}

/** What an earlier apply or revert left behind unfinished, in words; null: nothing. */
export function unfinishedWords(config: HardwareConfig, store: string): string | null {
  const left = unfinishedOf(backupsOf(config, store));
  return left === null ? null : wordsOfUnfinished(left);
}

function wordsOfUnfinished({ kind, at, words, state }: Backup): string {
  return `${kind === "apply" ? "an apply" : "a revert"} of ${at} (${words}) was not finished: its last state is "${state}", so the robot may hold a set that nobody decided on`;
}

function assertFinished(stateDir: string, config: HardwareConfig): void {
  const left = unfinishedOf(readBackups(stateDir));
  if (left === null) return;
  fail("APPLY_UNFINISHED", {
    what: wordsOfUnfinished(left),
    where: backupPath(stateDir, left.id),
    remedy: `Take it back first: npx gaitsmith revert ${config.source.file}`,
  });
}

function backupAsked(stateDir: string, to: string | null): Backup {
  if (to !== null && (to.includes("/") || to.endsWith(".json"))) return readBackup(to);
  const backups = readBackups(stateDir);
  const found = to === null ? newestChange(backups) : backups.find(({ id }) => id === to);
  if (found !== undefined && found !== null) return found;
  return fail("BAD_USAGE", {
    what: to === null ? "nothing was ever applied to this robot from here" : `there is no backup "${to}"`,
    where: backupFolder(stateDir),
    remedy: "See `gaitsmith revert --list`; a simulated robot's backups lie beside its study file (--store).",
  });
}

async function chosen(request: ApplyRequest, seconds: number): Promise<Candidate> {
  const { config, fromAnotherRobot, params } = request;
  const options = { config, fromAnotherRobot, seconds };
  if (params !== null) return givenCandidate(readParameterFile(params, config), params, options);
  const storage = await openSqliteStorage(resolve(request.store), { mode: "read" });
  try {
    const studies = await storage.studies();
    const name = studyName(studies, request);
    const definition = await storage.study(name);
    if (definition === null) return unknownStudy(name, studies, request.store);
    return candidateOf({ definition, trials: await storage.trials(name) }, request.trial, options);
  } finally {
    await storage.close();
  }
}

/** As asked for; else the only one there is, or the config's own. */
function studyName(
  studies: readonly { readonly name: string }[],
  { study, config, store }: ApplyRequest,
): string {
  const own = config.study?.name;
  const usual = studies.length === 1 ? studies[0]?.name : studies.find(({ name }) => name === own)?.name;
  return study ?? usual ?? unknownStudy(own ?? "", studies, store);
}

function unknownStudy(name: string, studies: readonly { readonly name: string }[], store: string): never {
  return fail("STUDY_UNKNOWN", {
    what: `there is no study "${name}" in that file`,
    where: store,
    remedy:
      studies.length === 0
        ? "Run `gaitsmith tune` first, or give a file with --params."
        : `Choose one with --study: ${studies.map((one) => one.name).join(", ")}.`,
  });
}

/** "step_length = 5 cm, …" */
function inUnits({ parameters }: Candidate, units: ReadonlyMap<string, ParameterUnit>): string {
  return parameters.values
    .map(([name, value]) => {
      const { name: unit, factor, offset } = units.get(name) ?? { name: "", factor: 1, offset: 0 };
      return `${name} = ${Number(((value - offset) / factor).toPrecision(12))} ${unit}`.trimEnd();
    })
    .join(", ");
}
