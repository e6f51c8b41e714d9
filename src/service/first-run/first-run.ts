/** The first day with a robot: one step after the other, each of which a person begins, and may repeat, skip or leave for tomorrow. */
import { describeError, GaitsmithError } from "../../errors.ts";
import { readStepAnswer } from "./answers.ts";
import type { FirstRunPorts } from "./ports.ts";
import {
  type FirstRunRecord,
  isSettled,
  readRecord,
  type StepName,
  type StepRecord,
  writeRecord,
} from "./record.ts";
import { STOPPED, type Step, type StepResult } from "./step.ts";
import { STEPS } from "./steps.ts";
import { resultLines } from "./words.ts";

export interface FirstRunChoices {
  /** Do this step only, even when it is settled. */
  readonly step?: StepName;
  /** Forget what was found before. */
  readonly restart: boolean;
}

export interface FirstRunEnd {
  readonly record: FirstRunRecord;
  /** A person or a stop ended it before its last step. */
  readonly stopped: boolean;
}

/** @throws what makes a first run impossible: ROBOT_LATCHED, ROBOT_BUSY, REPORT_FAILED */
export async function firstRun(ports: FirstRunPorts, choices: FirstRunChoices): Promise<FirstRunEnd> {
  const { stateDir, person, config } = ports;
  let record = (choices.restart ? null : readRecord(stateDir)) ?? begun(ports);
  const chosen = STEPS.filter(({ name }) =>
    choices.step === undefined ? !isSettled(record.steps[name]) : name === choices.step,
  );
  const earlier = STEPS.filter((step) => record.steps[step.name] !== undefined);
  if (earlier.length > 0) {
    person.say(`${config.robot.name}: begun ${record.started.slice(0, 10)}`);
    for (const { name, title } of earlier) {
      const { verdict, config: hash, at } = record.steps[name]!;
      const since =
        hash === config.source.hash ? "" : "; the config has changed since (--step to do it again)";
      person.say(`  ${title}: ${verdict}, ${at.slice(0, 10)}${since}`);
    }
  }
  for (const step of chosen) {
    const ended = await settled(step, ports, record, (result, note) => {
      record = withStep(record, ports, step.name, result, note);
      writeRecord(stateDir, record);
    });
    if (ended === "stop") return { record, stopped: true };
  }
  return { record, stopped: false };
}

/** Until the step is passed, skipped or gone on from. @param keep stores what it found */
async function settled(
  step: Step,
  ports: FirstRunPorts,
  record: FirstRunRecord,
  keep: (result: StepResult, note: string) => void,
): Promise<"on" | "stop"> {
  const { person } = ports;
  person.say(`\n${STEPS.indexOf(step) + 1}/${STEPS.length} ${step.title}\n  ${step.instructions}`);
  const why = (await step.impossible?.(ports)) ?? null;
  if (why !== null) {
    const result: StepResult = { verdict: "not-possible", words: why, findings: [] };
    keep(result, "");
    for (const line of resultLines(result)) person.say(line);
    return "on";
  }
  for (;;) {
    const begin = await begins(step, ports);
    if (begin === "stop" || ports.stopped()) return "stop";
    if (begin !== "begin") {
      keep({ verdict: "skipped", words: "skipped by the operator", findings: [] }, begin.note);
      return "on";
    }
    const result = await tried(step, ports, record);
    keep(result, "");
    for (const line of resultLines(result)) person.say(line);
    if (result.verdict === "stopped" || ports.stopped()) return "stop";
    if (result.verdict !== "failed") return "on";
    const next = await afterFailure(ports);
    if (next === "stop") return "stop";
    if (next === "again") continue;
    keep(result, next.note);
    return "on";
  }
}

async function begins(
  { confirmation }: Step,
  { person }: FirstRunPorts,
): Promise<"begin" | "stop" | { readonly note: string }> {
  const start = confirmation === undefined ? "Enter: begin" : `type ${confirmation} to begin`;
  for (;;) {
    const typed = await person.ask(`${start} · s: skip, with a word why · q: stop for today`);
    const answer = readStepAnswer(typed);
    if (answer.answer === "stop") return "stop";
    if (answer.answer === "skip") return { note: answer.note };
    if (confirmation === undefined || typed?.toLowerCase() === confirmation) return "begin";
    person.say(`  Only the word "${confirmation}" begins it.`);
  }
}

async function afterFailure({
  person,
}: FirstRunPorts): Promise<"again" | "stop" | { readonly note: string }> {
  for (;;) {
    const answer = readStepAnswer(
      await person.ask("It failed. Enter: do it again · s: go on all the same, say why · q: stop for today"),
    );
    if (answer.answer === "stop") return "stop";
    if (answer.answer !== "skip") return "again";
    if (answer.note !== "") return { note: answer.note };
    person.say("  Say why, after the s: it stands in the report.");
  }
}

/** A step whose robot refuses has failed; what keeps any step from being done ends the first run. */
async function tried(step: Step, ports: FirstRunPorts, record: FirstRunRecord): Promise<StepResult> {
  try {
    return await step.run(ports, record);
  } catch (error) {
    if (ports.stopped()) return STOPPED;
    if (!(error instanceof GaitsmithError) || FINAL.has(error.code)) throw error;
    return { verdict: "failed", words: describeError(error), findings: [] };
  }
}

const FINAL: ReadonlySet<string> = new Set([
  "ROBOT_LATCHED",
  "ROBOT_BUSY",
  "CONFIG_INVALID",
  "INTERNAL",
  "BAD_USAGE",
]);

function begun({ config, now }: FirstRunPorts): FirstRunRecord {
  const at = now().toISOString();
  const { file, hash } = config.source;
  return { version: 1, robot: config.robot.id, started: at, updated: at, config: { file, hash }, steps: {} };
}

function withStep(
  record: FirstRunRecord,
  { config, now }: FirstRunPorts,
  name: StepName,
  result: StepResult,
  note: string,
): FirstRunRecord {
  const at = now().toISOString();
  const { file, hash } = config.source;
  const step: StepRecord = { ...result, note, at, config: hash };
  return { ...record, updated: at, config: { file, hash }, steps: { ...record.steps, [name]: step } };
}
