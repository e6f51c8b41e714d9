import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { GaitsmithError } from "../../src/errors.ts";
import {
  CommandOrder,
  DONE,
  misunderstoodBy,
  type Performed,
  type RobotActions,
} from "../../src/links/command-order.ts";
import type { Command } from "../../src/robot/command.ts";
import { parameterHash } from "../../src/robot/parameters.ts";

const SET = { gait: "trot", values: [["step_length", 0.04]] } as const;
const STAGE: Command = { kind: "stage", parameters: SET, rampIn: 0.5, rampOut: 1 };
const COMMIT: Command = { kind: "commit", hash: parameterHash(SET) };

describe("order of commands", () => {
  let now: number;
  let done: string[];
  let actions: RobotActions;
  let order: CommandOrder;
  const perform = (name: string) => (): Promise<Performed> => {
    done.push(name);
    return Promise.resolve(DONE);
  };

  beforeEach(() => {
    now = 10;
    done = [];
    actions = {
      arm: perform("arm"),
      disarm: perform("disarm"),
      stage: perform("stage"),
      start: perform("start"),
      targets: perform("targets"),
    };
    order = new CommandOrder({
      robotId: "robot",
      now: () => now,
      misunderstood: misunderstoodBy("trot", { step_length: { low: 0, high: 0.1 } }),
      runsGait: true,
    });
  });

  const accept = async (command: Command): Promise<void> => {
    const answer = await order.carryOut(command, actions);
    assert.equal(answer.accepted, true, answer.reason);
  };
  const refuse = async (command: Command, reason: RegExp): Promise<void> => {
    const answer = await order.carryOut(command, actions);
    assert.equal(answer.accepted, false);
    assert.match(answer.reason, reason);
  };
  const walk = async (): Promise<void> => {
    order.acquireLease("me");
    for (const command of [{ kind: "arm" }, STAGE, COMMIT, { kind: "start" }] as const) await accept(command);
  };

  it("has one holder, whose lease grows", () => {
    assert.equal(order.acquireLease("me").epoch, 1);
    assert.equal(order.acquireLease("me").epoch, 2);
    assert.throws(
      () => order.acquireLease("you"),
      (error: unknown) => {
        assert.ok(error instanceof GaitsmithError && error.code === "ROBOT_BUSY");
        return true;
      },
    );
    order.releaseLease();
    assert.equal(order.acquireLease("you", 9).epoch, 9);
  });

  it("carries out nothing that is out of order", async () => {
    await refuse({ kind: "arm" }, /lease/);
    order.acquireLease("me");
    await refuse({ kind: "start" }, /committed/);
    await refuse(COMMIT, /staged/);
    await accept({ kind: "arm" });
    await refuse({ kind: "arm" }, /while standing/);
    await accept(STAGE);
    await refuse({ kind: "commit", hash: "00000000" }, /hash/);
    await accept(COMMIT);
    await accept({ kind: "start" });
    await refuse({ kind: "disarm" }, /while walking/);
    await refuse(STAGE, /during a walk/);
    await refuse({ kind: "targets", positions: new Float64Array(1) }, /no targets/);
    assert.deepEqual(done, ["arm", "stage", "start"]);
  });

  it("knows what a robot would not understand", async () => {
    order.acquireLease("me");
    const staging = (gait: string, values: [string, number][]): Command => ({
      kind: "stage",
      parameters: { gait, values },
      rampIn: 0,
      rampOut: 0,
    });
    await refuse(staging("bound", [["step_length", 0.04]]), /no gait "bound"/);
    await refuse(staging("trot", []), /missing/);
    await refuse(
      staging("trot", [
        ["step_length", 0.04],
        ["toString", 1],
      ]),
      /no parameter "toString"/,
    );
    await refuse(staging("trot", [["step_length", Number.NaN]]), /not within/);
    await refuse(staging("trot", [["step_length", 0.2]]), /not within/);
    await refuse({ ...STAGE, rampOut: Number.NaN } as Command, /ramps/);
    assert.deepEqual(done, []);
  });

  it("answers with the hash of what the robot holds", async () => {
    order.acquireLease("me");
    const held = { gait: "trot", values: [["step_length", 0.039]] } as const;
    actions.stage = () => Promise.resolve({ accepted: true, reason: "", held });
    const answer = await order.carryOut(STAGE, actions);
    assert.equal(answer.hash, parameterHash(held));
    await refuse(COMMIT, /hash/);
  });

  it("starts nothing that was committed before a set that the robot refused", async () => {
    order.acquireLease("me");
    await accept({ kind: "arm" });
    await accept(STAGE);
    await accept(COMMIT);
    actions.stage = () => Promise.resolve({ accepted: false, reason: "no" });
    await refuse(STAGE, /^no$/);
    await refuse({ kind: "start" }, /committed/);
  });

  it("stands again once the ramp-out is over", async () => {
    await walk();
    assert.equal(order.stop("neutral"), "neutral");
    now += 0.9;
    await refuse({ kind: "disarm" }, /ramping-out/);
    now += 0.2;
    await accept({ kind: "disarm" });
    assert.equal(order.state, "off");
  });

  it("is off after a harder stop, which a milder one does not soften", async () => {
    await walk();
    assert.equal(order.stop("settle"), "settle");
    assert.equal(order.stop("cut"), "cut");
    assert.equal(order.stop("neutral"), "cut");
    await refuse({ kind: "start" }, /while off/);
    await accept({ kind: "arm" });
    assert.equal(order.stop("neutral"), "neutral");
  });

  it("takes a command that a stop overtook for refused", async () => {
    order.acquireLease("me");
    const { promise, resolve: finish } = Promise.withResolvers<Performed>();
    actions.arm = () => promise;
    const armed = order.carryOut({ kind: "arm" }, actions);
    order.stop("cut");
    finish(DONE);
    assert.match((await armed).reason, /stop/);
    assert.equal(order.state, "off");
  });
});
