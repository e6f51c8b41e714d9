/**
 * A local socket beside the robot's lock on which the station hears an e-stop even when the service hangs, and the
 * client's end of it. One line of JSON each way: `{"reason": …}` and `{"taken": true, "confirmed": …}`. The station's own exercise
 * carries the mark that it has just thought of: `{"reason": …, "exercise": …}`.
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

/**
 * Listens for e-stops. Call it while holding the lease: a socket file left by a dead station is removed.
 *
 * @param onEStop stops the robot and resolves with whether the robot confirmed it; told the mark of an exercise, or null
 */
export function listenForEStop(
  stateDir: string,
  onEStop: (reason: string, exercise: string | null) => Promise<boolean>,
): Promise<Server> {
  const { path, letGo } = socketPath(stateDir);
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    let text = "";
    let heard = false;
    socket.setEncoding("utf8");
    socket.on("error", () => {});
    socket.on("data", (data: string) => {
      text += data;
      if (heard || (!text.includes("\n") && text.length < LONGEST_LINE)) return;
      heard = true;
      // Whoever connects and says anything at all wants the robot stopped; a reason is only for the record.
      void onEStop(...wordsIn(text)).then((confirmed) =>
        socket.end(`${JSON.stringify({ taken: true, confirmed })}\n`),
      );
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

function wordsIn(text: string): [reason: string, exercise: string | null] {
  const unsaid = "e-stop over the local socket";
  try {
    const { reason, exercise } = JSON.parse(text.split("\n", 1)[0]!) as {
      reason?: unknown;
      exercise?: unknown;
    };
    const words = typeof reason === "string" && reason !== "" ? reason.slice(0, 500) : unsaid;
    return [words, typeof exercise === "string" ? exercise : null];
  } catch {
    // Words are optional.
    return [unsaid, null];
  }
}

/**
 * Asks the station that drives this robot for a latched stop.
 *
 * @param stateDir the robot's state folder, as given to the station
 * @param exercise the mark of the station's own exercise; with any other one it is a real e-stop
 * @returns whether a station took it; false when none is listening or it does not answer
 */
export function sendEStop(stateDir: string, reason: string, exercise?: string): Promise<boolean> {
  let place: SocketPath;
  try {
    place = socketPath(stateDir);
  } catch {
    // No folder, no station.
    return Promise.resolve(false);
  }
  return new Promise((resolve) => {
    const socket = connect(place.path);
    let answer = "";
    const finish = (taken: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(taken);
    };
    const timer = setTimeout(() => finish(false), PATIENCE_MS);
    socket.setEncoding("utf8");
    socket.once("connect", () => socket.write(`${JSON.stringify({ reason, exercise })}\n`));
    socket.on("data", (data: string) => {
      answer += data;
      if (answer.includes("\n")) finish(answer.includes('"taken":true'));
    });
    socket.once("error", () => finish(false));
    socket.once("close", () => {
      place.letGo();
      finish(false);
    });
  });
}
