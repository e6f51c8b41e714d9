/**
 * A local socket beside the robot's lock on which the station hears an e-stop even when the service hangs, and the
 * client's end of it. One line of JSON each way: `{"reason": …, "level": …}` and `{"taken": true, "confirmed": …}`.
 *
 * Whoever says anything at all wants the robot stopped. There is one exception, which stops it too: a line that says
 * `{"handOver": "who"}` and nothing else asks the station to end its walk and give the robot back. It is answered at once
 * with `{"handingOver": true}`; the lock is gone when the robot is free.
 */
import { createHash } from "node:crypto";
import { closeSync, constants, existsSync, openSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Longest path of a local socket that every system takes, bytes. */
const LONGEST_PATH = 100;
const NAME = "estop.sock";
const PATIENCE_MS = 1500;
const LONGEST_LINE = 4096;
const LONGEST_REASON = 500;

/** Linux: an open folder by a short name, which is good for nothing outside this process. */
const OPEN_FOLDERS = "/proc/self/fd";

/** A path of the socket that is short enough, valid until it is let go. */
interface SocketPath {
  readonly path: string;
  letGo(): void;
}

/**
 * Both ends find the socket from the robot's state folder. Too deep a folder is opened and reached through its
 * descriptor: so the socket is beside the lock there too, and nothing is written elsewhere that a killed station could leave.
 * Where the system has no such way it is in the temporary folder, under a name that the robot's next station takes over.
 *
 * @throws ENOENT when there is no such folder
 */
function socketPath(stateDir: string): SocketPath {
  const beside = join(stateDir, NAME);
  if (Buffer.byteLength(beside) <= LONGEST_PATH) return { path: beside, letGo: () => {} };
  if (existsSync(OPEN_FOLDERS)) {
    const folder = openSync(stateDir, constants.O_RDONLY | constants.O_DIRECTORY);
    return { path: join(OPEN_FOLDERS, String(folder), NAME), letGo: () => closeSync(folder) };
  }
  const name = createHash("sha256").update(stateDir).digest("hex").slice(0, 24);
  return { path: join(tmpdir(), `gaitsmith-${name}.sock`), letGo: () => {} };
}

/** Of an e-stop: `settle` is damped, where the robot's posture lets it; `cut` is torque off at once. */
export type EStopLevel = "settle" | "cut";

export interface StationEars {
  /** Stops the robot and resolves with whether the robot confirmed it. @param exercise the mark of an exercise, or null */
  onEStop(reason: string, level: EStopLevel, exercise: string | null): Promise<boolean>;
  /** Stops the robot without a latch and gives it back. @param who wants it */
  onHandOver(who: string): void;
}

/** Listens for e-stops. Call it while holding the lease: a socket file left by a dead station is removed. */
export function listenForEStop(stateDir: string, ears: StationEars): Promise<Server> {
  const { path, letGo } = socketPath(stateDir);
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    let text = "";
    let heard = false;
    const answer = (words: unknown): void => void socket.end(`${JSON.stringify(words)}\n`);
    socket.setEncoding("utf8");
    socket.on("error", () => {});
    socket.on("data", (data: string) => {
      text += data;
      if (heard || (!text.includes("\n") && text.length < LONGEST_LINE)) return;
      heard = true;
      const said = saidIn(text);
      const who = handOverIn(said);
      const { exercise } = said;
      if (who !== null) {
        answer({ handingOver: true });
        ears.onHandOver(who);
      } else
        void ears
          .onEStop(reasonIn(said), levelIn(said), typeof exercise === "string" ? exercise : null)
          .then((confirmed) => answer({ taken: true, confirmed }));
    });
  });
  server.unref();
  // Closing removes the socket by the path it was made with, which must lead there until then.
  server.once("close", letGo);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => resolve(server));
  });
}

/** The object in the first line, {} when there is none: words are optional. */
function saidIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const said: unknown = JSON.parse(text.split("\n", 1)[0]!);
    return typeof said === "object" && said !== null ? (said as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Nothing but exactly this is no e-stop. */
function handOverIn(said: Readonly<Record<string, unknown>>): string | null {
  const { handOver } = said;
  const alone = Object.keys(said).length === 1;
  return alone && typeof handOver === "string" && handOver !== "" ? handOver.slice(0, LONGEST_REASON) : null;
}

function reasonIn({ reason }: Readonly<Record<string, unknown>>): string {
  return typeof reason === "string" && reason !== ""
    ? reason.slice(0, LONGEST_REASON)
    : "e-stop over the local socket";
}

function levelIn({ level }: Readonly<Record<string, unknown>>): EStopLevel {
  return level === "cut" ? "cut" : "settle";
}

/** What a station answers to an e-stop. */
export interface EStopAnswer {
  /** The robot itself said that it has stopped. */
  readonly confirmed: boolean;
}

/**
 * Asks the station that drives this robot for a latched stop.
 *
 * @param stateDir the robot's state folder, as given to the station
 * @param exercise the mark of the station's own exercise; with any other one it is a real e-stop
 * @returns null when no station is listening, or it does not answer
 */
export async function requestEStop(
  stateDir: string,
  reason: string,
  level: EStopLevel = "settle",
  exercise?: string,
): Promise<EStopAnswer | null> {
  const answer = await converse(stateDir, { reason, level, exercise });
  return answer?.["taken"] === true ? { confirmed: answer["confirmed"] === true } : null;
}

/** As {@link requestEStop}. @returns whether a station took it */
export async function sendEStop(stateDir: string, reason: string, exercise?: string): Promise<boolean> {
  return (await requestEStop(stateDir, reason, "settle", exercise)) !== null;
}

/**
 * Asks the station that drives this robot to stop it, without a latch, and to give it back.
 *
 * @returns whether it will; the robot is free once its lock is gone
 */
export async function requestHandOver(stateDir: string, who: string): Promise<boolean> {
  return (await converse(stateDir, { handOver: who }))?.["handingOver"] === true;
}

/** @returns what the station answered, or null */
function converse(stateDir: string, words: object): Promise<Readonly<Record<string, unknown>> | null> {
  let place: SocketPath;
  try {
    place = socketPath(stateDir);
  } catch {
    // No folder, no station.
    return Promise.resolve(null);
  }
  return new Promise((resolve) => {
    const socket = connect(place.path);
    let answer = "";
    const finish = (said: Readonly<Record<string, unknown>> | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(said);
    };
    const timer = setTimeout(() => finish(null), PATIENCE_MS);
    socket.setEncoding("utf8");
    socket.once("connect", () => socket.write(`${JSON.stringify(words)}\n`));
    socket.on("data", (data: string) => {
      answer += data;
      if (answer.includes("\n")) finish(saidIn(answer));
    });
    socket.once("error", () => finish(null));
    socket.once("close", () => {
      place.letGo();
      finish(null);
    });
  });
}
