/**
 * Loaded before the command (`node --import …/full-disk.ts?trial=4`), lets the disk be full for its study file from the first
 * report of that trial on: SQLite refuses to let the file grow beyond what it is then, with the error of a full disk.
 */
import { DatabaseSync, type SQLInputValue, type StatementResultingChanges } from "node:sqlite";

const trial = Number(new URL(import.meta.url).searchParams.get("trial"));
const prepare = DatabaseSync.prototype.prepare;

DatabaseSync.prototype.prepare = function (sql, ...rest) {
  const statement = prepare.call(this, sql, ...rest);
  if (!sql.startsWith('insert into "gaitsmith_reports"')) return statement;
  const run = statement.run.bind(statement) as (...values: SQLInputValue[]) => StatementResultingChanges;
  statement.run = ((...values: SQLInputValue[]) => {
    // Ids count from 1, numbers from 0. A limit below the file's size is lifted to it.
    if (Number(values[0]) > trial) this.exec("PRAGMA max_page_count = 1");
    return run(...values);
  }) as typeof statement.run;
  return statement;
};
