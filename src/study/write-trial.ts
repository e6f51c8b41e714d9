/** The rows a trial leaves at its start, at each report and at its end. */
import type { Transaction } from "kysely";
import { fail } from "../errors.ts";
import { distributionJson, internalValue } from "./distribution.ts";
import type { OptunaTables } from "./optuna-schema.ts";
import { parsePython, pythonFloat, stringifyPython } from "./python-json.ts";
import {
  attributesAtEnd,
  attributesAtStart,
  OPTUNA_STATE,
  PREFIX,
  RUNG_KEY,
  type TrialAttributes,
} from "./trial-attributes.ts";
import type { NewTrial, StudyDefinition, TrialEnd, TrialReport } from "./trial-record.ts";
import { utcText } from "./utc-time.ts";
import { encodeIntermediate, encodeValue } from "./value-encoding.ts";

export type Work = Transaction<OptunaTables>;

/** Optuna numbers a study's trials by counting them. */
export async function insertTrial(
  work: Work,
  study_id: number,
  definition: StudyDefinition,
  trial: NewTrial,
): Promise<{ trial_id: number; number: number }> {
  const { count } = await work
    .selectFrom("trials")
    .where("study_id", "=", study_id)
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  const number = Number(count);
  const { trial_id } = await work
    .insertInto("trials")
    .values({
      number,
      study_id,
      state: "RUNNING",
      datetime_start: utcText(trial.startedAt),
      datetime_complete: null,
    })
    .returning("trial_id")
    .executeTakeFirstOrThrow();
  // SQLite gives the id of a deleted last trial away again, and Optuna does not delete from our table.
  await work.deleteFrom("gaitsmith_reports").where("trial_id", "=", trial_id).execute();
  const parameters = parameterRows(definition, trial, trial_id);
  if (parameters.length > 0) await work.insertInto("trial_params").values(parameters).execute();
  await setTrialAttributes(work, trial_id, attributesAtStart(trial));
  return { trial_id, number };
}

/** A second report of the same step changes nothing, as in Optuna. */
export async function insertReport(work: Work, trial_id: number, report: TrialReport): Promise<void> {
  const { step, time, metrics } = report;
  const { number: intermediate_value, type: intermediate_value_type } = encodeIntermediate(report.value);
  await work
    .insertInto("trial_intermediate_values")
    .values({ trial_id, step, intermediate_value, intermediate_value_type })
    .onConflict((conflict) => conflict.columns(["trial_id", "step"]).doNothing())
    .execute();
  await work
    .insertInto("gaitsmith_reports")
    .values({ trial_id, step, time, metrics_json: stringifyPython(metrics) })
    .onConflict((conflict) => conflict.columns(["trial_id", "step"]).doNothing())
    .execute();
}

/** The report of that step as it has become known since; Optuna reads a running trial's values anew each time. */
export async function replaceReport(work: Work, trial_id: number, report: TrialReport): Promise<void> {
  const { step, time, metrics } = report;
  const { number: intermediate_value, type: intermediate_value_type } = encodeIntermediate(report.value);
  const { numUpdatedRows } = await work
    .updateTable("trial_intermediate_values")
    .set({ intermediate_value, intermediate_value_type })
    .where("trial_id", "=", trial_id)
    .where("step", "=", step)
    .executeTakeFirstOrThrow();
  if (Number(numUpdatedRows) !== 1)
    fail("INTERNAL", { what: `there is no report of step ${step} to be replaced` });
  await work
    .updateTable("gaitsmith_reports")
    .set({ time, metrics_json: stringifyPython(metrics) })
    .where("trial_id", "=", trial_id)
    .where("step", "=", step)
    .execute();
}

/** A rung's value never changes once it is there. */
export async function setRungs(work: Work, trial_id: number, rungs: readonly number[]): Promise<void> {
  if (rungs.length === 0) return;
  const rows = rungs.map((value, rung) => {
    return { trial_id, key: `${RUNG_KEY}${rung}`, value_json: pythonFloat(value) };
  });
  await work
    .insertInto("trial_system_attributes")
    .values(rows)
    .onConflict((conflict) => conflict.columns(["trial_id", "key"]).doNothing())
    .execute();
}

/**
 * The state comes last: Optuna reads a finished trial once and keeps it.
 *
 * A pruned trial has its last value in Optuna's value table, as Optuna's own have. An aborted one has none there:
 * its constraint above 0 says that it is infeasible, its reports stay, and Optuna's samplers rank a PRUNED trial
 * below every completed one.
 */
export async function insertEnd(
  work: Work,
  trial_id: number,
  end: TrialEnd,
  constraintCount: number | null,
): Promise<void> {
  const constraints = constraintList(end, constraintCount ?? end.constraints.length);
  const value_json = stringifyPython(constraints);
  await work
    .insertInto("trial_system_attributes")
    .values({ trial_id, key: "constraints", value_json })
    .onConflict((conflict) => conflict.columns(["trial_id", "key"]).doUpdateSet({ value_json }))
    .execute();
  await setTrialAttributes(work, trial_id, attributesAtEnd(end, await storedRecording(work, trial_id)));
  const value = finalValue(end);
  if (value !== null) {
    const encoded = encodeValue(value);
    await work
      .insertInto("trial_values")
      .values({ trial_id, objective: 0, value: encoded.number, value_type: encoded.type })
      .execute();
  }
  await work
    .updateTable("trials")
    .set({ state: OPTUNA_STATE[end.state], datetime_complete: utcText(end.finishedAt ?? new Date(0)) })
    .where("trial_id", "=", trial_id)
    .execute();
}

/** Optuna refuses a completed trial without a value, and NaN has no place in its table. */
function finalValue({ state, value }: TrialEnd): number | null {
  if (Number.isNaN(value) || (state === "completed" && value === null))
    fail("INTERNAL", { what: `a ${state} trial cannot have the value ${value}` });
  return value;
}

/**
 * Optuna's samplers refuse lists of unequal length and NaN in them. A walk that never began came near no limit,
 * and says so with −1 everywhere.
 */
function constraintList({ constraints }: TrialEnd, count: number): readonly number[] {
  if (constraints.length === 0) return Array.from({ length: count }, () => -1);
  if (constraints.length !== count || constraints.some(Number.isNaN))
    fail("INTERNAL", { what: `${count} constraint values expected, got [${constraints.join(", ")}]` });
  return constraints;
}

/** In the order of the search space; a conditional parameter that is not active has no row. */
function parameterRows({ space }: StudyDefinition, { parameters }: NewTrial, trial_id: number) {
  const unknown = Object.keys(parameters).find(
    (name) => !space.parameters.some((parameter) => parameter.name === name),
  );
  if (unknown !== undefined) fail("INTERNAL", { what: `"${unknown}" is not in the study's search space` });
  return space.parameters.flatMap((parameter) => {
    const value = parameters[parameter.name];
    if (value === undefined) return [];
    return {
      trial_id,
      param_name: parameter.name,
      param_value: internalValue(parameter, value),
      distribution_json: distributionJson(parameter),
    };
  });
}

async function setTrialAttributes(work: Work, trial_id: number, attributes: TrialAttributes): Promise<void> {
  const rows = Object.entries(attributes).map(([key, value]) => {
    return { trial_id, key: PREFIX + key, value_json: stringifyPython(value) };
  });
  await work
    .insertInto("trial_user_attributes")
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(["trial_id", "key"])
        .doUpdateSet(({ ref }) => ({ value_json: ref("excluded.value_json") })),
    )
    .execute();
}

async function storedRecording(work: Work, trial_id: number): Promise<string | null> {
  const row = await work
    .selectFrom("trial_user_attributes")
    .where("trial_id", "=", trial_id)
    .where("key", "=", `${PREFIX}recording`)
    .select("value_json")
    .executeTakeFirst();
  return row === undefined ? null : (parsePython(row.value_json) as string | null);
}
