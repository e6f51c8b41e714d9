/**
 * A local socket beside the robot's lock on which the station hears an e-stop even when the service hangs, and the
 * client's end of it. One line of JSON each way: `{"reason": …}` and `{"taken": true, "confirmed": …}`.
 */
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Longest path of a local socket that every system takes, bytes. */
const LONGEST_PATH = 100;
const PATIENCE_MS = 1500;
const LONGEST_LINE = 4096;

/** Both ends compute it from the robot's state folder; a folder too deep for a socket gets one in the temporary folder. */
export function eStopSocketPath(stateDir: string): string {
  const beside = join(stateDir, "estop.sock");
  if (Buffer.byteLength(beside) <= LONGEST_PATH) return beside;
  const name = createHash("sha256").update(stateDir).digest("hex").slice(0, 24);
  return join(tmpdir(), `gaitsmith-${name}.sock`);
}

/**
 * Listens for e-stops. Call it while holding the lease: a socket file left by a dead station is removed.
 *
 * @param onEStop stops the robot and resolves with whether the robot confirmed it
 */
export function listenForEStop(
  stateDir: string,
  onEStop: (reason: string) => Promise<boolean>,
): Promise<Server> {
  const path = eStopSocketPath(stateDir);
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
      void onEStop(reasonOf(text)).then((confirmed) =>
        socket.end(`${JSON.stringify({ taken: true, confirmed })}\n`),
      );
    });
  });
  server.unref();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => resolve(server));
  });
}

function reasonOf(text: string): string {
  try {
    const { reason } = JSON.parse(text.split("\n", 1)[0]!) as { reason?: unknown };
    if (typeof reason === "string" && reason !== "") return reason.slice(0, 500);
  } catch {
    // Words are optional.
  }
  return "e-stop over the local socket";
}

/**
 * Asks the station that drives this robot for a latched stop.
 *
 * @param stateDir the robot's state folder, as given to the station
 * @returns whether a station took it; false when none is listening or it does not answer
 */
export function sendEStop(stateDir: string, reason: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(eStopSocketPath(stateDir));
    let answer = "";
    const finish = (taken: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(taken);
    };
    const timer = setTimeout(() => finish(false), PATIENCE_MS);
    socket.setEncoding("utf8");
    socket.once("connect", () => socket.write(`${JSON.stringify({ reason })}\n`));
    socket.on("data", (data: string) => {
      answer += data;
      if (answer.includes("\n")) finish(answer.includes('"taken":true'));
    });
    socket.once("error", () => finish(false));
    socket.once("close", () => finish(false));
  });
}
