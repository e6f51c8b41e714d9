/**
 * Optuna's tables, schema v3.2.0.a, as Optuna 4.9 and SQLAlchemy create them in SQLite, and the one table of our
 * own. Source: `optuna/storages/_rdb/models.py`; a test compares the result with a file that Optuna wrote.
 */
import type { Generated } from "kysely";

/** The Alembic head that every Optuna from 3.2 to 5.0 asks for. */
export const OPTUNA_SCHEMA = "v3.2.0.a";
/** `version_info.schema_version` has stood at 12 since Optuna 1.0; the library version is for people. */
export const OPTUNA_VERSION_INFO = {
  version_info_id: 1,
  schema_version: 12,
  library_version: "4.9.0",
} as const;

export type OptunaTrialState = "RUNNING" | "WAITING" | "COMPLETE" | "PRUNED" | "FAIL";
export type ValueType = "FINITE" | "INF_POS" | "INF_NEG";

interface Attribute {
  readonly key: string;
  readonly value_json: string;
}

/** Rows by table, for Kysely. Ids are given by the database. */
export interface OptunaTables {
  studies: { study_id: Generated<number>; study_name: string };
  version_info: { version_info_id: number; schema_version: number; library_version: string };
  study_directions: {
    study_direction_id: Generated<number>;
    direction: "MINIMIZE" | "MAXIMIZE" | "NOT_SET";
    study_id: number;
    objective: number;
  };
  study_user_attributes: Attribute & { study_user_attribute_id: Generated<number>; study_id: number };
  study_system_attributes: Attribute & { study_system_attribute_id: Generated<number>; study_id: number };
  trials: {
    trial_id: Generated<number>;
    number: number;
    study_id: number;
    state: OptunaTrialState;
    datetime_start: string | null;
    datetime_complete: string | null;
  };
  trial_user_attributes: Attribute & { trial_user_attribute_id: Generated<number>; trial_id: number };
  trial_system_attributes: Attribute & { trial_system_attribute_id: Generated<number>; trial_id: number };
  trial_params: {
    param_id: Generated<number>;
    trial_id: number;
    param_name: string;
    param_value: number;
    distribution_json: string;
  };
  trial_values: {
    trial_value_id: Generated<number>;
    trial_id: number;
    objective: number;
    value: number | null;
    value_type: ValueType;
  };
  trial_intermediate_values: {
    trial_intermediate_value_id: Generated<number>;
    trial_id: number;
    step: number;
    intermediate_value: number | null;
    intermediate_value_type: ValueType | "NAN";
  };
  trial_heartbeats: { trial_heartbeat_id: Generated<number>; trial_id: number; heartbeat: string };
  alembic_version: { version_num: string };
  /** Ours: what a report measured, beside the reward that Optuna keeps as the intermediate value. */
  gaitsmith_reports: { trial_id: number; step: number; time: number; metrics_json: string };
}

/** The statements that make an empty SQLite database an Optuna one, in Optuna's order and spelling. */
export const SQLITE_SCHEMA: readonly string[] = [
  table("studies", [
    "study_id INTEGER NOT NULL",
    "study_name VARCHAR(512) NOT NULL",
    "PRIMARY KEY (study_id)",
  ]),
  "CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name)",
  table("version_info", [
    "version_info_id INTEGER NOT NULL",
    "schema_version INTEGER",
    "library_version VARCHAR(256)",
    "PRIMARY KEY (version_info_id)",
    "CHECK (version_info_id=1)",
  ]),
  table("study_directions", [
    "study_direction_id INTEGER NOT NULL",
    "direction VARCHAR(8) NOT NULL",
    "study_id INTEGER NOT NULL",
    "objective INTEGER NOT NULL",
    "PRIMARY KEY (study_direction_id)",
    "UNIQUE (study_id, objective)",
    "FOREIGN KEY(study_id) REFERENCES studies (study_id)",
  ]),
  attributeTable("study", "user", "studies"),
  attributeTable("study", "system", "studies"),
  table("trials", [
    "trial_id INTEGER NOT NULL",
    "number INTEGER",
    "study_id INTEGER",
    "state VARCHAR(8) NOT NULL",
    "datetime_start DATETIME",
    "datetime_complete DATETIME",
    "PRIMARY KEY (trial_id)",
    "FOREIGN KEY(study_id) REFERENCES studies (study_id)",
  ]),
  "CREATE INDEX ix_trials_study_id ON trials (study_id)",
  attributeTable("trial", "user", "trials"),
  attributeTable("trial", "system", "trials"),
  table("trial_params", [
    "param_id INTEGER NOT NULL",
    "trial_id INTEGER",
    "param_name VARCHAR(512)",
    "param_value FLOAT",
    "distribution_json TEXT",
    "PRIMARY KEY (param_id)",
    "UNIQUE (trial_id, param_name)",
    "FOREIGN KEY(trial_id) REFERENCES trials (trial_id)",
  ]),
  table("trial_values", [
    "trial_value_id INTEGER NOT NULL",
    "trial_id INTEGER NOT NULL",
    "objective INTEGER NOT NULL",
    "value FLOAT",
    "value_type VARCHAR(7) NOT NULL",
    "PRIMARY KEY (trial_value_id)",
    "UNIQUE (trial_id, objective)",
    "FOREIGN KEY(trial_id) REFERENCES trials (trial_id)",
  ]),
  table("trial_intermediate_values", [
    "trial_intermediate_value_id INTEGER NOT NULL",
    "trial_id INTEGER NOT NULL",
    "step INTEGER NOT NULL",
    "intermediate_value FLOAT",
    "intermediate_value_type VARCHAR(7) NOT NULL",
    "PRIMARY KEY (trial_intermediate_value_id)",
    "UNIQUE (trial_id, step)",
    "FOREIGN KEY(trial_id) REFERENCES trials (trial_id)",
  ]),
  table("trial_heartbeats", [
    "trial_heartbeat_id INTEGER NOT NULL",
    "trial_id INTEGER NOT NULL",
    "heartbeat DATETIME NOT NULL",
    "PRIMARY KEY (trial_heartbeat_id)",
    "UNIQUE (trial_id)",
    "FOREIGN KEY(trial_id) REFERENCES trials (trial_id)",
  ]),
  table("alembic_version", [
    "version_num VARCHAR(32) NOT NULL",
    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)",
  ]),
];

/** Added to any Optuna file that we write to. Optuna ignores tables it does not know. */
export const SQLITE_OWN_TABLE = [
  "CREATE TABLE IF NOT EXISTS gaitsmith_reports (",
  "\ttrial_id INTEGER NOT NULL,",
  "\tstep INTEGER NOT NULL,",
  "\ttime FLOAT NOT NULL,",
  "\tmetrics_json TEXT NOT NULL,",
  "\tPRIMARY KEY (trial_id, step)",
  ") WITHOUT ROWID",
].join("\n");

/** SQLAlchemy puts a blank before the line break, and Optuna's files show it. */
function table(name: string, lines: readonly string[]): string {
  return `CREATE TABLE ${name} (\n\t${lines.join(", \n\t")}\n)`;
}

function attributeTable(of: "study" | "trial", kind: "user" | "system", parent: string): string {
  return table(`${of}_${kind}_attributes`, [
    `${of}_${kind}_attribute_id INTEGER NOT NULL`,
    `${of}_id INTEGER`,
    '"key" VARCHAR(512)',
    "value_json TEXT",
    `PRIMARY KEY (${of}_${kind}_attribute_id)`,
    `UNIQUE (${of}_id, "key")`,
    `FOREIGN KEY(${of}_id) REFERENCES ${parent} (${of}_id)`,
  ]);
}
