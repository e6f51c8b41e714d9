/** Claims about the robot on a serial line, with the C library as its firmware and MuJoCo as its body. */
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { type LineFaults, NO_FAULTS } from "../../sim/serial/line-faults.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { parameterHash } from "../../src/robot/parameters.ts";
import type { StudyDocument } from "../../src/study/study-document.ts";
import type { Claim } from "./claims.ts";
import { bench, bodyTime, study, walkedBy } from "./serial-study.ts";
import { CONFIG } from "./study-units.ts";

const PERIOD = 0.01;
const DEAD_MAN = 0.3;
const TRIALS = 20;

const table = (document: StudyDocument): unknown[] =>
  document.trials.map(({ recording: _recording, ...trial }) => trial);
const round = (value: number): number => Number(value.toFixed(4));

/** Whole studies over the pseudo-terminal: twice in lockstep, once in real time. */
export async function tunesOverSerial(): Promise<Claim[]> {
  const run = async (clock: "lockstep" | "realtime", seed: number) => {
    const at = await bench(clock);
    try {
      const began = performance.now();
      const { document } = study(at, "--trials", String(TRIALS), "--seed", String(seed));
      const result = await document;
      return { result, wall: (performance.now() - began) / 1000, active: at.peer.active };
    } finally {
      await at.close();
    }
  };
  const [first, second] = await Promise.all([run("lockstep", 3), run("lockstep", 3)]);
  const live = await run("realtime", 3);
  const finished = (document: StudyDocument): boolean =>
    new Set(document.trials.map(({ suggestion }) => suggestion)).size === TRIALS &&
    document.champion !== null;
  return [
    {
      name: "a study over a serial line with the C firmware finishes, and in lockstep the same seed gives the same trials",
      bar: `${TRIALS} suggestions and a champion, in lockstep and in real time at 921600 baud; two lockstep tables equal bit for bit`,
      holds:
        finished(first.result) &&
        finished(live.result) &&
        isDeepStrictEqual(table(first.result), table(second.result)),
      measured: {
        lockstep_s: round(first.wall),
        real_time_s: round(live.wall),
        champion_lockstep: first.result.champion?.mean,
        champion_real_time: live.result.champion?.mean,
        baseline_lockstep: first.result.baseline?.mean,
        parameter_sets_active: first.active.length,
      },
    },
  ];
}

/** SIGKILL of the whole study in mid-walk, again and again: the body loses its drive within the dead-man time. */
export async function deadManStopsTheBody(kills: number): Promise<Claim[]> {
  const at = await bench("realtime");
  const damped: number[] = [];
  const off: number[] = [];
  try {
    for (let kill = 0; kill < kills; kill++) {
      const running = study(at, "--trials", "400", "--study", `kill-${kill}`);
      // Somewhere between the ramp-in and the end of the walk.
      await walkedBy(at, 0.05 + 0.5 * (kill / kills));
      process.kill(-(running.process.pid ?? 0), "SIGKILL");
      const killed = at.body.time;
      damped.push((await bodyTime(at.body, () => at.body.mode !== "follow", 5)) - killed);
      off.push((await bodyTime(at.body, () => at.body.mode === "off", 5)) - killed);
      await running.document.catch(() => {});
      // The lease of a silent host may be taken over after two seconds.
      await delay(2500);
    }
  } finally {
    await at.close();
  }
  return [
    {
      name: "killing the station in mid-walk stops the robot within the dead-man time",
      // The clock is read in whole periods at both ends.
      bar: `drives damped within ${DEAD_MAN} s and a period, off within 0.8 s and a period, by the body's own clock`,
      holds:
        damped.every((time) => time <= DEAD_MAN + 2 * PERIOD) &&
        off.every((time) => time <= 0.8 + 2 * PERIOD),
      measured: {
        kills,
        damped_s: [round(Math.min(...damped)), round(Math.max(...damped))],
        off_s: [round(Math.min(...off)), round(Math.max(...off))],
      },
    },
  ];
}

/** The cable is pulled in mid-walk and put back: one interrupted trial each, and the study goes on by itself. */
export async function survivesUnplugging(cuts: number): Promise<Claim[]> {
  const trials = cuts + 2;
  const at = await bench("realtime");
  const damped: number[] = [];
  try {
    const running = study(at, "--trials", String(trials), "--seed", "5", "--pruner", "none");
    for (let cut = 0; cut < cuts; cut++) {
      // A walk of the next parameter set: a second interruption of the same one would be an abort.
      const sets = () => new Set(at.peer.active.map(({ hash }) => hash)).size;
      const known = cut === 0 ? 0 : sets();
      await bodyTime(at.body, () => sets() > known, 120);
      await bodyTime(at.body, () => at.body.mode === "follow", 60);
      // Past the rise: it walks.
      const standing = at.body.time;
      await bodyTime(at.body, () => at.body.time > standing + 2.5, 10);
      at.peer.unplug();
      const pulled = at.body.time;
      damped.push((await bodyTime(at.body, () => at.body.mode !== "follow", 5)) - pulled);
      await delay(2000);
      await at.peer.replug();
    }
    const document = await running.document;
    const interrupted = document.trials.filter(({ state }) => state === "interrupted");
    const retried = interrupted.filter(({ number, suggestion }) =>
      document.trials.some((trial) => trial.number > number && trial.suggestion === suggestion),
    );
    const suggestions = new Set(document.trials.map(({ suggestion }) => suggestion)).size;
    return [
      {
        name: "unplugging in mid-walk interrupts the trial, and after replugging the study goes on",
        bar: "every cut one interrupted trial, tried once more; all suggestions walked; drives damped within the dead-man time",
        holds:
          interrupted.length === cuts &&
          retried.length === cuts &&
          suggestions === trials &&
          damped.every((time) => time <= DEAD_MAN + 2 * PERIOD),
        measured: {
          cuts,
          interrupted: interrupted.length,
          retried: retried.length,
          suggestions,
          longest_damped_s: round(Math.max(...damped)),
        },
      },
    ];
  } finally {
    await at.close();
  }
}

/** A study in real time on a line with all faults at one share: what the robot walked with is what the study asked for. */
export async function studyOnFaultyLine(share: number, trials: number, seed: number) {
  const shares = { flip: share, shorten: share, lose: share, duplicate: share, reorder: share };
  const faults: LineFaults = { ...NO_FAULTS, ...shares, seed };
  const at = await bench("realtime", { faults });
  const config = readHardwareConfig(CONFIG);
  try {
    const { document } = study(at, "--trials", String(trials), "--seed", String(seed));
    const { trials: walked } = await document;
    const asked = new Set(
      walked.map(({ params }) =>
        parameterHash({
          gait: config.gait.name,
          values: config.space.parameters.map(({ name }) => [name, Number(params[name])] as const),
        }),
      ),
    );
    const wrong = at.peer.active.filter(({ hash }) => !asked.has(hash.toString(16).padStart(8, "0")));
    const { toRobot, toHost } = at.peer.statistics;
    return {
      share,
      walks: walked.length,
      completed: walked.filter(({ state }) => state === "completed" || state === "pruned").length,
      interrupted: walked.filter(({ state }) => state === "interrupted").length,
      sets_active: at.peer.active.length,
      wrong_sets: wrong.length,
      frames: toRobot.frames + toHost.frames,
    };
  } finally {
    await at.close();
  }
}
