/** A jog: one joint out and back, torque only while it lasts, and stopped at once when anything else moves. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Miswiring } from "../../sim/miswiring.ts";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import type { FaultRobot } from "./fault-robot.ts";
import { joggable, jogOnce } from "./jog-bench.ts";
import { simulatedConfig } from "./station-process.ts";

const CONFIG: HardwareConfig = {
  ...simulatedConfig,
  link: { kind: "simulated", clock: "lockstep", variant: "nominal", variation: "none", streamed: true },
};

async function torqueIsOff(robot: FaultRobot): Promise<void> {
  assert.equal(robot.robot.state, "off");
  await robot.close();
}

const wired = (...miswired: Miswiring[]): Promise<FaultRobot> => joggable({ miswired });

describe("a jog", () => {
  it("moves its joint out and back and nothing else, and has torque only meanwhile", async () => {
    const robot = await joggable();
    let armed = 0;
    const { outcome, phases } = await jogOnce(
      robot,
      CONFIG,
      {},
      {
        between: () => {
          if (robot.robot.state !== "off") armed++;
        },
      },
    );
    assert.deepEqual([outcome.end, outcome.reason.code], ["completed", "finished"]);
    const [hip, ...others] = outcome.joints;
    assert.ok(hip!.moved > 0.04 && hip!.moved < 0.06, `${hip!.moved}`);
    assert.ok(Math.abs(hip!.left) < 0.01, `${hip!.left}`);
    for (const { joint, moved } of others) assert.ok(Math.abs(moved) < 0.02, `${joint} ${moved}`);
    // 0.6 s of settling, a second out, 0.6 s held, a second back, 0.4 s of rest: 100 frames a second.
    assert.ok(armed > 340 && armed < 400, `${armed}`);
    assert.deepEqual(phases, ["preflight", "arm", "stand", "measure", "ramp-out", "stand-down", "done"]);
    await torqueIsOff(robot);
  });

  it("turns round at the end of the joint's range", async () => {
    const robot = await joggable();
    const close = {
      ...CONFIG.envelope["joint-position"],
      joints: { FR_hip: { low: -1.7, high: 0.64, nominal: 0.3 } },
    };
    const config = { ...CONFIG, envelope: { ...CONFIG.envelope, "joint-position": close } };
    const { outcome } = await jogOnce(robot, config);
    assert.deepEqual([outcome.end, outcome.amplitude], ["completed", -0.05]);
    assert.ok(outcome.joints[0]!.moved < -0.04, `${outcome.joints[0]!.moved}`);
    await torqueIsOff(robot);
  });

  for (const [what, miswired, joint, code] of [
    [
      "another motor obeys",
      { kind: "swapped-motors", joints: ["FR_hip", "FL_hip"] },
      "FR_hip",
      "jog-wrong-joint",
    ],
    [
      "its encoder counts the other way",
      { kind: "reversed-encoder", joint: "FR_hip" },
      "FR_hip",
      "jog-too-much",
    ],
    [
      "its motor turns the other way",
      { kind: "reversed-motor", joint: "RL_knee" },
      "RL_knee",
      "jog-too-much",
    ],
    [
      "a motor of another place obeys",
      { kind: "swapped-motors", joints: ["FR_hip", "FR_knee"] },
      "FR_hip",
      "jog-too-much",
    ],
  ] as const)
    it(`is stopped at once when ${what}`, async () => {
      const robot = await wired(miswired);
      let cutAfter = Number.NaN;
      const { outcome, latches } = await jogOnce(
        robot,
        CONFIG,
        { joint },
        {
          between: (run) => {
            if (Number.isNaN(cutAfter) && run.phase === "safe-stop") cutAfter = robot.robot.time;
            // Torque is off from the frame on that was wrong.
            if (run.phase === "safe-stop") assert.equal(robot.robot.state, "off");
          },
        },
      );
      assert.deepEqual([outcome.end, outcome.reason.code], ["stopped", code], outcome.reason.words);
      assert.deepEqual([outcome.latched, latches.length], [false, 0]);
      assert.equal(robot.stops[0]!.level, "cut");
      // The farthest any joint got before that, rad.
      const farthest = Math.max(...outcome.joints.map((one) => Math.abs(one.farthest)));
      assert.ok(farthest < 1, `${farthest}`);
      await torqueIsOff(robot);
    });

  it("says of a dead motor that nothing moved", async () => {
    const robot = await wired({ kind: "dead-motor", joint: "FR_knee" });
    const { outcome } = await jogOnce(robot, CONFIG, { joint: "FR_knee" });
    assert.equal(outcome.end, "completed");
    assert.ok(
      outcome.joints.every(({ moved }) => Math.abs(moved) < 0.0125),
      JSON.stringify(outcome.joints),
    );
    await torqueIsOff(robot);
  });

  it("is cut and latched by an e-stop, cut by a stop, and by the robot's own button", async () => {
    for (const [act, code, latched] of [
      ["eStop", "operator-stop", true],
      ["stop", "operator-stop", false],
      // The robot refuses targets before the frame with the button has come.
      ["button", "targets-refused", true],
    ] as const) {
      const robot = await joggable();
      let done = false;
      const { outcome, latches } = await jogOnce(
        robot,
        CONFIG,
        {},
        {
          between: (run) => {
            if (done || run.phase !== "measure") return;
            done = true;
            if (act === "button") robot.robot.pressStopButton(true);
            else run[act](code, "enough");
            if (act !== "button") assert.equal(robot.robot.state, "off");
          },
        },
      );
      assert.deepEqual([outcome.end, outcome.reason.code, outcome.latched], ["stopped", code, latched], act);
      assert.equal(latches.length, latched ? 1 : 0);
      robot.robot.pressStopButton(false);
      await torqueIsOff(robot);
    }
  });

  it("is stopped by a limit, by silence and by a fault of the robot", async () => {
    const at = CONFIG.envelope["motor-torque"];
    const robot = await joggable();
    robot.spoil = ({ values }, { layout }) => {
      if (robot.robot.state !== "off") values[layout.indexOf("motor.FL_hip.torque")] = at.high + 0.5;
      return true;
    };
    const hot = await jogOnce(robot, CONFIG);
    assert.deepEqual([hot.outcome.end, hot.outcome.reason.code], ["stopped", "motor-torque"]);
    await torqueIsOff(robot);

    const silent = await joggable();
    silent.spoil = () => silent.robot.state === "off";
    const mute = await jogOnce(silent, CONFIG);
    assert.equal(mute.outcome.end, "stopped");
    await torqueIsOff(silent);

    const faulty = await joggable();
    const fault = await jogOnce(
      faulty,
      CONFIG,
      {},
      {
        between: (run) => {
          if (run.phase === "measure")
            faulty.emit({ kind: "fault", code: "OVERCURRENT", reason: "too much" });
        },
      },
    );
    assert.deepEqual([fault.outcome.end, fault.outcome.reason.code], ["stopped", "robot-fault"]);
    await torqueIsOff(faulty);
  });

  it("gives no torque to a robot that is latched, or lies on its side", async () => {
    const latched = await joggable();
    const refused = await jogOnce(latched, CONFIG, {}, { latched: () => true });
    assert.equal(refused.outcome.end, "stopped");
    assert.match(refused.outcome.reason.words, /latched/);
    await torqueIsOff(latched);

    const tilted = await joggable();
    await tilted.open();
    tilted.robot.hand.tilt({ roll: 0.9, pitch: 0, yaw: 0 }, 0);
    tilted.spoil = () => false;
    for (let frame = 0; frame < 100; frame++) await tilted.advance();
    tilted.spoil = () => true;
    const lying = await jogOnce(tilted, CONFIG);
    assert.match(lying.outcome.reason.words, /tilted/);
    assert.deepEqual(lying.outcome.joints, []);
    await torqueIsOff(tilted);
  });
});
