/** A study whose first question nobody answers, with a robot that goes on sending telemetry meanwhile. */
import { setTimeout as pause } from "node:timers/promises";
import { openSerialPeer } from "../../sim/serial/serial-peer.ts";
import { openSimulatedRobot } from "../../sim/simulated-robot.ts";
import { systemClock } from "../../src/clock.ts";
import { type Finished, serialConfig, start } from "../cli/gaitsmith.ts";
import { childrenOf, proc } from "./child-processes.ts";

export interface LeftAlone {
  /** States of the robot's drives while the question stood open. */
  readonly states: readonly string[];
  /** Memory of the service and of its station, MB, once a second; empty where the system does not tell. */
  readonly service: readonly number[];
  readonly station: readonly number[];
  /** After Ctrl-C. */
  readonly finished: Finished;
}

/** @param seconds for which the question stands open */
export async function leftAlone(folder: string, seconds: number): Promise<LeftAlone> {
  const clock = { clock: "realtime", stationClock: systemClock } as const;
  const body = await openSimulatedRobot({ variant: "nominal", variation: "none", ...clock });
  const peer = await openSerialPeer(body, { clock: systemClock });
  const states = new Set<string>();
  const [service, station]: [number[], number[]] = [[], []];
  try {
    const config = serialConfig(folder, peer.path, "realtime");
    const args = ["--confirm-next", "--port", "0", "--trials", "1", "--no-recording"];
    const study = start(folder, "tune", config, ...args);
    try {
      await study.saw(/^\? /m);
      const pid = study.process.pid!;
      for (let second = 0; second < seconds; second++) {
        for (let k = 0; k < 20; k++) {
          states.add(body.state);
          await pause(50);
        }
        note(service, pid);
        for (const child of childrenOf(pid)) note(station, child);
      }
    } finally {
      study.process.kill("SIGINT");
    }
    return { states: [...states], service, station, finished: await study.finished };
  } finally {
    await peer.close();
  }
}

function note(megabytes: number[], pid: number): void {
  const status = proc(`${pid}/status`);
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kilobytes !== undefined) megabytes.push(Number(kilobytes) / 1000);
}
