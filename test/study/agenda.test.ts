import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { exampleEnd, exampleTrial } from "../../src/conformance/example-study.ts";
import { type AgendaItem, nextOnAgenda, planAfterSearch, type StudyPlan } from "../../src/study/agenda.ts";
import type { TrialRecord } from "../../src/study/trial-record.ts";

const PLAN: StudyPlan = {
  trials: 60,
  robotTime: null,
  baselineWalks: 3,
  confirm: { walks: 10, candidates: 3 },
  prune: true,
};

type Outcome = TrialRecord["state"] | "stopped";

/** The trial that the study runner would store for an agenda item, ended so. */
function walk(
  next: Exclude<AgendaItem, { kind: "finished" }>,
  number: number,
  outcome: Outcome,
): TrialRecord {
  const role = next.kind === "ask" ? "suggested" : next.kind === "retry" ? next.of.role : next.kind;
  const suggestion = next.kind === "retry" ? next.of.suggestion : next.suggestion;
  const attempt = next.kind === "retry" ? next.attempt : 1;
  const state = outcome === "stopped" ? "interrupted" : outcome;
  const code = outcome === "stopped" ? "operator-stop" : "link-lost";
  const reason = { code, words: "", time: null, channel: null, value: null, limit: null };
  return {
    ...exampleTrial({ role, suggestion, attempt }),
    ...exampleEnd({ walked: 10 }),
    number,
    reports: [],
    rungs: [],
    state: state === "interrupted" && outcome !== "stopped" && attempt > 1 ? "aborted" : state,
    reason,
  };
}

/** Goes on to the end of a plan; `outcomes` are used up one a walk, then all complete. */
function carryOn(plan: StudyPlan, trials: TrialRecord[], outcomes: readonly Outcome[] = []): string {
  for (let walks = 0; ; walks++) {
    const next = nextOnAgenda(trials, plan);
    if (next.kind === "finished") return next.why;
    trials.push(walk(next, trials.length, outcomes[walks] ?? "completed"));
    assert.ok(walks < 1000, "it comes to an end");
  }
}

/** Roles in order of suggestion, run-length coded: "3 seed-gait, 47 suggested, 10 replicate". */
function shape(trials: readonly TrialRecord[]): string {
  const first = trials.filter(
    (trial, index) => trials.findIndex(({ suggestion }) => suggestion === trial.suggestion) === index,
  );
  const runs: [string, number][] = [];
  for (const { role } of first) {
    const last = runs.at(-1);
    if (last?.[0] === role) last[1] += 1;
    else runs.push([role, 1]);
  }
  return runs.map(([role, count]) => `${count} ${role}`).join(", ");
}

function planned(trials: number): string {
  const walked: TrialRecord[] = [];
  carryOn({ ...PLAN, trials }, walked);
  return shape(walked);
}

describe("the agenda of a study", () => {
  it("walks the seed gait again every so many suggestions where the plan says so, within the budget", () => {
    const checked = (trials: number, outcomes: readonly Outcome[] = []): string => {
      const walked: TrialRecord[] = [];
      carryOn({ ...PLAN, trials, driftCheckEvery: 15 }, walked, outcomes);
      return shape(walked);
    };
    assert.equal(
      checked(60),
      "3 seed-gait, 15 suggested, 1 drift-check, 15 suggested, 1 drift-check, 15 suggested, 10 replicate",
    );
    assert.equal(checked(20), "3 seed-gait, 12 suggested, 5 replicate");
    // A retry is no suggestion of its own, and a check that failed twice is not walked for ever.
    const outcomes = Array<Outcome>(40).fill("completed");
    outcomes[6] = "interrupted";
    outcomes[19] = outcomes[20] = "interrupted";
    assert.match(checked(60, outcomes), /^3 seed-gait, 15 suggested, 1 drift-check, 15 suggested, 1 drift/);
  });

  it("is baseline, search, confirmation", () => {
    assert.equal(planned(60), "3 seed-gait, 47 suggested, 10 replicate");
    assert.equal(planned(200), "3 seed-gait, 187 suggested, 10 replicate");
  });

  it("shares small budgets out, and leaves most to the search", () => {
    // What a robot walks first is what is known to be safe.
    assert.equal(planned(1), "1 seed-gait");
    assert.equal(planned(2), "1 seed-gait, 1 suggested");
    assert.equal(planned(3), "1 seed-gait, 2 suggested");
    assert.equal(planned(12), "3 seed-gait, 6 suggested, 3 replicate");
    assert.equal(planned(20), "3 seed-gait, 12 suggested, 5 replicate");
    for (let trials = 2; trials < 100; trials++) assert.match(planned(trials), /suggested/);
  });

  it("counts suggestions one by one and says why it ends", () => {
    const trials: TrialRecord[] = [];
    assert.equal(carryOn({ ...PLAN, trials: 20 }, trials), "all 20 trials are done");
    assert.deepEqual(
      trials.map((trial) => trial.suggestion),
      Array.from({ length: 20 }, (_, index) => index),
    );
  });

  it("can do without a confirmation or a baseline", () => {
    const trials: TrialRecord[] = [];
    carryOn({ ...PLAN, trials: 40, baselineWalks: 0, confirm: { walks: 0, candidates: 3 } }, trials);
    assert.equal(shape(trials), "40 suggested");
  });

  it("does not care how walks end, but retries an interrupted one at once, once, for free", () => {
    const trials: TrialRecord[] = [];
    const outcomes: Outcome[] = [
      "aborted",
      "pruned",
      "abandoned",
      "interrupted",
      "completed",
      "interrupted",
      "interrupted",
    ];
    carryOn({ ...PLAN, trials: 12 }, trials, outcomes);
    assert.equal(shape(trials), "3 seed-gait, 6 suggested, 3 replicate");
    const attempts = trials.map((trial) => [trial.suggestion, trial.attempt, trial.state]).slice(0, 8);
    assert.deepEqual(attempts, [
      [0, 1, "aborted"],
      [1, 1, "pruned"],
      [2, 1, "abandoned"],
      [3, 1, "interrupted"],
      [3, 2, "completed"],
      [4, 1, "interrupted"],
      [4, 2, "aborted"],
      [5, 1, "completed"],
    ]);
  });

  it("retries after the last suggestion too", () => {
    const trials: TrialRecord[] = [];
    carryOn({ ...PLAN, trials: 3 }, trials, ["completed", "completed", "interrupted"]);
    assert.deepEqual(
      trials.map((trial) => trial.attempt),
      [1, 1, 1, 2],
    );
  });

  it("holds an operator's stop against no gait", () => {
    const trials: TrialRecord[] = [];
    carryOn({ ...PLAN, trials: 1 }, trials, ["stopped", "stopped", "interrupted", "stopped"]);
    assert.deepEqual(
      trials.map(({ attempt, state }) => [attempt, state]),
      [
        [1, "interrupted"],
        [1, "interrupted"],
        [1, "interrupted"],
        [2, "interrupted"],
        [2, "completed"],
      ],
    );
  });

  it("does not walk what another program enqueued and nobody started", () => {
    const settled = { ...walk({ kind: "ask", suggestion: 0 }, 0, "interrupted"), startedAt: new Date(0) };
    assert.deepEqual(nextOnAgenda([settled], { ...PLAN, trials: 2, baselineWalks: 0 }), {
      kind: "ask",
      suggestion: 1,
    });
  });

  it("does not wait for a walk under way", () => {
    const running = { ...walk({ kind: "ask", suggestion: 0 }, 0, "running"), walked: 0 };
    assert.deepEqual(nextOnAgenda([running], { ...PLAN, trials: 2, baselineWalks: 0 }), {
      kind: "ask",
      suggestion: 1,
    });
    assert.equal(nextOnAgenda([running], { ...PLAN, trials: 1 }).kind, "finished");
  });
});

describe("a study that goes on with a larger budget", () => {
  const extended = (first: number, then: number): string => {
    const trials: TrialRecord[] = [];
    carryOn({ ...PLAN, trials: first }, trials);
    carryOn({ ...PLAN, trials: then }, trials);
    return shape(trials);
  };

  it("searches on and confirms anew", () => {
    assert.equal(extended(60, 100), "3 seed-gait, 47 suggested, 10 replicate, 30 suggested, 10 replicate");
    assert.equal(extended(60, 62), "3 seed-gait, 47 suggested, 10 replicate, 2 suggested");
    assert.equal(extended(12, 13), "3 seed-gait, 6 suggested, 3 replicate, 1 suggested");
    assert.equal(extended(12, 16), "3 seed-gait, 6 suggested, 3 replicate, 3 suggested, 1 replicate");
    assert.equal(extended(3, 3), "1 seed-gait, 2 suggested");
  });

  it("makes up for the baseline that was too dear before", () => {
    assert.equal(extended(3, 60), "1 seed-gait, 2 suggested, 2 seed-gait, 45 suggested, 10 replicate");
  });
});

describe("a study that was killed", () => {
  it("goes on as the uninterrupted one, whatever happened and wherever it stopped", () => {
    const outcome = fc.constantFrom<Outcome>(
      "completed",
      "pruned",
      "aborted",
      "interrupted",
      "stopped",
      "abandoned",
    );
    const plan = fc.record({
      trials: fc.integer({ min: 1, max: 40 }),
      robotTime: fc.oneof(fc.constant(null), fc.integer({ min: 50, max: 400 })),
      baselineWalks: fc.nat(4),
      confirm: fc.record({ walks: fc.nat(12), candidates: fc.nat(3) }),
      prune: fc.boolean(),
    });
    fc.assert(
      fc.property(plan, fc.array(outcome, { maxLength: 60 }), fc.nat(80), (one, outcomes, stop) => {
        const whole: TrialRecord[] = [];
        carryOn(one, whole, outcomes);
        const again = whole.slice(0, Math.min(stop, whole.length));
        carryOn(one, again, outcomes.slice(again.length));
        assert.deepEqual(again, whole);
        const suggestions = new Set(whole.map((trial) => trial.suggestion)).size;
        assert.ok(suggestions <= one.trials);
        if (one.robotTime === null) assert.equal(suggestions, one.trials);
      }),
    );
  });
});

describe("a budget of robot time", () => {
  it("ends the study, keeping time to confirm", () => {
    const trials: TrialRecord[] = [];
    // 10 s a walk: 40 walks fit, and the last quarter of the time would hold the ten confirming ones.
    const why = carryOn({ ...PLAN, trials: 1000, robotTime: 400 }, trials);
    assert.equal(why, "the robot time of 400 s is used up");
    assert.equal(shape(trials), "3 seed-gait, 27 suggested, 10 replicate");
    assert.equal(nextOnAgenda(trials, { ...PLAN, trials: 1000, robotTime: 800 }).kind, "ask");
  });
});

describe("a study whose sampler has proposed everything it can", () => {
  /** As {@link carryOn}, with a sampler that knows no more than `points` parameter sets. */
  function carryOnExhausted(plan: StudyPlan, trials: TrialRecord[], points: number): void {
    for (let one = plan, walks = 0; ; walks++) {
      const next = nextOnAgenda(trials, one);
      if (next.kind === "finished") return;
      if (next.kind === "ask" && trials.filter(({ role }) => role === "suggested").length >= points)
        one = planAfterSearch(trials, one);
      else trials.push(walk(next, trials.length, "completed"));
      assert.ok(walks < 1000, "it comes to an end");
    }
  }

  it("confirms what was found and ends", () => {
    const trials: TrialRecord[] = [];
    carryOnExhausted(PLAN, trials, 12);
    assert.equal(shape(trials), "3 seed-gait, 12 suggested, 5 replicate");
    // The same command again finds nothing more to do.
    carryOnExhausted(PLAN, trials, 12);
    assert.equal(trials.length, 20);
    // With a finer grid it goes on, and confirms again.
    carryOnExhausted(PLAN, trials, 24);
    assert.equal(shape(trials), "3 seed-gait, 12 suggested, 5 replicate, 12 suggested, 4 replicate");
  });

  it("never walks more than its budget, whatever that is", () => {
    const plan = fc.record({
      trials: fc.integer({ min: 1, max: 60 }),
      robotTime: fc.constant(null),
      baselineWalks: fc.nat(4),
      confirm: fc.record({ walks: fc.nat(12), candidates: fc.nat(3) }),
      prune: fc.boolean(),
    });
    fc.assert(
      fc.property(plan, fc.nat(40), (one, points) => {
        const trials: TrialRecord[] = [];
        carryOnExhausted(one, trials, points);
        assert.ok(trials.length <= one.trials);
        const confirming = trials.filter(({ role }) => role === "replicate").length;
        assert.ok(confirming <= one.confirm.walks);
      }),
    );
  });
});
