/** Robots with a gait of their own, and robots with few sensors. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import { reachOf } from "../../src/gait/gaits.ts";
import { envelopeProblems } from "../../src/safety/envelope.ts";
import { LIMIT_NAMES, MAY_GO_UNWATCHED } from "../../src/safety/limit.ts";
import { feasibilityOf } from "../../src/service/feasibility.ts";
import { type Change, ChangedConfig } from "./changed-config.ts";

const SHIPPED = ChangedConfig.shipped("simulated-elastic-quadruped.yaml");
const GAIT = /gait:\n( {2}.*\n)+/;

const OWN_GAIT = `gait:
  name: own
  parameters:
    amplitude: { low: 10 deg, high: 0.6 rad, seed: 20 deg }
    steps: { low: 1, high: 5, seed: 2, step: 1 }
    pause: { low: 1 ms, high: 20 ms, seed: 4 ms, log: true, lengthscale: 2 ms }
    shift: -5 deg
    share: 35 %
`;

function own(...changes: readonly Change[]): ChangedConfig {
  return SHIPPED.with([GAIT, OWN_GAIT], ...changes);
}

/** The line of one limit, written anew. */
function unwatched(...names: readonly string[]): Change[] {
  return names.map((name) => [
    new RegExp(` {2}${name}:.*\n( {4}.*\n)*`),
    `  ${name}: { unwatched: its servos do not tell }\n`,
  ]);
}

describe("the robot's own gait", () => {
  it("has the parameters that the file names, each with the dimension it is written in", () => {
    const { gait, space, seedGait } = own().read();
    assert.deepEqual(gait, {
      name: "own",
      body: null,
      constants: { shift: (-5 * Math.PI) / 180, share: 0.35 },
      units: { amplitude: "rad", steps: "", pause: "s", shift: "rad", share: "" },
    });
    assert.deepEqual(space.parameters, [
      {
        kind: "float",
        name: "amplitude",
        unit: "rad",
        low: (10 * Math.PI) / 180,
        high: 0.6,
        log: false,
        step: null,
      },
      { kind: "float", name: "steps", unit: "", low: 1, high: 5, log: false, step: 1 },
      {
        kind: "float",
        name: "pause",
        unit: "s",
        low: 0.001,
        high: 0.02,
        log: true,
        step: null,
        lengthscale: 0.002,
      },
    ]);
    assert.deepEqual(seedGait, { amplitude: (20 * Math.PI) / 180, steps: 2, pause: 0.004 });
  });

  it("may have any joints, and any parameters within their ranges", () => {
    const config: HardwareConfig = own([
      "joints: [FR_hip, FR_knee,",
      "joints: [FR_hip, FR_knee, tail,",
    ]).read();
    assert.equal(config.robot.joints.length, 9);
    assert.ok(feasibilityOf(config)(config.seedGait));
    assert.ok(reachOf("own", null)({ amplitude: 100 }));
    assert.ok(!reachOf("foot-cpg:trot", SHIPPED.read().gait.body)({ step_length: 100 }));
  });

  const cases: readonly [name: string, change: Change, at: string, ...said: RegExp[]][] = [
    [
      "a body",
      [
        "  parameters:",
        "  body: { legs: [FR, FL, RR, RL], thigh: 1 m, shank: 1 m, hip_range: [0 rad, 1 rad], knee_range: [0 rad, 1 rad], stance_height: 1 m, motor_speed: 1 rad/s }\n  parameters:",
      ],
      "body:",
      /Remove `body`/,
    ],
    [
      "two dimensions",
      ["high: 0.6 rad", "high: 0.6 m"],
      "0.6 m",
      /`0\.6 m` is a length, but low, `10 deg`, is an angle/,
    ],
    [
      "a plain number beside a unit",
      ["seed: 20 deg", "seed: 20"],
      "20 }",
      /`20` is a plain number, but low, `10 deg`, is an angle/,
    ],
    [
      "a step of another dimension",
      ["step: 1 }", "step: 1 mm }"],
      "1 mm",
      /is a length, but low, `1`, is a plain number/,
    ],
    [
      "a unit that is not known",
      ["-5 deg", "-5 furlongs"],
      "-5 furlongs",
      /not a number with a unit that is known/,
      /such as m, rad, s/,
    ],
    ["a word", ["10 deg", "small"], "small", /`small` is not a number/],
    ["a seed outside", ["seed: 20 deg", "seed: 50 deg"], "50 deg", /outside of what is tuned/],
    [
      "a name that expressions cannot use",
      ["shift:", "mid-shift:"],
      "mid-shift",
      /not a name that expressions can use/,
    ],
    [
      "nothing that is tuned",
      [/parameters:\n( {4}.*\n)+/, "parameters: { shift: 5 deg }\n"],
      "{ shift",
      /no parameter is tuned/,
    ],
  ];
  for (const [name, change, at, ...said] of cases)
    it(`is refused with ${name}`, () => {
      if (name !== "nothing that is tuned") return own(change).refuses(at, ...said);
      assert.match(own(change).complaint(), said[0]!);
    });

  it("is the only one that needs no body", () => {
    SHIPPED.with([/ {2}body:\n( {4}.*\n)+/, ""]).refuses("gait:", /`body` is missing/, /name the gait own/);
    SHIPPED.with(["foot-cpg:trot #", "onw #"]).refuses("onw", /Did you mean `own`/);
  });
});

describe("a robot with few sensors", () => {
  const NO_BATTERY: Change = [/ {2}minimum_battery: .*\n/, ""];
  const NO_HEAT: Change = [/ {2}maximum_motor_temperature: .*\n/, ""];

  it("may leave limits unwatched, in words", () => {
    const { envelope, preflight, robot } = SHIPPED.with(
      ...unwatched(...MAY_GO_UNWATCHED),
      NO_BATTERY,
      NO_HEAT,
    ).read();
    assert.deepEqual(envelopeProblems(envelope, robot.joints), []);
    for (const name of LIMIT_NAMES)
      assert.equal(
        envelope[name].unwatched,
        MAY_GO_UNWATCHED.includes(name) ? "its servos do not tell" : undefined,
      );
    assert.deepEqual([preflight.minimumBattery, preflight.maximumMotorTemperature], [null, null]);
  });

  it("may not leave the others unwatched", () => {
    for (const name of LIMIT_NAMES) {
      if (MAY_GO_UNWATCHED.includes(name)) continue;
      SHIPPED.with(...unwatched(name)).refuses(
        "unwatched",
        new RegExp(`limits\\.${name}\\.unwatched: no robot is armed without watching this`),
        /height, joint-position, joint-speed, motor-speed, motor-torque/,
      );
    }
  });

  it("says why in words, and gives no bounds beside", () => {
    const limit = / {2}height:.*\n/;
    SHIPPED.with([limit, "  height: { unwatched: true }\n"]).refuses("true", /text is expected/);
    SHIPPED.with([limit, "  height: { unwatched: no sensor }\n"]).refuses("no sensor", /three words/);
    SHIPPED.with([limit, "  height: { unwatched: no such sensor, high: 240 mm }\n"]).refuses(
      "high: 240",
      /no such field/,
    );
    SHIPPED.with([limit, "  height: { unwached: no such sensor }\n"]).complaint();
  });

  it("is asked for battery and temperature before arming exactly where they are watched", () => {
    SHIPPED.with(NO_BATTERY).refuses(
      "preflight",
      /`minimum_battery` is missing: the limit battery-voltage is watched/,
    );
    SHIPPED.with(NO_HEAT).refuses("preflight", /`maximum_motor_temperature` is missing/);
    const silent = SHIPPED.with(...unwatched("battery-voltage"));
    silent.refuses("minimum_battery", /nothing tells it: the limit battery-voltage is unwatched/);
    SHIPPED.with(...unwatched("motor-temperature")).refuses("maximum_motor_temperature", /is unwatched/);
    assert.equal(silent.with(NO_BATTERY).read().preflight.minimumBattery, null);
  });

  it("may be measured after the walk, which then has one report", () => {
    const typed: Change = ["speed_source: pose", "speed_source: operator"];
    SHIPPED.with(typed).refuses(
      "1 s # at each",
      /walk\.report_interval: the operator tells the distance of a whole walk/,
      /same time as `measure`/,
    );
    const config = SHIPPED.with(typed, ["report_interval: 1 s", "report_interval: 9 s"]).read();
    assert.equal(config.speedSource, "operator");
    const said = SHIPPED.with(
      ["speed_source: pose", "speed_source: robot"],
      ["report_interval: 1 s", "report_interval: 9 s"],
    );
    said.refuses("robot\n\nwalk", /a robot whose link is simulated does not say how far it came/);
  });
});
