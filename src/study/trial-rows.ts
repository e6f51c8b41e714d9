/**
 * From Optuna's rows to a trial record. Trials of other programs lack our attributes; they read as follows:
 *
 * - FAIL is abandoned: Optuna never runs such a trial again. WAITING is running: asked for, not yet told.
 * - A trial with `fixed_params` is enqueued, any other suggested; until it ends, those are its parameters.
 * - Its number is its suggestion. Report times count 1, 2, … s, metrics are NaN, walked is 0.
 */
import { METRICS, type Metrics } from "../config/metrics.ts";
import type { ParameterSet, ParameterValue } from "../optimizer/search-space.ts";
import type { JsonValue, TrialState } from "../optimizer/trial.ts";
import { externalValue, parameterOf } from "./distribution.ts";
import type { OptunaTables, OptunaTrialState } from "./optuna-schema.ts";
import { parsePython } from "./python-json.ts";
import { OPTUNA_STATE, PREFIX, RUNG_KEY, type TrialAttributes } from "./trial-attributes.ts";
import type { TrialRecord, TrialReport } from "./trial-record.ts";
import { utcDate } from "./utc-time.ts";
import { decodeNumber } from "./value-encoding.ts";

type Row<Table extends keyof OptunaTables, Columns extends keyof OptunaTables[Table]> = Pick<
  OptunaTables[Table],
  Columns
>;

/** Everything the tables hold of one trial; parameters in the order of their ids, reports by step. */
export interface TrialRows {
  readonly trial: Row<"trials", "number" | "state" | "datetime_start" | "datetime_complete">;
  readonly parameters: readonly Row<"trial_params", "param_name" | "param_value" | "distribution_json">[];
  readonly value: Row<"trial_values", "value" | "value_type"> | undefined;
  readonly intermediate: readonly Row<
    "trial_intermediate_values",
    "step" | "intermediate_value" | "intermediate_value_type"
  >[];
  readonly reports: readonly Row<"gaitsmith_reports", "step" | "time" | "metrics_json">[];
  readonly userAttributes: readonly Row<"trial_user_attributes", "key" | "value_json">[];
  readonly systemAttributes: readonly Row<"trial_system_attributes", "key" | "value_json">[];
}

export function trialRecord(rows: TrialRows): TrialRecord {
  const { trial, value } = rows;
  const ours = ownAttributes(rows);
  const fixed = fixedParameters(rows);
  const reports = reportsOf(rows);
  const lastTime = reports.at(-1)?.time ?? 0;
  return {
    number: trial.number,
    suggestion: ours.suggestion?.index ?? trial.number,
    attempt: ours.suggestion?.attempt ?? 1,
    role: ours.role ?? (fixed === null ? "suggested" : "enqueued"),
    replicateOf: ours.replicate_of ?? null,
    state: stateOf(trial.state, ours.state),
    parameters: { ...(isFinished(trial.state) ? {} : fixed), ...parametersOf(rows) },
    reports,
    rungs: rungsOf(rows),
    value: value === undefined ? null : decodeNumber(value.value, value.value_type),
    reason: ours.reason ?? null,
    truncated: ours.outcome?.truncated ?? false,
    constraints: isFinished(trial.state) ? constraintsOf(rows) : [],
    breached: ours.outcome?.breached ?? null,
    walked: ours.outcome?.walked ?? 0,
    measured: ours.outcome?.measured ?? (isFinished(trial.state) ? lastTime : 0),
    recording: ours.recording ?? null,
    bookkeeping: ours.suggestion?.bookkeeping ?? null,
    note: ours.suggestion?.note ?? "",
    carryOver: ours.outcome?.carry_over ?? null,
    ...(ours.health === undefined ? {} : { health: ours.health }),
    startedAt: utcDate(trial.datetime_start) ?? new Date(0),
    finishedAt: utcDate(trial.datetime_complete),
  };
}

export function isFinished(state: OptunaTrialState): boolean {
  return state !== "RUNNING" && state !== "WAITING";
}

/** Our word counts as long as it agrees with Optuna's: someone may have told the trial with Optuna since. */
function stateOf(optuna: OptunaTrialState, ours: TrialState | undefined): TrialState {
  if (ours !== undefined && OPTUNA_STATE[ours] === optuna) return ours;
  switch (optuna) {
    case "RUNNING":
    case "WAITING":
      return "running";
    case "COMPLETE":
      return "completed";
    case "PRUNED":
      return "pruned";
    case "FAIL":
      return "abandoned";
  }
}

function ownAttributes(rows: TrialRows): TrialAttributes {
  const own = rows.userAttributes.filter(({ key }) => key.startsWith(PREFIX));
  return Object.fromEntries(
    own.map(({ key, value_json }) => [key.slice(PREFIX.length), parsePython(value_json)]),
  );
}

function parametersOf(rows: TrialRows): ParameterSet {
  return Object.fromEntries(
    rows.parameters.map(({ param_name, param_value, distribution_json }): [string, ParameterValue] => {
      return [param_name, externalValue(parameterOf(param_name, distribution_json), param_value)];
    }),
  );
}

function fixedParameters(rows: TrialRows): ParameterSet | null {
  const row = rows.systemAttributes.find(({ key }) => key === "fixed_params");
  return row === undefined ? null : (parsePython(row.value_json) as ParameterSet);
}

/** One list up to Optuna 4.9; Optuna 5 may store `constraints:<name>` instead, one number each. */
function constraintsOf(rows: TrialRows): number[] {
  const find = (wanted: (key: string) => boolean) =>
    rows.systemAttributes.filter(({ key }) => wanted(key)).map(({ value_json }) => parsePython(value_json));
  const list = find((key) => key === "constraints")[0];
  return Array.isArray(list)
    ? (list as number[])
    : (find((key) => key.startsWith("constraints:")) as number[]);
}

/** From rung 0 on without a gap, as Optuna counts them. */
function rungsOf(rows: TrialRows): number[] {
  const values = new Map(
    rows.systemAttributes
      .filter(({ key }) => key.startsWith(RUNG_KEY))
      .map(({ key, value_json }) => [key.slice(RUNG_KEY.length), Number(parsePython(value_json))]),
  );
  const rungs: number[] = [];
  for (let value = values.get("0"); value !== undefined; value = values.get(String(rungs.length))) {
    rungs.push(value);
  }
  return rungs;
}

function reportsOf(rows: TrialRows): TrialReport[] {
  const measured = new Map(rows.reports.map((report) => [report.step, report]));
  return rows.intermediate.map(({ step, intermediate_value, intermediate_value_type }, index) => {
    const ours = measured.get(step);
    return {
      step,
      time: ours?.time ?? index + 1,
      metrics: ours === undefined ? NO_METRICS : metricsOf(ours.metrics_json),
      value: decodeNumber(intermediate_value, intermediate_value_type),
    };
  });
}

const NO_METRICS = Object.fromEntries(METRICS.map(({ name }) => [name, Number.NaN])) as Metrics;

/** A metric that came with a later version was not measured then. */
function metricsOf(json: string): Metrics {
  return { ...NO_METRICS, ...(parsePython(json) as { [name: string]: JsonValue }) } as Metrics;
}
