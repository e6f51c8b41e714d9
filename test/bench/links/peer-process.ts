/** Starts the robot's end of a link in a process of its own: its work must not be counted as the station's. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { TalkRequest } from "./talking.ts";

export interface Peer extends AsyncDisposable {
  /** Path of its device, or address of its server. */
  readonly address: string;
  readonly pid: number;
  /** @returns frames it has sent since it was asked to talk */
  ask(request: TalkRequest): Promise<number>;
}

/** @param options the program gets as JSON; it sends its address when it is ready, and goes when it is disconnected */
export async function forkPeer(program: URL, options: object): Promise<Peer> {
  const child = fork(fileURLToPath(program), [JSON.stringify(options)], { execArgv: [] });
  const next = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error(`${program.pathname} died`));
      child.once("exit", gone);
      child.once("message", (message) => {
        child.off("exit", gone);
        resolve(message);
      });
    });
  return {
    address: String(await next()),
    pid: child.pid!,
    ask: async (request) => {
      const answer = next();
      child.send(request);
      return Number(await answer);
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        if (child.connected) child.disconnect();
      }),
  };
}
