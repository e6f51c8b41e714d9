/** Rows of studies and their attributes. */
import type { Transaction } from "kysely";
import { fail } from "../errors.ts";
import type { JsonValue } from "../optimizer/trial.ts";
import type { OptunaTables } from "./optuna-schema.ts";
import { parsePython, stringifyPython } from "./python-json.ts";
import { PREFIX } from "./trial-attributes.ts";
import type { StudyDefinition } from "./trial-record.ts";

type Work = Transaction<OptunaTables>;
type AttributeTable = "study_user_attributes" | "study_system_attributes";

export async function studyId(work: Work, name: string): Promise<number | null> {
  const row = await work
    .selectFrom("studies")
    .where("study_name", "=", name)
    .select("study_id")
    .executeTakeFirst();
  return row?.study_id ?? null;
}

export async function insertStudy(work: Work, definition: StudyDefinition): Promise<void> {
  const { study_id } = await work
    .insertInto("studies")
    .values({ study_name: definition.name })
    .returning("study_id")
    .executeTakeFirstOrThrow();
  await describeStudy(work, study_id, definition);
}

/** What the study asks for; its constraint names stand beside the definition for scripts that look for them. */
export async function describeStudy(
  work: Work,
  study_id: number,
  definition: StudyDefinition,
): Promise<void> {
  const { direction, constraintNames } = definition;
  await work.deleteFrom("study_directions").where("study_id", "=", study_id).execute();
  await work
    .insertInto("study_directions")
    .values({ study_id, objective: 0, direction: direction === "maximize" ? "MAXIMIZE" : "MINIMIZE" })
    .execute();
  const table = "study_user_attributes";
  await work.deleteFrom(table).where("study_id", "=", study_id).where("key", "like", `${PREFIX}%`).execute();
  await setStudyAttribute(work, table, study_id, `${PREFIX}definition`, definition);
  await setStudyAttribute(work, table, study_id, `${PREFIX}constraint_names`, constraintNames);
}

/** Constraint values of limits that no trial has told of: far from them. */
export async function extendConstraints(
  work: Work,
  study_id: number,
  definition: StudyDefinition,
  constraintNames: readonly string[],
): Promise<void> {
  const before = definition.constraintNames;
  if (before.some((name, index) => name !== constraintNames[index]))
    fail("INTERNAL", {
      what: `constraints ${constraintNames.join(", ")} do not begin with ${before.join(", ")}`,
    });
  const table = "study_user_attributes";
  await setStudyAttribute(work, table, study_id, `${PREFIX}definition`, { ...definition, constraintNames });
  await setStudyAttribute(work, table, study_id, `${PREFIX}constraint_names`, constraintNames);
  const added = constraintNames.slice(before.length).map(() => -1);
  const rows = await work
    .selectFrom("trial_system_attributes")
    .innerJoin("trials", "trials.trial_id", "trial_system_attributes.trial_id")
    .where("trials.study_id", "=", study_id)
    .where("trial_system_attributes.key", "=", "constraints")
    .select(["trial_system_attributes.trial_id", "value_json"])
    .execute();
  for (const { trial_id, value_json } of rows)
    await work
      .updateTable("trial_system_attributes")
      .where("trial_id", "=", trial_id)
      .where("key", "=", "constraints")
      .set({ value_json: stringifyPython([...(parsePython(value_json) as JsonValue[]), ...added]) })
      .execute();
}

export async function studyAttribute(
  work: Work,
  table: AttributeTable,
  study_id: number,
  key: string,
): Promise<JsonValue | undefined> {
  const row = await work
    .selectFrom(table)
    .where("study_id", "=", study_id)
    .where("key", "=", key)
    .select("value_json")
    .executeTakeFirst();
  return row === undefined ? undefined : parsePython(row.value_json);
}

export async function systemAttributes(work: Work, study_id: number): Promise<Map<string, JsonValue>> {
  const rows = await work
    .selectFrom("study_system_attributes")
    .where("study_id", "=", study_id)
    .select(["key", "value_json"])
    .execute();
  return new Map(rows.map(({ key, value_json }) => [key, parsePython(value_json)]));
}

/** @param value anything that JSON can say */
export async function setStudyAttribute(
  work: Work,
  table: AttributeTable,
  study_id: number,
  key: string,
  value: unknown,
): Promise<void> {
  const value_json = stringifyPython(value);
  await work
    .insertInto(table)
    .values({ study_id, key, value_json })
    .onConflict((conflict) => conflict.columns(["study_id", "key"]).doUpdateSet({ value_json }))
    .execute();
}
