/**
 * Putting a parameter set on a robot to stay, in the order in which a person can still say no: backed up, compared, written, read
 * back, walked, kept or taken back. Pure procedure: robot, journal and person come in as ports.
 */
import { GaitsmithError } from "../../errors.ts";
import type { ParameterSetOnWire } from "../../robot/parameters.ts";
import type { ParameterAnswer, ParameterQuestion } from "../../station/messages.ts";
import type { LoneWalkEnd } from "../lone-walk.ts";
import type { BackupFile } from "./backup.ts";
import { differences, differenceWords } from "./parameter-comparison.ts";
import type { WalkVerdict } from "./test-walk.ts";

export interface HandOverPorts {
  readonly ask: (question: ParameterQuestion) => Promise<ParameterAnswer>;
  readonly journal: BackupFile;
  readonly say: (words: string) => void;
  /** Somebody wants it to end. */
  readonly stopped: () => boolean;
}

export interface ApplyPorts extends HandOverPorts {
  /** null: no walk is wanted. Resolves with null when the robot is not ready for one. */
  readonly walk: (() => Promise<LoneWalkEnd | null>) | null;
  readonly judge: (walk: LoneWalkEnd) => WalkVerdict;
  /** After a good walk. */
  readonly keeps: () => Promise<boolean>;
}

/** How it ended. */
export interface HandOverEnd {
  readonly state: "kept" | "reverted" | "unreverted";
  readonly words: string;
  /** Whether it outlives power-off; null: it was not kept. */
  readonly stored: boolean | null;
  readonly latched: boolean;
  readonly walk: LoneWalkEnd | null;
}

/** What is written back when the set from before has to be. */
export interface WayBack {
  readonly parameters: ParameterSetOnWire;
  /** "what it had before", or what takes its place */
  readonly words: string;
  /** What it held; null: nothing. */
  readonly before: ParameterSetOnWire | null;
}

/**
 * Writes, compares, walks, keeps or takes back.
 *
 * @throws what the station throws when it ends; the journal then says how far it came
 */
export async function apply(
  proposed: ParameterSetOnWire,
  back: WayBack,
  ports: ApplyPorts,
): Promise<HandOverEnd> {
  const { journal, say } = ports;
  const ended = (
    state: HandOverEnd["state"],
    words: string,
    more: Partial<HandOverEnd> = {},
  ): HandOverEnd => ({
    ...{ state, words, stored: null, latched: false, walk: null },
    ...more,
  });
  const takeBack = async (why: string, walk: LoneWalkEnd | null = null): Promise<HandOverEnd> => {
    say(why);
    if (walk?.outcome.latched === true) {
      const words = `${why}; the robot is latched, so the set from before was not written back`;
      journal.enter("unreverted", words);
      return ended("unreverted", words, { latched: true, walk });
    }
    const failed = await revert(back, ports, why);
    return failed === null
      ? ended("reverted", `${why}; ${back.words} was written back and read back`, { walk })
      : ended("unreverted", `${why}; and ${back.words} could not be written back: ${failed}`, { walk });
  };

  journal.enter("writing");
  const wrong = await written(proposed, ports);
  if (wrong !== null && (await isUnchanged(back.before, ports))) {
    const words = `${wrong}; it still holds what it had`;
    journal.enter("reverted", words);
    return ended("reverted", words);
  }
  if (wrong !== null) return takeBack(wrong);
  journal.enter("written", "read back, every value is the one that was sent");
  say("written, read back and compared: every value is the one that was sent");
  if (ports.stopped()) return takeBack("stopped before the test walk");

  let walked: LoneWalkEnd | null = null;
  if (ports.walk !== null) {
    walked = await ports.walk();
    if (walked === null) return takeBack("there was no test walk: the robot was not on its start line");
    const verdict = ports.judge(walked);
    if (!verdict.accepted) return takeBack(verdict.words, walked);
    journal.enter("tested", verdict.words);
    say(`test walk: ${verdict.words}`);
    // A walk begins by handing its set over anew.
    const after = await heldOtherwise(proposed, ports);
    if (after !== null) return takeBack(`after the test walk, ${after}`, walked);
  }
  if (ports.stopped()) return takeBack("stopped after the test walk", walked);
  if (!(await ports.keeps())) return takeBack("not kept, by a person's word", walked);
  const { stored, words } = await store(ports);
  journal.enter("kept", words, { stored });
  return ended("kept", words, { stored, walk: walked });
}

/** @returns why the robot does not hold the set now, or null */
export async function written(
  parameters: ParameterSetOnWire,
  ports: Pick<HandOverPorts, "ask">,
): Promise<string | null> {
  const answer = await ports.ask({ ask: "write", parameters });
  if (answer.result !== "done") return `the robot did not take it: ${reasonOf(answer)}`;
  return heldOtherwise(parameters, ports);
}

/** @returns why it could not be done, or null */
export async function revert(
  back: WayBack,
  ports: Pick<HandOverPorts, "ask" | "journal">,
  why: string,
): Promise<string | null> {
  const { journal } = ports;
  journal.enter("reverting", why);
  const failed = await written(back.parameters, ports);
  if (failed === null) journal.enter("reverted", `${back.words} is active, read back and compared`);
  else journal.enter("unreverted", failed);
  return failed;
}

/** Makes what is active outlive power-off, where the robot can. */
export async function store({
  ask,
}: Pick<HandOverPorts, "ask">): Promise<{ stored: boolean; words: string }> {
  const answer = await ask({ ask: "store" });
  if (answer.result === "done")
    return { stored: true, words: "active, and kept by the robot when it is switched off" };
  return { stored: false, words: `active until the robot is switched off (${reasonOf(answer)})` };
}

async function heldOtherwise(
  parameters: ParameterSetOnWire,
  { ask }: Pick<HandOverPorts, "ask">,
): Promise<string | null> {
  const held = await ask({ ask: "read" });
  if (held.result !== "read") return `it cannot be read back: ${reasonOf(held)}`;
  const found = differences(parameters, held.parameters);
  return found.length === 0 ? null : differenceWords(found);
}

/** A refusal changes nothing, on robots that take a set as a whole. */
async function isUnchanged(
  before: ParameterSetOnWire | null,
  { ask }: Pick<HandOverPorts, "ask">,
): Promise<boolean> {
  const held = await ask({ ask: "read" });
  if (held.result !== "read") return false;
  if (before === null || held.parameters === null) return before === held.parameters;
  return differences(before, held.parameters).length === 0;
}

/** @throws APPLY_REFUSED when the robot cannot be read: then nothing is written to it either */
export async function heldNow(
  ask: HandOverPorts["ask"],
  instead: () => string,
): Promise<ParameterSetOnWire | null> {
  const answer = await ask({ ask: "read" });
  if (answer.result === "read") return answer.parameters;
  throw new GaitsmithError(answer.result === "unsupported" ? "APPLY_REFUSED" : "ROBOT_REFUSED", {
    what: `what the robot holds cannot be read: ${reasonOf(answer)}`,
    remedy: `Nothing was sent. Put these into the robot's own program instead: ${instead()}.`,
  });
}

function reasonOf(answer: ParameterAnswer): string {
  return "reason" in answer ? answer.reason : answer.result;
}
