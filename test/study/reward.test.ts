import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { METRICS, type Metrics } from "../../src/config/metrics.ts";
import { GaitsmithError } from "../../src/errors.ts";
import { compileReward } from "../../src/study/reward.ts";

const ONES = Object.fromEntries(METRICS.map(({ name }) => [name, 1])) as Metrics;
const score = async (text: string, metrics: Partial<Metrics> = {}): Promise<number> =>
  (await compileReward(text)).score({ ...ONES, ...metrics });

async function refusal(text: string): Promise<GaitsmithError> {
  const error = await compileReward(text).then(
    () => assert.fail(`"${text}" was accepted`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof GaitsmithError, `${text}: ${error}`);
  assert.equal(error.code, "REWARD_INVALID");
  return error;
}

describe("a reward expression", () => {
  it("scores metrics", async () => {
    const measured = { forward_speed: 0.3, lateral_drift: -0.5, energy: 4 };
    const expected: readonly (readonly [string, number])[] = [
      ["forward_speed - 0.1 * abs(lateral_drift)", 0.25],
      ["-energy ^ 2", -16],
      ["energy / (2 + 2) * 3", 3],
      ["energy > 3 and not (lateral_drift > 0) ? max(1, energy, 2) : 0", 4],
      ["clamp(energy, 0, 2.5) + hypot(3, energy)", 7.5],
      ["sqrt(energy) + log(e) + sign(lateral_drift) + tanh(0) + pow(2, 3) + min(energy, pi)", 10 + Math.PI],
      ["exp(0) * forward_speed\n  + 1", 1.3],
    ];
    for (const [text, value] of expected)
      assert.ok(
        Math.abs((await score(text, measured)) - value) < 1e-12,
        `${text} = ${await score(text, measured)}`,
      );
  });

  it("agrees with JavaScript on arithmetic", async () => {
    const reward = await compileReward("forward_speed * energy - lateral_drift / (1 + tilt_rms ^ 2)");
    const number = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(number, number, number, number, (forward_speed, energy, lateral_drift, tilt_rms) => {
        const value = reward.score({ ...ONES, forward_speed, energy, lateral_drift, tilt_rms });
        const expected = forward_speed * energy - lateral_drift / (1 + tilt_rms ** 2);
        assert.ok(Math.abs(value - expected) <= 1e-12 * Math.max(1, Math.abs(expected)));
      }),
    );
  });

  it("says which metrics it uses", async () => {
    const { metrics, text } = await compileReward("forward_speed - abs(yaw_drift) + forward_speed * pi");
    assert.deepEqual(metrics, ["forward_speed", "yaw_drift"]);
    assert.equal(text, "forward_speed - abs(yaw_drift) + forward_speed * pi");
  });

  it("is NaN when it is not finite, or when a metric was not measured", async () => {
    assert.equal(await score("forward_speed / 0"), Number.NaN);
    assert.equal(await score("sqrt(-forward_speed)"), Number.NaN);
    assert.equal(await score("foot_slip > 0.1 ? 0 : forward_speed", { foot_slip: Number.NaN }), Number.NaN);
    assert.equal(
      await score("min(cost_of_transport, 9)", { cost_of_transport: Number.POSITIVE_INFINITY }),
      9,
    );
  });
});

describe("a wrong reward expression", () => {
  it("names the column, the nearest known name and all of them", async () => {
    const error = await refusal("0.5 * foward_speed");
    assert.equal(
      error.message,
      'there is no metric or function "foward_speed"; did you mean "forward_speed"?',
    );
    assert.equal(error.where, 'column 7 of reward "0.5 * foward_speed"');
    for (const { name } of METRICS) assert.match(error.remedy ?? "", new RegExp(`\\b${name}\\b`));
    assert.match(error.remedy ?? "", /\bhypot\b/);
    assert.match((await refusal("absolute(energy) + enery")).message, /"absolute"/);
  });

  const refused: readonly (readonly [string, RegExp, number | null])[] = [
    ["", /empty/, null],
    ["forward_speed -", /Unexpected end/, 16],
    ["1 + 2", /uses no metric/, null],
    ["2 forward_speed", /operator is missing/, null],
    ["energy to cm", /operator to/, 8],
    ["energy % 2", /operator %/, 8],
    ["energy!", /operator !/, 7],
    ["energy > 1", /comparison is used as a number/, 8],
    ["energy ? 1 : 2", /number is used as a condition/, null],
    ["1 < energy < 3", /cannot be chained/, 3],
    ["0.5 * energy.constructor", /reaching into/, 13],
    ['energy["constructor"]', /reaching into/, 7],
    ["energy = 3", /assignments/, 8],
    ["f(x) = x * energy", /functions cannot be defined/, 6],
    ["energy; 1", /one expression/, 7],
    ["[energy]", /lists/, 1],
    ["{a: energy}", /objects/, 1],
    ['"energy"', /a text is not a number/, null],
    ["true + energy", /true is not a number/, null],
    ["1e400 * energy", /Infinity is not a number/, null],
    ["abs(1, energy)", /abs takes 1 argument, not 2/, 1],
    ["abs + energy", /"abs" is a function/, 1],
    ["energy(2)", /"energy" is a metric/, 1],
    ['import("fs") + energy', /"import"/, 1],
    ["energy # + 2", /comment/, 8],
    ["toString() + energy", /"toString"/, 1],
    ["constructor + energy", /"constructor"/, 1],
  ];
  for (const [text, words, column] of refused)
    it(`refuses ${JSON.stringify(text)}`, async () => {
      const error = await refusal(text);
      assert.match(error.message, words);
      if (column !== null) assert.match(error.where ?? "", new RegExp(`^column ${column} of`));
      assert.ok(error.remedy !== undefined);
    });
});
