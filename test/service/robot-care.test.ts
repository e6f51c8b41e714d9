/** What a study does about a robot whose motors are hot or whose actuators are not what they were. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { PromptDesk } from "../../src/service/prompt-desk.ts";
import type { Prompt } from "../../src/service/prompts.ts";
import { ACTUATOR_CHECK, type Cooling, type WalkOutcome } from "../../src/station/messages.ts";
import { type SqlitePlace, sqlitePlace } from "../study/sqlite-place.ts";
import { attendedStudy } from "./attended-study.ts";

let place: SqlitePlace;
beforeEach(() => {
  place = sqlitePlace();
});
afterEach(() => place.remove());

const kinds = (prompts: readonly Prompt[]) => prompts.map(({ kind, trial }) => `${kind} ${trial}`);

const WRONG: Partial<WalkOutcome> = {
  end: "interrupted",
  reason: {
    ...{ code: ACTUATOR_CHECK, words: "FL_knee does not hold its target", time: Number.NaN },
    ...{ channel: null, value: null, limit: null },
  },
  constraints: [],
  reports: 0,
  walked: 0,
  health: { actuators_before: ["FL_knee does not hold its target"] },
};

describe("an actuator that is not where it belongs", () => {
  it("before a walk: a person sees to it, as often as it takes, and the gait is not blamed", async () => {
    const { prompts, trials, end } = await attendedStudy(place, {
      trials: 3,
      outcome: (trial) => ([1, 2, 3].includes(trial) ? WRONG : {}),
    });
    assert.equal(end?.state, "finished");
    assert.deepEqual(
      kinds(prompts).filter((one) => one.startsWith("clear-fault")),
      ["clear-fault 2", "clear-fault 3", "clear-fault 4"],
    );
    assert.match(prompts.find(({ kind }) => kind === "clear-fault")!.words, /FL_knee does not hold/);
    assert.deepEqual(
      trials.map(({ suggestion, attempt, state }) => `${suggestion}.${attempt} ${state}`),
      [
        "0.1 completed",
        "1.1 interrupted",
        "1.1 interrupted",
        "1.1 interrupted",
        "1.1 completed",
        "2.1 completed",
      ],
    );
    assert.deepEqual(trials[1]!.health, WRONG.health, "what was found is stored");
  });

  it("before a walk, with nobody there: tried once more, then held against the gait", async () => {
    const { prompts, trials } = await attendedStudy(place, {
      trials: 3,
      returnsByItself: true,
      outcome: (trial) => (trial === 1 || trial === 2 ? WRONG : {}),
    });
    assert.equal(prompts.length, 0);
    assert.deepEqual(
      trials.map(({ suggestion, attempt, state }) => `${suggestion}.${attempt} ${state}`),
      ["0.1 completed", "1.1 interrupted", "1.2 aborted", "2.1 completed"],
    );
  });

  it("after a walk: the walk counts, and a person sees to it before the next one", async () => {
    const health = { actuators_before: [], actuators_after: ["RR_hip did not move with its target"] };
    const script = { trials: 3, outcome: (trial: number) => (trial === 0 ? { health } : {}) };
    const { prompts, trials } = await attendedStudy(place, script);
    assert.deepEqual(kinds(prompts).slice(0, 3), [
      "place-on-start-line 0",
      "clear-fault 1",
      "place-on-start-line 1",
    ]);
    assert.match(prompts[1]!.words, /after the last walk RR_hip did not move/);
    assert.deepEqual([trials[0]!.state, trials.length], ["completed", 3]);
    const other = sqlitePlace();
    const alone = await attendedStudy(other, { ...script, returnsByItself: true });
    await other.remove();
    assert.deepEqual([alone.prompts.length, alone.trials.length], [0, 3]);
  });

  it("after a walk: the next suggestion may be given up instead", async () => {
    const health = { actuators_after: ["RR_hip did not move with its target"] };
    const { trials } = await attendedStudy(place, {
      trials: 3,
      outcome: (trial) => (trial === 0 ? { health } : {}),
      answer: ({ kind }) => ({ answer: kind === "clear-fault" ? "skip" : "continue" }),
    });
    assert.deepEqual(
      trials.map(({ state }) => state),
      ["completed", "abandoned", "completed"],
    );
  });
});

describe("motors that are too hot", () => {
  const at = (hottest: number): Cooling => ({ hottest, wanted: 60, waited: 1, within: 600 });
  /** Trial 1 finds its motors hot; they are cool once the prompt has been seen so often. */
  function cooling(seen: number, closed: unknown[] = []) {
    return async (trial: number, heard: (cooling: Cooling | null) => void, desk: PromptDesk) => {
      if (trial !== 1) return;
      const before = desk.closed;
      heard(at(71));
      for (let k = 0; k < seen; k++) {
        await pause(5);
        heard(at(70 - k));
      }
      heard(null);
      if (desk.closed !== before) closed.push(desk.closed);
    };
  }

  it("are waited for under a prompt that closes by itself", async () => {
    const closed: { by?: string; words?: string }[] = [];
    const seen: string[] = [];
    const { end, trials, prompts } = await attendedStudy(place, {
      trials: 2,
      cooling: cooling(3, closed),
      answer: ({ kind, words }) => {
        if (kind === "let-motors-cool") seen.push(words);
        // Nobody answers it.
        return kind === "let-motors-cool" ? "nothing" : { answer: "continue" };
      },
    });
    assert.equal(end?.state, "finished");
    assert.equal(seen.length, 1);
    assert.match(seen[0]!, /before trial 1: the hottest motor is at 71\.0 °C and is to cool to 60 °C/);
    assert.deepEqual(closed.at(-1)?.by, "robot");
    assert.deepEqual([prompts.length, trials.map(({ state }) => state)], [3, ["completed", "completed"]]);
  });

  it("do not get cool by an answer: it is asked again", async () => {
    const { prompts, end } = await attendedStudy(place, { trials: 2, cooling: cooling(5) });
    assert.equal(end?.state, "finished");
    assert.ok(prompts.filter(({ kind }) => kind === "let-motors-cool").length > 1);
  });

  it("may cost the trial, if a person says so", async () => {
    const { trials, walks } = await attendedStudy(place, {
      trials: 3,
      cooling: cooling(4),
      answer: ({ kind }) => ({ answer: kind === "let-motors-cool" ? "skip" : "continue" }),
    });
    assert.deepEqual(
      trials.map(({ state, reason }) => `${state} ${reason?.code}`),
      ["completed finished", "abandoned operator-skip", "completed finished"],
    );
    assert.deepEqual(walks, [0, 2]);
  });

  it("use up no attempt of a gait when the service dies meanwhile", async () => {
    const first = await attendedStudy(place, {
      trials: 2,
      cooling: cooling(5),
      answer: ({ kind }) => (kind === "let-motors-cool" ? "kill" : { answer: "continue" }),
    });
    assert.equal(first.end, null);
    const { trials } = await attendedStudy(place, { trials: 2 });
    assert.deepEqual(
      trials.map(
        ({ suggestion, attempt, state, reason }) => `${suggestion}.${attempt} ${state} ${reason?.code}`,
      ),
      ["0.1 completed finished", "1.1 interrupted operator-stop", "1.1 completed finished"],
    );
  });

  it("ask nobody where nobody is there", async () => {
    const { prompts, end } = await attendedStudy(place, {
      trials: 2,
      returnsByItself: true,
      cooling: cooling(3),
    });
    assert.deepEqual([prompts.length, end?.state], [0, "finished"]);
  });
});
