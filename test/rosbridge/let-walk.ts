import type { RoslibStation } from "./roslib-station.ts";

export const GAIT = {
  gait: "own",
  values: [
    ["step_length", 0.05],
    ["step_frequency", 2],
    ["ground_clearance", 0.03],
  ],
  rampIn: 0.3,
  rampOut: 0.3,
};

/** Takes the lease, keeps alive, arms, and starts a walk of the sample robot. */
export async function letWalk(station: RoslibStation): Promise<void> {
  await station.acquireLease();
  station.keepAlive(true);
  await must(station, "arm");
  await station.state(({ state }) => state === "standing");
  const { hash } = await must(station, "stage", GAIT);
  await must(station, "commit", { hash });
  await must(station, "start");
  await station.state(({ state }) => state === "walking");
}

async function must(station: RoslibStation, kind: string, fields = {}) {
  const answer = await station.ask(kind, fields);
  if (answer.accepted !== true) throw new Error(`${kind}: ${String(answer.reason)}`);
  return answer;
}
