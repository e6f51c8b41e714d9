/** Constraints between parameters: from the study block to what is walked. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { GaitsmithError } from "../../src/errors.ts";
import { hardwareConfigPath } from "../../src/paths.ts";
import { assertFeasibleStudy, studyFeasibility } from "../../src/service/feasibility.ts";
import { assertSameStudy } from "../../src/service/same-study.ts";
import { SamplerHost } from "../../src/service/sampler-host.ts";
import { studyDefinition } from "../../src/study/study-definition.ts";

const TEXT = readFileSync(hardwareConfigPath("simulated-elastic-quadruped.yaml"), "utf8");

function configWith(constraints: readonly string[], change: (text: string) => string = (text) => text) {
  const list = constraints.map((one) => `\n    - ${one}`).join("");
  const text = change(TEXT).replace("  reward:", `  constraints:${list === "" ? " []" : list}\n  reward:`);
  const config = readHardwareConfig("robot.yaml", text);
  assert.ok(config.study !== null);
  return { config, study: config.study, text };
}

async function refusal(config: HardwareConfig): Promise<GaitsmithError> {
  const error = await assertFeasibleStudy(config, config.study?.constraints ?? []).then(
    () => assert.fail("it was accepted"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof GaitsmithError, String(error));
  return error;
}

describe("constraints in a study block", () => {
  it("bind what is feasible, beside reach and joint range", async () => {
    const { config, study } = configWith(["swing_frequency + stance_frequency <= 6", "step_length < 0.07"]);
    await assertFeasibleStudy(config, study.constraints);
    const feasible = await studyFeasibility(config, study.constraints);
    const kinematic = await studyFeasibility(config, []);
    const variants = [
      { swing_frequency: 3.7 },
      { step_length: 0.075 },
      { swing_frequency: 3.6 },
      { ground_clearance: 0.05, ground_penetration: 0.03 },
    ].map((change) => ({ ...config.seedGait, ...change }));
    assert.deepEqual(variants.map(kinematic), [true, true, true, kinematic(variants[3]!)]);
    assert.deepEqual(variants.map(feasible), [false, false, true, kinematic(variants[3]!)]);
  });

  it("may use the fixed parameters, in SI units", async () => {
    const fixed = (text: string): string => text.replace(/step_length: \{.*?\}/, "step_length: 40 mm");
    const { config, study } = configWith(["step_length * swing_frequency <= 0.12"], fixed);
    await assertFeasibleStudy(config, study.constraints);
    const feasible = await studyFeasibility(config, study.constraints);
    assert.equal(feasible({ ...config.seedGait, swing_frequency: 2.9 }), true);
    assert.equal(feasible({ ...config.seedGait, swing_frequency: 3.1 }), false);
  });

  it("name file, line and field when a name is unknown", async () => {
    const { config, text } = configWith(["step_length < 0.07", "step_lenth < 0.07"]);
    const line = text.split("\n").findIndex((one) => one.includes("step_lenth")) + 1;
    const error = await refusal(config);
    assert.equal(error.code, "CONFIG_INVALID");
    assert.ok(error.where?.startsWith(`robot.yaml:${line}:7, study.constraints[1], column 1`), error.where);
    assert.match(error.describe(), /did you mean "step_length".*ground_clearance.*stance_frequency/s);
  });

  it("that nothing meets are refused with the expression, its place and the units", async () => {
    // Written for millimetres: in metres nothing is beyond 10.
    const error = await refusal(configWith(["step_length >= 10"]).config);
    assert.equal(error.code, "SPACE_INFEASIBLE");
    assert.match(error.describe(), /`step_length >= 10` \(robot\.yaml:\d+:7, study\.constraints\[0\]\)/);
    assert.match(error.remedy ?? "", /step_length 0\.01 to 0\.08 m,/);
  });

  it("that nothing meets together are refused as a whole", async () => {
    const each = [
      "swing_frequency - stance_frequency < 0.120001",
      "swing_frequency - stance_frequency > 0.119999",
    ];
    const error = await refusal(configWith(each).config);
    assert.equal(error.code, "SPACE_INFEASIBLE");
    assert.match(error.message, /0\.120001.*0\.119999.*reach/);
  });

  it("are not needed for ranges that no gait can be walked in", async () => {
    // Legs lifted by more than they are long: only the seed gait is within reach.
    const high = (text: string): string =>
      text.replace(
        "ground_clearance: { low: 5 mm, high: 50 mm,",
        "ground_clearance: { low: 5 mm, high: 1e9 mm,",
      );
    const error = await refusal(configWith([], high).config);
    assert.equal(error.code, "SPACE_INFEASIBLE");
    assert.equal(error.where, "robot.yaml, gait.parameters");
    assert.equal(error.exitStatus, 2);
    assert.match(error.describe(), /the legs' reach and the joints' range.*Narrow the ranges/s);
  });

  it("that the seed gait does not meet are refused with its values", async () => {
    const error = await refusal(configWith(["swing_frequency + stance_frequency <= 4"]).config);
    assert.equal(error.code, "CONFIG_INVALID");
    assert.equal(
      error.message,
      "the seed gait does not meet `swing_frequency + stance_frequency <= 4`: swing_frequency = 2.5, stance_frequency = 2.38, in SI units",
    );
  });

  it("reach the sampler's thread", async () => {
    const { config, study } = configWith(["swing_frequency + stance_frequency <= 3"]);
    const { direction, seed, constraints } = study;
    const sampler = { name: "random", options: {} };
    const host = new SamplerHost({ config, direction, seed, sampler, constraints, constraintCount: 0 });
    try {
      for (let suggestion = 0; suggestion < 5; suggestion++) {
        const { parameters } = await host.ask([], suggestion);
        assert.ok(Number(parameters["swing_frequency"]) + Number(parameters["stance_frequency"]) <= 3);
      }
    } finally {
      await host.close();
    }
  });

  it("belong to the study: it is not continued with others", () => {
    const definition = (constraints: readonly string[]) => {
      const { config, study } = configWith(constraints);
      return studyDefinition(config, study, []);
    };
    const one = definition(["step_length < 0.07"]);
    assertSameStudy(one, definition(["step_length < 0.07"]), "study.db");
    assert.throws(() => assertSameStudy(one, definition([]), "study.db"), /another list of constraints/);
    const { parameterConstraints: _, ...older } = definition([]);
    assertSameStudy(older, definition([]), "study.db");
    assert.throws(() => assertSameStudy(older, one, "study.db"), /another list of constraints/);
  });

  it("belong to it, what is known of length-scales does not", () => {
    const { config, study } = configWith([]);
    const now = studyDefinition(config, study, []);
    const parameters = config.space.parameters.map((parameter) => {
      assert.ok(parameter.kind === "float" && parameter.lengthscale !== undefined);
      const { lengthscale: _, ...older } = parameter;
      return older;
    });
    assertSameStudy({ ...now, space: { parameters } }, now, "study.db");
    const [first, ...rest] = parameters;
    const wider = { parameters: [{ ...first!, high: 1 }, ...rest] };
    assert.throws(() => assertSameStudy({ ...now, space: wider }, now, "study.db"), /another search space/);
  });

  it("of safety may have become more since, and nothing else", () => {
    const { config, study } = configWith([]);
    const definition = (names: readonly string[]) => studyDefinition(config, study, names);
    assertSameStudy(definition(["tilt", "height"]), definition(["tilt", "height", "current"]), "study.db");
    for (const [before, now] of [
      [
        ["tilt", "height"],
        ["height", "tilt", "current"],
      ],
      [["tilt", "height"], ["tilt"]],
    ] as const)
      assert.throws(() => assertSameStudy(definition(before), definition(now), "study.db"), /list of limits/);
  });
});
