/** Joint targets streamed to a robot that runs no gait: the trial's state machine on the simulated robot in lockstep. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { SimulatedRobotOptions } from "../../sim/simulated-robot.ts";
import type { GaitController } from "../../src/gait/gait.ts";
import { gaitNamed } from "../../src/gait/gaits.ts";
import type { Command } from "../../src/robot/command.ts";
import { ChannelLayout, channelName } from "../../src/robot/telemetry-frame.ts";
import type { Limit } from "../../src/safety/limit.ts";
import type { TrialPhase } from "../../src/station/messages.ts";
import type { TrialRun } from "../../src/station/trial-run.ts";
import { OPTIMISED_TROT } from "../gait/body.ts";
import { FaultRobot } from "./fault-robot.ts";
import { planOf, shortWalk, simulatedConfig } from "./station-process.ts";
import { runTrial, type TrialLog } from "./trial-bench.ts";

const STREAMED = { streamed: { timeout: 0.2 } };
const opened: FaultRobot[] = [];
after(() => Promise.all(opened.map((robot) => robot.close())));

async function robotOf(options: Partial<SimulatedRobotOptions> = STREAMED): Promise<FaultRobot> {
  const robot = await FaultRobot.open("nominal", true, options);
  opened.push(robot);
  return robot;
}

/** Everything the robot is sent, in order, with the robot time of the newest frame. */
function sentTo(robot: FaultRobot): { command: Command; after: number }[] {
  const sent: { command: Command; after: number }[] = [];
  const { answer } = robot;
  robot.answer = (command) => {
    const copy = command.kind === "targets" ? { ...command, positions: command.positions.slice() } : command;
    sent.push({ command: copy, after: robot.newest });
    return answer(command);
  };
  return sent;
}

const targetsIn = (sent: readonly { command: Command; after: number }[]) =>
  sent.flatMap(({ command, after }) =>
    command.kind === "targets" ? [{ positions: command.positions, after }] : [],
  );

const phaseAt = (log: TrialLog, phase: TrialPhase): number =>
  log.phases.find((one) => one.phase === phase)!.tRobot;

describe("streamed joint targets", () => {
  const seed = planOf(simulatedConfig).parameters;
  const gaits: Readonly<Record<string, Readonly<Record<string, number>>>> = {
    "the seed gait": seed,
    "the trot of the literature": OPTIMISED_TROT,
    "long steps": { ...seed, step_length: 0.062, swing_frequency: 1.73, stance_frequency: 3.48 },
    "short steps": { ...seed, step_length: 0.02, swing_frequency: 2 },
  };
  for (const [name, parameters] of Object.entries(gaits))
    it(`walk ${name} as the robot's own program does`, async () => {
      const config = { ...simulatedConfig, walk: { ...simulatedConfig.walk, measure: 4 } };
      const plan = planOf(config, { parameters });
      const [onboard, streamed] = [
        await runTrial(await robotOf({}), config, plan),
        await runTrial(await robotOf(), config, plan),
      ];
      assert.equal(streamed.outcome.end, "completed");
      assert.deepEqual(
        streamed.phases.map(({ phase }) => phase),
        onboard.phases.map(({ phase }) => phase),
      );
      const [a, b] = [onboard, streamed].map((log) => log.reports.at(-1)!.metrics);
      // Targets come three control periods later, and one in two hundred is lost with the frame that it answers.
      assert.ok(
        Math.abs(b!.forward_speed - a!.forward_speed) < 0.006,
        `${a!.forward_speed} ${b!.forward_speed}`,
      );
      assert.ok(Math.abs(b!.tilt_rms / a!.tilt_rms - 1) < 0.1, `${a!.tilt_rms} ${b!.tilt_rms}`);
      assert.ok(Math.abs(b!.energy / a!.energy - 1) < 0.1, `${a!.energy} ${b!.energy}`);
    });

  it("are the same again, bit for bit, wherever in a session the walk comes", async () => {
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

  it("come one per frame from arming to disarming, and nothing else is sent", async () => {
    const robot = await robotOf();
    const sent = sentTo(robot);
    await runTrial(robot, shortWalk, planOf(shortWalk));
    const kinds = sent.map(({ command }) => command.kind);
    assert.deepEqual([kinds[0], kinds.at(-1)], ["arm", "disarm"]);
    assert.ok(kinds.slice(1, -1).every((kind) => kind === "targets"));
    assert.deepEqual(robot.stops, []);
    const times = targetsIn(sent).map(({ after }) => after);
    times.forEach((time, index) => {
      if (index > 0) assert.ok(time > times[index - 1]!, "a burst");
    });
    assert.ok(times.length > 0.98 * 100 * (times.at(-1)! - times[0]!));
  });

  it("rise slowly from where the joints are, and begin and end the walk in the neutral stance", async () => {
    const robot = await robotOf();
    const sent = sentTo(robot);
    const measured = new Float64Array(8);
    robot.spoil = (frame, { layout, joints }) => {
      if (sent.length === 0)
        joints.forEach((joint, index) => {
          measured[index] = frame.values[layout.indexOf(channelName.jointPosition(joint))]!;
        });
      return true;
    };
    const log = await runTrial(robot, shortWalk, planOf(shortWalk));
    const targets = targetsIn(sent);
    const start = phaseAt(log, "ramp-in");
    const rising = targets.filter(({ after }) => after < start);
    const neutral = gaitNamed(shortWalk.gait.name).neutral(shortWalk.gait.body!);
    rising[0]!.positions.forEach((target, joint) => {
      assert.ok(Math.abs(target - measured[joint]!) < 0.01, `${joint}: ${target} ${measured[joint]}`);
    });
    rising.slice(1).forEach(({ positions, after }, index) => {
      const before = rising[index]!;
      positions.forEach((target, joint) => {
        const speed = Math.abs(target - before.positions[joint]!) / (after - before.after);
        assert.ok(speed <= 1.5 + 1e-6, `${speed} rad/s`);
      });
    });
    assert.deepEqual(rising.at(-1)!.positions, neutral);
    const down = targets.filter(({ after }) => after > phaseAt(log, "stand-down"));
    assert.ok(down.length > 40 && down.every(({ positions }) => positions.every((x, i) => x === neutral[i])));
  });

  it("go straight to the neutral stance where the robot does not say where its joints are", async () => {
    const robot = await robotOf();
    robot.disguise = (capabilities) => ({
      ...capabilities,
      layout: new ChannelLayout(
        capabilities.layout.channels.map((channel) =>
          channel.name.startsWith("joint.") ? { ...channel, name: `hidden.${channel.name}` } : channel,
        ),
      ),
    });
    const unwatched = (name: "joint-position" | "joint-speed"): Limit => ({
      ...shortWalk.envelope[name],
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      unwatched: "no encoders",
    });
    const { joints: _, ...position } = unwatched("joint-position");
    const blind = {
      ...shortWalk,
      envelope: {
        ...shortWalk.envelope,
        "joint-position": position,
        "joint-speed": unwatched("joint-speed"),
      },
    };
    const sent = sentTo(robot);
    const log = await runTrial(robot, blind, planOf(blind));
    assert.equal(log.outcome.end, "completed", log.outcome.reason.words);
    const neutral = gaitNamed(blind.gait.name).neutral(blind.gait.body!);
    const [first, ...others] = targetsIn(sent);
    assert.deepEqual(first!.positions, neutral);
    // Nobody watches the legs' speed: targets keep to the motors' limit, and to the body's range.
    others.forEach(({ positions, after }, index) => {
      const before = index === 0 ? first! : others[index - 1]!;
      positions.forEach((target, joint) => {
        assert.ok(Math.abs(target - before.positions[joint]!) <= 5 * (after - before.after) + 1e-4);
      });
    });
  });

  it("end at once, before the stop is written, whatever ends the walk", async () => {
    const causes: Readonly<Record<string, (robot: FaultRobot, run: TrialRun) => void>> = {
      "a breached limit": (robot) => {
        robot.spoil = (frame, { layout }) => {
          frame.values[layout.indexOf(channelName.roll)] = 1;
          return true;
        };
      },
      "silence of the robot": (robot) => {
        robot.spoil = () => false;
      },
      "an e-stop": (_, run) => run.eStop("operator-stop", "pressed"),
      "a lost link": (_, run) => run.linkLost("unplugged"),
      "a dead service": (_, run) => run.stopNow("service-died", "it died"),
    };
    for (const [cause, strike] of Object.entries(causes)) {
      const robot = await robotOf();
      const sent = sentTo(robot);
      let struck = false;
      const log = await runTrial(robot, shortWalk, planOf(shortWalk), {
        between: (run) => {
          if (struck || run.phase !== "measure") return;
          struck = true;
          strike(robot, run);
        },
      });
      assert.ok(struck && robot.stops.length > 0, cause);
      assert.ok(["settle", "cut"].includes(robot.stops[0]!.level), cause);
      const last = targetsIn(sent).at(-1)!;
      // The frame that shows the breach is answered with the stop alone.
      if (cause === "a breached limit") assert.ok(last.after < robot.stops[0]!.after, cause);
      assert.ok(last.after <= robot.stops[0]!.after, cause);
      assert.equal(sent.at(-1)!.command.kind, "targets", cause);
      assert.notEqual(log.outcome.end, "completed", cause);
      await robot.close();
    }
  });

  it("ramp out when the pruner ends the walk, and stand", async () => {
    const robot = await robotOf();
    const log = await runTrial(robot, simulatedConfig, planOf(simulatedConfig), {
      decide: (step) => (step === 3 ? "stop" : "go-on"),
    });
    assert.deepEqual([log.outcome.end, log.outcome.reports], ["pruned", 3]);
    assert.equal(log.phases.at(-1)!.phase, "done");
    assert.deepEqual(robot.stops, []);
    assert.equal(robot.robot.state, "off");
  });

  it("that are refused end the walk as an accident", async () => {
    const robot = await robotOf();
    let count = 0;
    robot.answer = ({ kind }) =>
      kind === "targets" && ++count > 150 ? { accepted: false, reason: "no power" } : null;
    const log = await runTrial(robot, shortWalk, planOf(shortWalk));
    assert.deepEqual([log.outcome.end, log.outcome.reason.code], ["interrupted", "targets-refused"]);
    assert.match(log.outcome.reason.words, /no power/);
    assert.deepEqual([robot.stops[0]!.level, log.failure], ["settle", null]);
  });

  it("that do not reach the robot let it come to rest by itself", async () => {
    const robot = await robotOf();
    let count = 0;
    let resting = Number.NaN;
    let lost = Number.NaN;
    robot.answer = ({ kind }) => {
      if (kind !== "targets" || ++count <= 150) return null;
      if (Number.isNaN(lost)) lost = robot.robot.time;
      return { accepted: true, reason: "" };
    };
    const log = await runTrial(robot, shortWalk, planOf(shortWalk), {
      between: () => {
        if (Number.isNaN(resting) && robot.robot.state === "settling") resting = robot.robot.time;
      },
    });
    assert.deepEqual([log.outcome.end, log.outcome.reason.code], ["interrupted", "robot-fault"]);
    assert.match(log.outcome.reason.words, /TARGETS_MISSING/);
    assert.ok(resting - lost > 0.15 && resting - lost < 0.3, `${resting - lost} s`);
    assert.equal(robot.robot.state, "off");
  });

  it("of a station that slept longer than the robot waits are not sent any more", async () => {
    const robot = await robotOf();
    const sent = sentTo(robot);
    let from = Number.NaN;
    robot.spoil = (frame) => {
      if (sent.length < 150) return true;
      if (Number.isNaN(from)) from = frame.tRobot;
      return frame.tRobot - from > 0.3;
    };
    const patient = {
      ...shortWalk,
      envelope: {
        ...shortWalk.envelope,
        "frame-age": { ...shortWalk.envelope["frame-age"], high: 5 },
        "frame-gap": { ...shortWalk.envelope["frame-gap"], high: 500 },
      },
    };
    const log = await runTrial(robot, patient, planOf(patient), {
      // The robot's own word for it is lost.
      between: () => robot.robot.onEvent(() => {}),
    });
    assert.deepEqual([log.outcome.end, log.outcome.reason.code], ["interrupted", "targets-late"]);
    assert.match(log.outcome.reason.words, /for 0\.3\d s; the robot waits 0\.2 s/);
    assert.equal(targetsIn(sent).filter(({ after }) => after > from).length, 0);
  });

  it("of a controller gone wrong never reach the robot", async (context) => {
    const gait = gaitNamed(shortWalk.gait.name);
    const { start } = gait;
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, 3]) {
      context.mock.method(gait, "start", (...given: Parameters<typeof start>): GaitController => {
        const controller = start(...given);
        return {
          get time() {
            return controller.time;
          },
          step: (dt, targets) => {
            controller.step(dt, targets);
            if (controller.time > 1) targets[3] = wrong;
          },
        };
      });
      const robot = await robotOf();
      const sent = sentTo(robot);
      const log = await runTrial(robot, shortWalk, planOf(shortWalk));
      context.mock.restoreAll();
      assert.equal(log.failure?.code, "GATE_REFUSED");
      assert.match(log.failure.message, wrong === 3 ? /beyond the joint's limit/ : /not a finite number/);
      assert.equal(log.outcome.end, "interrupted");
      assert.equal(robot.stops[0]!.level, "settle");
      for (const { positions } of targetsIn(sent))
        assert.ok(positions.every((target) => target >= -2.6 && target <= 1.6));
    }
  });

  it("wait for a gait that is not feasible: nothing is powered", async () => {
    const robot = await robotOf();
    const sent = sentTo(robot);
    const log = await runTrial(robot, shortWalk, planOf(shortWalk), { feasible: false });
    assert.equal(log.failure?.code, "GATE_REFUSED");
    assert.deepEqual(sent, []);
  });
});
