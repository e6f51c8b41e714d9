import assert from "node:assert/strict";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, it } from "node:test";
import {
  EXAMPLE_STUDY,
  exampleEnd,
  exampleReport,
  exampleTrial,
} from "../../src/conformance/example-study.ts";
import { storageConformance } from "../../src/conformance/storage.ts";
import { GaitsmithError } from "../../src/errors.ts";
import { packageRoot } from "../../src/paths.ts";
import { openSqliteStorage } from "../../src/study/sqlite-storage.ts";
import type { Storage } from "../../src/study/storage.ts";
import { type SqlitePlace, sqlitePlace } from "./sqlite-place.ts";

const STUDY = EXAMPLE_STUDY.name;
const OPTUNA_FILE = join(packageRoot, "test/fixtures/optuna_study.db");

storageConformance("the SQLite storage", async () => sqlitePlace());

let place: SqlitePlace;
beforeEach(() => {
  place = sqlitePlace();
});
afterEach(() => place.remove());

/** Rows as plain objects, read past our own code. */
function rows(file: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

function parameter(name: string, value: number, distribution: string, attributes: string) {
  return {
    param_name: name,
    param_value: value,
    type: "real",
    distribution_json: `{"name": "${distribution}", "attributes": {${attributes}}}`,
  };
}

function failsWith(code: string, ...words: RegExp[]) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof GaitsmithError, String(error));
    assert.equal(error.code, code);
    for (const word of words) assert.match(error.describe(), word);
    return true;
  };
}

describe("a study file", () => {
  it("has the tables of a file that Optuna made, letter for letter", async () => {
    await (await place.open()).close();
    const schema =
      "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'gaitsmith%' ORDER BY name";
    assert.deepEqual(rows(place.file, schema), rows(OPTUNA_FILE, schema));
    for (const table of ["version_info", "alembic_version"])
      assert.deepEqual(
        rows(place.file, `SELECT * FROM ${table}`),
        rows(OPTUNA_FILE, `SELECT * FROM ${table}`),
      );
  });

  it("holds rows as Optuna writes them", async () => {
    const storage = await place.open();
    await storage.createStudy(EXAMPLE_STUDY);
    await storage.startTrial(STUDY, exampleTrial());
    await storage.addReport(STUDY, 0, exampleReport(1, Number.NaN));
    await storage.addReport(STUDY, 0, exampleReport(2, 0.5));
    await storage.finishTrial(
      STUDY,
      0,
      exampleEnd({ state: "aborted", value: null, constraints: [1.25, -1] }),
    );
    await storage.startTrial(STUDY, exampleTrial());
    await storage.finishTrial(STUDY, 1, exampleEnd({ state: "interrupted", value: null }));
    await storage.close();

    const sql = (columns: string, table: string) => rows(place.file, `SELECT ${columns} FROM ${table}`);
    assert.deepEqual(sql("study_id, direction, objective", "study_directions"), [
      { study_id: 1, direction: "MAXIMIZE", objective: 0 },
    ]);
    assert.deepEqual(sql("*", "trials"), [
      {
        trial_id: 1,
        number: 0,
        study_id: 1,
        state: "PRUNED",
        datetime_start: "2026-01-02 03:04:05.678000",
        datetime_complete: "2026-01-02 03:04:17.001000",
      },
      {
        trial_id: 2,
        number: 1,
        study_id: 1,
        state: "FAIL",
        datetime_start: "2026-01-02 03:04:05.678000",
        datetime_complete: "2026-01-02 03:04:17.001000",
      },
    ]);
    assert.deepEqual(sql("step, intermediate_value, intermediate_value_type", "trial_intermediate_values"), [
      { step: 1, intermediate_value: null, intermediate_value_type: "NAN" },
      { step: 2, intermediate_value: 0.5, intermediate_value_type: "FINITE" },
    ]);
    assert.deepEqual(sql("*", "trial_values"), [], "an aborted walk has no value that Optuna could praise");
    assert.deepEqual(sql("key, value_json", "trial_system_attributes WHERE trial_id = 1"), [
      { key: "constraints", value_json: "[1.25, -1]" },
    ]);
    assert.deepEqual(
      sql(
        "param_name, param_value, typeof(param_value) AS type, distribution_json",
        "trial_params WHERE trial_id = 1 ORDER BY param_id",
      ),
      [
        parameter(
          "stride_frequency",
          1,
          "FloatDistribution",
          '"step": null, "low": 0.5, "high": 4.0, "log": false',
        ),
        parameter(
          "stiffness",
          2.75,
          "FloatDistribution",
          '"step": null, "low": 0.5, "high": 50.0, "log": true',
        ),
        parameter(
          "clearance",
          0.03,
          "FloatDistribution",
          '"step": 0.03, "low": 0.0, "high": 0.09, "log": false',
        ),
        parameter("phases", 3, "IntDistribution", '"log": false, "step": 2, "low": 1, "high": 9'),
        parameter("gait", 0, "CategoricalDistribution", '"choices": ["trot", "bound", null, true, 1.5]'),
      ],
    );
    const attributes = sql("key", "trial_user_attributes WHERE trial_id = 1 ORDER BY key").map(
      (row) => row["key"],
    );
    assert.deepEqual(attributes, [
      "gaitsmith:outcome",
      "gaitsmith:reason",
      "gaitsmith:recording",
      "gaitsmith:role",
      "gaitsmith:state",
      "gaitsmith:suggestion",
    ]);
    const [names] = sql("value_json", "study_user_attributes WHERE key = 'gaitsmith:constraint_names'");
    assert.equal(names?.["value_json"], '["tilt", "height"]');
  });

  it("keeps rungs as Optuna's successive halving does, a value that is there never changing", async () => {
    const storage = await place.open();
    await storage.createStudy(EXAMPLE_STUDY);
    await storage.startTrial(STUDY, exampleTrial());
    await storage.setRungs(STUDY, 0, [2, 0.25]);
    await storage.setRungs(STUDY, 0, [9, 9, -1]);
    await storage.close();
    const sql = "SELECT key, value_json FROM trial_system_attributes ORDER BY key";
    assert.deepEqual(rows(place.file, sql), [
      { key: "completed_rung_0", value_json: "2.0" },
      { key: "completed_rung_1", value_json: "0.25" },
      { key: "completed_rung_2", value_json: "-1.0" },
    ]);
  });

  it("counts the rungs that Optuna stored, from the lowest on without a gap", async () => {
    const storage = await place.open();
    await storage.createStudy(EXAMPLE_STUDY);
    await storage.startTrial(STUDY, exampleTrial());
    await storage.close();
    const database = new DatabaseSync(place.file);
    for (const [rung, value] of Object.entries({ 0: "0.5", 1: "Infinity", 3: "4.0" })) {
      database
        .prepare("INSERT INTO trial_system_attributes (trial_id, key, value_json) VALUES (1, ?, ?)")
        .run(`completed_rung_${rung}`, value);
    }
    database.close();
    const reader = await place.openForReading();
    assert.deepEqual((await reader.trials(STUDY))[0]?.rungs, [0.5, Number.POSITIVE_INFINITY]);
    await reader.close();
  });

  it("gives a walk nothing of a trial that Optuna deleted", async () => {
    let storage = await place.open();
    await storage.createStudy(EXAMPLE_STUDY);
    await storage.startTrial(STUDY, exampleTrial());
    await storage.addReport(STUDY, 0, exampleReport(1, 0.5));
    await storage.close();
    const database = new DatabaseSync(place.file, { enableForeignKeyConstraints: false });
    for (const table of ["trials", "trial_params", "trial_user_attributes", "trial_intermediate_values"])
      database.exec(`DELETE FROM ${table}`);
    database.close();
    storage = await place.open();
    await storage.startTrial(STUDY, exampleTrial());
    await storage.addReport(STUDY, 0, { ...exampleReport(1, 0.25), time: 9 });
    assert.equal((await storage.trials(STUDY))[0]?.reports[0]?.time, 9);
    await storage.close();
  });

  it("is in WAL mode and one file again once it is closed", async () => {
    const storage = await place.open();
    await storage.createStudy(EXAMPLE_STUDY);
    await storage.close();
    for (const suffix of ["-wal", ".lock"]) assert.ok(!existsSync(place.file + suffix), suffix);
    assert.deepEqual(rows(place.file, "PRAGMA journal_mode"), [{ journal_mode: "wal" }]);
  });

  it("can be read from a medium that cannot be written", async () => {
    const storage = await place.open();
    await storage.createStudy(EXAMPLE_STUDY);
    await storage.close();
    chmodSync(place.file, 0o444);
    chmodSync(place.folder, 0o555);
    const reader = await place.openForReading();
    assert.equal((await reader.studies()).length, 1);
    await reader.close();
    chmodSync(place.folder, 0o755);
  });
});

describe("opening a study file", () => {
  it("names the service that holds it and that one's page", async () => {
    const first = await openSqliteStorage(place.file, { mode: "write", address: "http://127.0.0.1:8340" });
    const refused = failsWith(
      "STORE_BUSY",
      new RegExp(`process ${process.pid}`),
      /http:\/\/127\.0\.0\.1:8340/,
    );
    await assert.rejects(place.open(), refused);
    first.announce("http://127.0.0.1:9000");
    await assert.rejects(place.open(), failsWith("STORE_BUSY", /127\.0\.0\.1:9000/));
    await first.close();
    await first.close();
    await (await place.open()).close();
  });

  it("takes over the lock of a dead process, of a reused pid and a torn one, not one of another machine", async () => {
    const holder = { pid: process.pid, since: "2026-01-01T00:00:00.000Z", address: null, token: "x" };
    const { hostname } = await import("node:os");
    const lock = (content: object | string): void =>
      writeFileSync(`${place.file}.lock`, typeof content === "string" ? content : JSON.stringify(content));
    // Pids end at 2^22 on Linux.
    lock({ ...holder, host: hostname(), pid: 4_194_305, processStart: null });
    await (await place.open()).close();
    if (existsSync("/proc/self/stat")) {
      lock({ ...holder, host: hostname(), processStart: "1" });
      await (await place.open()).close();
    }
    lock('{"pid": 12');
    await (await place.open()).close();
    lock({ ...holder, host: "another-machine", pid: 4_194_305, processStart: null });
    await assert.rejects(place.open(), failsWith("STORE_BUSY", /on another-machine/, /delete .*\.lock/));
  });

  it("says what is wrong with what is no study file", async () => {
    await assert.rejects(place.openForReading(), failsWith("STORE_UNREADABLE", /no such study file/));
    const missingFolder = join(place.folder, "missing", "studies.db");
    await assert.rejects(
      openSqliteStorage(missingFolder, { mode: "write" }),
      failsWith("STORE_UNREADABLE", /folder exists/),
    );

    writeFileSync(place.file, "speed,reward\n".repeat(200));
    for (const open of [place.open, place.openForReading])
      await assert.rejects(open(), failsWith("STORE_UNREADABLE", /not a study file/));
    assert.equal(readFileSync(place.file, "utf8").length, 2600, "left as it was");
  });

  it("leaves another program's database alone", async () => {
    const database = new DatabaseSync(place.file);
    database.exec("CREATE TABLE recipes (name TEXT)");
    database.close();
    const before = readFileSync(place.file);
    for (const open of [place.open, place.openForReading])
      await assert.rejects(open(), failsWith("STORE_UNREADABLE", /holds no studies/));
    assert.ok(readFileSync(place.file).equals(before));
  });

  it("names the schema it cannot read", async () => {
    copyFileSync(OPTUNA_FILE, place.file);
    const database = new DatabaseSync(place.file);
    database.exec("UPDATE alembic_version SET version_num = 'v9.0.0.a'");
    database.close();
    for (const open of [place.open, place.openForReading])
      await assert.rejects(open(), failsWith("STORE_UNREADABLE", /v9\.0\.0\.a/, /v3\.2\.0\.a/));
  });
});

describe("a study file in trouble", () => {
  it("loses nothing when the disk is full, and goes on when there is room", async () => {
    let storage: Storage = await openSqliteStorage(place.file, { mode: "write", maximumSize: 150_000 });
    await storage.createStudy(EXAMPLE_STUDY);
    let finished = 0;
    const fill = async (): Promise<void> => {
      for (;;) {
        const { number } = await storage.startTrial(STUDY, exampleTrial({ suggestion: finished }));
        await storage.addReport(STUDY, number, exampleReport(1, 0.5));
        await storage.finishTrial(STUDY, number, exampleEnd());
        finished += 1;
      }
    };
    await assert.rejects(fill(), failsWith("STORE_FAILED", /disk is full/));
    assert.ok(finished > 5, `${finished} trials fitted`);
    const kept = await storage.trials(STUDY);
    assert.equal(kept.filter((trial) => trial.state === "completed").length, finished);
    await storage.close();

    storage = await place.open();
    assert.deepEqual(await storage.trials(STUDY), kept);
    const running = kept.find((trial) => trial.state === "running");
    if (running !== undefined) await storage.finishTrial(STUDY, running.number, exampleEnd());
    assert.equal((await storage.startTrial(STUDY, exampleTrial())).number, kept.length);
    await storage.close();
  });

  it("names a disk that is full for what is done between trials, and the trial is kept", async (t) => {
    const storage = await place.open();
    await storage.createStudy(EXAMPLE_STUDY);
    const { number } = await storage.startTrial(STUDY, exampleTrial());
    const exec = DatabaseSync.prototype.exec;
    t.mock.method(DatabaseSync.prototype, "exec", function (this: DatabaseSync, sql: string) {
      // What SQLite says when the log has room and the file has not.
      if (sql.includes("wal_checkpoint"))
        throw Object.assign(new Error("database or disk is full"), { code: "ERR_SQLITE_ERROR", errcode: 13 });
      exec.call(this, sql);
    });
    await assert.rejects(
      storage.finishTrial(STUDY, number, exampleEnd()),
      failsWith("STORE_FAILED", /disk is full/),
    );
    assert.equal((await storage.trials(STUDY))[0]?.state, "completed");
    await storage.close();
  });

  it("waits for another program's write, then names the trouble", async () => {
    const storage = await openSqliteStorage(place.file, { mode: "write", busyTimeout: 20 });
    await storage.createStudy(EXAMPLE_STUDY);
    const other = new DatabaseSync(place.file);
    other.exec("BEGIN IMMEDIATE");
    await assert.rejects(storage.startTrial(STUDY, exampleTrial()), failsWith("STORE_BUSY", /locked/));
    assert.equal((await storage.trials(STUDY)).length, 0, "reading goes on");
    other.exec("ROLLBACK");
    other.close();
    assert.equal((await storage.startTrial(STUDY, exampleTrial())).number, 0);
    await storage.close();
  });

  it("that is deleted or replaced is noticed before anything more is written, and saved beside it", async () => {
    for (const replaced of [false, true]) {
      const rescued = `${place.file}.rescued`;
      rmSync(rescued, { force: true });
      const storage = await openSqliteStorage(place.file, { mode: "write" });
      if ((await storage.study(STUDY)) === null) await storage.createStudy(EXAMPLE_STUDY);
      await storage.startTrial(STUDY, exampleTrial());
      for (const part of ["", "-wal", "-shm"]) rmSync(`${place.file}${part}`);
      if (replaced) writeFileSync(place.file, "somebody else's");
      await assert.rejects(
        storage.finishTrial(STUDY, 0, exampleEnd()),
        failsWith("STORE_FAILED", replaced ? /gone: another file/ : /gone: it was deleted/),
      );
      await storage.close();
      renameSync(rescued, place.file);
      const saved = await openSqliteStorage(place.file, { mode: "write" });
      assert.equal((await saved.trials(STUDY)).at(-1)?.state, "running");
      await saved.close();
    }
  });
});
