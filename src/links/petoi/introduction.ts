/** Getting to know a robot that may have been left doing anything, or is only starting. */
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../../clock.ts";
import { fail } from "../../errors.ts";
import type { LinkLife } from "../link-life.ts";
import { ANSWER, type Conversation, is } from "./conversation.ts";
import type { Motion } from "./motion.ts";
import type { PetoiTelemetry } from "./telemetry.ts";
import { type Introduction, introductionIn } from "./text.ts";

/** An ESP32 resets when its port is opened, and takes its time to start, s. */
const STARTING = 20;
const ASK_AGAIN = 1;
/** Telemetry must come before the robot counts as open, s. */
const FIRST_READING = 3;

export interface Acquaintance {
  readonly conversation: Conversation;
  readonly life: LinkLife;
  /** The device. */
  readonly where: string;
}

/**
 * @param model the one that is expected; absent: any
 * @throws LINK_UNAVAILABLE when nobody answers, ROBOT_MISMATCH for another model
 */
export async function greet(
  { conversation, life, where }: Acquaintance,
  clock: Clock,
  model: string | undefined,
): Promise<Introduction> {
  const until = clock.now() + STARTING;
  while (clock.now() < until) {
    const lines: string[] = [];
    const asked = { text: "?\n", answeredBy: is("?"), within: ASK_AGAIN };
    await conversation.ask({ ...asked, heard: (line) => lines.push(line) });
    if (life.lost !== null) life.gone();
    const found = introductionIn(lines);
    if (found === null) continue;
    if (model !== undefined && found.model !== model)
      fail("ROBOT_MISMATCH", {
        what: `it is a ${found.model}, not a ${model}`,
        where,
        remedy: "Check link.model, and that this is the robot's port.",
      });
    return found;
  }
  return fail("LINK_UNAVAILABLE", {
    what: "nothing there answers as OpenCatEsp32 does (model, B…_yymmdd, ?)",
    where,
    remedy: "Check the robot's power, its firmware (boards before the ESP32 have no such gait) and its port.",
  });
}

/**
 * Whatever it did before, it rests, does nothing by itself and reports its tilt.
 *
 * @throws LINK_UNAVAILABLE when it does not say so
 */
export async function quieten(
  { conversation, life, where }: Acquaintance,
  motion: Motion,
  telemetry: PetoiTelemetry,
): Promise<void> {
  const problem = (await settleDown(conversation, motion)) ?? (await listen(conversation, telemetry));
  if (problem === null || life.lost !== null) return;
  fail("LINK_UNAVAILABLE", {
    what: problem,
    where,
    remedy: "Switch the robot off and on, then try again.",
  });
}

async function settleDown(conversation: Conversation, motion: Motion): Promise<string | null> {
  if (!(await motion.rest("settle").done)) return "it did not say that it rests";
  // Toggles what it may do by itself when nobody talks to it; its answer says how it is now.
  for (let attempt = 0, off = false; !off; attempt++) {
    if (attempt === 5) return "it does not say that it stopped acting by itself";
    await conversation.ask({
      text: "z\n",
      heard: (line) => {
        off ||= line === "z";
      },
      answeredBy: (line) => line === "z" || line === "Z",
      within: ANSWER,
    });
  }
  return null;
}

async function listen(conversation: Conversation, telemetry: PetoiTelemetry): Promise<string | null> {
  const heard = telemetry.nextReading;
  if (!(await conversation.askTwice("gP\n", "g"))) return "it did not answer gP";
  const reports = await Promise.race([heard, pause(1000 * FIRST_READING, false)]);
  if (!reports) return "its IMU reports nothing";
  return (await conversation.askTwice("P~", "P")) && !Number.isNaN(telemetry.voltage)
    ? null
    : "it does not say its voltage";
}
