import assert from "node:assert/strict";
import { test } from "node:test";
import type { GaitsmithError } from "../../src/errors.ts";
import type { Command } from "../../src/robot/command.ts";
import type { Robot } from "../../src/robot/robot.ts";
import type { Gate } from "../../src/safety/gate.ts";
import { CommandSender } from "../../src/station/command-sender.ts";

test("a refused parameter set tells the robot's words, and to compare config and firmware", async () => {
  const robot = { send: async () => ({ accepted: false, reason: "swing_frequency: is out of range" }) };
  const gate = { clear: (command: Command) => command };
  const refusals: GaitsmithError[] = [];
  const sender = new CommandSender(robot as unknown as Robot, gate as unknown as Gate, {
    refused: (error) => refusals.push(error),
    linkFailed: assert.fail,
    isStopped: () => false,
    changed: () => {},
  });
  const stage: Command = { kind: "stage", parameters: { gait: "any", values: [] }, rampIn: 1, rampOut: 1 };
  for (const command of [stage, { kind: "arm" } as const]) {
    sender.send(command, () => assert.fail("accepted"));
    await sender.underway;
  }
  assert.deepEqual(
    refusals.map(({ code }) => code),
    ["ROBOT_REFUSED", "ROBOT_REFUSED"],
  );
  assert.equal(refusals[0]?.message, "the robot refused `stage`: swing_frequency: is out of range");
  assert.match(refusals[0]?.remedy ?? "", /check --protocol/);
  assert.doesNotMatch(refusals[1]?.remedy ?? "", /check --protocol/);
});
