import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { GaitsmithError } from "../../../src/errors.ts";
import {
  type Backup,
  BackupFile,
  backupFolder,
  isUnfinished,
  type NewBackup,
  newestChange,
  readBackup,
  readBackups,
  unfinishedOf,
} from "../../../src/service/apply/backup.ts";

const FIELDS: NewBackup = {
  kind: "apply",
  by: "ann",
  robot: { id: "tripod", firmware: "1.0" },
  config: { file: "tripod.yaml", hash: "abc" },
  before: { gait: "trot", values: [["step_length", 0.1 + 0.2]] },
  proposed: { gait: "trot", values: [["step_length", Number.MIN_VALUE]] },
  ...{ words: "the champion", store: "studies.db", study: "s", trial: 3, fromAnotherRobot: null, of: null },
  evidence: { mean: 0.3, ci95: [0.2, 0.4], n: 4 },
};

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "gaitsmith-backup-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A minute further each time. */
function clock(): () => Date {
  let minute = 0;
  return () => new Date(Date.UTC(2026, 0, 1, 12, minute++));
}

describe("backups", () => {
  it("are on the disk from the start, bit by bit, and their history grows", (t) => {
    const state = folder(t);
    const file = BackupFile.create(state, FIELDS, clock());
    const stored = readBackup(file.path);
    assert.deepEqual(stored.before, FIELDS.before);
    assert.deepEqual(stored.proposed, FIELDS.proposed);
    assert.equal(stored.state, "backed-up");
    file.enter("writing");
    file.enter("kept", "well", { stored: true });
    const later = readBackup(file.path);
    assert.deepEqual(
      later.history.map((entry) => entry.state),
      ["backed-up", "writing", "kept"],
    );
    assert.equal(later.stored, true);
    assert.deepEqual(
      { ...later, state: 0, history: 0, stored: 0 },
      { ...stored, state: 0, history: 0, stored: 0 },
    );
    assert.deepEqual(readdirSync(backupFolder(state)), [`${stored.id}.json`], "nothing is left lying about");
  });

  it("are never overwritten, not within the same millisecond either", (t) => {
    const state = folder(t);
    const now = (): Date => new Date(0);
    const files = [1, 2, 3].map((trial) => BackupFile.create(state, { ...FIELDS, trial }, now));
    assert.equal(new Set(files.map(({ path }) => path)).size, 3);
    assert.deepEqual(
      files.map(({ path }) => readBackup(path).trial),
      [1, 2, 3],
    );
  });

  it("that cannot be written or read are errors, not guesses", (t) => {
    const state = folder(t);
    writeFileSync(join(state, "applied"), "a file where the folder should be");
    const failed = (error: unknown): boolean =>
      error instanceof GaitsmithError && error.code === "BACKUP_FAILED" && error.remedy !== undefined;
    assert.throws(() => BackupFile.create(state, FIELDS, clock()), failed);
    const other = folder(t);
    const file = BackupFile.create(other, FIELDS, clock());
    writeFileSync(file.path, readFileSync(file.path, "utf8").slice(0, 100));
    assert.throws(() => readBackups(other), failed);
  });

  it("say what was not finished, and what a revert goes back to", (t) => {
    const state = folder(t);
    const now = clock();
    const create = (kind: Backup["kind"], of: string | null = null): BackupFile =>
      BackupFile.create(state, { ...FIELDS, kind, of }, now);
    assert.equal(newestChange(readBackups(state)), null);
    const first = create("apply");
    first.enter("writing");
    first.enter("kept");
    assert.equal(unfinishedOf(readBackups(state)), null);
    assert.equal(newestChange(readBackups(state))?.id, first.backup.id);
    create("apply").enter("dry-run");
    create("apply");
    assert.equal(unfinishedOf(readBackups(state)), null, "nothing was sent in those");
    assert.equal(newestChange(readBackups(state))?.id, first.backup.id);
    const second = create("apply");
    for (const broken of ["writing", "written", "tested", "reverting", "unreverted"] as const) {
      second.enter(broken);
      assert.equal(unfinishedOf(readBackups(state))?.id, second.backup.id, broken);
      assert.equal(newestChange(readBackups(state))?.id, second.backup.id, broken);
    }
    // A revert that breaks off as well: what it found on the robot is nothing to go back to.
    const third = create("revert", second.backup.id);
    third.enter("reverting");
    assert.ok(isUnfinished(third.backup));
    assert.equal(unfinishedOf(readBackups(state))?.id, third.backup.id);
    assert.equal(newestChange(readBackups(state))?.id, second.backup.id);
    const fourth = create("revert", second.backup.id);
    fourth.enter("kept");
    assert.equal(unfinishedOf(readBackups(state)), null);
    assert.equal(
      newestChange(readBackups(state))?.id,
      fourth.backup.id,
      "what a revert replaced can be had back",
    );
  });
});
