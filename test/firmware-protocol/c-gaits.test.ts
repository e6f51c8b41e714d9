/** The gaits of the C library are those of `src/gait`: same catalogue, same verdicts, same targets. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { BodyGeometry, Gait, GaitParameters } from "../../src/gait/gait.ts";
import { GAIT_NAMES, gaitNamed } from "../../src/gait/gaits.ts";
import { RandomSource } from "../../src/optimizer/math/random-source.ts";
import { BODY } from "../gait/body.ts";
import { C_FOLDER, compile, librarySources, run, SANITIZERS, WITHOUT_CC } from "./c-program.ts";

const SOURCES = [
  ...librarySources(/^gs_(gait|kinematics|reason|foot_cpg|joint_oscillators)\.c$/),
  join(C_FOLDER, "test", "gaits.c"),
];
/** Control periods, s: bert's, a fast one, one that has to be split, and one whose seventh is not quite 0.01. */
const PERIODS = [0.01, 0.001, 0.033, 0.07];
/** s, and how many control periods at most. */
const WALK = 10;
const LONGEST = 4000;
/** Parameter sets per gait and period. */
const WALKS = 4;
const CHECKS_PER_GAIT = 600;

/** Walks per gait in single precision; even. */
const FLOAT_WALKS = 16;

const gaits = GAIT_NAMES.map(gaitNamed);

interface Case {
  readonly body: BodyGeometry;
  readonly parameters: GaitParameters;
}

describe("the C library's gaits", { skip: WITHOUT_CC }, () => {
  const program = WITHOUT_CC ? "" : compile("gaits", SOURCES, SANITIZERS);

  it("are those of the catalogue, with its parameters and ranges", () => {
    const expected = gaits.flatMap(({ name, parameters }) => [
      name,
      ...parameters.map(({ name, unit, low, high }) => ` ${name} ${unit} ${low} ${high}`),
    ]);
    const answered = run(program, "list\n").toString().trimEnd().split("\n");
    assert.deepEqual(
      answered.map((line) =>
        line.replace(/[-\d.e]+ [-\d.e]+$/, (range) => range.split(" ").map(Number).join(" ")),
      ),
      expected,
    );
  });

  it("stand as the host's stand", () => {
    const random = new RandomSource({ seed: 2, index: 0, stream: "c-gaits" });
    const bodies = Array.from({ length: 100 }, () => randomBody(random));
    const stances = doubles(run(program, bodies.map((body) => `neutral ${bodyText(body)}\n`).join("")));
    const expected = bodies.flatMap((body) => [...gaits[0]!.neutral(body)]);
    assert.ok(largestDifference(stances, expected) < 1e-7);
  });

  for (const gait of gaits)
    it(`${gait.name} is judged feasible when the host says so, and only then`, (test) => {
      const random = new RandomSource({ seed: 3, index: gaits.indexOf(gait), stream: "c-gaits" });
      const cases = Array.from({ length: CHECKS_PER_GAIT }, () => ({
        body: random.uniform() < 0.5 ? BODY : randomBody(random),
        parameters: wildSet(gait, random),
      }));
      const input = cases.map(
        ({ body, parameters }) => `check ${gait.name} ${bodyText(body)} ${valuesText(gait, parameters)}\n`,
      );
      const answers = run(program, input.join("")).toString().trimEnd().split("\n");
      assert.equal(answers.length, cases.length);
      const feasible = cases.filter(({ body, parameters }, index) => {
        const verdict = gait.check(parameters, body);
        assert.equal(answers[index]!.startsWith("1"), verdict.feasible, `${input[index]}${answers[index]}`);
        if (!verdict.feasible) assertReason(gait, body, answers[index]!, verdict.reasons);
        return verdict.feasible;
      });
      test.diagnostic(`${feasible.length} of ${cases.length} feasible`);
      assert.ok(feasible.length > CHECKS_PER_GAIT / 10 && feasible.length < (9 * CHECKS_PER_GAIT) / 10);
    });

  for (const gait of gaits)
    for (const period of PERIODS)
      it(`${gait.name} asks for the host's targets every ${1000 * period} ms`, (test) => {
        const random = new RandomSource({ seed: 4, index: gaits.indexOf(gait), stream: `c-gaits ${period}` });
        const cases = Array.from({ length: WALKS }, () => feasibleCase(gait, random));
        const differences = walkBoth(program, gait, period, cases);
        const worst = Math.max(...differences);
        test.diagnostic(`differs by at most ${worst.toExponential(1)} rad`);
        assert.ok(worst < 1e-5);
      });

  it("agree where a step of the integration ends exactly where swing ends", () => {
    // In a pronk nothing but rounding disturbs the phases, so round frequencies do meet the end of a half turn.
    const pronk = gaitNamed("foot-cpg:pronk");
    for (const [swing, stance] of [
      [4.05, 1.16],
      [3.5, 1.51],
      [3.52, 0.8],
    ]) {
      const parameters = {
        ground_clearance: 0.04,
        ground_penetration: 0,
        step_length: 0.05,
        swing_frequency: swing!,
        stance_frequency: stance!,
      };
      assert.ok(walkBoth(program, pronk, 0.01, [{ body: BODY, parameters }])[0]! < 1e-5);
    }
  });

  it("stand still over a control period that is none, and take no more than a second at once", () => {
    for (const gait of gaits) {
      const { body, parameters } = feasibleCase(
        gait,
        new RandomSource({ seed: 5, index: 0, stream: "c-gaits" }),
      );
      const set = `${bodyText(body)} ${valuesText(gait, parameters)}`;
      const none = ["nan", "-0.01", "-inf"].map((dt) => [dt, 3] as const);
      const long = ["inf", "1e300", "2"].map((dt) => [dt, 1] as const);
      const walks = [["0", 1], ["1", 1], ...none, ...long] as const;
      const asked = walks.map(([dt, steps]) => `walk ${gait.name} ${dt} ${steps} ${set}\n`);
      const all = doubles(run(program, asked.join("")));
      let end = 0;
      const [still, second, ...others] = walks.map(([, steps]) => {
        end += 8 * steps;
        return [...all.subarray(end - 8, end)];
      });
      assert.equal(all.length, end);
      assert.deepEqual(others, [...none.map(() => still), ...long.map(() => second)]);
      assert.notDeepEqual(second, still);
    }
  });

  it("follow the host roughly in single precision", (test) => {
    const single = compile("gaits-float", SOURCES, [
      ...SANITIZERS,
      "-DGS_REAL_FLOAT",
      "-Wdouble-promotion",
      "-Wfloat-conversion",
    ]);
    for (const gait of gaits) {
      const random = new RandomSource({ seed: 6, index: gaits.indexOf(gait), stream: "c-gaits" });
      const cases = Array.from({ length: FLOAT_WALKS }, () => feasibleCase(gait, random));
      const differences = walkBoth(single, gait, 0.01, cases).sort((one, other) => one - other);
      const [median, worst] = [differences[FLOAT_WALKS / 2]!, differences[FLOAT_WALKS - 1]!];
      test.diagnostic(
        `${gait.name}: half of the walks within ${median.toExponential(1)} rad, all within ${worst.toExponential(1)} rad`,
      );
      // Where a step ends near the end of a swing, single precision may choose the other speed for a part of that step,
      // which shifts the walk in time but leaves the foot on its path. So the worst is no measure of an error.
      assert.ok(median < 1e-3);
    }
  });
});

/** A refusal names the parameter of that number, or the stance, and is one of the host's reasons: the worst of its kind. */
function assertReason(gait: Gait, body: BodyGeometry, answer: string, reasons: readonly string[]): void {
  const [, index, reason] = /^0 (-?\d+) (.+)$/.exec(answer) ?? assert.fail(`no reason: ${answer}`);
  const name = gait.parameters[Number(index)]?.name ?? "neutral stance";
  assert.ok(reason!.startsWith(name), answer);
  const [what] = /foot [\d.]+ mm beyond reach|must be above 0$/.exec(reason!) ?? [];
  if (what !== undefined)
    assert.ok(
      reasons.some((line) => line.includes(what)),
      `${answer}, not ${reasons}`,
    );
  if (reason!.endsWith(" is not a number"))
    assert.ok(
      reasons.some((line) => line.includes(name)),
      answer,
    );
  const [, joint = "hip|knee", excess] = /: (?:(hip|knee)|target) ([\d.]+) rad beyond/.exec(reason!) ?? [];
  if (excess === undefined) return;
  const targets = reasons.flatMap((line) => [
    ...line.matchAll(new RegExp(`(${joint}) target (\\S+) rad`, "g")),
  ]);
  const excesses = targets.map(([, which, target]) => {
    const [low, high] = which === "hip" ? body.leg.hipRange : body.leg.kneeRange;
    return Math.max(low - Number(target), Number(target) - high);
  });
  assert.ok(Math.abs(Number(excess) - Math.max(...excesses)) < 2e-3, `${answer}, not ${reasons}`);
}

/** The largest difference of each of several walks, rad. */
function walkBoth(program: string, gait: Gait, period: number, cases: readonly Case[]): number[] {
  const steps = Math.min(Math.round(WALK / period), LONGEST);
  const input = cases.map(
    ({ body, parameters }) =>
      `walk ${gait.name} ${period} ${steps} ${bodyText(body)} ${valuesText(gait, parameters)}\n`,
  );
  const all = doubles(run(program, input.join("")));
  assert.equal(all.length, cases.length * steps * 8);
  return cases.map(({ body, parameters }, walk) => {
    const controller = gait.start(parameters, body);
    const targets = new Float64Array(8);
    let worst = 0;
    for (let step = 0; step < steps; step++) {
      controller.step(period, targets);
      const at = (walk * steps + step) * 8;
      worst = Math.max(worst, largestDifference(all.subarray(at, at + 8), targets));
    }
    return worst;
  });
}

function largestDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  assert.equal(one.length, other.length);
  let worst = 0;
  for (let index = 0; index < one.length; index++) {
    const difference = Math.abs(one[index]! - other[index]!);
    assert.ok(Number.isFinite(difference), `number ${index} is ${one[index]} instead of ${other[index]}`);
    worst = Math.max(worst, difference);
  }
  return worst;
}

function between(random: RandomSource, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

function randomBody(random: RandomSource): BodyGeometry {
  const thigh = between(random, 0.05, 0.3);
  const shank = thigh * between(random, 0.8, 1.25);
  const hip = between(random, 0.9, 2);
  return {
    legs: ["FR", "FL", "RR", "RL"],
    leg: {
      thigh,
      shank,
      hipRange: [-hip, between(random, 0.9, 2)],
      kneeRange: [between(random, -2.8, -2), 0.05],
    },
    stanceHeight: (thigh + shank) * between(random, 0.6, 0.93),
    motorSpeed: between(random, 2, 20),
  };
}

/** Any point of the box the gait starts a new robot with; half of them in round numbers, as people write them. */
function boxSet(gait: Gait, random: RandomSource): GaitParameters {
  const round = random.uniform() < 0.5;
  return Object.fromEntries(
    gait.parameters.map(({ name, low, high }) => {
      const value = between(random, low, high);
      return [name, round ? Math.round(100 * value) / 100 : value];
    }),
  );
}

/** The box stretched by a factor of up to three; one in ten sets has a value that is none or a frequency not above 0. */
function wildSet(gait: Gait, random: RandomSource): GaitParameters {
  const stretch = between(random, 0.5, 3);
  const set: Record<string, number> = {};
  for (const { name, low, high } of gait.parameters)
    set[name] = name.endsWith("_frequency")
      ? between(random, low, high)
      : stretch * between(random, low, high);
  if (random.uniform() < 0.1) {
    const names = gait.parameters.map(({ name }) => name);
    const name = names[Math.floor(names.length * random.uniform())]!;
    set[name] = [Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1e200][Math.floor(5 * random.uniform())]!;
  }
  return set;
}

function feasibleCase(gait: Gait, random: RandomSource): Case {
  for (;;) {
    const body = random.uniform() < 0.5 ? BODY : randomBody(random);
    const parameters = boxSet(gait, random);
    if (gait.check(parameters, body).feasible) return { body, parameters };
  }
}

function bodyText({ leg, stanceHeight, motorSpeed }: BodyGeometry): string {
  return [leg.thigh, leg.shank, ...leg.hipRange, ...leg.kneeRange, stanceHeight, motorSpeed].join(" ");
}

function valuesText(gait: Gait, parameters: GaitParameters): string {
  return gait.parameters.map(({ name }) => parameters[name]).join(" ");
}

function doubles(bytes: Buffer): Float64Array {
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
