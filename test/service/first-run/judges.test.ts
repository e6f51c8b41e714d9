/** The judges alone: figures in, verdict out. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { envelopeProblems } from "../../../src/safety/envelope.ts";
import {
  airFindings,
  amplitudesOf,
  inTheAir,
  reducedSeedGait,
} from "../../../src/service/first-run/air-walk.ts";
import { replicatesFor, spreadOf } from "../../../src/service/first-run/baseline.ts";
import { encoderFindings, readEncoders } from "../../../src/service/first-run/encoder-verdict.ts";
import { levelFindings, tiltFindings } from "../../../src/service/first-run/imu-verdict.ts";
import { jogFinding, jogFindings } from "../../../src/service/first-run/jog-verdict.ts";
import { fitOdometry } from "../../../src/service/first-run/odometry-fit.ts";
import { excursion, integralExcursion, type Samples } from "../../../src/service/first-run/samples.ts";
import type { JogOutcome, ObservedJoint } from "../../../src/station/messages.ts";
import { lagOf } from "../../../src/station/walk-observer.ts";
import { CONFIG } from "./in-process.ts";

const FIELDS = { order: "robot.joints", sign: "the firmware" };

function samples(series: Readonly<Record<string, (t: number) => number>>, seconds = 2): Samples {
  const times = Array.from({ length: seconds * 100 }, (_, index) => index / 100);
  return { times, series: (name) => (name in series ? times.map(series[name]!) : null) };
}

describe("movements", () => {
  const ramp = (t: number): number => Math.max(0, Math.min(1, t - 0.5));

  it("are measured from where things were, with their sign, whether they came back or not", () => {
    const there = samples({ a: (t) => 1 - 0.4 * ramp(t), b: (t) => 5 + 0.4 * (ramp(t) - ramp(t - 0.6)) });
    assert.ok(Math.abs(excursion(there, there.series("a")!) + 0.4) < 1e-9);
    assert.ok(excursion(there, there.series("b")!) > 0.2);
  });

  it("of a rate are its integral without its bias", () => {
    const rate = samples({ w: (t) => 0.05 + (t >= 0.5 && t < 1.5 ? 0.6 : 0) });
    assert.ok(Math.abs(integralExcursion(rate, rate.series("w")!) - 0.6) < 0.02);
  });

  it("do not count a single spike for much, nor what is not a number", () => {
    const spiky = samples({ a: (t) => (Math.abs(t - 1) < 0.004 ? 1 : t > 1.5 ? Number.NaN : 0) });
    assert.ok(Math.abs(excursion(spiky, spiky.series("a")!)) < 0.15);
    assert.equal(
      excursion(
        spiky,
        spiky.times.map(() => Number.NaN),
      ),
      0,
    );
  });
});

describe("encoders", () => {
  it("of coupled legs are told apart by all movements together", () => {
    const hip = { FR_hip: 0.24, FR_knee: -0.25 };
    const knee = { FR_hip: -0.13, FR_knee: 0.27 };
    const read = readEncoders([
      { joint: "FR_hip", moved: hip },
      { joint: "FR_knee", moved: knee },
    ]);
    assert.deepEqual(
      read.map(({ joint, channel }) => [joint, channel]),
      [
        ["FR_hip", "FR_hip"],
        ["FR_knee", "FR_knee"],
      ],
    );
  });

  it("in degrees are called so", () => {
    const [finding] = encoderFindings(readEncoders([{ joint: "a", moved: { a: 17, b: 0 } }]), FIELDS);
    assert.match(finding!.words, /no radians/);
  });

  it("that are not reported are dead", () => {
    const [finding] = encoderFindings(readEncoders([{ joint: "a", moved: { a: Number.NaN } }]), FIELDS);
    assert.deepEqual([finding!.result, finding!.item], ["missing", "a"]);
  });
});

describe("the inertial unit", () => {
  const NONE = { roll: 0, pitch: 0, yaw: 0 };

  it("must read gravity upwards, in m/s²", () => {
    const level = (x: number, y: number, z: number) =>
      levelFindings(
        samples({
          "imu.acceleration.x": () => x,
          "imu.acceleration.y": () => y,
          "imu.acceleration.z": () => z,
        }),
      )[0]!;
    assert.equal(level(0.1, -0.2, 9.8).result, "ok");
    assert.match(level(0, 0, 1).words, /not 9\.81/);
    assert.match(level(0, 0, -9.81).words, /z points down/);
    assert.match(level(-9.81, 0, 0).words, /−x is up/);
  });

  it("whose gyroscope or accelerometer differs from its angles is found, and one in degrees", () => {
    const told = tiltFindings("nose-down", {
      angles: { ...NONE, pitch: 0.5 },
      rates: { ...NONE, pitch: 0.2 },
      gravity: { roll: 0, pitch: 0.5 },
    });
    assert.match(told.map(({ item, result }) => `${item} ${result}`).join(), /nose-down, gyroscope missing/);
    const degrees = tiltFindings("turned-left", {
      angles: { ...NONE, yaw: 45 },
      rates: { ...NONE, yaw: 0.8 },
      gravity: NONE,
    });
    assert.match(degrees[0]!.words, /no radians/);
  });

  it("that is dead is found, and one that reports nothing is only noted", () => {
    assert.match(
      tiltFindings("left-down", { angles: NONE, rates: NONE, gravity: NONE })[0]!.words,
      /nothing turned/,
    );
    const unknown = { roll: Number.NaN, pitch: Number.NaN, yaw: Number.NaN };
    assert.equal(
      tiltFindings("left-down", { angles: unknown, rates: unknown, gravity: unknown })[0]!.result,
      "warning",
    );
  });
});

describe("a jog's verdict", () => {
  const outcome = (moved: readonly number[], change: Partial<JogOutcome> = {}): JogOutcome => ({
    jog: 0,
    joint: "a",
    amplitude: 0.05,
    end: "completed",
    reason: { code: "finished", words: "out and back", time: 4, channel: null, value: null, limit: null },
    joints: moved.map((by, index) => ({ joint: "abc"[index]!, moved: by, farthest: by, left: 0 })),
    latched: false,
    ...change,
  });
  const told = (moved: readonly number[], change?: Partial<JogOutcome>): string => {
    const { result, words } = jogFinding(outcome(moved, change), FIELDS);
    return `${result}: ${words}`;
  };

  it("names what moved instead, the wrong sign, no motion, and a spring that sags", () => {
    assert.match(told([0.047, 0.002, 0]), /^ok/);
    assert.match(told([-0.03, 0, 0]), /^missing: wrong sign/);
    assert.match(told([0.001, 0.004, 0]), /^missing: no motion/);
    assert.match(told([0.002, 0, 0.045]), /^missing: wrong joint: c/);
    assert.match(told([0.02, 0, 0]), /^warning: moved by 0\.02 rad of 0\.05/);
    assert.match(told([0.05, 0.04, 0]), /^warning: .*b moved along/);
    assert.match(told([0.05, 0, 0], { amplitude: -0.05 }), /^missing: wrong sign/);
  });

  it("tells a dead motor of a coupled leg from one that is exchanged", () => {
    const dead = outcome([0.001, 0.05, 0]);
    const works = outcome([0.001, 0.05, 0], { joint: "b", jog: 1 });
    assert.match(jogFindings([dead, works], FIELDS)[0]!.words, /^no motion of its own; b/);
    const exchanged = outcome([0.05, 0.001, 0], { joint: "b", jog: 1 });
    assert.match(jogFindings([dead, exchanged], FIELDS)[0]!.words, /^wrong joint: b/);
  });
});

describe("the walk in the air", () => {
  it("leaves out height and place alone, and its envelope is still one to arm under", () => {
    const { envelope } = inTheAir(CONFIG);
    assert.deepEqual(envelopeProblems(envelope, CONFIG.robot.joints), []);
    for (const [name, limit] of Object.entries(envelope)) {
      const relaxed = name === "height" || name === "lateral-distance";
      assert.equal(limit.unwatched !== undefined, relaxed, name);
      if (!relaxed) assert.deepEqual(limit, CONFIG.envelope[name as keyof typeof envelope]);
    }
  });

  it("is the seed gait with half its excursions, inside the ranges", () => {
    const { parameters } = reducedSeedGait(CONFIG);
    assert.deepEqual(parameters, {
      ground_clearance: 0.015,
      ground_penetration: 0.0025,
      step_length: 0.02,
      swing_frequency: 2.5,
      stance_frequency: 2.38,
    });
    const whole = amplitudesOf(CONFIG, CONFIG.seedGait as Record<string, number>)!;
    const half = amplitudesOf(CONFIG, parameters)!;
    for (const [joint, amplitude] of half.entries())
      assert.ok(amplitude > 0.05 && amplitude < 0.75 * whole[joint]!);
  });

  it("judges what does not move, does not follow, comes late or works hard", () => {
    const one = (change: Partial<ObservedJoint>) =>
      airFindings(
        {
          joints: [
            {
              joint: "a",
              amplitude: 0.2,
              motorAmplitude: 0.2,
              targetAmplitude: 0.2,
              lag: 0.03,
              torque: 0.3,
              ...change,
            },
          ],
          distance: { odometry: 0, pose: 0 },
        },
        [0.2],
        4,
      )[0]!;
    assert.equal(one({}).result, "ok");
    assert.match(one({ amplitude: 0.001, motorAmplitude: 0.001 }).words, /^still/);
    assert.match(one({ motorAmplitude: 0.08 }).words, /^does not follow/);
    assert.match(one({ motorAmplitude: 0.5 }).words, /^goes too far/);
    assert.match(one({ lag: 0.28 }).words, /^follows too late/);
    assert.equal(one({ lag: 0.2 }).result, "warning");
    assert.match(one({ torque: 2.5 }).words, /^works too hard/);
    assert.equal(one({ motorAmplitude: Number.NaN, amplitude: Number.NaN }).result, "warning");
    // Without a motor's side the link is compared with the gait.
    assert.match(one({ motorAmplitude: Number.NaN, amplitude: 0.05 }).words, /^does not follow/);
  });

  it("measures how late a motor follows to a fraction of a frame", () => {
    const at = (shift: number): number[] =>
      Array.from({ length: 400 }, (_, k) => Math.sin(2 * Math.PI * 2 * (k / 100 - shift)));
    for (const lag of [0, 0.012, 0.035, 0.1])
      assert.ok(Math.abs(lagOf(at(0), at(lag), 0.01) - lag) < 0.002, `${lag}`);
    assert.ok(
      Number.isNaN(
        lagOf(
          at(0),
          at(0).map(() => Number.NaN),
          0.01,
        ),
      ),
    );
  });
});

describe("odometry", () => {
  it("is fitted by least squares with Student's interval", () => {
    // Worked by hand: Σ o·m = 2.05, Σ o² = 2, so 1.025; s² = 0.00125, SE = 0.025, t(0.975, 1) = 12.706.
    const fit = fitOdometry([
      { odometry: 1, measured: 1 },
      { odometry: 1, measured: 1.05 },
    ]);
    assert.ok(!fit.ok && /do not agree/.test(fit.why), JSON.stringify(fit));
    const good = fitOdometry([
      { odometry: 1, measured: 1.3 },
      { odometry: 2, measured: 2.61 },
      { odometry: 1.5, measured: 1.94 },
    ]);
    assert.ok(good.ok && Math.abs(good.scale - 1.3007) < 1e-3, JSON.stringify(good));
    assert.ok(good.low < 1.3 && good.high > 1.3 && good.high - good.low < 0.05);
  });

  it("is refused with one walk, a short one, walks that disagree, and a factor that is none", () => {
    const why = (...walks: readonly (readonly [number, number])[]): string => {
      const fit = fitOdometry(walks.map(([odometry, measured]) => ({ odometry, measured })));
      return fit.ok ? "ok" : fit.why;
    };
    assert.match(why([1, 1]), /at least 2/);
    assert.match(why([1, 1], [0.1, 0.1]), /too short/);
    assert.match(why([1, 1], [1, 2], [1, 1.5]), /do not agree/);
    assert.match(why([1, -1], [1, -1.01]), /sign or unit/);
    assert.match(why([0.01, 1], [0.01, 1.01]), /sign or unit/);
  });
});

describe("replicates", () => {
  it("are as many as make the mean known to a twentieth", () => {
    assert.equal(replicatesFor({ name: "r", unit: "", mean: 1, sd: 0.1, walks: 3 }), 4);
    assert.equal(replicatesFor({ name: "r", unit: "", mean: 1, sd: 0.01, walks: 3 }), 2);
    assert.equal(replicatesFor({ name: "r", unit: "", mean: 0, sd: 0.01, walks: 3 }), 30);
  });

  it("come from the sample's deviation", () => {
    const { mean, sd } = spreadOf("x", "m", [1, 2, 3]);
    assert.deepEqual([mean, sd], [2, 1]);
  });
});
