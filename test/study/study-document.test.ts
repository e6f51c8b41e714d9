import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  EXAMPLE_STUDY,
  exampleEnd,
  exampleReport,
  exampleTrial,
} from "../../src/conformance/example-study.ts";
import { noteAttributes, readNote, withSection } from "../../src/study/champion-note.ts";
import { studyDocument } from "../../src/study/study-document.ts";
import type { TrialRecord } from "../../src/study/trial-record.ts";
import { sqlitePlace } from "./sqlite-place.ts";

const CHAMPION = { params: EXAMPLE_STUDY.seedGait, mean: 0.31, ci95: [0.29, 0.33], n: 4 } as const;

describe("the document of a study", () => {
  const trial: TrialRecord = {
    ...exampleTrial(),
    ...exampleEnd(),
    number: 0,
    reports: [exampleReport(1, Number.NaN), exampleReport(2, 0.25)],
    rungs: [],
  };
  const { sampler, pruner } = EXAMPLE_STUDY;
  const trials = [trial, { ...trial, number: 1, reports: [] }];
  const conclusions = { champion: CHAMPION, baseline: null };
  const document = studyDocument(EXAMPLE_STUDY, [{ from: 0, sampler, pruner }], trials, conclusions);

  it("is JSON as it stands: NaN is null", () => {
    assert.deepEqual(JSON.parse(JSON.stringify(document)), document);
    assert.deepEqual(document.trials[0]?.intermediate_values, { 1: null, 2: 0.25 });
    assert.equal(document.trials[0]?.metrics?.["foot_slip"], null);
    assert.equal(document.trials[0]?.metrics?.["forward_speed"], 0);
    assert.equal(document.trials[1]?.metrics, null);
  });

  it("sums the robot time and names units and reasons", () => {
    assert.equal(document.robot_time_s, 25);
    assert.equal(document.units["stride_frequency"], "Hz");
    assert.equal(document.trials[0]?.outcome, "finished");
    assert.equal(document.trials[0]?.reason, "walked to the end");
    assert.equal(document.champion, CHAMPION);
  });

  it("names the sampler in use last, and all before it once each; one not walked with yet is not in use", () => {
    const choices = [
      { from: 0, sampler, pruner },
      { from: 1, sampler: { name: "tpe", options: {} }, pruner },
      { from: 2, sampler: { name: "random", options: {} }, pruner },
    ];
    const continued = studyDocument(EXAMPLE_STUDY, choices, trials, conclusions);
    assert.deepEqual(continued.samplers, [
      { name: "gp", from_trial: 0 },
      { name: "tpe", from_trial: 1 },
    ]);
    assert.deepEqual(continued.pruners, [{ name: "median", from_trial: 0 }]);
    assert.deepEqual([continued.sampler, continued.pruner], ["tpe", "median"]);
    assert.equal(studyDocument(EXAMPLE_STUDY, choices, [], conclusions).sampler, "gp");
  });
});

describe("the champion's note in Optuna's dashboard", () => {
  it("replaces our section and keeps what people wrote around it", () => {
    const mine = "## Champion (kept by gaitsmith)\nold";
    const next = "## Champion (kept by gaitsmith)\nnew";
    assert.equal(withSection("", next), next);
    assert.equal(withSection("Mind the cable.", next), `Mind the cable.\n\n${next}`);
    assert.equal(
      withSection(`Mind the cable.\n\n${mine}\n\n# Later\nmore`, next),
      `Mind the cable.\n\n${next}\n\n# Later\nmore`,
    );
  });

  it("is cut into chunks as the dashboard does, and a shorter note empties those left over", () => {
    const long = "a".repeat(5000);
    const stored = noteAttributes(long, 1, new Map());
    assert.equal(stored.size, 4);
    assert.equal(readNote(stored), long);
    const shorter = new Map([...stored, ...noteAttributes("short", 2, stored)]);
    assert.equal(readNote(shorter), "short");
    assert.equal(shorter.get("dashboard:note_ver"), 2);
  });

  it("is written with the champion, once for each change", async () => {
    const place = sqlitePlace();
    const storage = await place.open();
    await storage.createStudy(EXAMPLE_STUDY);
    await storage.setChampion(EXAMPLE_STUDY.name, CHAMPION);
    await storage.setChampion(EXAMPLE_STUDY.name, CHAMPION);
    await storage.setChampion(EXAMPLE_STUDY.name, { ...CHAMPION, mean: 0.32 });
    await storage.close();
    const { DatabaseSync } = await import("node:sqlite");
    const database = new DatabaseSync(place.file, { readOnly: true });
    const rows = database.prepare("SELECT key, value_json FROM study_system_attributes").all();
    database.close();
    await place.remove();
    const attributes = new Map(
      rows.map((row) => [String(row["key"]), JSON.parse(String(row["value_json"]))]),
    );
    assert.equal(attributes.get("dashboard:note_ver"), 2);
    assert.match(readNote(attributes), /Reward 0\.32, 95 % interval 0\.29 to 0\.33, from 4 walks/);
    assert.match(readNote(attributes), /\| stride_frequency \| 1 \| Hz \|/);
  });
});
