/**
 * What every implementation of `Robot` must do, as a suite for node:test. Call it at the top of a test file:
 *
 *     robotConformance("my robot", async () => ({ robot: …, safe: …, remove: … }));
 *
 * The robot will walk: hang it up, or give it a simulated one behind your link.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it, type TestContext } from "node:test";
import { GaitsmithError } from "../errors.ts";
import type { Command } from "../robot/command.ts";
import { type ParameterSetOnWire, parameterHash } from "../robot/parameters.ts";
import type { Acknowledgement, Capabilities, Robot, RobotEvent } from "../robot/robot.ts";
import { channelName, type TelemetryFrame } from "../robot/telemetry-frame.ts";

/** The suite stands in for the gate: it sends what a gate would clear, and what the robot itself must refuse. */
export type RobotUnderTest = Omit<Robot, "send"> & { send(command: Command): Promise<Acknowledgement> };

export interface RobotPlace {
  /** Not yet opened. */
  readonly robot: RobotUnderTest;
  /** A gait known to be safe, as the robot gets it. */
  readonly safe: ParameterSetOnWire;
  /** Where it differs from a robot with all sensors that answers at once. */
  readonly differs?: RobotDifferences;
  /** Takes away whatever stands behind the robot; the robot is closed by then. */
  remove(): Promise<void>;
}

export interface RobotDifferences {
  /** Channels it must report instead of every joint's position, roll, pitch and the battery's voltage. */
  readonly reports?: readonly string[];
  /** Ramps of the walks, s; a robot that ramps at its own pace needs longer ones. Default 0.3. */
  readonly ramp?: number;
  /** From arming to standing, s. Default 1.3. */
  readonly rise?: number;
  /** Joint targets that are safe, rad, of a robot whose joints do not say where they are. */
  readonly stance?: readonly number[];
  /** Least frames per second while it rises and walks; default four fifths of its nominal rate. */
  readonly leastRate?: number;
}

/** Ramps of the walks, and from arming to standing, s. */
const USUAL = { ramp: 0.3, rise: 1.3 };

export function robotConformance(name: string, create: () => Promise<RobotPlace>): void {
  describe(`${name} is a robot`, () => {
    let place: RobotPlace;
    let ramp: number;
    let rise: number;
    let robot: RobotUnderTest;
    let capabilities: Capabilities;
    let frames: TelemetryFrame[];
    let events: RobotEvent[];

    beforeEach(async () => {
      place = await create();
      ({ robot } = place);
      ({ ramp, rise } = { ...USUAL, ...place.differs });
      frames = [];
      events = [];
      robot.onFrame((frame) => frames.push({ ...frame, values: frame.values.slice() }));
      robot.onEvent((event) => events.push(event));
      capabilities = await robot.open();
    });

    afterEach(async () => {
      await robot.close();
      await place.remove();
    });

    /** Lets this much of the robot's time go by. */
    async function elapse(seconds: number): Promise<void> {
      if (capabilities.clock === "realtime") {
        await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
        return;
      }
      await robot.advance();
      const end = frames.at(-1)!.tRobot + seconds;
      while (frames.at(-1)!.tRobot < end) await robot.advance();
    }

    async function accept(command: Command): Promise<Acknowledgement> {
      const answer = await robot.send(command);
      assert.equal(answer.accepted, true, `${command.kind}: ${answer.reason}`);
      return answer;
    }

    async function refuse(command: Command): Promise<void> {
      const answer = await robot.send(command);
      assert.equal(answer.accepted, false, `${command.kind} is accepted`);
      assert.notEqual(answer.reason, "", `${command.kind} is refused without a reason`);
    }

    const staging = (parameters: ParameterSetOnWire): Command => ({
      kind: "stage",
      parameters,
      rampIn: ramp,
      rampOut: ramp,
    });

    async function lease(): Promise<void> {
      await robot.acquireLease("conformance");
      if (capabilities.returnsByItself) await robot.place({ seed: 1, suggestion: 0, carryOver: null });
    }

    /** Where the joints are now, or may be, rad. */
    function measured(): Float64Array {
      const { stance } = place.differs ?? {};
      if (stance !== undefined) return Float64Array.from(stance);
      const { layout, joints } = capabilities;
      return Float64Array.from(joints, (joint) => {
        const channel = layout.indexOf(channelName.jointPosition(joint));
        return frames.findLast(({ values }) => Number.isFinite(values[channel]!))!.values[channel]!;
      });
    }

    /** Sends the same targets at the robot's rate for this much of its time. */
    async function stream(positions: Float64Array, seconds: number): Promise<void> {
      const { rate } = capabilities.targets!;
      for (let target = 0; target < seconds * rate; target++) {
        await accept({ kind: "targets", positions });
        await elapse(1 / rate);
      }
    }

    /** Of a robot that runs gaits by itself, or of one that follows targets. */
    const only =
      (runsGait: boolean, test: () => Promise<void>) =>
      async (context: TestContext): Promise<void> => {
        if (capabilities.runsGait === runsGait) await test();
        else context.skip(runsGait ? "it runs no gait" : "it takes no targets");
      };

    async function walk(): Promise<void> {
      await lease();
      if (!capabilities.runsGait) {
        await elapse(0.1);
        const positions = measured();
        await accept({ kind: "arm" });
        await stream(positions, rise + 2 * ramp);
        return;
      }
      await accept({ kind: "arm" });
      await elapse(rise);
      await accept(staging(place.safe));
      await accept({ kind: "commit", hash: parameterHash(place.safe) });
      await accept({ kind: "start" });
      await elapse(2 * ramp);
    }

    it("says what it is and what it reports", () => {
      const { layout, joints, telemetryRate, robotId, firmware } = capabilities;
      assert.ok(robotId !== "" && firmware !== "" && telemetryRate > 0 && joints.length > 0);
      const usual = [
        ...joints.map(channelName.jointPosition),
        channelName.roll,
        channelName.pitch,
        channelName.batteryVoltage,
      ];
      for (const required of place.differs?.reports ?? usual) assert.ok(layout.has(required), required);
      for (const { joint } of layout.channels)
        assert.ok(joint === undefined || joints.includes(joint), joint);
    });

    it("opens once: a second time gives the same", async () => {
      assert.deepEqual(await robot.open(), capabilities);
    });

    it("obeys whoever has the lease, and nobody else", async () => {
      await refuse({ kind: "arm" });
      const first = await robot.acquireLease("first");
      assert.equal(first.owner, "first");
      await assert.rejects(robot.acquireLease("second"), (error: unknown) => {
        assert.ok(error instanceof GaitsmithError && error.code === "ROBOT_BUSY");
        assert.match(error.message, /first/, "it names the owner");
        return true;
      });
      const again = await robot.acquireLease("first");
      assert.ok(again.epoch > first.epoch, "a new lease has a higher epoch");
    });

    it(
      "does nothing out of order",
      only(true, async () => {
        await lease();
        await refuse({ kind: "start" });
        await refuse({ kind: "commit", hash: parameterHash(place.safe) });
        await accept({ kind: "arm" });
        await elapse(rise);
        await refuse({ kind: "start" });
        await accept(staging(place.safe));
        await refuse({ kind: "commit", hash: "00000000" });
        await refuse({ kind: "start" });
        await accept({ kind: "commit", hash: parameterHash(place.safe) });
        await accept({ kind: "disarm" });
      }),
    );

    it(
      "answers a staged set with the hash of what it understood, and refuses what it does not understand",
      only(true, async () => {
        await lease();
        const { gait, values } = place.safe;
        const answer = await accept(staging(place.safe));
        assert.equal(answer.hash, parameterHash(place.safe));
        const [first = ["", 0]] = values;
        await refuse(staging({ gait: "no-such-gait", values }));
        await refuse(staging({ gait, values: values.slice(1) }));
        await refuse(staging({ gait, values: [...values, ["no_such_parameter", 1]] }));
        await refuse(staging({ gait, values: [[first[0], 1e6], ...values.slice(1)] }));
        await refuse(staging({ gait, values: [[first[0], Number.NaN], ...values.slice(1)] }));
      }),
    );

    it(
      "walks, stops in the neutral stance and is disarmed",
      only(true, async () => {
        await walk();
        await refuse({ kind: "disarm" });
        await refuse(staging({ gait: "no-such-gait", values: [] }));
        const stopped = await robot.stop("neutral");
        assert.ok(stopped.confirmed && stopped.level === "neutral");
        assert.ok(stopped.tRobot > 0);
        await elapse(ramp + 0.3);
        await accept({ kind: "disarm" });
        assert.deepEqual(events, []);
      }),
    );

    it(
      "says at what rate it wants targets, and when it stops without",
      only(false, async () => {
        const { rate, timeout } = capabilities.targets!;
        assert.ok(rate > 0 && timeout > 1 / rate && Number.isFinite(timeout));
      }),
    );

    it(
      "runs no gait",
      only(false, async () => {
        await lease();
        await refuse(staging(place.safe));
        await refuse({ kind: "commit", hash: parameterHash(place.safe) });
        await refuse({ kind: "start" });
      }),
    );

    it(
      "takes sound targets while it has power, and is disarmed",
      only(false, async () => {
        await lease();
        await elapse(0.1);
        const positions = measured();
        await refuse({ kind: "targets", positions });
        await accept({ kind: "arm" });
        await stream(positions, 0.3);
        await refuse({ kind: "targets", positions: positions.with(0, Number.NaN) });
        await refuse({ kind: "targets", positions: positions.subarray(1) });
        await accept({ kind: "targets", positions });
        await accept({ kind: "disarm" });
        await refuse({ kind: "targets", positions });
        assert.deepEqual(events, []);
      }),
    );

    it(
      "comes to rest by itself when no more targets come",
      only(false, async () => {
        await walk();
        const positions = measured();
        await elapse(capabilities.targets!.timeout + 0.2);
        await refuse({ kind: "targets", positions });
        assert.ok(
          events.some(({ kind }) => kind === "fault"),
          "it says so",
        );
      }),
    );

    it("reports frames in order, stamped with its own clock, with a value for every channel", async () => {
      await walk();
      const leastRate = place.differs?.leastRate ?? 0.8 * capabilities.telemetryRate;
      assert.ok(frames.length > leastRate * (rise + 2 * ramp));
      for (const [index, frame] of frames.entries()) {
        assert.equal(frame.values.length, capabilities.layout.length);
        const before = frames[index - 1];
        if (before === undefined) continue;
        assert.ok(
          frame.seq > before.seq && frame.tRobot > before.tRobot && frame.tArrival >= before.tArrival,
        );
      }
    });

    it("stops from any state, as often as it is asked, and a milder stop never softens a harder one", async () => {
      assert.ok((await robot.stop("cut")).confirmed, "before any lease");
      await walk();
      for (const level of ["settle", "cut", "cut", "settle", "neutral"] as const) {
        assert.ok((await robot.stop(level)).confirmed, level);
      }
      await elapse(0.1);
      await refuse(capabilities.runsGait ? { kind: "start" } : { kind: "targets", positions: measured() });
      await accept({ kind: "arm" });
    });

    it("takes a stop while it answers something else", async () => {
      await walk();
      const command: Command = capabilities.runsGait
        ? { kind: "start" }
        : { kind: "targets", positions: measured() };
      const pending = capabilities.clock === "lockstep" ? robot.advance() : robot.send(command);
      const [stopped] = await Promise.all([robot.stop("cut"), pending]);
      assert.ok(stopped.confirmed);
    });

    it("closes as often as it is asked, and then is gone", async () => {
      await lease();
      await Promise.all([robot.close(), robot.close()]);
      await robot.close();
      await assert.rejects(robot.send({ kind: "arm" }), GaitsmithError);
      await assert.rejects(robot.open(), GaitsmithError);
      assert.equal((await robot.stop("cut")).confirmed, false);
    });
  });
}
