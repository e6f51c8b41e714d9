/** The claim about questions that nobody answers: minutes of one, with the robot's telemetry coming in. */
import { documentOf, run } from "../cli/gaitsmith.ts";
import { leftAlone } from "../faults/unanswered-prompt.ts";
import type { Claim } from "./claims.ts";
import { cached, inFolder } from "./study-units.ts";

/** Of memory, from the half of the wait to its end. */
const FLAT = 1.05;

export async function waitsForAnAnswer(seconds: number): Promise<Claim[]> {
  const { states, service, station, status, trials } = await cached(`unanswered-prompt-${seconds}`, () =>
    inFolder(async (folder) => {
      const { finished, ...seen } = await leftAlone(folder, seconds);
      const { trials } = documentOf(await run(folder, "show", "studies.db", "--json"));
      return { ...seen, status: finished.status, trials: trials.length };
    }),
  );
  const growth = (megabytes: readonly number[]): number =>
    Math.max(...megabytes.slice(-10)) / (megabytes[megabytes.length >> 1] ?? Number.NaN);
  const grown = [service, station].map(growth);
  return [
    {
      name: "a prompt that nobody answers waits without torque and without memory that grows",
      bar: `${seconds} s of an open question over a serial line: drives off throughout, memory of service and station within ${Math.round(100 * FLAT - 100)} % from the half to the end, and Ctrl-C ends without a trial`,
      holds:
        states.join() === "off" && status === 130 && trials === 0 && grown.every((ratio) => ratio <= FLAT),
      measured: {
        states,
        service_mb: [service[service.length >> 1], service.at(-1)],
        station_mb: [station[station.length >> 1], station.at(-1)],
        grown: grown.map((ratio) => Number(ratio.toFixed(3))),
        trials,
      },
    },
  ];
}
