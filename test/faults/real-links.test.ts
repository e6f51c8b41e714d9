/**
 * Five faults over each real link, drawn by a seed that is printed: `FAULT_SEED=7 FAULT=cable-pulled` repeats one. All of them,
 * twenty times each, are `npm run test:proof -- --only faults`.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { WITHOUT_CC } from "../firmware-protocol/c-program.ts";
import type { Fault } from "./fault.ts";
import { faultsOver } from "./fault-table.ts";
import { type Played, play, playAlone, sideBySide, stageFor } from "./play.ts";
import { chosenFaults, seedOfTheDay } from "./seeds.ts";
import type { Stage } from "./stages.ts";

const seed = seedOfTheDay();
const IN_REAL_TIME = 3;
const IN_LOCKSTEP = 2;
const LINKS = ["serial", "rosbridge"] as const;

interface Scene {
  readonly link: (typeof LINKS)[number];
  readonly fault: Fault;
}

const skipped = (link: Scene["link"]): string | boolean => link === "serial" && WITHOUT_CC;

function scenes(realtime: boolean, count: number): Scene[] {
  return LINKS.flatMap((link) =>
    chosenFaults(
      faultsOver(link).filter(({ clock }) => (clock === "realtime") === realtime),
      seed,
      count,
    ).map((fault) => ({ link, fault })),
  );
}

// A robot that is being loaded stops every other in this process: all are, before the first one walks.
describe(`faults in real time, seed ${seed}`, { concurrency: LINKS.length * IN_REAL_TIME }, () => {
  const stages = new Map<Scene, Stage>();
  const live = scenes(true, IN_REAL_TIME);
  const walk = sideBySide();
  before(async () => {
    for (const scene of live)
      if (!skipped(scene.link)) stages.set(scene, await stageFor(scene.fault, scene.link, seed));
  });
  after(() => Promise.all([...stages.values()].map((stage) => stage.close())));
  for (const scene of live)
    it(named(scene), { skip: skipped(scene.link) }, () =>
      keepsItsPromise(walk(() => play(stages.get(scene)!, scene.fault, seed))),
    );
});

describe(`faults in lockstep, seed ${seed}`, () => {
  for (const scene of scenes(false, IN_LOCKSTEP))
    it(named(scene), { skip: skipped(scene.link) }, () =>
      keepsItsPromise(playAlone(scene.fault, scene.link, seed)),
    );
});

function named({ link, fault: { id, words } }: Scene): string {
  return `over ${link}: ${words} (${id})`;
}

async function keepsItsPromise(walk: Promise<Played>): Promise<void> {
  const { amiss, rows, errors } = await walk;
  assert.deepEqual(amiss, [], [...rows, ...errors].join("\n"));
}
