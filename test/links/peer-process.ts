/**
 * The simulated robot behind a serial line in a process of its own, as in `gaitsmith sim --serial`. In the process that
 * starts stations it would not do: children inherit the line's end, and a cable that is pulled would still hang on there.
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { openSerialPeer } from "../../sim/serial/serial-peer.ts";
import { openSimulatedRobot } from "../../sim/simulated-robot.ts";
import { systemClock } from "../../src/clock.ts";

/** What can be asked of it; each is answered by where the robot stands then. */
type Request = "unplug" | "replug" | "look";

export interface PeerView {
  readonly path: string;
  /** State of the robot's firmware, and its time, s. */
  readonly state: string;
  readonly time: number;
}

export interface PeerProcess extends AsyncDisposable {
  readonly path: string;
  ask(request: Request): Promise<PeerView>;
}

export interface PeerProcessOptions {
  readonly baud?: number;
  readonly deadMan?: { readonly settle: number; readonly cut: number };
}

/** A robot in real time. */
export async function startPeer(options: PeerProcessOptions = {}): Promise<PeerProcess> {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(options)]);
  const next = (): Promise<PeerView> =>
    new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error("the simulated robot died"));
      child.once("exit", gone);
      child.once("message", (view) => {
        child.off("exit", gone);
        resolve(view as PeerView);
      });
    });
  const { path } = await next();
  return {
    path,
    ask: (request) => {
      const answer = next();
      child.send(request);
      return answer;
    },
    [Symbol.asyncDispose]: () => end(child),
  };
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.disconnect();
  });
}

async function serve(options: PeerProcessOptions): Promise<void> {
  const body = await openSimulatedRobot({
    variant: "nominal",
    variation: "none",
    clock: "realtime",
    stationClock: systemClock,
  });
  const peer = await openSerialPeer(body, { clock: systemClock, ...options });
  const tell = (): void => {
    const view: PeerView = { path: peer.path, state: body.state, time: body.time };
    process.send?.(view);
  };
  process.on("message", async (request: Request) => {
    if (request === "unplug") peer.unplug();
    else if (request === "replug") await peer.replug();
    tell();
  });
  process.once("disconnect", () => void peer.close().then(() => process.exit(0)));
  tell();
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await serve(JSON.parse(process.argv[2]!) as PeerProcessOptions);
