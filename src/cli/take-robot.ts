/**
 * `--take`: takes a robot from the program that drives it, for every command that drives one. The person says so in words:
 * what the other program does with the robot ends.
 */
import { userInfo } from "node:os";
import { createInterface } from "node:readline/promises";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../clock.ts";
import { fail } from "../errors.ts";
import { deviceStateDir } from "../paths.ts";
import { requestHandOver } from "../station/estop-socket.ts";
import {
  holderWords,
  isOnThisComputer,
  LeaseFile,
  type LeaseView,
  processStart,
  readLease,
} from "../station/lease-file.ts";

/** A station that has promised the robot ends its walk and gives it back within this time, ms; else it is killed. */
const GIVE_BACK_MS = 10_000;
/** A process that was killed is gone within this time, ms. */
const DEATH_MS = 2000;
const LOOK_MS = 50;

export interface Taking {
  readonly robotId: string;
  readonly stateDir: string;
  /** The device that leads to the robot, or null. */
  readonly device: string | null;
  /** `true`: the person is asked; a robot's id: confirmed in words; undefined: nothing is taken. */
  readonly take: string | boolean | undefined;
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/**
 * @returns the robot's lease, to be kept until the station is there, which takes it over: also when nobody had it just now, for
 *   another program may be between two of its stations; null without `--take`
 * @throws BAD_USAGE without a confirmation, ROBOT_BUSY when it cannot be taken
 */
export async function takeRobot(taking: Taking): Promise<LeaseFile | null> {
  const { robotId, stateDir, device, take, output } = taking;
  if (take === undefined || take === false) return null;
  if (typeof take === "string") assertIsRobot(take, robotId, "--take");
  const places = [stateDir, ...(device === null ? [] : [deviceStateDir(device)])];
  const held = places.flatMap((place) => {
    const view = readLease(place);
    return view?.alive === true ? [{ place, view }] : [];
  });
  for (const { view } of held) if (!isOnThisComputer(view.holder)) elsewhere(view);
  if (take === true && held.length > 0) await confirm(taking, held[0]!.view);
  for (const { place, view } of held) {
    // One station holds both.
    if (readLease(place)?.holder.since !== view.holder.since) continue;
    await free(place, view, (words) => void output.write(`${words}\n`));
  }
  return LeaseFile.take(stateDir, `gaitsmith ${process.pid}`, systemClock.date(), {
    doing: "taking the robot",
  });
}

async function confirm({ robotId, input, output }: Taking, view: LeaseView): Promise<void> {
  if (input.isTTY !== true)
    fail("BAD_USAGE", {
      what: `${robotId} is driven by ${holderWords(view)}, and nobody can be asked whether to take it`,
      where: "--take",
      remedy: `Confirm it in words: --take ${robotId}.`,
    });
  output.write(`${robotId} is driven by ${holderWords(view)}.\nTaking it stops the robot and ends that.\n`);
  const asking = createInterface({ input, output });
  try {
    assertIsRobot((await asking.question("Type the robot's id to take it: ")).trim(), robotId, "--take");
  } finally {
    asking.close();
  }
}

function assertIsRobot(said: string, robotId: string, where: string): void {
  if (said === robotId) return;
  fail("BAD_USAGE", {
    what: `"${said}" is not this robot (${robotId}): nothing was taken`,
    where,
    remedy: "Give the id of the robot whose config this is.",
  });
}

async function free(place: string, view: LeaseView, say: (words: string) => void): Promise<void> {
  const { holder } = view;
  const who = `${userInfo().username} (process ${process.pid})`;
  const promised = await requestHandOver(holder.robotDir ?? place, who);
  if (promised && (await isGone(place, holder.since, GIVE_BACK_MS))) {
    say(`${holder.owner} has stopped the robot and given it back`);
    return;
  }
  const { pid, started } = holder;
  if (readLease(place)?.holder.since === holder.since && (processStart(pid) ?? started) === started) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") elsewhere(view);
    }
    say(`${holder.owner} did not answer and was killed: its robot stops by its own dead-man. Look at it.`);
  }
  await isGone(place, holder.since, DEATH_MS);
}

/** Waits until that holder's lock is no lock any more. */
async function isGone(place: string, since: string, patience: number): Promise<boolean> {
  for (let waited = 0; waited <= patience; waited += LOOK_MS) {
    const now = readLease(place);
    if (now === null || now.holder.since !== since || !now.alive) return true;
    await pause(LOOK_MS);
  }
  return false;
}

function elsewhere(view: LeaseView): never {
  return fail("ROBOT_BUSY", {
    what: `the robot is driven by ${holderWords(view)}, which cannot be stopped from here`,
    remedy: "Stop it there.",
  });
}
