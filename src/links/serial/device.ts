/** From what the config says to an open line: by path, by what is plugged in, or by asking who is there. */
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FrameReader } from "../../../firmware-protocol/codec/frame.ts";
import { decodeMessage } from "../../../firmware-protocol/codec/payload.ts";
import { systemClock } from "../../clock.ts";
import type { SerialLinkConfig } from "../../config/hardware-config.ts";
import { describeError, fail, GaitsmithError } from "../../errors.ts";
import type { Patience } from "../patience.ts";
import { greet } from "./introduction.ts";
import { listPorts, pathOfDevice, portWords } from "./ports.ts";
import { Requests } from "./requests.ts";
import { type LineListener, SerialLine } from "./serial-line.ts";

/** A board that resets when its port is opened needs a moment to start. */
const PROBING: Patience = { repeatAfter: 250, giveUpAfter: 3000 };

/** Simulated robots (`gaitsmith sim --serial`) keep the links to their pseudo-terminals in folders of this name. */
const SIMULATED = "gaitsmith-serial-";

export const AUTO = "auto";

/** @throws LINK_UNAVAILABLE naming the ports that were seen */
export async function findDevice(link: SerialLinkConfig, robotId: string): Promise<string> {
  if (link.id !== undefined) return pathOfDevice(await listPorts(), link.id);
  const path = link.path ?? AUTO;
  return path === AUTO ? probe(await candidates(), link.baud, robotId) : path;
}

/** @throws LINK_UNAVAILABLE naming the ports that were seen when there is no such device */
export async function openDevice(path: string, baud: number, listener: LineListener): Promise<SerialLine> {
  try {
    return await SerialLine.open(path, baud, listener);
  } catch (error) {
    if (!(error instanceof GaitsmithError) || existsSync(path)) throw error;
    const { where = path, remedy = "" } = error;
    return fail("LINK_UNAVAILABLE", {
      what: `there is no such device; ${portWords(await listPorts())}`,
      where,
      remedy,
      cause: error,
    });
  }
}

/** Ports that a robot may be at: USB devices and simulated robots. Nothing else is ever written to. */
async function candidates(): Promise<string[]> {
  const usb = (await listPorts()).filter(({ vendor }) => vendor !== "").map(({ path }) => path);
  const simulated = readdirSync(tmpdir())
    .filter((name) => name.startsWith(SIMULATED))
    .map((name) => join(tmpdir(), name, "tty"))
    .filter(isPseudoTerminal);
  return [...usb, ...simulated];
}

/** The folder for temporary files is everybody's: a link there may lead anywhere. */
function isPseudoTerminal(path: string): boolean {
  try {
    return realpathSync(path).startsWith("/dev/pts/");
  } catch {
    return false;
  }
}

/**
 * Says hello on each of these ports and takes the one where that robot answers.
 *
 * @throws LINK_UNAVAILABLE saying who answered where
 */
export async function probe(paths: readonly string[], baud: number, robotId: string): Promise<string> {
  const answers = await Promise.all(
    paths.map(async (path) => {
      try {
        return { path, id: await whoIsAt(path, baud), words: "" };
      } catch (error) {
        return {
          path,
          id: null,
          words: error instanceof GaitsmithError ? error.message : describeError(error),
        };
      }
    }),
  );
  const found = answers.filter(({ id }) => id === robotId);
  if (found.length === 1) return found[0]!.path;
  const heard = answers.map(({ path, id, words }) => `${path}: ${id === null ? words : `it is ${id}`}`);
  return fail("LINK_UNAVAILABLE", {
    what:
      found.length > 1
        ? `${robotId} answers at ${found.map(({ path }) => path).join(" and ")}`
        : heard.length === 0
          ? `${robotId} answers nowhere: there is no USB serial port`
          : `${robotId} answers nowhere at ${baud} Bd (${heard.join("; ")})`,
    where: "link.path",
    remedy:
      found.length > 1
        ? "Give each robot an id of its own, or name the port."
        : "Check cable, power, robot.id and link.baud.",
  });
}

async function whoIsAt(path: string, baud: number): Promise<string> {
  let line: SerialLine | null = null;
  const requests = new Requests({
    write: (bytes) => void line?.write(bytes),
    now: () => systemClock.now(),
  });
  const reader = new FrameReader((frame) => {
    const message = decodeMessage(frame.type, frame.payload, "robot");
    if (message?.kind === "hello-reply" || message?.kind === "nack") requests.onReply(frame, message);
  });
  line = await SerialLine.open(path, baud, {
    onBytes: (bytes) => reader.push(bytes),
    onLost: (reason) => requests.rejectAll(new Error(reason)),
  });
  try {
    return (await greet((message) => requests.ask(message, PROBING), path)).robotId;
  } finally {
    await line.close();
  }
}
