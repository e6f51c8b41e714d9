/**
 * What every implementation of `Storage` must do, as a suite for node:test. Call it at the top of a test file:
 *
 *     storageConformance("my storage", async () => ({ open: …, openForReading: …, remove: … }));
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { GaitsmithError } from "../errors.ts";
import type { Storage } from "../study/storage.ts";
import type { TrialEnd, TrialRecord } from "../study/trial-record.ts";
import { EXAMPLE_STUDY, exampleEnd, exampleReport, exampleTrial } from "./example-study.ts";

/** One place that studies can be kept in, empty at first. */
export interface StoragePlace {
  /** For writing. Called again after `close`, it finds what was stored. */
  open(): Promise<Storage>;
  /** For reading, while another holds it for writing. */
  openForReading(): Promise<Storage>;
  /** Takes the place away; everything is closed by then. */
  remove(): Promise<void>;
}

const STUDY = EXAMPLE_STUDY.name;

/** Ends of every kind, as safety, pruner, link and operator make them. */
const ENDS: readonly TrialEnd[] = [
  exampleEnd(),
  exampleEnd({ truncated: true, value: -0.5 }),
  exampleEnd({ state: "pruned", value: 0.1, recording: null }),
  exampleEnd({
    state: "aborted",
    value: null,
    constraints: [1.5, -0.5],
    breached: 0,
    reason: { code: "tilt", words: "tilt 0.9 rad", time: 3.25, channel: "tilt", value: 0.9, limit: 0.8 },
  }),
  exampleEnd({ state: "interrupted", value: null, reason: null, carryOver: null }),
  exampleEnd({ state: "abandoned", value: null }),
];

/** @param make a new, empty place for each test */
export function storageConformance(name: string, make: () => Promise<StoragePlace>): void {
  describe(`${name} is a storage`, () => {
    let place: StoragePlace;
    let storage: Storage;

    beforeEach(async () => {
      place = await make();
      storage = await place.open();
    });

    afterEach(async () => {
      await storage.close();
      await place.remove();
    });

    const reopen = async (): Promise<void> => {
      await storage.close();
      storage = await place.open();
    };
    const only = async (): Promise<TrialRecord> => {
      const trials = await storage.trials(STUDY);
      assert.equal(trials.length, 1);
      return trials[0]!;
    };

    it("holds nothing at first", async () => {
      assert.deepEqual(await storage.studies(), []);
      assert.equal(await storage.study(STUDY), null);
      await assert.rejects(storage.trials(STUDY), withCode("STUDY_UNKNOWN"));
      await assert.rejects(storage.startTrial(STUDY, exampleTrial()), withCode("STUDY_UNKNOWN"));
    });

    it("gives a definition back and refuses a second study of that name", async () => {
      await storage.createStudy(EXAMPLE_STUDY);
      await assert.rejects(storage.createStudy(EXAMPLE_STUDY), withCode("STUDY_MISMATCH"));
      await reopen();
      assert.deepEqual(await storage.study(STUDY), EXAMPLE_STUDY);
      assert.deepEqual(await storage.studies(), [{ name: STUDY, trials: 0 }]);
    });

    it("gives a study another definition while nothing has been walked in it, and not later", async () => {
      await storage.createStudy(EXAMPLE_STUDY);
      await storage.setAttribute(STUDY, "of-before", 1);
      const mended = { ...EXAMPLE_STUDY, direction: "minimize", robotId: "the-right-one" } as const;
      await storage.redefineStudy(mended);
      await reopen();
      assert.deepEqual(await storage.study(STUDY), mended);
      assert.equal(await storage.attribute(STUDY, "of-before"), undefined);
      await storage.startTrial(STUDY, exampleTrial());
      await assert.rejects(storage.redefineStudy(EXAMPLE_STUDY), withCode("STUDY_MISMATCH"));
      assert.deepEqual(await storage.study(STUDY), mended);
    });

    it("adds constraints to a study that was walked before there were these limits", async () => {
      await storage.createStudy(EXAMPLE_STUDY);
      await storage.createStudy({ ...EXAMPLE_STUDY, name: "other" });
      await storage.setAttribute(STUDY, "kept", 1);
      for (const [study, end] of [
        [STUDY, ENDS[0]!],
        [STUDY, ENDS[3]!],
        ["other", ENDS[0]!],
      ] as const) {
        const { number } = await storage.startTrial(study, exampleTrial());
        await storage.finishTrial(study, number, end);
      }
      await storage.startTrial(STUDY, exampleTrial());
      const names = [...EXAMPLE_STUDY.constraintNames, "battery-current", "another"];
      await storage.addConstraints(STUDY, names);
      await storage.finishTrial(STUDY, 2, exampleEnd({ constraints: [-0.5, -0.5, -0.25, 1.5] }));
      await reopen();
      assert.deepEqual(await storage.study(STUDY), { ...EXAMPLE_STUDY, constraintNames: names });
      const constraints = (await storage.trials(STUDY)).map((trial) => trial.constraints);
      const [held, aborted] = [ENDS[0]!.constraints, ENDS[3]!.constraints];
      assert.deepEqual(constraints, [
        [...held, -1, -1],
        [...aborted, -1, -1],
        [-0.5, -0.5, -0.25, 1.5],
      ]);
      assert.equal(await storage.attribute(STUDY, "kept"), 1);
      assert.deepEqual((await storage.trials("other"))[0]?.constraints, held, "of that study only");
      await assert.rejects(storage.addConstraints(STUDY, ["height", "tilt"]), withCode("INTERNAL"));
      await assert.rejects(storage.addConstraints("nobody's", names), withCode("STUDY_UNKNOWN"));
    });

    it("keeps direction and conditional parameters apart by study", async () => {
      const other = { ...EXAMPLE_STUDY, name: "other", direction: "minimize" } as const;
      await storage.createStudy(EXAMPLE_STUDY);
      await storage.createStudy(other);
      for (let suggestion = 0; suggestion < 3; suggestion++) {
        assert.equal((await storage.startTrial(STUDY, exampleTrial({ suggestion }))).number, suggestion);
        assert.equal((await storage.startTrial("other", exampleTrial({ suggestion }))).number, suggestion);
      }
      await reopen();
      assert.deepEqual(await storage.study("other"), other);
      const numbers = (await storage.trials("other")).map((trial) => trial.number);
      assert.deepEqual(numbers, [0, 1, 2]);
      assert.deepEqual(await storage.studies(), [
        { name: STUDY, trials: 3 },
        { name: "other", trials: 3 },
      ]);
    });

    it("gives a running trial back as it was started", async () => {
      await storage.createStudy(EXAMPLE_STUDY);
      const trial = exampleTrial({
        suggestion: 7,
        attempt: 2,
        role: "replicate",
        replicateOf: 3,
        parameters: { ...EXAMPLE_STUDY.seedGait, gait: "bound", bound_phase: 0.1 + 0.2 },
        recording: null,
      });
      const started = await storage.startTrial(STUDY, trial);
      await reopen();
      const { reports, constraints, state, value, finishedAt } = started;
      assert.deepEqual(
        { reports, constraints, state, value, finishedAt },
        { reports: [], constraints: [], state: "running", value: null, finishedAt: null },
      );
      assert.deepEqual(await only(), started);
      assert.deepEqual(started, { ...started, ...trial });
    });

    it("leaves an inactive conditional parameter out", async () => {
      await storage.createStudy(EXAMPLE_STUDY);
      await storage.startTrial(STUDY, exampleTrial());
      assert.deepEqual((await only()).parameters, EXAMPLE_STUDY.seedGait);
    });

    it("stores every report once, whatever number it brings", async () => {
      await storage.createStudy(EXAMPLE_STUDY);
      await storage.startTrial(STUDY, exampleTrial());
      const values = [0.1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324];
      const reports = values.map((value, index) => exampleReport(index + 1, value));
      for (const report of reports) await storage.addReport(STUDY, 0, report);
      await storage.addReport(STUDY, 0, exampleReport(1, 99));
      assert.deepEqual((await only()).reports, reports);
      await reopen();
      assert.deepEqual((await only()).reports, reports);
    });

    it("replaces a report by what has become known since, while the trial runs", async () => {
      await storage.createStudy(EXAMPLE_STUDY);
      await storage.startTrial(STUDY, exampleTrial());
      const unknown = exampleReport(2, Number.NaN);
      for (const report of [exampleReport(1, 0.5), unknown, exampleReport(3, Number.NaN)])
        await storage.addReport(STUDY, 0, report);
      const known = { ...unknown, metrics: { ...unknown.metrics, forward_speed: 0.375 }, value: 0.25 };
      await storage.replaceReport(STUDY, 0, known);
      const expected = [exampleReport(1, 0.5), known, exampleReport(3, Number.NaN)];
      assert.deepEqual((await only()).reports, expected);
      await assert.rejects(storage.replaceReport(STUDY, 0, exampleReport(4, 1)), withCode("INTERNAL"));
      await reopen();
      assert.deepEqual((await only()).reports, expected);
      // Also of a trial that an earlier process started.
      await storage.replaceReport(STUDY, 0, exampleReport(3, 0.125));
      await storage.finishTrial(STUDY, 0, exampleEnd());
      await storage.replaceReport(STUDY, 0, exampleReport(1, 99));
      assert.deepEqual((await only()).reports, [exampleReport(1, 0.5), known, exampleReport(3, 0.125)]);
    });

    it("keeps the rungs a trial has reached, also past its end", async () => {
      await storage.createStudy(EXAMPLE_STUDY);
      await storage.startTrial(STUDY, exampleTrial());
      await storage.setRungs(STUDY, 0, []);
      await storage.setRungs(STUDY, 0, [0.25]);
      const rungs = [0.25, 2, Number.NEGATIVE_INFINITY];
      await storage.setRungs(STUDY, 0, rungs);
      await reopen();
      assert.deepEqual((await only()).rungs, rungs);
      await storage.finishTrial(STUDY, 0, exampleEnd({ state: "pruned", value: 0.1 }));
      await storage.setRungs(STUDY, 0, [...rungs, 3]);
      assert.deepEqual((await only()).rungs, rungs);
    });

    for (const end of ENDS)
      it(`keeps a ${end.state} trial ${end.truncated ? "that left the arena " : ""}as it ended`, async () => {
        await storage.createStudy(EXAMPLE_STUDY);
        const started = await storage.startTrial(STUDY, exampleTrial());
        await storage.addReport(STUDY, 0, exampleReport(1, 0.25));
        await storage.finishTrial(STUDY, 0, end);
        const expected = { ...started, reports: [exampleReport(1, 0.25)], ...end };
        assert.deepEqual(await only(), expected);
        await reopen();
        assert.deepEqual(await only(), expected);
      });

    it("never changes a finished trial", async () => {
      await storage.createStudy(EXAMPLE_STUDY);
      await storage.startTrial(STUDY, exampleTrial());
      await storage.finishTrial(STUDY, 0, exampleEnd());
      const before = await only();
      await storage.finishTrial(STUDY, 0, exampleEnd({ state: "abandoned", value: null }));
      await storage.addReport(STUDY, 0, exampleReport(1, 0.5));
      assert.deepEqual(await only(), before);
      await reopen();
      await storage.finishTrial(STUDY, 0, exampleEnd({ value: 1 }));
      assert.deepEqual(await only(), before);
    });

    it("gives every finished trial constraints of one length", async () => {
      await storage.createStudy(EXAMPLE_STUDY);
      await storage.startTrial(STUDY, exampleTrial());
      const wrong = exampleEnd({ constraints: [-1, -1, -1] });
      await assert.rejects(storage.finishTrial(STUDY, 0, wrong), withCode("INTERNAL"));
      assert.equal((await only()).state, "running", "a refused end leaves nothing behind");
      await storage.finishTrial(STUDY, 0, exampleEnd({ state: "aborted", value: null, constraints: [] }));
      assert.deepEqual((await only()).constraints, [-1, -1], "a walk that never began came near no limit");
    });

    it("refuses a completed trial without a value", async () => {
      await storage.createStudy(EXAMPLE_STUDY);
      await storage.startTrial(STUDY, exampleTrial());
      for (const value of [null, Number.NaN])
        await assert.rejects(storage.finishTrial(STUDY, 0, exampleEnd({ value })), withCode("INTERNAL"));
      assert.equal((await only()).state, "running");
    });

    it("keeps attributes and the champion", async () => {
      await storage.createStudy(EXAMPLE_STUDY);
      assert.equal(await storage.attribute(STUDY, "calibration"), undefined);
      const value = { factor: 1.02, at: ["NaN", null, true], noise: Number.NaN };
      await storage.setAttribute(STUDY, "calibration", 1);
      await storage.setAttribute(STUDY, "calibration", value);
      const champion = { params: EXAMPLE_STUDY.seedGait, mean: 0.3, ci95: [0.25, 0.35], n: 4 } as const;
      await storage.setChampion(STUDY, champion);
      await reopen();
      assert.deepEqual(await storage.attribute(STUDY, "calibration"), value);
      assert.deepEqual(await storage.attribute(STUDY, "champion"), champion);
    });

    it("numbers trials that are started at once", async () => {
      await storage.createStudy(EXAMPLE_STUDY);
      const started = await Promise.all(
        Array.from({ length: 8 }, (_, suggestion) => storage.startTrial(STUDY, exampleTrial({ suggestion }))),
      );
      const numbers = started.map((trial) => trial.number).sort((a, b) => a - b);
      assert.deepEqual(numbers, [0, 1, 2, 3, 4, 5, 6, 7]);
      const stored = await storage.trials(STUDY);
      for (const trial of started) assert.equal(stored[trial.number]?.suggestion, trial.suggestion);
    });

    it("has one writer and any number of readers", async () => {
      await storage.createStudy(EXAMPLE_STUDY);
      await assert.rejects(place.open(), withCode("STORE_BUSY"));
      const reader = await place.openForReading();
      await storage.startTrial(STUDY, exampleTrial());
      assert.equal((await reader.trials(STUDY))[0]?.state, "running");
      await storage.finishTrial(STUDY, 0, exampleEnd());
      assert.equal((await reader.trials(STUDY))[0]?.state, "completed");
      await reader.close();
      await reopen();
      assert.equal((await only()).state, "completed");
    });
  });
}

function withCode(code: string) {
  return (error: unknown): boolean => error instanceof GaitsmithError && error.code === code;
}
