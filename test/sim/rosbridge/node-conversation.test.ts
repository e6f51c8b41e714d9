/** The rules of the node conversation, case by case; the watchdog nodes in examples/ are held to the same file. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  type ConversationSettings,
  NodeConversation,
  type Reaction,
} from "../../../sim/rosbridge/node-conversation.ts";
import type { NodeAnswer } from "../../../sim/rosbridge/node-messages.ts";
import type { StopLevel } from "../../../src/robot/robot.ts";

type Fields = Record<string, unknown>;

interface Step {
  at: number;
  clock?: number;
  tick?: true;
  receive?: { topic: "command" | "keepalive"; message?: unknown; text?: string };
  robot?: { fails: string };
  expect: { answer?: Fields; mentions?: string; did?: string[]; events?: Fields[]; state?: Fields };
}

interface Case {
  name: string;
  settings: {
    boot: string;
    robot: string;
    settleAfter: number;
    cutAfter: number;
    leaseAfter: number;
    firstStop: Exclude<StopLevel, "cut">;
    lockstep: boolean;
  };
  steps: Step[];
}

const { cases } = JSON.parse(
  readFileSync(new URL("../../../examples/watchdog-vectors.json", import.meta.url), "utf8"),
) as { cases: Case[] };

/** A robot of somebody else: it can be stopped, and that is all. */
function settingsOf({ boot, robot, lockstep, ...times }: Case["settings"]): ConversationSettings {
  const commands = ["hello", "time", "acquire-lease", "release-lease", "arm", "disarm", "stop"];
  return {
    ...times,
    introduction: {
      ...{ robot, boot, commands, firmware: "", joints: [], rate: 0 },
      ...{ runsGait: false, returnsByItself: false, clock: lockstep ? "lockstep" : "realtime" },
    },
  };
}

const NOTHING: Reaction = { stops: [], request: null, answer: null, events: [] };

for (const { name, settings, steps } of cases)
  test(`node conversation: ${name}`, () => {
    const conversation = new NodeConversation(settingsOf(settings));
    steps.forEach(({ at, clock = at, receive, robot, expect }, index) => {
      const where = `step ${index}`;
      const now = { steady: at, clock };
      const text = receive?.text ?? JSON.stringify(receive?.message);
      let reaction = NOTHING;
      if (receive === undefined) reaction = conversation.tick(now);
      else if (receive.topic === "command") reaction = conversation.onCommand(text, now);
      else conversation.onKeepalive(text, now);
      const did: string[] = [...reaction.stops];
      let answer: NodeAnswer | null = reaction.answer;
      if (reaction.request !== null) {
        const { command, level, softer } = reaction.request;
        if (command.kind === "stop" && !softer) did.push(level);
        else if (command.kind === "disarm") did.push("disarm");
        const outcome = robot === undefined ? { accepted: true } : { accepted: false, reason: robot.fails };
        answer = conversation.finish(reaction.request, outcome, now);
      }
      if (expect.answer === undefined) assert.equal(answer, null, where);
      else assert.partialDeepStrictEqual(answer, expect.answer, where);
      if (expect.mentions !== undefined) assert.ok(answer?.reason.includes(expect.mentions), where);
      assert.deepEqual(did, expect.did ?? [], where);
      assert.equal(reaction.events.length, expect.events?.length ?? 0, where);
      assert.partialDeepStrictEqual(reaction.events, expect.events ?? [], where);
      const state = { ...conversation.state(now), hash: null };
      if (expect.state !== undefined) assert.partialDeepStrictEqual(state, expect.state, where);
    });
  });
