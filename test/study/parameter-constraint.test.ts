import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GaitsmithError } from "../../src/errors.ts";
import { compileConstraints } from "../../src/study/parameter-constraint.ts";

const NAMES = ["swing_frequency", "stance_frequency", "step_length"];
const WHERE = "robot.yaml:9:7, study.constraints[0]";

async function holds(text: string, values: Readonly<Record<string, number>>): Promise<boolean> {
  const [constraint] = await compileConstraints([{ text, where: WHERE }], NAMES);
  assert.ok(constraint !== undefined);
  return constraint.holds(values);
}

async function refusal(text: string): Promise<GaitsmithError> {
  const error = await compileConstraints([{ text, where: WHERE }], NAMES).then(
    () => assert.fail(`"${text}" was accepted`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof GaitsmithError, String(error));
  return error;
}

describe("a constraint between parameters", () => {
  it("holds or not", async () => {
    const values = { swing_frequency: 2, stance_frequency: 3, step_length: 0.04 };
    const cases: readonly (readonly [string, boolean])[] = [
      ["swing_frequency + stance_frequency <= 6", true],
      ["swing_frequency + stance_frequency <= 5", true],
      ["swing_frequency + stance_frequency < 5", false],
      ["step_length * swing_frequency < 0.07 or stance_frequency > 2.5", true],
      ["not (abs(swing_frequency - stance_frequency) < 2)", false],
      ["max(swing_frequency, stance_frequency) <= 2 * min(swing_frequency, stance_frequency)", true],
    ];
    for (const [text, expected] of cases) assert.equal(await holds(text, values), expected, text);
  });

  it("does not hold where it cannot be computed, and does not apply where a parameter is absent", async () => {
    assert.equal(await holds("sqrt(step_length - 1) <= 5", { step_length: 0.04 }), false);
    assert.equal(await holds("step_length + swing_frequency <= 1", { step_length: 4 }), true);
  });

  it("says which parameters it uses", async () => {
    const [constraint] = await compileConstraints(
      [{ text: "stance_frequency < 2 * swing_frequency + stance_frequency", where: WHERE }],
      NAMES,
    );
    assert.deepEqual(constraint?.parameters, ["stance_frequency", "swing_frequency"]);
  });
});

describe("a wrong constraint", () => {
  it("with an unknown name lists the known ones and says where it stands", async () => {
    const error = await refusal("swing_freqency + stance_frequency <= 6");
    assert.equal(error.code, "CONFIG_INVALID");
    assert.equal(
      error.message,
      'there is no parameter or function "swing_freqency"; did you mean "swing_frequency"?',
    );
    assert.equal(error.where, `${WHERE}, column 1 of constraint "swing_freqency + stance_frequency <= 6"`);
    for (const name of NAMES) assert.match(error.remedy ?? "", new RegExp(`\\b${name}\\b`));
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    ["", /the constraint expression is empty/],
    ["swing_frequency + stance_frequency", /a number is used as a condition.*Write a comparison/s],
    ["1 < 2", /uses no parameter: it would hold always or never/],
    ["1 < swing_frequency < 3", /cannot be chained/],
    ["swing_frequency = 3", /assignments/],
    ["swing_frequency <= ", /not an expression/],
    ["forward_speed > 0.1", /no parameter or function "forward_speed"/],
    ["swing_frequency < 3 # Hz", /cannot hold a comment/],
    ["swing_frequency < 3 Hz", /operator is missing|no parameter or function "Hz"/],
    ['import("fs") < step_length', /"import"/],
    ["step_length.constructor < 1", /reaching into/],
  ];
  for (const [text, words] of refused)
    it(`is refused: ${JSON.stringify(text)}`, async () => {
      const error = await refusal(text);
      assert.match(error.describe(), words);
      assert.ok(error.where?.startsWith(WHERE));
    });
});
