/**
 * What every implementation of `Robot` must do, as a suite for node:test. Call it at the top of a test file:
 *
 *     robotConformance("my robot", async () => ({ robot: …, safe: …, remove: … }));
 *
 * The robot will walk: hang it up, or give it a simulated one behind your link.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GaitsmithError } from "../errors.ts";
import type { Command } from "../robot/command.ts";
import { type ParameterSetOnWire, parameterHash } from "../robot/parameters.ts";
import type { Acknowledgement, Robot } from "../robot/robot.ts";
import { channelName } from "../robot/telemetry-frame.ts";
import { RobotBench } from "./robot-bench.ts";

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

/**
 * @param atOnce how many robots may exist at once; a real one exists once
 */
export function robotConformance(
  name: string,
  create: () => Promise<RobotPlace>,
  { atOnce = 1 }: { readonly atOnce?: number } = {},
): void {
  describe(`${name} is a robot`, { concurrency: atOnce }, () => {
    /** @param runsGait of robots that run gaits by themselves, or of those that follow targets; null: of both */
    const checking =
      (runsGait: boolean | null) =>
      (title: string, body: (bench: RobotBench) => Promise<void>): void => {
        it(title, async (context) => {
          const bench = await RobotBench.open(await create());
          try {
            if (runsGait !== null && bench.capabilities.runsGait !== runsGait)
              context.skip(runsGait ? "it runs no gait" : "it takes no targets");
            else await body(bench);
          } finally {
            await bench.close();
          }
        });
      };
    const check = checking(null);
    const onboard = checking(true);
    const streamed = checking(false);

    check("says what it is and what it reports", async (bench) => {
      const { layout, joints, telemetryRate, robotId, firmware } = bench.capabilities;
      assert.ok(robotId !== "" && firmware !== "" && telemetryRate > 0 && joints.length > 0);
      const usual = [
        ...joints.map(channelName.jointPosition),
        channelName.roll,
        channelName.pitch,
        channelName.batteryVoltage,
      ];
      for (const required of bench.place.differs?.reports ?? usual) assert.ok(layout.has(required), required);
      for (const { joint } of layout.channels)
        assert.ok(joint === undefined || joints.includes(joint), joint);
    });

    check("opens once: a second time gives the same", async (bench) => {
      assert.deepEqual(await bench.robot.open(), bench.capabilities);
    });

    check("echoes its own limits, if it can, the same each time and without a lease", async (bench) => {
      const { robot, capabilities } = bench;
      if (robot.limits === undefined) return;
      const { limits, deadMan } = await robot.limits();
      for (const { name, joint, unit, low, high, action } of limits) {
        assert.ok(name !== "" && typeof unit === "string" && ["settle", "cut"].includes(action), name);
        assert.ok(joint === "" || capabilities.joints.includes(joint), `${name}: there is no joint ${joint}`);
        assert.ok(low < high, `${name} ${joint}: ${low} … ${high}`);
      }
      assert.equal(deadMan === null, capabilities.clock === "lockstep", "in real time it has a dead-man");
      if (deadMan !== null) assert.ok(deadMan.settleAfter > 0 && deadMan.cutAfter >= deadMan.settleAfter);
      assert.deepEqual(await robot.limits(), { limits, deadMan });
    });

    check("answers a question that takes nothing but time, if it can", async (bench) => {
      const { robot, capabilities, events } = bench;
      if (robot.roundTrip === undefined || capabilities.clock === "lockstep") return;
      for (let count = 0; count < 3; count++) {
        const seconds = await robot.roundTrip();
        assert.ok(seconds >= 0 && Number.isFinite(seconds), `${seconds} s`);
      }
      assert.deepEqual(events, []);
    });

    check("obeys whoever has the lease, and nobody else", async (bench) => {
      await bench.refuse({ kind: "arm" });
      const first = await bench.robot.acquireLease("first");
      assert.equal(first.owner, "first");
      await assert.rejects(bench.robot.acquireLease("second"), (error: unknown) => {
        assert.ok(error instanceof GaitsmithError && error.code === "ROBOT_BUSY");
        assert.match(error.message, /first/, "it names the owner");
        return true;
      });
      const again = await bench.robot.acquireLease("first");
      assert.ok(again.epoch > first.epoch, "a new lease has a higher epoch");
    });

    onboard("does nothing out of order", async (bench) => {
      await bench.lease();
      await bench.refuse({ kind: "start" });
      await bench.refuse({ kind: "commit", hash: parameterHash(bench.place.safe) });
      await bench.accept({ kind: "arm" });
      await bench.elapse(bench.rise);
      await bench.refuse({ kind: "start" });
      await bench.accept(bench.staging(bench.place.safe));
      await bench.refuse({ kind: "commit", hash: "00000000" });
      await bench.refuse({ kind: "start" });
      await bench.accept({ kind: "commit", hash: parameterHash(bench.place.safe) });
      await bench.accept({ kind: "disarm" });
    });

    onboard(
      "answers a staged set with the hash of what it understood, and refuses what it does not understand",
      async (bench) => {
        await bench.lease();
        const { gait, values } = bench.place.safe;
        const answer = await bench.accept(bench.staging(bench.place.safe));
        assert.equal(answer.hash, parameterHash(bench.place.safe));
        const [first = ["", 0]] = values;
        await bench.refuse(bench.staging({ gait: "no-such-gait", values }));
        await bench.refuse(bench.staging({ gait, values: values.slice(1) }));
        await bench.refuse(bench.staging({ gait, values: [...values, ["no_such_parameter", 1]] }));
        await bench.refuse(bench.staging({ gait, values: [[first[0], 1e6], ...values.slice(1)] }));
        await bench.refuse(bench.staging({ gait, values: [[first[0], Number.NaN], ...values.slice(1)] }));
      },
    );

    onboard("tells the committed set, if it can tell one", async (bench) => {
      await bench.lease();
      const held = async (): Promise<ParameterSetOnWire | null | undefined> =>
        bench.robot.activeParameters?.().catch((error: unknown) => {
          assert.ok(error instanceof GaitsmithError && error.code === "ROBOT_REFUSED", String(error));
          return undefined;
        });
      if ((await held()) === undefined) return;
      const { safe } = bench.place;
      await bench.accept(bench.staging(safe));
      await bench.accept({ kind: "commit", hash: parameterHash(safe) });
      const active = await held();
      assert.equal(active?.gait, safe.gait);
      const values = new Map(active?.values);
      assert.equal(values.size, safe.values.length);
      for (const [name, value] of safe.values)
        assert.ok([value, Math.fround(value)].includes(values.get(name)!), `${name} is ${values.get(name)}`);
    });

    onboard("walks, stops in the neutral stance and is disarmed", async (bench) => {
      await bench.walk();
      await bench.refuse({ kind: "disarm" });
      await bench.refuse(bench.staging({ gait: "no-such-gait", values: [] }));
      const stopped = await bench.robot.stop("neutral");
      assert.ok(stopped.confirmed && stopped.level === "neutral");
      assert.ok(stopped.tRobot > 0);
      await bench.elapse(bench.ramp + 0.3);
      await bench.accept({ kind: "disarm" });
      assert.deepEqual(bench.events, []);
    });

    streamed("says at what rate it wants targets, and when it stops without", async (bench) => {
      const { rate, timeout } = bench.capabilities.targets!;
      assert.ok(rate > 0 && timeout > 1 / rate && Number.isFinite(timeout));
    });

    streamed("runs no gait", async (bench) => {
      await bench.lease();
      await bench.refuse(bench.staging(bench.place.safe));
      await bench.refuse({ kind: "commit", hash: parameterHash(bench.place.safe) });
      await bench.refuse({ kind: "start" });
    });

    streamed("takes sound targets while it has power, and is disarmed", async (bench) => {
      await bench.lease();
      await bench.elapse(0.1);
      const positions = bench.measured();
      await bench.refuse({ kind: "targets", positions });
      await bench.accept({ kind: "arm" });
      await bench.stream(positions, 0.3);
      await bench.refuse({ kind: "targets", positions: positions.with(0, Number.NaN) });
      await bench.refuse({ kind: "targets", positions: positions.subarray(1) });
      await bench.accept({ kind: "targets", positions });
      await bench.accept({ kind: "disarm" });
      await bench.refuse({ kind: "targets", positions });
      assert.deepEqual(bench.events, []);
    });

    streamed("comes to rest by itself when no more targets come", async (bench) => {
      await bench.walk();
      const positions = bench.measured();
      await bench.elapse(bench.capabilities.targets!.timeout + 0.2);
      await bench.refuse({ kind: "targets", positions });
      assert.ok(
        bench.events.some(({ kind }) => kind === "fault"),
        "it says so",
      );
    });

    check(
      "reports frames in order, stamped with its own clock, with a value for every channel",
      async (bench) => {
        await bench.walk();
        const leastRate = bench.place.differs?.leastRate ?? 0.8 * bench.capabilities.telemetryRate;
        assert.ok(bench.frames.length > leastRate * (bench.rise + 2 * bench.ramp));
        for (const [index, frame] of bench.frames.entries()) {
          assert.equal(frame.values.length, bench.capabilities.layout.length);
          const before = bench.frames[index - 1];
          if (before === undefined) continue;
          assert.ok(
            frame.seq > before.seq && frame.tRobot > before.tRobot && frame.tArrival >= before.tArrival,
          );
        }
      },
    );

    check(
      "stops from any state, as often as it is asked, and a milder stop never softens a harder one",
      async (bench) => {
        assert.ok((await bench.robot.stop("cut")).confirmed, "before any lease");
        await bench.walk();
        for (const level of ["settle", "cut", "cut", "settle", "neutral"] as const) {
          assert.ok((await bench.robot.stop(level)).confirmed, level);
        }
        await bench.elapse(0.1);
        await bench.refuse(
          bench.capabilities.runsGait ? { kind: "start" } : { kind: "targets", positions: bench.measured() },
        );
        await bench.accept({ kind: "arm" });
      },
    );

    check("takes a stop while it answers something else", async (bench) => {
      await bench.walk();
      const command: Command = bench.capabilities.runsGait
        ? { kind: "start" }
        : { kind: "targets", positions: bench.measured() };
      const pending =
        bench.capabilities.clock === "lockstep" ? bench.robot.advance() : bench.robot.send(command);
      const [stopped] = await Promise.all([bench.robot.stop("cut"), pending]);
      assert.ok(stopped.confirmed);
    });

    check("closes as often as it is asked, and then is gone", async (bench) => {
      await bench.lease();
      await Promise.all([bench.robot.close(), bench.robot.close()]);
      await bench.robot.close();
      await assert.rejects(bench.robot.send({ kind: "arm" }), GaitsmithError);
      await assert.rejects(bench.robot.open(), GaitsmithError);
      assert.equal((await bench.robot.stop("cut")).confirmed, false);
    });
  });
}
