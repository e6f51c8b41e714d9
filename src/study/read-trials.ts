/** All trials of a study: one query per table, joined in memory. */
import type { Transaction } from "kysely";
import type { OptunaTables } from "./optuna-schema.ts";
import type { TrialRecord } from "./trial-record.ts";
import { type TrialRows, trialRecord } from "./trial-rows.ts";

type Work = Transaction<OptunaTables>;

/** @param hasReports whether our own table exists in that file */
export async function readTrials(work: Work, study_id: number, hasReports: boolean): Promise<TrialRecord[]> {
  const trials = await work
    .selectFrom("trials")
    .where("study_id", "=", study_id)
    .select(["trial_id", "number", "state", "datetime_start", "datetime_complete"])
    .orderBy("number")
    .execute();
  const ofStudy = work.selectFrom("trials").where("study_id", "=", study_id).select("trial_id");
  const parameters = await work
    .selectFrom("trial_params")
    .where("trial_id", "in", ofStudy)
    .select(["trial_id", "param_name", "param_value", "distribution_json"])
    .orderBy("param_id")
    .execute();
  const values = await work
    .selectFrom("trial_values")
    .where("trial_id", "in", ofStudy)
    .where("objective", "=", 0)
    .select(["trial_id", "value", "value_type"])
    .execute();
  const intermediate = await work
    .selectFrom("trial_intermediate_values")
    .where("trial_id", "in", ofStudy)
    .select(["trial_id", "step", "intermediate_value", "intermediate_value_type"])
    .orderBy("step")
    .execute();
  const userAttributes = await work
    .selectFrom("trial_user_attributes")
    .where("trial_id", "in", ofStudy)
    .select(["trial_id", "key", "value_json"])
    .execute();
  const systemAttributes = await work
    .selectFrom("trial_system_attributes")
    .where("trial_id", "in", ofStudy)
    .select(["trial_id", "key", "value_json"])
    .orderBy("trial_system_attribute_id")
    .execute();
  const reports = !hasReports
    ? []
    : await work
        .selectFrom("gaitsmith_reports")
        .where("trial_id", "in", ofStudy)
        .select(["trial_id", "step", "time", "metrics_json"])
        .execute();
  const of = {
    parameters: byTrial(parameters),
    values: byTrial(values),
    intermediate: byTrial(intermediate),
    reports: byTrial(reports),
    userAttributes: byTrial(userAttributes),
    systemAttributes: byTrial(systemAttributes),
  };
  return trials.map((trial) => {
    const id = trial.trial_id;
    const rows: TrialRows = {
      trial,
      parameters: of.parameters.get(id) ?? [],
      value: of.values.get(id)?.[0],
      intermediate: of.intermediate.get(id) ?? [],
      reports: of.reports.get(id) ?? [],
      userAttributes: of.userAttributes.get(id) ?? [],
      systemAttributes: of.systemAttributes.get(id) ?? [],
    };
    return trialRecord(rows);
  });
}

/** Every distinct distribution of a study in the order in which it first appears. */
export async function readDistributions(
  work: Work,
  study_id: number,
): Promise<{ name: string; json: string }[]> {
  return work
    .selectFrom("trial_params")
    .innerJoin("trials", "trials.trial_id", "trial_params.trial_id")
    .where("trials.study_id", "=", study_id)
    .select(["param_name as name", "distribution_json as json"])
    .groupBy(["param_name", "distribution_json"])
    .orderBy(({ fn }) => fn.min("param_id"))
    .execute();
}

function byTrial<Row extends { readonly trial_id: number }>(rows: readonly Row[]): Map<number, Row[]> {
  return Map.groupBy(rows, (row) => row.trial_id);
}
