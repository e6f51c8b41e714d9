import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readHardwareConfig } from "../../../src/config/read-hardware-config.ts";
import { readParameterFile } from "../../../src/config/written-units.ts";
import { GaitsmithError } from "../../../src/errors.ts";
import type { ParameterSet } from "../../../src/optimizer/search-space.ts";
import { hardwareConfigPath } from "../../../src/paths.ts";
import { candidateOf, givenCandidate, type StoredStudy } from "../../../src/service/apply/candidate.ts";
import { wayBack } from "../../../src/service/apply/way-back.ts";
import { studyDefinition } from "../../../src/study/study-definition.ts";
import { RUNNING, type TrialRecord } from "../../../src/study/trial-record.ts";

const config = readHardwareConfig(hardwareConfigPath("simulated-elastic-quadruped.yaml"));
const options = { config, fromAnotherRobot: null, seconds: 5 };
const better = { ...config.seedGait, step_length: 0.045 };

function trial(number: number, parameters: ParameterSet, value: number | null): TrialRecord {
  const seed = parameters === config.seedGait;
  return {
    ...RUNNING,
    ...{ number, suggestion: number, attempt: 1, parameters, value, rungs: [] },
    role: seed ? "seed-gait" : "suggested",
    replicateOf: null,
    state: value === null ? "aborted" : "completed",
    reports:
      value === null
        ? []
        : [{ step: 1, time: 5, value, metrics: {} as TrialRecord["reports"][0]["metrics"] }],
    reason: { code: "x", words: "tilt 40° beyond 35°", time: 1, channel: null, value: null, limit: null },
    ...{ walked: 6, measured: 5, recording: null, bookkeeping: null, note: "", startedAt: new Date(0) },
  };
}

function study(trials: readonly TrialRecord[], change: Partial<StoredStudy["definition"]> = {}): StoredStudy {
  return { definition: { ...studyDefinition(config, config.study!, []), ...change }, trials };
}

const SEEDS = [0.1, 0.11, 0.09].map((value, number) => trial(number, config.seedGait, value));
const CONFIRMED = [...SEEDS, trial(3, better, 0.3), trial(4, better, 0.31)];

function refused(words: RegExp, code = "APPLY_REFUSED") {
  return (error: unknown): boolean =>
    error instanceof GaitsmithError && error.code === code && words.test(error.describe());
}

describe("what is to be applied", () => {
  it("is the champion, with its evidence, what it should score, and nothing against it when it is proven", () => {
    const found = candidateOf(study(CONFIRMED), null, options);
    assert.equal(found.trial, 3);
    assert.equal(found.evidence?.n, 2);
    assert.equal(found.baseline?.n, 3);
    assert.deepEqual(found.warnings, []);
    assert.ok(found.prediction !== null && found.prediction.low > 0.1 && found.prediction.high > 0.3);
    assert.deepEqual(new Map(found.parameters.values).get("step_length"), 0.045);
    assert.equal(found.parameters.gait, config.gait.name);
  });

  it("warns of what was walked once, or is not proven better than the seed gait", () => {
    const once = candidateOf(study([...SEEDS, trial(3, better, 0.3)]), null, options);
    assert.match(once.warnings.join("; "), /walked once only/);
    const close = [...SEEDS, trial(3, better, 0.13), trial(4, better, 0.09)];
    assert.match(candidateOf(study(close), 3, options).warnings.join("; "), /not proven better/);
  });

  it("is refused from another robot or another version of the config, but for a person's word", () => {
    const other = study(CONFIRMED, { robotId: "tripod" });
    assert.throws(() => candidateOf(other, null, options), refused(/made on tripod.*--from-another-robot/s));
    const changed = study(CONFIRMED, { configHash: "0" });
    assert.throws(() => candidateOf(changed, null, options), refused(/another version of this config/));
    const said = candidateOf(changed, null, { ...options, fromAnotherRobot: "a limit was widened" });
    assert.match(said.warnings.join("; "), /a limit was widened/);
    assert.equal(said.prediction, null, "its figures bind nobody here");
  });

  it("is refused when it ever fell, is out of bounds, out of reach, or not there", () => {
    const fallen = study([...CONFIRMED, trial(5, better, null)]);
    assert.throws(() => candidateOf(fallen, 3, options), refused(/trial 5.*aborted: tilt/s));
    const wide = study([...SEEDS, trial(3, { ...better, step_length: 3 }, 0.3)]);
    assert.throws(() => candidateOf(wide, 3, options), refused(/step_length = 3 m is not within/));
    assert.throws(() => candidateOf(study(CONFIRMED), 99, options), refused(/no trial 99/, "STUDY_UNKNOWN"));
    assert.throws(() => candidateOf(study([]), null, options), refused(/no champion yet/, "STUDY_UNKNOWN"));
    const short = {
      ...config,
      gait: { ...config.gait, body: { ...config.gait.body!, stanceHeight: 0.1699 } },
    };
    assert.throws(
      () => candidateOf(study(CONFIRMED), null, { ...options, config: short }),
      refused(/leave its reach/),
    );
  });

  it("may come from a file with units, the rest being the seed gait's", (t) => {
    const folder = mkdtempSync(join(tmpdir(), "gaitsmith-params-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, "gait.yaml");
    writeFileSync(file, "step_length: 4.5 cm\n");
    const given = readParameterFile(file, config);
    assert.deepEqual(given, { step_length: 0.045 });
    const found = givenCandidate(given, file, options);
    assert.deepEqual(Object.fromEntries(found.parameters.values), { ...config.gait.constants, ...better });
    assert.match(found.warnings.join("; "), /no study.*taken from the seed gait/s);
    for (const wrong of ["step_length: 45\n", "step_lenght: 4 cm\n", "- 1\n"]) {
      writeFileSync(file, wrong);
      assert.throws(() => readParameterFile(file, config), refused(/./, "CONFIG_INVALID"));
    }
  });
});

describe("the way back", () => {
  it("is what the robot had, or the seed gait when there was nothing or nothing that may be written", () => {
    const had = { gait: config.gait.name, values: Object.entries(better as Record<string, number>) };
    assert.equal(wayBack(config, had).parameters, had);
    const seed = Object.fromEntries(wayBack(config, null).parameters.values);
    assert.deepEqual(seed, { ...config.gait.constants, ...config.seedGait });
    for (const before of [
      { gait: "another", values: had.values },
      { gait: had.gait, values: [] },
      { gait: had.gait, values: [["step_length", 9] as const] },
    ]) {
      const back = wayBack(config, before);
      assert.deepEqual(Object.fromEntries(back.parameters.values), seed);
      assert.equal(back.before, before);
    }
  });
});
