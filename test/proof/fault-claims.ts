/**
 * The claims about faults: each of the table, over each link that it applies to, at random moments of walks. One claim per link and
 * group, each made of walks that are cached one by one, so that the proof fits in pieces.
 */
import { playCommand } from "../faults/command.ts";
import { type Fault, GROUPS, LINKS, type LinkName } from "../faults/fault.ts";
import { FAULTS } from "../faults/fault-table.ts";
import { PROCESS_FAULTS, type ProcessFault } from "../faults/kinds/processes.ts";
import { type Played, play, playAlone, playTwice } from "../faults/play.ts";
import { openStage, type Stage } from "../faults/stages.ts";
import type { Claim } from "./claims.ts";
import { cached, sideBySide } from "./study-units.ts";

/** Robots side by side in this process: in real time they mostly wait. */
const LANES = { lockstep: 1, realtime: 4 };
/** Commands side by side; a robot behind rosbridge, in this process too, costs most. */
const COMMANDS: Readonly<Record<LinkName, number>> = { "in process": 6, serial: 4, rosbridge: 3 };

export interface FaultClaim {
  /** For `--only`: `faults serial line`. */
  readonly name: string;
  readonly prove: (seeds: number) => Promise<Claim[]>;
}

export const FAULT_CLAIMS: readonly FaultClaim[] = LINKS.flatMap((link) => [
  ...GROUPS.flatMap((group) => {
    const faults = FAULTS.filter((fault) => fault.group === group && fault.strike[link] !== undefined);
    if (faults.length === 0) return [];
    const prove = async (seeds: number): Promise<Claim[]> => [
      claim(`${group} over ${link}`, faults, seeds, await walks(faults, link, seeds)),
    ];
    return [{ name: `faults ${link} ${group}`, prove }];
  }),
  {
    name: `faults ${link} processes`,
    prove: async (seeds) => [
      claim(`processes over ${link}`, PROCESS_FAULTS, seeds, await commands(link, seeds)),
    ],
  },
]);

interface Unit<F> {
  readonly fault: F;
  readonly seed: number;
}

function unitsOf<F>(faults: readonly F[], seeds: number): Unit<F>[] {
  return faults.flatMap((fault) => Array.from({ length: seeds }, (_, index) => ({ fault, seed: index + 1 })));
}

function nameOf(link: LinkName, { fault, seed }: Unit<{ readonly id: string }>): string {
  return `fault-${link.replaceAll(" ", "-")}-${fault.id}-seed-${seed}`;
}

/** What threw is amiss, and told with the others. */
async function told(unit: Unit<{ readonly id: string }>, link: LinkName, walk: () => Promise<Played>) {
  return walk().catch(
    (error: unknown): Played => ({
      ...{ fault: unit.fault.id, link, seed: unit.seed, moment: Number.NaN, rows: [], errors: [] },
      seen: {
        ...{ undriven: null, off: null, everDriven: false, drivenAgain: false, crossed: null, coasted: 0 },
      },
      amiss: [error instanceof Error ? error.message : String(error)],
    }),
  );
}

async function walks(faults: readonly Fault[], link: LinkName, seeds: number): Promise<Played[]> {
  const isLive = (fault: Fault): boolean => link !== "in process" && fault.clock === "realtime";
  const units = unitsOf(faults, seeds);
  const done = await sideBySide(
    units.filter(({ fault }) => !isLive(fault)),
    (unit) =>
      cached(nameOf(link, unit), () => told(unit, link, () => playAlone(unit.fault, link, unit.seed))),
    LANES.lockstep,
  );
  const live = units.filter(({ fault }) => isLive(fault));
  const stages: Stage[] = [];
  try {
    const played = await sideBySide(
      live,
      (unit, lane) =>
        cached(nameOf(link, unit), async () => {
          // A robot that is being loaded stops every other in this process: all are, before the first one walks.
          while (stages.length < LANES.realtime)
            stages.push(await openStage(link, { clock: "realtime", ros: stages.length % 2 === 0 ? 1 : 2 }));
          return told(unit, link, () => playTwice(() => play(stages[lane]!, unit.fault, unit.seed), true));
        }),
      LANES.realtime,
    );
    return [...done, ...played];
  } finally {
    for (const stage of stages) await stage.close();
  }
}

async function commands(link: LinkName, seeds: number): Promise<Played[]> {
  const stages: Stage[] = [];
  try {
    return await sideBySide(
      unitsOf<ProcessFault>(PROCESS_FAULTS, seeds),
      (unit, lane) =>
        cached(nameOf(link, unit), async () => {
          while (stages.length < COMMANDS[link])
            stages.push(await openStage(link, { clock: "realtime", ros: stages.length % 2 === 0 ? 1 : 2 }));
          return told(unit, link, () =>
            playTwice(() => playCommand(stages[lane]!, unit.fault, unit.seed), true),
          );
        }),
      COMMANDS[link],
    );
  } finally {
    for (const stage of stages) await stage.close();
  }
}

function claim(
  what: string,
  faults: readonly Pick<Fault, "id" | "promise">[],
  seeds: number,
  played: readonly Played[],
): Claim {
  const most = (values: readonly (number | null)[]): number | null => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : Number(Math.max(...known).toFixed(3));
  };
  const rest = faults.map(({ id, promise }) => {
    const mine = played.filter(({ fault }) => fault === id);
    const amiss = mine.filter((one) => one.amiss.length > 0);
    return {
      fault: id,
      walks: mine.length,
      unsafe: amiss.filter((one) => one.amiss.some((words) => words.startsWith("UNSAFE"))).length,
      amiss: amiss.map((one) => `seed ${one.seed}: ${one.amiss.join("; ")}`),
      slowest_stop_s: promise.within === null ? null : most(mine.map(({ seen }) => seen.undriven)),
      longest_limit_crossed_s: most(mine.map(({ seen }) => seen.crossed?.seconds ?? 0)),
    };
  });
  return {
    name: `faults: ${what}`,
    bar: `${seeds} walks for each fault, struck at a random moment: no unsafe outcome, and every walk filed as promised`,
    holds: rest.every(({ walks, amiss }) => walks === seeds && amiss.length === 0),
    measured: {
      walks: played.length,
      unsafe: rest.reduce((sum, { unsafe }) => sum + unsafe, 0),
      faults: rest,
    },
  };
}
