/** The claim about noise: on a line that spoils frames no wrong parameter becomes active, no stop is lost, and it is counted. */
import { setTimeout as delay } from "node:timers/promises";
import { type FaultCounts, type LineFaults, NO_FAULTS } from "../../sim/serial/line-faults.ts";
import { systemClock } from "../../src/clock.ts";
import { SerialRobot } from "../../src/links/serial/serial-robot.ts";
import type { Cleared, Command } from "../../src/robot/command.ts";
import { type ParameterSetOnWire, parameterHash } from "../../src/robot/parameters.ts";
import type { Claim } from "./claims.ts";
import { studyOnFaultyLine } from "./serial-claims.ts";
import { type Bench, bench, bodyTime, ROBOT_ID } from "./serial-study.ts";

const KINDS = ["flip", "shorten", "lose", "duplicate", "reorder"] as const;
const SHARES = [1e-3, 1e-2, 1e-1];
/** From the moment a stop is asked for: time to give up in the link, s. */
const STOP_WITHIN = 1;

interface Tally {
  readonly share: number;
  rounds: number;
  /** Sets that became active although nobody had committed them, or with other values. */
  wrong: number;
  stops: number;
  /** Not confirmed, or confirmed by a robot that still drove. */
  stopsLost: number;
  slowestStop: number;
  /** Links that gave up, which is honest. */
  linksLost: number;
  readonly befell: Record<string, number>;
  /** What the link and the robot counted. */
  readonly counted: Record<string, number>;
}

/** Differs from round to round and stays feasible. */
function setOf(round: number): ParameterSetOnWire {
  return {
    gait: "foot-cpg:trot",
    values: [
      ["ground_clearance", 0.02 + 0.00002 * (round % 1000)],
      ["ground_penetration", 0.005],
      ["step_length", 0.04],
      ["swing_frequency", 2.5],
      ["stance_frequency", 2.38],
    ],
  };
}

/** Stages, commits, arms and stops, round after round, in real time at 921600 baud. */
async function exercise(share: number, rounds: number, seed: number): Promise<Tally> {
  const faults: LineFaults = {
    ...NO_FAULTS,
    ...Object.fromEntries(KINDS.map((kind) => [kind, share])),
    seed,
  };
  const at = await bench("realtime", { faults });
  const tally: Tally = {
    share,
    rounds: 0,
    wrong: 0,
    stops: 0,
    stopsLost: 0,
    slowestStop: 0,
    linksLost: 0,
    befell: {},
    counted: {},
  };
  try {
    const committed: string[] = [];
    let robot: SerialRobot | null = null;
    for (let round = 0; round < rounds; round++) {
      try {
        robot ??= await connect(at);
        await oneRound(at, robot, setOf(round), committed, tally);
        tally.rounds++;
      } catch {
        tally.linksLost++;
        await robot?.close();
        robot = null;
        await bodyTime(at.body, () => at.body.mode === "off", 2);
      }
    }
    if (robot !== null) {
      const figures = await robot.diagnostics();
      for (const name of [
        "broken",
        "malformed",
        "telemetryMissed",
        "robot.framesBroken",
        "robot.framesRepeated",
      ])
        tally.counted[name] = figures[name] ?? Number.NaN;
      await robot.close();
    }
    // A commit whose answer never came may have been carried out: it was asked for all the same.
    const asked = new Set(committed);
    for (const { hash, values } of at.peer.active) {
      const text = hash.toString(16).padStart(8, "0");
      const exact = asked.has(text) && parameterHash(sameNames(values)) === text;
      if (!exact) tally.wrong++;
    }
    const { toRobot, toHost } = at.peer.statistics;
    for (const name of ["frames", ...KINDS] as (keyof FaultCounts)[])
      tally.befell[name] = toRobot[name] + toHost[name];
    return tally;
  } finally {
    await at.close();
  }
}

async function connect({ peer }: Bench): Promise<SerialRobot> {
  const link = { kind: "serial", clock: "realtime", path: peer.path, baud: 921_600 } as const;
  const robot = new SerialRobot({ link, robotId: ROBOT_ID, clock: systemClock });
  robot.onFrame(() => {});
  robot.onEvent(() => {});
  try {
    await robot.open();
    await robot.acquireLease("proof");
    return robot;
  } catch (error) {
    await robot.close();
    throw error;
  }
}

async function oneRound(
  { body }: Bench,
  robot: SerialRobot,
  set: ParameterSetOnWire,
  committed: string[],
  tally: Tally,
): Promise<void> {
  const send = (command: Command) => robot.send(command as Cleared<Command>);
  const staged = await send({ kind: "stage", parameters: set, rampIn: 0.2, rampOut: 0.2 });
  if (staged.hash !== parameterHash(set)) throw new Error(`staged otherwise: ${staged.reason}`);
  committed.push(staged.hash);
  await send({ kind: "commit", hash: staged.hash });
  await send({ kind: "arm" });
  await delay(30);
  const mode = (): string => body.mode;
  if (mode() !== "follow") throw new Error("it was not armed");
  tally.stops++;
  const asked = performance.now();
  const { confirmed } = await robot.stop("cut");
  const took = (performance.now() - asked) / 1000;
  tally.slowestStop = Math.max(tally.slowestStop, took);
  // Told by the body: it is off when the answer is here, and stays off whatever comes late.
  const stopped = mode() === "off";
  await delay(30);
  if (!confirmed || took > STOP_WITHIN || !stopped || mode() !== "off") tally.stopsLost++;
}

function sameNames(values: Float64Array): ParameterSetOnWire {
  const { gait, values: pairs } = setOf(0);
  return { gait, values: pairs.map(([name], index) => [name, values[index] ?? Number.NaN]) };
}

/** @param rounds of stage, commit, arm and stop at each share of faults */
export async function keepsItsWordOnFaultyLines(rounds: number): Promise<Claim[]> {
  const tallies = await Promise.all(SHARES.map((share, index) => exercise(share, rounds, index + 1)));
  const studies = [];
  for (const [index, share] of SHARES.entries()) studies.push(await studyOnFaultyLine(share, 4, index + 1));
  return [
    {
      name: "on a line with flipped bits, lost, doubled and overtaking frames no wrong parameter becomes active and no stop is lost",
      bar: "none, at 0.1 %, 1 % and 10 % of frames for each kind of fault; link and robot count what they dropped",
      holds:
        tallies.every(
          ({ wrong, stopsLost, stops, counted }) =>
            wrong === 0 && stopsLost === 0 && stops > 0.9 * rounds && counted["broken"]! > 0,
        ) && studies.every(({ wrong_sets, sets_active }) => wrong_sets === 0 && sets_active > 0),
      measured: { tallies, studies },
    },
  ];
}
