/**
 * The claim about servers, topics, clients and computers that fail: whatever it is, and whenever in a walk, the robot stops
 * within its dead-man time, its trial is tried once more, and it is said what it was.
 */
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { randomStream } from "../../sim/random.ts";
import type { StudyDocument } from "../../src/study/study-document.ts";
import { documentOf, rosbridgeConfig, type Started, start } from "../cli/gaitsmith.ts";
import { DEAD_MAN, RosbridgeBench, SHORT_WALKS } from "../faults/rosbridge-bench.ts";
import { FAULTS, type RosbridgeFault } from "../faults/rosbridge-faults.ts";
import type { Claim } from "./claims.ts";
import { cached, inFolder, sideBySide } from "./study-units.ts";

/** Share of a study's walks that are a gait's first one: the others repeat the seed gait or confirm. */
const STRUCK = 0.7;
/** From the start of a short walk's ramp-in to its ramp-out, s. */
const WALKING = 2.7;
/** The robot's own clock stands while this process does, and then goes in leaps. */
const SLACK = 0.1;
/** Benches side by side, one with ROS 1, one with ROS 2. */
const LANES = 2;

/** Near the seed gait, where no walk ends by itself. */
const HEALTHY: readonly (readonly [RegExp, string])[] = [
  [/ground_clearance: \{ low: 5 mm, high: 50 mm/, "ground_clearance: { low: 28 mm, high: 32 mm"],
  [/ground_penetration: \{ low: 0 mm, high: 30 mm/, "ground_penetration: { low: 4 mm, high: 6 mm"],
  [/step_length: \{ low: 10 mm, high: 80 mm/, "step_length: { low: 38 mm, high: 42 mm"],
  [/swing_frequency: \{ low: 0.83 Hz, high: 5 Hz/, "swing_frequency: { low: 2.45 Hz, high: 2.55 Hz"],
  [/stance_frequency: \{ low: 0.83 Hz, high: 5 Hz/, "stance_frequency: { low: 2.33 Hz, high: 2.43 Hz"],
];

/** The computer itself: service and station end at once. It has no words left. */
const KILL = "a service that is killed, with its station";

interface FaultTally {
  readonly fault: string;
  /** Walks it struck. */
  struck: number;
  /** When a walk that is to end lost its drive, and its power, after the fault, s of the robot's clock. */
  readonly damped: number[];
  readonly off: number[];
  /** How far it came after the fault, m. */
  readonly coasted: number[];
  interrupted: number;
  retried: number;
  suggestions: number;
  /** Trials that ended in another way than they should have, in words. */
  readonly amiss: string[];
  /** It was said what it was. */
  told: boolean;
}

/** A study of as many parameter sets as there are walks to strike, each at a random moment of its first walk. */
async function strikeStudy(bench: RosbridgeBench, fault: RosbridgeFault, walks: number): Promise<FaultTally> {
  const { name, codes, words } = fault;
  const ends = codes.length > 0;
  const tally: FaultTally = {
    fault: name,
    ...{ struck: 0, interrupted: 0, retried: 0, suggestions: 0, told: false },
    ...{ damped: [], off: [], coasted: [], amiss: [] },
  };
  const moments = randomStream(20261125, name);
  await inFolder(async (folder) => {
    const config = rosbridgeConfig(folder, bench.url, "realtime", [...SHORT_WALKS, ...HEALTHY]);
    const tune = (): Started => {
      const budget = ["--trials", String(walks), "--sampler", "random", "--pruner", "none"];
      return start(folder, "tune", config, ...budget, "--no-dashboard", "--no-recording", "--json");
    };
    let running = tune();
    let said = "";
    const known = new Set<string>();
    const play = async (): Promise<void> => {
      while (await walksAnew(bench, running, known)) {
        known.add(bench.parameters!);
        const moment = bench.body.time + WALKING * moments.uniform();
        await bench.until(() => bench.body.time >= moment || bench.body.state !== "walking", 10);
        if (bench.body.state !== "walking") continue;
        tally.struck++;
        const { x } = bench.body.truth();
        const { time } = bench.body;
        const mend = name === KILL ? kill(running) : fault.strike(bench);
        if (ends) {
          await bench.until(() => !bench.driven, 10);
          tally.damped.push(bench.body.time - time);
          await bench.until(() => bench.body.state === "off", 10);
          tally.off.push(bench.body.time - time);
          tally.coasted.push(bench.body.truth().x - x);
        } else await bench.until(() => !bench.driven, 10);
        await mend();
        if (name === KILL) {
          said += (await running.finished).stderr;
          running = tune();
        }
      }
    };
    try {
      await play();
    } catch (error) {
      void kill(running)();
      throw error;
    }
    const finished = await running.finished;
    said += finished.stderr;
    if (finished.status !== 0) tally.amiss.push(said.slice(-400));
    else count(tally, documentOf(finished), fault);
    tally.told = words.test(said);
  });
  return tally;
}

/** Until it walks with parameters that no walk had before. @returns false when the study has ended first */
async function walksAnew(
  bench: RosbridgeBench,
  { process: child }: Started,
  known: ReadonlySet<string>,
): Promise<boolean> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    const { parameters, body } = bench;
    if (body.state === "walking" && parameters !== null && !known.has(parameters)) return true;
    await delay(2);
  }
}

function kill({ process: child }: Started): () => Promise<void> {
  const gone = child.exitCode === null ? once(child, "exit") : Promise.resolve();
  if (child.exitCode === null) process.kill(-child.pid!, "SIGKILL");
  return async () => void (await gone);
}

function count(tally: FaultTally, { trials }: StudyDocument, { codes }: RosbridgeFault): void {
  const suggestions = new Set(trials.map(({ suggestion }) => suggestion));
  tally.suggestions = suggestions.size;
  for (const one of suggestions) {
    const walks = trials.filter(({ suggestion }) => suggestion === one);
    const [last, ...earlier] = walks.toReversed();
    tally.interrupted += earlier.length;
    if (earlier.length > 0 && last!.state === "completed") tally.retried++;
    const proper =
      last!.state === "completed" &&
      earlier.length <= 1 &&
      earlier.every(({ state, outcome }) => state === "interrupted" && codes.includes(outcome ?? ""));
    if (!proper)
      tally.amiss.push(
        walks.map(({ state, outcome, reason }) => `${state} ${outcome}: ${reason}`).join("; "),
      );
  }
}

/** @param walks that each fault strikes */
export async function stopsWhateverFails(walks: number): Promise<Claim[]> {
  const killed: RosbridgeFault = {
    name: KILL,
    strike: () => () => {},
    codes: ["service-died"],
    words: /./,
  };
  const benches: RosbridgeBench[] = [];
  try {
    const tallies = await sideBySide(
      [...FAULTS, killed],
      (fault, lane) =>
        cached(`rosbridge-fault-${fault.name.replaceAll(/\W+/g, "-")}-${walks}`, async () => {
          // A robot that is being loaded stops every other in this process: all are, before the first one walks.
          while (benches.length < LANES)
            benches.push(await RosbridgeBench.open(benches.length % 2 === 0 ? 1 : 2));
          return strikeStudy(benches[lane]!, fault, walks);
        }),
      LANES,
    );
    return [claim(tallies, walks)];
  } finally {
    for (const bench of benches) await bench.close();
  }
}

function claim(tallies: readonly FaultTally[], walks: number): Claim {
  const rest = tallies.map((tally) => {
    const { damped, off, coasted, fault, struck, interrupted, retried, amiss, told } = tally;
    const most = (values: readonly number[]): number | null =>
      values.length === 0 ? null : Number(Math.max(...values).toFixed(3));
    return {
      ...{ fault, struck, interrupted, retried, told, amiss },
      ...{ slowest_stop_s: most(damped), slowest_off_s: most(off), farthest_m: most(coasted) },
      unsafe: [
        ...damped.filter((time) => time > DEAD_MAN.settleAfter + SLACK),
        ...off.filter((time) => time > DEAD_MAN.cutAfter + SLACK),
      ].length,
    };
  });
  return {
    name: "whatever fails in mid-walk, the robot stops within its dead-man time and the study loses nothing",
    bar: `a study of ${walks} walks for each fault, every gait struck once at a random moment: no drive after ${DEAD_MAN.settleAfter} s, no power after ${DEAD_MAN.cutAfter} s; each interrupted trial tried once more and completed; said what it was`,
    holds:
      rest.every(
        ({ unsafe, struck, interrupted, retried, amiss, told }) =>
          unsafe === 0 && struck >= STRUCK * walks && retried === interrupted && amiss.length === 0 && told,
      ) && tallies.every(({ suggestions }) => suggestions === walks),
    measured: {
      slowest_stop_s: Math.max(...rest.map(({ slowest_stop_s }) => slowest_stop_s ?? 0)),
      faults: rest,
    },
  };
}
