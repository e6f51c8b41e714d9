/** Robots that were put together wrongly are found on their first day, each by the step that is for it, and by name. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { Miswiring } from "../../../sim/miswiring.ts";
import { openSimulatedRobot } from "../../../sim/simulated-robot.ts";
import { JOG_STEP } from "../../../src/service/first-run/jog-step.ts";
import type { FirstRunPorts } from "../../../src/service/first-run/ports.ts";
import type { StepName, StepRecord } from "../../../src/service/first-run/record.ts";
import { jogProblem } from "../../../src/station/jog-preconditions.ts";
import { bench, CONFIG, willing } from "./in-process.ts";

async function stepOf(t: TestContext, step: StepName, ...miswired: Miswiring[]): Promise<StepRecord> {
  // Whatever was stopped in a jog is gone on from, to see the others.
  const { record } = await bench(t, miswired).run(
    (question) => (/jog the next joint all the same/u.test(question) ? "" : willing(question)),
    { step },
  );
  return record.steps[step]!;
}

/** Items that are missing, with their words. */
function missing({ findings }: StepRecord): string[] {
  return findings.filter(({ result }) => result === "missing").map(({ item, words }) => `${item} ${words}`);
}

describe("encoders by hand", () => {
  it("name two joints of different legs that are exchanged", async (t) => {
    const step = await stepOf(t, "encoders", { kind: "swapped-joints", joints: ["FR_hip", "RL_hip"] });
    const found = missing(step);
    assert.equal(found.length, 2, found.join("\n"));
    assert.match(found[0]!, /^FR_hip swapped: the channel of RL_hip moved by 0\.2/);
    assert.match(found[1]!, /^RL_hip swapped: the channel of FR_hip moved by 0\.2/);
    assert.match(step.findings[0]!.remedy, /Exchange FR_hip and RL_hip in robot\.joints/);
  });

  it("name hip and knee of one leg that are exchanged", async (t) => {
    const found = missing(
      await stepOf(t, "encoders", { kind: "swapped-joints", joints: ["FL_hip", "FL_knee"] }),
    );
    assert.equal(found.length, 2, found.join("\n"));
    assert.match(found[0]!, /^FL_hip swapped: the channel of FL_knee/);
    assert.match(found[1]!, /^FL_knee swapped: the channel of FL_hip/);
  });

  it("name a joint that counts the other way", async (t) => {
    for (const joint of ["RR_hip", "RR_knee"] as const) {
      const step = await stepOf(t, "encoders", { kind: "reversed-joint", joint });
      const found = missing(step);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0]!, new RegExp(`^${joint} reversed: it counts -0\\.2`));
    }
  });

  it("name an encoder that is dead, and one that is exchanged and reversed", async (t) => {
    const dead = missing(await stepOf(t, "encoders", { kind: "dead-encoder", joint: "RL_hip" }));
    assert.equal(dead.length, 1, dead.join("\n"));
    assert.match(dead[0]!, /^RL_hip no channel of its own moved/);
    const both = missing(
      await stepOf(
        t,
        "encoders",
        { kind: "swapped-encoders", joints: ["FR_knee", "FL_knee"] },
        { kind: "reversed-encoder", joint: "FL_knee" },
      ),
    );
    assert.match(both[0]!, /^FR_knee swapped: the channel of FL_knee moved by -0\.2.*counts the other way/);
    assert.match(both[1]!, /^FL_knee swapped: the channel of FR_knee moved by 0\.2/);
  });
});

describe("jog", () => {
  it("names motors that are exchanged", async (t) => {
    const found = missing(await stepOf(t, "jog", { kind: "swapped-motors", joints: ["FR_hip", "FL_hip"] }));
    assert.match(found[0]!, /^FR_hip wrong joint: FL_hip moved/);
    assert.ok(
      found.some((words) => /^FL_hip wrong joint: FR_hip moved/.test(words)),
      found.join("\n"),
    );
  });

  it("names a motor that does not fit its encoder, and one that is dead", async (t) => {
    const reversed = missing(await stepOf(t, "jog", { kind: "reversed-motor", joint: "RL_hip" }));
    assert.ok(
      reversed.some((words) => /RL_hip ran off by -?\d\.\d+ rad as soon as it had power/.test(words)),
      reversed.join("\n"),
    );
    const joints = ["RL_hip", "RR_knee"] as const;
    const dead = missing(
      await stepOf(t, "jog", ...joints.map((joint) => ({ kind: "dead-motor", joint }) as const)),
    );
    assert.deepEqual(
      dead.map((words) => /^\w+ no motion/.exec(words)?.[0]).sort(),
      joints.map((joint) => `${joint} no motion`),
      dead.join("\n"),
    );
  });

  it("is refused, in words, by robots that run their gait by themselves", async (t) => {
    assert.match(await runsItsGait(t), /takes no joint targets.*encoders by hand/);
  });
});

async function runsItsGait(t: TestContext): Promise<string> {
  const robot = await openSimulatedRobot({ variant: "nominal", variation: "none" });
  t.after(() => robot.close());
  const problem = jogProblem(CONFIG, await robot.open());
  const config = {
    ...CONFIG,
    link: { kind: "serial", clock: "realtime", path: "/dev/ttyACM0", baud: 921_600 },
  };
  const quiet = async () => ({ jogProblem: problem, close: async () => {} });
  return (await JOG_STEP.impossible!({ config, quiet } as unknown as FirstRunPorts)) ?? "possible";
}

describe("the inertial unit by hand", () => {
  for (const [axis, tilt, others] of [
    ["pitch", "nose-down", ["left-down", "turned-left"]],
    ["roll", "left-down", ["nose-down", "turned-left"]],
    ["yaw", "turned-left", ["nose-down", "left-down"]],
  ] as const)
    it(`that counts ${axis} the other way is named`, async (t) => {
      const found = missing(await stepOf(t, "imu", { kind: "reversed-imu", axis }));
      assert.ok(found.length >= 2, found.join("\n"));
      for (const words of found) assert.match(words, new RegExp(`^${tilt}, .*reversed`));
      for (const other of others) assert.ok(!found.some((words) => words.startsWith(other)));
    });

  it("that is turned by a quarter is named", async (t) => {
    const found = missing(await stepOf(t, "imu", { kind: "swapped-imu" }));
    assert.match(found.join("\n"), /nose-down, angle swapped: roll turned by 0\.5/);
    assert.match(found.join("\n"), /left-down, angle swapped: pitch turned by -0\.5/);
    assert.ok(!found.some((words) => words.startsWith("turned-left")));
  });
});

describe("the walk in the air", () => {
  it("names a joint whose motor is dead, and one whose encoder is", async (t) => {
    const motor = missing(await stepOf(t, "air", { kind: "dead-motor", joint: "FL_hip" }));
    assert.equal(motor.length, 1, motor.join("\n"));
    assert.match(motor[0]!, /^FL_hip (still|does not follow)/);
    const encoder = await stepOf(t, "air", { kind: "dead-encoder", joint: "FL_knee" });
    assert.match(`${missing(encoder).join("\n")}${encoder.words}`, /FL_knee|joint\.FL_knee\.position/);
  });
});

describe("odometry against measured distances", () => {
  it("is calibrated by least squares, and the line to write is said", async (t) => {
    const robot = bench(t, [{ kind: "odometry", scale: 1 }]);
    const plain = await robot.run(willing, { step: "odometry" });
    const wrong = bench(t, [{ kind: "odometry", scale: 1.3 }]);
    const scaled = await wrong.run(willing, { step: "odometry" });
    const [a, b] = [plain, scaled].map(({ record }) => record.steps.odometry!.odometry!);
    assert.ok(a!.ok && b!.ok, JSON.stringify([a, b]));
    // Odometry that counts 1.3 m for one has to be divided by that.
    assert.ok(Math.abs(a!.scale / b!.scale - 1.3) < 1e-6, `${a!.scale} ${b!.scale}`);
    assert.ok(b!.low < b!.scale && b!.scale < b!.high);
    assert.match(b!.line!, /^odometry_scale: [01]\.\d{3} # .*95 %.*3 measured walks/);
    assert.ok(wrong.said.some((words) => words.includes(b!.line!)));
  });

  it("is refused when the distances do not agree", async (t) => {
    let typed = 0;
    const robot = bench(t);
    const { record } = await robot.run(
      (question) =>
        /How far/.test(question) ? (["0.2 m", "0.9 m", "0.4 m"][typed++] ?? "q") : willing(question),
      { step: "odometry" },
    );
    const { verdict, odometry } = record.steps.odometry!;
    assert.equal(verdict, "failed");
    assert.ok(
      odometry?.ok === false && /do not agree|too short/.test(odometry.why),
      JSON.stringify(odometry),
    );
  });
});
