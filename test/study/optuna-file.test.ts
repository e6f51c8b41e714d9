/** A file that Optuna 4.9.0 wrote, read with our eyes. */
import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, it } from "node:test";
import { EXAMPLE_STUDY, exampleEnd, exampleTrial } from "../../src/conformance/example-study.ts";
import { GaitsmithError } from "../../src/errors.ts";
import { packageRoot } from "../../src/paths.ts";
import { observe } from "../../src/study/observed-trial.ts";
import { openSqliteStorage } from "../../src/study/sqlite-storage.ts";
import type { Storage } from "../../src/study/storage.ts";
import type { TrialRecord } from "../../src/study/trial-record.ts";
import { sqlitePlace } from "./sqlite-place.ts";

const ORIGINAL = join(packageRoot, "test/fixtures/optuna_study.db");
const STUDY = "gait-trot";
/** What the fixture lacks, written as Optuna writes it: waiting and failed trials, infinite values, constraints. */
const MORE = `
  INSERT INTO trials VALUES (32, 31, 1, 'WAITING', NULL, NULL);
  INSERT INTO trial_system_attributes VALUES (100, 32, 'fixed_params', '{"stride_frequency": 1.25, "gait": null}');
  INSERT INTO trials VALUES (33, 32, 1, 'FAIL', '2026-11-23 20:00:00.000001', '2026-11-23 20:00:01');
  INSERT INTO trials VALUES (34, 33, 1, 'COMPLETE', '2026-11-23 20:00:00.000001', '2026-11-23 20:00:01.5');
  INSERT INTO trial_values VALUES (100, 34, 0, NULL, 'INF_NEG');
  INSERT INTO trial_intermediate_values VALUES (900, 34, 7, NULL, 'INF_POS');
  INSERT INTO trial_intermediate_values VALUES (901, 34, 3, NULL, 'NAN');
  INSERT INTO trial_user_attributes VALUES (900, 34, 'spread', '{"low": -Infinity, "text": "NaN"}');
  INSERT INTO trial_system_attributes VALUES (101, 34, 'constraints', '[-0.5, NaN]');
  INSERT INTO trials VALUES (35, 34, 1, 'PRUNED', '2026-11-23 20:00:00.000001', '2026-11-23 20:00:01.5');
  INSERT INTO trial_system_attributes VALUES (102, 35, 'constraints:tilt', '0.5');
  INSERT INTO trial_system_attributes VALUES (103, 35, 'constraints:height', '-0.25');
`;

describe("a study that Optuna made", () => {
  const place = sqlitePlace();
  let storage: Storage;
  let trials: TrialRecord[];

  before(async () => {
    copyFileSync(ORIGINAL, place.file);
    const database = new DatabaseSync(place.file);
    database.exec(MORE);
    database.close();
    storage = await place.openForReading();
    trials = await storage.trials(STUDY);
  });

  after(async () => {
    await storage.close();
    await place.remove();
  });

  it("is listed with its trials in order", async () => {
    assert.deepEqual(await storage.studies(), [{ name: STUDY, trials: 35 }]);
    assert.deepEqual(
      trials.map((trial) => trial.number),
      Array.from({ length: 35 }, (_, number) => number),
    );
  });

  it("defines itself: direction, metric, distributions, the condition of bound_phase", async () => {
    const definition = await storage.study(STUDY);
    assert.equal(definition?.direction, "maximize");
    assert.equal(definition?.reward, "forward_speed");
    const common = { unit: "", log: false };
    assert.deepEqual(definition?.space.parameters, [
      { ...common, kind: "float", name: "stride_frequency", low: 0.5, high: 4, step: null },
      { ...common, kind: "float", name: "kp", low: 1, high: 200, step: null, log: true },
      { ...common, kind: "int", name: "duty_steps", low: 2, high: 12, step: 2 },
      { ...common, kind: "float", name: "step_height", low: 0, high: 0.1, step: 0.01 },
      { kind: "categorical", name: "gait", unit: "", choices: ["trot", "bound", null, 1.5, true] },
      {
        ...common,
        kind: "float",
        name: "bound_phase",
        low: 0,
        high: 1,
        step: null,
        when: { parameter: "gait", in: ["bound"] },
      },
    ]);
  });

  it("keeps what an engineer enqueued, of every kind", () => {
    const { role, parameters, state, value, suggestion } = trials[0]!;
    assert.deepEqual(parameters, {
      stride_frequency: 2,
      kp: 50,
      duty_steps: 6,
      step_height: 0.05,
      gait: "trot",
    });
    assert.deepEqual(
      { role, state, value, suggestion },
      {
        role: "enqueued",
        state: "completed",
        value: 1.921370721566525,
        suggestion: 0,
      },
    );
    const gaits = new Set(trials.slice(0, 30).map((trial) => trial.parameters["gait"]));
    assert.deepEqual(gaits, new Set(["trot", true, 1.5, "bound", null]));
  });

  it("counts steps as stored, seconds in order, and knows NaN", () => {
    const [first] = trials;
    assert.deepEqual(
      first?.reports.map(({ step, time, value }) => [step, time, value]),
      [0, 1, 2, 3, 4, 5, 6, 7].map((step) => [
        step,
        step + 1,
        step === 5 ? Number.NaN : first?.reports[step]?.value,
      ]),
    );
    assert.ok(Number.isNaN(first?.reports[0]?.metrics.forward_speed));
  });

  it("tells how each trial ended", () => {
    const counts = Object.groupBy(trials, (trial) => trial.state);
    const lengths = Object.entries(counts).map(([state, group]) => [state, group?.length]);
    assert.deepEqual(Object.fromEntries(lengths), { completed: 13, pruned: 19, running: 2, abandoned: 1 });
    assert.equal(trials[7]?.value, null, "Optuna gives a pruned trial no value when its last report is NaN");
    assert.equal(trials[3]?.value, trials[3]?.reports.at(-1)?.value);
    assert.deepEqual(trials[30]?.parameters, { stride_frequency: 1 }, "running, enqueued with one value");
    assert.deepEqual([trials[31]?.state, trials[31]?.role], ["running", "enqueued"]);
    assert.deepEqual(trials[31]?.parameters, { stride_frequency: 1.25, gait: null });
  });

  it("brings infinite values and both forms of constraints", () => {
    assert.equal(trials[33]?.value, Number.NEGATIVE_INFINITY);
    assert.equal(observe(trials[33]!).value, null, "a sampler sees finite values only");
    assert.deepEqual(
      trials[33]?.reports.map(({ step, value }) => [step, value]),
      [
        [3, Number.NaN],
        [7, Number.POSITIVE_INFINITY],
      ],
    );
    assert.deepEqual(trials[33]?.constraints, [-0.5, Number.NaN]);
    assert.deepEqual(trials[34]?.constraints, [0.5, -0.25]);
    assert.equal(trials[34]?.finishedAt?.toISOString(), "2026-11-23T20:00:01.500Z");
  });
});

describe("a file that Optuna and gaitsmith share", () => {
  it("takes a study of ours beside Optuna's, which cannot be continued by us", async () => {
    const place = sqlitePlace();
    copyFileSync(ORIGINAL, place.file);
    const storage = await openSqliteStorage(place.file, { mode: "write" });
    const before = await storage.trials(STUDY);
    await storage.createStudy(EXAMPLE_STUDY);
    const { number } = await storage.startTrial(EXAMPLE_STUDY.name, exampleTrial());
    await storage.finishTrial(EXAMPLE_STUDY.name, number, exampleEnd());
    assert.equal(number, 0);
    assert.deepEqual(await storage.trials(STUDY), before);
    const refused = (error: unknown) => error instanceof GaitsmithError && error.code === "STUDY_MISMATCH";
    await assert.rejects(storage.startTrial(STUDY, exampleTrial()), refused);
    await storage.close();
    await place.remove();
  });

  it("believes Optuna when it has told one of our trials", async () => {
    const place = sqlitePlace();
    const storage = await openSqliteStorage(place.file, { mode: "write" });
    await storage.createStudy(EXAMPLE_STUDY);
    await storage.startTrial(EXAMPLE_STUDY.name, exampleTrial());
    const optuna = new DatabaseSync(place.file);
    optuna.exec("UPDATE trials SET state = 'FAIL', datetime_complete = '2026-01-02 03:04:06.000000'");
    optuna.close();
    await storage.finishTrial(EXAMPLE_STUDY.name, 0, exampleEnd());
    assert.equal((await storage.trials(EXAMPLE_STUDY.name))[0]?.state, "abandoned");
    await storage.close();
    await place.remove();
  });
});
