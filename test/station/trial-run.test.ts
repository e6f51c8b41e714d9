/** The trial's state machine on the simulated robot. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import { channelName } from "../../src/robot/telemetry-frame.ts";
import { LIMIT_NAMES, type LimitName } from "../../src/safety/limit.ts";
import { type PreflightItem, preflightPlace, type TrialPhase } from "../../src/station/messages.ts";
import { FaultRobot, type Spoil } from "./fault-robot.ts";
import { planOf, shortWalk, simulatedConfig } from "./station-process.ts";
import { runTrial, type TrialHooks, type TrialLog } from "./trial-bench.ts";

const opened: FaultRobot[] = [];
after(() => Promise.all(opened.map((robot) => robot.close())));

async function robotOf(variant?: string, returns?: boolean): Promise<FaultRobot> {
  const robot = await FaultRobot.open(variant, returns);
  opened.push(robot);
  return robot;
}

/** Runs the short walk, spoiling telemetry `seconds` after the robot's clock started. */
async function spoilt(
  spoil: Spoil,
  seconds = 2,
  config: HardwareConfig = shortWalk,
): Promise<{ log: TrialLog; robot: FaultRobot; from: number }> {
  const robot = await robotOf();
  let from = Number.NaN;
  let start = Number.NaN;
  robot.spoil = (frame, capabilities) => {
    if (!(start <= frame.tRobot)) start = frame.tRobot;
    if (frame.tRobot - start < seconds) return true;
    if (Number.isNaN(from)) from = frame.tRobot;
    return spoil(frame, capabilities);
  };
  return { log: await runTrial(robot, config, planOf(config)), robot, from };
}

/** A value in a channel, from then on. */
const stuckAt =
  (channel: string, value: number): Spoil =>
  (frame, { layout }) => {
    frame.values[layout.indexOf(channel)] = value;
    return true;
  };

const phasesOf = (log: TrialLog): TrialPhase[] => log.phases.map(({ phase }) => phase);

describe("a trial", () => {
  it("is not stopped by telemetry that falters while the robot is being placed", async () => {
    const robot = await robotOf();
    const log = await runTrial(robot, shortWalk, planOf(shortWalk), {
      placing: async (run) => {
        await robot.advance();
        run.onTick(robot.clock.now() + 1);
      },
    });
    assert.ok(log.events.some(({ name }) => name === "frame-age"));
    assert.deepEqual([log.outcome.end, log.outcome.reason.code], ["completed", "finished"]);
    assert.deepEqual(
      robot.stops.map(({ level }) => level),
      ["neutral"],
    );
  });

  for (const by of [3600, -3600])
    it(`looks at the robot anew when its clock is set by ${by} s before it is armed`, async () => {
      const robot = await robotOf();
      let looked = 0;
      const log = await runTrial(robot, shortWalk, planOf(shortWalk), {
        between: (run) => {
          if (run.phase !== "preflight" || ++looked !== 10) return;
          robot.emit({ kind: "clock-set", reason: `by ${by} s` });
          robot.way = (frame, deliver) => deliver(Object.assign(frame, { tRobot: frame.tRobot + by }));
        },
      });
      assert.deepEqual([log.outcome.end, log.outcome.reason.code], ["completed", "finished"]);
      assert.deepEqual(
        log.events.filter(({ name }) => name === "clock-set").map(({ words }) => words),
        [`by ${by} s`],
      );
      assert.ok(looked > 10 + 15, `looked at ${looked} frames`);
      assert.ok(Math.abs(log.outcome.walked - 3.5) < 0.1, `walked for ${log.outcome.walked} s`);
    });

  it("goes through its phases and reports once per interval", async () => {
    const robot = await robotOf();
    const log = await runTrial(robot, simulatedConfig, planOf(simulatedConfig));
    const { outcome } = log;
    assert.deepEqual(phasesOf(log), [
      "preflight",
      "arm",
      "stand",
      "ramp-in",
      "settle",
      "measure",
      "ramp-out",
      "stand-down",
      "done",
    ]);
    assert.deepEqual([outcome.end, outcome.reason.code, outcome.reports], ["completed", "finished", 9]);
    assert.deepEqual(
      log.reports.map(({ step }) => step),
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    log.reports.forEach(({ metrics, step }) => {
      assert.ok(Math.abs(metrics.duration - step) < 0.05, `${metrics.duration}`);
    });
    assert.ok(Math.abs(outcome.walked - 10.5) < 0.1 && Math.abs(outcome.measured - 9) < 0.05);
    assert.equal(outcome.constraints.length, LIMIT_NAMES.length);
    assert.ok(outcome.constraints.every((value) => value >= -1 && value <= 0));
    assert.deepEqual([outcome.breached, outcome.latched, log.latches.length], [null, false, 0]);
    assert.deepEqual(
      robot.stops.map(({ level }) => level),
      ["neutral"],
    );
    const last = log.reports.at(-1)!.metrics;
    assert.ok(last.forward_speed > 0.1 && last.forward_speed < 0.4, `${last.forward_speed}`);
    assert.ok(last.cost_of_transport > 0 && last.energy === last.mechanical_energy + last.joule_energy);
  });

  it("is the same again, bit for bit, wherever in a session it comes", async () => {
    const [first, second] = [await robotOf(), await robotOf()];
    const plan = planOf(shortWalk, { suggestion: 4 });
    const alone = await runTrial(first, shortWalk, plan);
    await runTrial(second, shortWalk, planOf(shortWalk, { suggestion: 3 }));
    const later = await runTrial(second, shortWalk, plan);
    assert.deepEqual(
      later.reports.map(({ metrics }) => metrics),
      alone.reports.map(({ metrics }) => metrics),
    );
    assert.deepEqual(later.outcome, alone.outcome);
  });

  it("ends early when the pruner says so, and stands", async () => {
    const robot = await robotOf();
    const log = await runTrial(robot, simulatedConfig, planOf(simulatedConfig), {
      decide: (step) => (step === 3 ? "stop" : "go-on"),
    });
    assert.deepEqual(
      [log.outcome.end, log.outcome.reason.code, log.outcome.reports],
      ["pruned", "pruner", 3],
    );
    assert.deepEqual(phasesOf(log).slice(-4), ["measure", "ramp-out", "stand-down", "done"]);
    assert.ok(Math.abs(log.outcome.walked - 4.5) < 0.1);
  });

  it("lets the robot's clock stand still until a report is decided", async () => {
    const robot = await robotOf();
    const log = await runTrial(robot, shortWalk, planOf(shortWalk), {
      between: (run) => assert.ok(run.undecided <= 1),
    });
    assert.equal(log.outcome.reports, 2);
  });

  it("truncates a walk that leaves the arena forwards after three reports, and aborts it before", async () => {
    const far = { ...simulatedConfig, arenaLength: 0.6 };
    const { outcome } = await runTrial(await robotOf(), far, planOf(far));
    assert.deepEqual([outcome.end, outcome.truncated, outcome.reason.code], ["completed", true, "arena-end"]);
    assert.ok(outcome.reports >= 3 && outcome.reports < 9);
    const near = { ...simulatedConfig, arenaLength: 0.2 };
    const early = (await runTrial(await robotOf(), near, planOf(near))).outcome;
    assert.deepEqual(
      [early.end, early.truncated, early.reason.code, early.breached],
      ["aborted", false, "arena-end", null],
    );
    assert.ok(early.reports < 3);
  });

  it("refuses parameters that are not feasible: our bug", async () => {
    const robot = await robotOf();
    const log = await runTrial(robot, shortWalk, planOf(shortWalk), { feasible: false });
    assert.equal(log.failure?.code, "GATE_REFUSED");
    assert.deepEqual([log.outcome.end, log.outcome.constraints], ["interrupted", []]);
  });

  it("refuses a robot that understood other parameters", async () => {
    const robot = await robotOf();
    robot.answer = ({ kind }) => (kind === "stage" ? { accepted: true, reason: "", hash: "00000000" } : null);
    const log = await runTrial(robot, shortWalk, planOf(shortWalk));
    assert.equal(log.failure?.code, "ROBOT_MISMATCH");
    assert.ok(!phasesOf(log).includes("ramp-in"));
    assert.ok(robot.stops.length > 0);
  });

  it("passes on why the robot refuses to arm", async () => {
    const robot = await robotOf();
    robot.answer = ({ kind }) => (kind === "arm" ? { accepted: false, reason: "the lid is open" } : null);
    const log = await runTrial(robot, shortWalk, planOf(shortWalk));
    assert.equal(log.failure?.code, "ROBOT_REFUSED");
    assert.match(log.failure?.message ?? "", /the lid is open/);
  });

  it("keeps a completed walk when the robot refuses to disarm", async () => {
    const robot = await robotOf();
    robot.answer = ({ kind }) => (kind === "disarm" ? { accepted: false, reason: "no" } : null);
    const log = await runTrial(robot, shortWalk, planOf(shortWalk));
    assert.deepEqual([log.outcome.end, log.failure], ["completed", null]);
    assert.deepEqual(
      robot.stops.map(({ level }) => level),
      ["neutral", "settle", "cut"],
    );
  });
});

describe("preflight", () => {
  const refusals: [PreflightItem, string, Spoil, RegExp][] = [
    ["battery", "an empty battery", stuckAt(channelName.batteryVoltage, 9), /battery is at 9.0 V/],
    [
      "motor-temperature",
      "a hot motor",
      stuckAt(channelName.motorTemperature("FL_knee"), 79),
      /hottest motor is at 79.0/,
    ],
    [
      "joints",
      "a joint that does not answer",
      stuckAt(channelName.jointPosition("RR_hip"), Number.NaN),
      /RR_hip/,
    ],
    ["posture", "a robot on its side", stuckAt(channelName.roll, 1.5), /tilted by/],
    ["telemetry", "thin telemetry", (frame) => frame.seq % 2 === 0, /telemetry comes at/],
  ];
  for (const [item, words, spoil, pattern] of refusals)
    it(`refuses ${words}, and sends nothing`, async () => {
      const robot = await robotOf();
      let sent = 0;
      robot.answer = () => {
        sent++;
        return null;
      };
      robot.spoil = spoil;
      // Minutes for a motor to cool are another test's.
      const log = await runTrial(robot, shortWalk, planOf(shortWalk, { coolDownWithin: 0 }));
      assert.equal(log.failure?.code, "PREFLIGHT_REFUSED");
      assert.match(log.failure?.message ?? "", pattern);
      assert.equal(log.failure?.where, preflightPlace(item));
      assert.deepEqual(phasesOf(log), ["preflight", "done"]);
      assert.equal(sent, 0);
    });

  it("refuses a robot that sends nothing at all", async () => {
    const robot = await robotOf();
    robot.spoil = () => false;
    const log = await runTrial(robot, shortWalk, planOf(shortWalk));
    assert.equal(log.failure?.code, "PREFLIGHT_REFUSED");
    assert.match(log.failure?.message ?? "", /no telemetry for 3 s/);
    assert.deepEqual(phasesOf(log), ["preflight", "done"]);
  });

  it("waits for what mends by itself", async () => {
    const { log } = await spoilt((frame, { layout }) => {
      if (frame.tRobot < 1) frame.values[layout.indexOf(channelName.batteryVoltage)] = 9;
      return true;
    }, 0);
    assert.equal(log.outcome.end, "completed");
  });
});

describe("a breach", () => {
  const cases: [string, Spoil, LimitName, "aborted" | "interrupted", "settle" | "cut"][] = [
    ["tilt", stuckAt(channelName.roll, 1), "tilt", "aborted", "cut"],
    ["a low trunk", stuckAt(channelName.height, 0.05), "height", "aborted", "settle"],
    ["lifting", stuckAt(channelName.height, 0.4), "height", "aborted", "cut"],
    ["motor speed", stuckAt(channelName.motorVelocity("FR_hip"), -9), "motor-speed", "aborted", "settle"],
    ["joint speed", stuckAt(channelName.jointVelocity("FR_hip"), 40), "joint-speed", "aborted", "settle"],
    ["torque", stuckAt(channelName.motorTorque("RL_hip"), 4.5), "motor-torque", "aborted", "settle"],
    ["heat", stuckAt(channelName.motorTemperature("RL_hip"), 99), "motor-temperature", "aborted", "settle"],
    ["a sagging battery", stuckAt(channelName.batteryVoltage, 5), "battery-voltage", "interrupted", "settle"],
    ["walking sideways", stuckAt(channelName.poseY, -2), "lateral-distance", "aborted", "settle"],
    ["NaN", stuckAt(channelName.poseX, Number.NaN), "not-a-number", "interrupted", "settle"],
    ["a blind IMU", stuckAt(channelName.pitch, Number.NaN), "not-a-number", "interrupted", "cut"],
    ["a frozen gyro", stuckAt(channelName.angularVelocity("y"), 0), "frozen", "interrupted", "cut"],
    ["a frozen camera", stuckAt(channelName.poseY, 0.01), "frozen", "interrupted", "settle"],
  ];
  for (const [words, spoil, limit, end, level] of cases)
    it(`of ${limit} by ${words} stops on the very frame: ${level}`, async () => {
      const { log, robot } = await spoilt(spoil);
      const { outcome } = log;
      assert.deepEqual([outcome.end, outcome.reason.code], [end, limit]);
      assert.equal(outcome.breached, LIMIT_NAMES.indexOf(limit));
      const constraint = outcome.constraints[outcome.breached ?? -1]!;
      const planned = 3.5;
      assert.ok(Math.abs(constraint - (1 + (planned - outcome.walked) / planned)) < 1e-9, `${constraint}`);
      assert.ok(outcome.constraints.every((value, index) => index === outcome.breached || value <= 0));
      assert.equal(robot.stops[0]?.level, level);
      // The stop is written while the frame that shows the breach is the newest one.
      const start = log.phases.find(({ phase }) => phase === "ramp-in")!.tRobot;
      assert.ok(Math.abs(robot.stops[0]!.after - start - outcome.reason.time) < 1e-9);
      assert.deepEqual(phasesOf(log).slice(-2), ["safe-stop", "done"]);
      assert.deepEqual([outcome.latched, log.latches.length], [false, 0]);
    });

  it("of frame-gap", async () => {
    let lost = 0;
    const { log } = await spoilt(() => ++lost > 9);
    assert.deepEqual([log.outcome.end, log.outcome.reason.code], ["interrupted", "frame-gap"]);
  });

  it("of frame-age, by frames that stop coming, is seen without a frame and latches when the robot is mute too", async () => {
    for (const confirms of [true, false]) {
      const robot = await robotOf();
      let frames = 0;
      robot.spoil = () => ++frames < 200;
      robot.confirms = confirms;
      const log = await runTrial(robot, shortWalk, planOf(shortWalk));
      assert.deepEqual([log.outcome.end, log.outcome.reason.code], ["interrupted", "frame-age"]);
      assert.deepEqual(
        robot.stops.map(({ level }) => level),
        ["settle", "cut"],
      );
      assert.deepEqual([log.outcome.latched, log.latches.length], confirms ? [false, 0] : [true, 1]);
      assert.equal(phasesOf(log).at(-1), confirms ? "done" : "latched");
      const told = log.events.filter(({ name }) => name === "stop-unconfirmed").map(({ words }) => words);
      assert.equal(told.length, confirms ? 0 : 2);
      if (!confirms) assert.match(told.at(-1) ?? "", /did not confirm .* dead-man .* look at it$/);
    }
  });

  it("of a warning only is noted", async () => {
    const { envelope } = shortWalk;
    const config = {
      ...shortWalk,
      envelope: { ...envelope, tilt: { ...envelope.tilt, action: "warn" as const } },
    };
    const { log } = await spoilt(
      (frame, { layout }) => {
        frame.values[layout.indexOf(channelName.roll)] = 0.9 + 1e-3 * (frame.seq % 7);
        return true;
      },
      2,
      config,
    );
    assert.equal(log.outcome.end, "completed");
    assert.equal(log.events.filter(({ name }) => name === "tilt").length, 1);
  });

  it("of a soft bound only is told, once a walk, and stays out of how close the walk came", async () => {
    const lean: Spoil = (frame, { layout }) => {
      frame.values[layout.indexOf(channelName.roll)] = frame.seq % 20 < 10 ? 0.5 + 1e-3 * (frame.seq % 7) : 0;
      return true;
    };
    const { log } = await spoilt(lean);
    assert.equal(log.outcome.end, "completed");
    const told = log.events.filter(({ name }) => name === "tilt");
    assert.equal(told.length, 1);
    assert.match(told[0]?.words ?? "", /^tilt 0\.50\d* rad is above where a warning is due, 0\.4363 rad$/);
    const { tilt: limit } = shortWalk.envelope;
    const { softHigh: _, ...without } = limit;
    const config = { ...shortWalk, envelope: { ...shortWalk.envelope, tilt: without } };
    const silent = (await spoilt(lean, 2, config)).log;
    assert.deepEqual(silent.outcome.constraints, log.outcome.constraints);
    assert.ok(!silent.events.some(({ name }) => name === "tilt"));
  });

  it("of a soft bound is not told any more when the robot is being stopped", async () => {
    const { log } = await spoilt((frame, capabilities) => {
      stuckAt(channelName.batteryVoltage, 10.2)(frame, capabilities);
      return stuckAt(channelName.motorTorque("RL_hip"), 4.5)(frame, capabilities);
    });
    assert.equal(log.outcome.reason.code, "motor-torque");
    assert.ok(!log.events.some(({ name }) => name === "battery-voltage"));
  });

  it("before the gait was started says nothing about the gait", async () => {
    const { log } = await spoilt(stuckAt(channelName.motorVelocity("FR_hip"), 9), 0.4);
    assert.deepEqual([log.outcome.end, log.outcome.constraints], ["interrupted", []]);
    assert.ok(Number.isNaN(log.outcome.reason.time));
  });

  it("that cuts latches a robot which a person has to pick up", async () => {
    const robot = await robotOf("nominal", false);
    let frames = 0;
    robot.spoil = (frame, capabilities) =>
      ++frames < 200 || stuckAt(channelName.roll, 1)(frame, capabilities);
    const log = await runTrial(robot, shortWalk, planOf(shortWalk));
    assert.deepEqual([log.outcome.end, log.outcome.latched, log.latches[0]?.code], ["aborted", true, "tilt"]);
  });

  it("in the simulated world: a gait that falls is aborted and its robot brought to rest", async () => {
    const robot = await robotOf("rigid");
    const falling = {
      ground_clearance: 0.05,
      ground_penetration: 0.03,
      step_length: 0.08,
      swing_frequency: 5,
      stance_frequency: 5,
    };
    const log = await runTrial(robot, simulatedConfig, planOf(simulatedConfig, { parameters: falling }));
    assert.equal(log.outcome.end, "aborted", JSON.stringify(log.outcome));
    assert.ok(log.outcome.breached !== null);
    assert.equal(robot.stops.at(-1)?.level, "cut");
  });
});

describe("stopping", () => {
  const during = (
    phase: TrialPhase,
    act: (run: Parameters<NonNullable<TrialHooks["between"]>>[0]) => void,
  ): TrialHooks => {
    let done = false;
    return {
      between: (run) => {
        if (run.phase !== phase || done) return;
        done = true;
        act(run);
      },
    };
  };
  const stop = async (phase: TrialPhase, act: Parameters<typeof during>[1]) => {
    const robot = await robotOf();
    return { log: await runTrial(robot, shortWalk, planOf(shortWalk), during(phase, act)), robot };
  };

  it("by an operator ramps out, latches nothing and is no evidence", async () => {
    for (const phase of ["ramp-in", "settle", "measure"] as const) {
      const { log, robot } = await stop(phase, (run) => run.stop("operator-stop", "Ctrl-C"));
      assert.deepEqual([log.outcome.end, log.outcome.reason.code], ["interrupted", "operator-stop"]);
      assert.deepEqual(phasesOf(log).slice(-3), ["ramp-out", "stand-down", "done"]);
      assert.deepEqual([robot.stops[0]?.level, log.outcome.latched], ["neutral", false]);
    }
  });

  it("by an operator before the walk brings it to rest", async () => {
    for (const phase of ["preflight", "stand"] as const) {
      const { log, robot } = await stop(phase, (run) => run.stop("operator-stop", "Ctrl-C"));
      assert.deepEqual([log.outcome.end, log.outcome.constraints], ["interrupted", []]);
      assert.deepEqual(
        [robot.stops[0]?.level, log.outcome.latched],
        [phase === "stand" ? "settle" : "cut", false],
      );
    }
  });

  it("during ramp-out and stand-down changes nothing: it is stopping", async () => {
    for (const phase of ["ramp-out", "stand-down"] as const) {
      const { log } = await stop(phase, (run) => run.stop("operator-stop", "Ctrl-C"));
      assert.equal(log.outcome.end, "completed");
    }
  });

  it("by e-stop latches, once, after the stop was written", async () => {
    const robot = await robotOf();
    let stopsAtLatch = 0;
    const log = await runTrial(
      robot,
      shortWalk,
      planOf(shortWalk),
      during("measure", (run) => {
        run.eStop("operator-stop", "the button");
        stopsAtLatch = robot.stops.length;
        run.eStop("operator-stop", "the button again");
      }),
    );
    assert.deepEqual([log.outcome.end, log.outcome.reason.code], ["aborted", "operator-stop"]);
    assert.deepEqual([log.outcome.latched, log.latches.length, stopsAtLatch], [true, 1, 1]);
    assert.equal(phasesOf(log).at(-1), "latched");
    assert.equal(log.outcome.breached, null);
  });

  it("by the robot's own button is an e-stop", async () => {
    const { log } = await spoilt(stuckAt(channelName.stopButton, 1));
    assert.deepEqual(
      [log.outcome.end, log.outcome.reason.code, log.outcome.latched],
      ["aborted", "stop-button", true],
    );
  });

  it("by a service that fell silent settles, and keeps a walk that was over", async () => {
    const { log, robot } = await stop("measure", (run) => run.stopNow("service-silent", "silence"));
    assert.deepEqual([log.outcome.end, log.outcome.reason.code], ["interrupted", "service-silent"]);
    assert.equal(robot.stops[0]?.level, "settle");
    const late = await stop("ramp-out", (run) => run.stopNow("service-silent", "silence"));
    assert.deepEqual([late.log.outcome.end, late.log.outcome.reason.code], ["completed", "finished"]);
  });

  it("by a lost link, a reboot or a fault interrupts", async () => {
    const events = [
      [{ kind: "link-lost", reason: "unplugged" }, "link-lost", "LINK_LOST"],
      [{ kind: "rebooted", reason: "brown-out" }, "robot-rebooted", undefined],
      [{ kind: "fault", code: "HOT", reason: "a driver" }, "robot-fault", undefined],
      [{ kind: "clock-set", reason: "back by an hour" }, "robot-fault", undefined],
    ] as const;
    for (const [event, code, failure] of events) {
      const robot = await robotOf();
      const log = await runTrial(
        robot,
        shortWalk,
        planOf(shortWalk),
        during("measure", () => robot.emit(event)),
      );
      assert.deepEqual(
        [log.outcome.end, log.outcome.reason.code, log.failure?.code],
        ["interrupted", code, failure],
      );
      assert.ok(robot.stops.length > 0 && !log.outcome.latched);
    }
  });
});
