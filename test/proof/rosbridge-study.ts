/** Studies through the whole house: service, station, rosbridge link and a simulated server, each in its own process. */
import type { StudyDocument } from "../../src/study/study-document.ts";
import { documentOf, rosbridgeConfig, run, simulatedConfig, simulatedServer } from "../cli/gaitsmith.ts";
import { cached, inFolder } from "./study-units.ts";

type Changes = readonly (readonly [RegExp, string])[];

export interface RosbridgeUnit {
  /** Absent: the same study with the robot in process, in lockstep. */
  readonly server?: {
    readonly ros: 1 | 2;
    readonly clock: "lockstep" | "realtime";
    /** As `gaitsmith sim --rosbridge --faults` takes them. */
    readonly faults?: string;
  };
  readonly trials: number;
  readonly seed: number;
  /** Measured part of every walk, s; absent: that of the shipped configs. */
  readonly measure?: number;
}

/**
 * What a busy machine would trip over: not what is proved. The robot's dead-man, the limits of its body and all else stay as
 * they are.
 */
export const PATIENT: Changes = [
  [/frame-age: \{ high: 150 ms/, "frame-age: { high: 2 s"],
  [/frame-gap: \{ high: 8/, "frame-gap: { high: 60"],
  [/minimum_telemetry_rate: 90 %/, "minimum_telemetry_rate: 30 %"],
];

const QUIET = ["--no-dashboard", "--no-recording", "--json"];

function nameOf({ server, trials, seed, measure }: RosbridgeUnit): string {
  const faults = server?.faults === undefined ? "" : `-${server.faults.replaceAll(/[^\w.=]+/g, "-")}`;
  const where = server === undefined ? "in-process" : `ros${server.ros}-${server.clock}${faults}`;
  return `rosbridge-${where}-${trials}-measure-${measure ?? "usual"}-seed-${seed}`;
}

/** Run now, or taken from an earlier run of the proof. */
export function rosbridgeStudy(unit: RosbridgeUnit): Promise<StudyDocument> {
  const { server, trials, seed, measure } = unit;
  const shorter: Changes = measure === undefined ? [] : [[/measure: 9 s/, `measure: ${measure} s`]];
  const tune = async (folder: string, config: string): Promise<StudyDocument> => {
    const budget = ["--trials", String(trials), "--seed", String(seed)];
    const finished = await run(folder, "tune", config, ...budget, ...QUIET);
    if (finished.status !== 0) throw new Error(`${nameOf(unit)}: ${finished.stderr}`);
    return documentOf(finished);
  };
  return cached(nameOf(unit), () =>
    inFolder(async (folder) => {
      if (server === undefined) return tune(folder, simulatedConfig(folder, shorter));
      const { ros, clock, faults } = server;
      const lossy = faults === undefined ? [] : ["--faults", faults];
      const peer = await simulatedServer(folder, "--clock", clock, "--ros", String(ros), ...lossy);
      try {
        const changes = clock === "realtime" ? [...shorter, ...PATIENT] : shorter;
        return await tune(folder, rosbridgeConfig(folder, peer.url, clock, changes));
      } finally {
        await peer.end();
      }
    }),
  );
}
