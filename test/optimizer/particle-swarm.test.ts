import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GaitsmithError } from "../../src/errors.ts";
import { createSampler } from "../../src/optimizer/catalogue.ts";
import type { Options } from "../../src/optimizer/options.ts";
import type { Sampler } from "../../src/optimizer/sampler.ts";
import type { ParameterSet, SearchSpace } from "../../src/optimizer/search-space.ts";
import type { JsonValue, ObservedTrial } from "../../src/optimizer/trial.ts";

const SPACE: SearchSpace = {
  parameters: [
    { kind: "float", name: "x", unit: "", low: -5, high: 5, log: false, step: null },
    { kind: "float", name: "y", unit: "", low: 0.01, high: 100, log: true, step: null },
    { kind: "int", name: "n", unit: "", low: 1, high: 9, log: false, step: 1 },
    { kind: "categorical", name: "pattern", unit: "", choices: ["trot", "pace", "bound", "walk"] },
  ],
};

/** Best, 0, at x = 2, y = 1, n = 3, pace. */
function bowl({ x, y, n, pattern }: ParameterSet): number {
  const valley = (Number(x) - 2) ** 2 / 25 + Math.log10(Number(y)) ** 2 + (Number(n) - 3) ** 2 / 16;
  return -valley - (pattern === "pace" ? 0 : 0.5);
}

function swarm(options: Options = {}, seed = 1): Sampler {
  return createSampler("particle-swarm", options, {
    space: SPACE,
    direction: "maximize",
    seed,
    constraintCount: 0,
  });
}

interface Particle {
  readonly particle: number;
  readonly position: readonly number[];
  readonly velocity: readonly number[];
}
const stored = (trial: { bookkeeping: JsonValue }): Particle => trial.bookkeeping as unknown as Particle;

type Outcome = Partial<ObservedTrial>;

/** Asks and tells, from `trials` on; `walk` says how it went. */
function study(
  sampler: Sampler,
  count: number,
  walk: (parameters: ParameterSet, suggestion: number) => Outcome,
  trials: readonly ObservedTrial[] = [],
): ObservedTrial[] {
  const told = [...trials];
  for (let i = 0; i < count; i++) {
    const suggestion = told.reduce((most, trial) => Math.max(most, trial.suggestion), -1) + 1;
    const asked = sampler.ask({ trials: told, suggestion, feasible: () => true });
    told.push(trialOf(told.length, suggestion, asked, walk(asked.parameters, suggestion)));
  }
  return told;
}

function trialOf(
  number: number,
  suggestion: number,
  { parameters, bookkeeping }: { parameters: ParameterSet; bookkeeping: JsonValue },
  outcome: Outcome,
): ObservedTrial {
  return {
    number,
    suggestion,
    role: "suggested",
    state: "completed",
    parameters,
    reports: [{ step: 1, value: outcome.value ?? Number.NaN, time: 10 }],
    value: null,
    constraints: [],
    breached: null,
    walked: 12,
    bookkeeping,
    ...outcome,
  };
}

const reward = (parameters: ParameterSet): Outcome => ({ value: bowl(parameters) });
const best = (trials: readonly ObservedTrial[]): number =>
  Math.max(...trials.map(({ value }) => value ?? Number.NEGATIVE_INFINITY));

describe("the particle swarm", () => {
  it("finds the best of a mixed space, with either topology", () => {
    for (const topology of ["global", "ring"])
      for (const seed of [1, 2]) {
        const found = best(study(swarm({ topology }, seed), 300, reward));
        assert.ok(found > -0.01, `${topology}, seed ${seed}: ${found}`);
      }
  });

  it("minimises where less is better", () => {
    const context = { space: SPACE, direction: "minimize", seed: 1, constraintCount: 0 } as const;
    const down = study(createSampler("particle-swarm", {}, context), 60, (set) => ({ value: -bowl(set) }));
    const up = study(swarm(), 60, reward);
    assert.deepEqual(
      down.map(({ parameters }) => parameters),
      up.map(({ parameters }) => parameters),
    );
  });

  it("gives every particle its turn, each after its own walk was told", () => {
    const trials = study(swarm({ particles: 4 }), 12, reward);
    assert.deepEqual(
      trials.map((trial) => stored(trial).particle),
      [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3],
    );
  });

  it("moves another particle while one is still walking, and any when all are", () => {
    const sampler = swarm({ particles: 3 });
    const running = study(sampler, 3, () => ({ state: "running" }));
    const oneTold = running.map((trial) =>
      trial.number === 1 ? { ...trial, state: "completed" as const, value: 1 } : trial,
    );
    const ask = (trials: readonly ObservedTrial[]): Particle =>
      stored(sampler.ask({ trials, suggestion: 3, feasible: () => true }));
    assert.equal(ask(oneTold).particle, 1);
    assert.equal(ask(running).particle, 0);
  });

  it("waits for a walk that is to be tried again, and draws an abandoned one anew", () => {
    const sampler = swarm({ particles: 2 });
    const first = study(sampler, 2, reward);
    const ends = (state: ObservedTrial["state"]): ObservedTrial[] =>
      first.map((trial) => (trial.number === 0 ? { ...trial, state, value: null } : trial));
    const next = (trials: readonly ObservedTrial[]) =>
      sampler.ask({ trials, suggestion: 2, feasible: () => true });
    assert.equal(stored(next(ends("interrupted"))).particle, 1);
    const redrawn = next(ends("abandoned"));
    assert.equal(stored(redrawn).particle, 0);
    assert.match(redrawn.note, /particle 1 of 2, move 1/);
  });

  it("is drawn towards the best place known, the seed gait's walks included", () => {
    // One particle far from home, standing still: where it goes shows what pulls it.
    const home = { x: 2, y: 1, n: 3, pattern: "pace" };
    const seedGait = trialOf(0, 0, { parameters: home, bookkeeping: null }, { value: 0, role: "seed-gait" });
    const away: Particle = { particle: 1, position: [0, 0, 0, 1, 0, 0, 0], velocity: [0, 0, 0, 0, 0, 0, 0] };
    const parameters = { x: -5, y: 0.01, n: 1, pattern: "trot" };
    const walked = trialOf(
      1,
      1,
      { parameters, bookkeeping: { ...away } as unknown as JsonValue },
      { value: -3 },
    );
    const other = { particle: 0, position: [0.5, 0.5, 0.5, 1, 0, 0, 0], velocity: [0, 0, 0, 0, 0, 0, 0] };
    const middle = trialOf(
      2,
      2,
      { parameters: { x: 0, y: 1, n: 5, pattern: "trot" }, bookkeeping: other },
      { state: "running" },
    );
    const sampler = swarm({ particles: 2 });
    const asked = sampler.ask({ trials: [seedGait, walked, middle], suggestion: 3, feasible: () => true });
    const { particle, position } = stored(asked);
    assert.equal(particle, 1);
    assert.ok(position[0]! > 0 && position[1]! > 0 && position[2]! > 0, position.join());
    assert.equal(position[3]! < 1, true);
  });

  it("ranks aborted walks below all others and takes the momentum of a particle that fell", () => {
    const sampler = swarm({ particles: 2, cognitive: 0, social: 0 });
    const [first, second] = study(sampler, 2, reward);
    const fell = [{ ...first!, state: "aborted" as const, value: null, walked: 3 }, second!];
    const next = sampler.ask({ trials: fell, suggestion: 2, feasible: () => true });
    // Without pull and momentum it cannot move, so it is put elsewhere.
    assert.match(next.note, /particle 1 of 2, move 2, put elsewhere/);
    const held = sampler.ask({ trials: [first!, second!], suggestion: 2, feasible: () => true });
    const before = stored(first!);
    stored(held).position.forEach((x, j) => {
      const aim = before.position[j]! + Math.min(0.2, Math.max(-0.2, 0.7298 * before.velocity[j]!));
      assert.ok(Math.abs(x - Math.min(1, Math.max(0, aim))) < 1e-12);
    });
    assert.equal(held.note, "particle 1 of 2, move 2");
  });

  it("lets replicates correct a lucky walk", () => {
    const sampler = swarm({ particles: 2 });
    const trials = study(sampler, 4, (_, suggestion) => ({ value: [5, 4, 0, 0][suggestion]! }));
    const replicate: ObservedTrial = {
      ...trials[0]!,
      number: 4,
      suggestion: 4,
      role: "replicate",
      value: -20,
      bookkeeping: null,
    };
    const next = (history: readonly ObservedTrial[]): Particle =>
      stored(sampler.ask({ trials: history, suggestion: 5, feasible: () => true }));
    const lucky = next(trials);
    const corrected = next([...trials, replicate]);
    assert.equal(lucky.particle, corrected.particle);
    assert.notDeepEqual(lucky.position, corrected.position);
    // The second particle's place is now the best there is, so it no longer hears of the first one's.
    const again: ObservedTrial = { ...replicate, number: 5, suggestion: 5, value: 40 };
    assert.deepEqual(
      stored(sampler.ask({ trials: [...trials, replicate, again], suggestion: 6, feasible: () => true })),
      stored(sampler.ask({ trials, suggestion: 6, feasible: () => true })),
    );
  });

  it("stays inside its walls and turns back at half its speed", () => {
    const away: Particle = {
      particle: 0,
      position: [1, 1, 1, 1, 0, 0, 0],
      velocity: [0.1, 0, 0, 0, 0, 0, 0],
    };
    const parameters = { x: 5, y: 100, n: 9, pattern: "trot" };
    const bookkeeping = { ...away } as unknown as JsonValue;
    const trial = trialOf(0, 0, { parameters, bookkeeping }, { value: 1 });
    const other = { ...trial, number: 1, suggestion: 1, state: "running" as const };
    const sampler = swarm({ particles: 2, inertia: 1, cognitive: 0, social: 0 });
    const history = [trial, { ...other, bookkeeping: { ...away, particle: 1 } as unknown as JsonValue }];
    const stopped = sampler.ask({ trials: history, suggestion: 2, feasible: () => true });
    // Along x it would leave, so it stays where it is: the same parameters again, and it is put elsewhere instead.
    assert.match(stopped.note, /put elsewhere/);
    const inward = trialOf(
      0,
      0,
      { parameters, bookkeeping: { ...away, velocity: [0.1, -0.15, 0, 0, 0, 0, 0] } as unknown as JsonValue },
      { value: 1 },
    );
    const { position, velocity } = stored(
      sampler.ask({ trials: [inward, history[1]!], suggestion: 2, feasible: () => true }),
    );
    assert.deepEqual([position[0], velocity[0]], [1, -0.05]);
    assert.deepEqual([position[1], velocity[1]], [0.85, -0.15]);
  });

  it("refuses an unknown topology", () => {
    assert.throws(
      () => swarm({ topology: "star" }),
      (error) => error instanceof GaitsmithError && /"topology".*global or ring/s.test(error.describe()),
    );
  });
});
