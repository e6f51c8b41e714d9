/** Pausing a study: what is under way may end, nothing new begins, and nothing is lost. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { buildApp } from "../../src/service/http/app.ts";
import type { Prompt } from "../../src/service/prompts.ts";
import { type SqlitePlace, sqlitePlace } from "../study/sqlite-place.ts";
import { attendedStudy } from "./attended-study.ts";
import { ScriptedDoor } from "./scripted-door.ts";

let place: SqlitePlace;
beforeEach(() => {
  place = sqlitePlace();
});
afterEach(() => place.remove());

const kinds = (prompts: readonly Prompt[]) => prompts.map(({ kind, trial }) => `${kind} ${trial}`);

describe("a study that is paused", () => {
  it("lets the walk under way end, then waits until it is resumed", async () => {
    const { end, trials, prompts, walks } = await attendedStudy(place, {
      trials: 4,
      returnsByItself: true,
      walking: (trial, { pause }) => trial === 1 && pause.pause("lunch"),
    });
    assert.deepEqual(kinds(prompts), ["resume 2"]);
    assert.match(prompts[0]!.words, /paused before trial 2: lunch/);
    assert.equal(end?.state, "finished");
    assert.deepEqual(walks, [0, 1, 2, 3]);
    assert.ok(trials.every(({ state, attempt }) => state === "completed" && attempt === 1));
  });

  it("walks the same trials as one that was never paused", async () => {
    const other = sqlitePlace();
    const script = { trials: 5, returnsByItself: true };
    const plain = await attendedStudy(other, script);
    const paused = await attendedStudy(place, {
      ...script,
      walking: (_, { pause }) => pause.pause("again and again"),
    });
    await other.remove();
    assert.equal(paused.prompts.length, 4, "there is nothing to be resumed after the last walk");
    const told = ({ trials }: typeof plain) => trials.map(({ parameters, value }) => ({ parameters, value }));
    assert.deepEqual(told(paused), told(plain));
  });

  it("stops the walk too where that is asked for, and walks it again: it was not the gait", async () => {
    const { trials, walks } = await attendedStudy(place, {
      trials: 3,
      returnsByItself: true,
      walking: (trial, { pause, runner }) => {
        if (trial !== 1 && trial !== 2) return;
        pause.pause("somebody came in");
        runner.stopWalk("somebody came in");
      },
    });
    assert.deepEqual(walks, [0, 1, 2, 3, 4]);
    assert.deepEqual(
      trials.map(({ suggestion, attempt, state }) => [suggestion, attempt, state]),
      [
        [0, 1, "completed"],
        [1, 1, "interrupted"],
        [1, 1, "interrupted"],
        [1, 1, "completed"],
        [2, 1, "completed"],
      ],
    );
  });

  it("does not begin what was agreed before the pause", async () => {
    let desk: { pause(words: string): void } | null = null;
    let paused = false;
    const { prompts, walks } = await attendedStudy(place, {
      trials: 2,
      walking: (_, { pause }) => {
        desk = pause;
      },
      answer: ({ kind, trial }) => {
        if (kind === "place-on-start-line" && trial === 1 && !paused) {
          // While the robot is placed for the next walk, for the first time.
          desk?.pause("wait");
          paused = desk !== null;
        }
        return { answer: "continue" };
      },
    });
    assert.ok(paused);
    assert.deepEqual(walks, [0, 1]);
    assert.ok(kinds(prompts).includes("resume 1"), kinds(prompts).join());
  });

  it("ends its wait by a stop, and when it is killed it is simply not running", async () => {
    const pausing = {
      trials: 3,
      returnsByItself: true,
      walking: (trial: number, { pause }: { pause: { pause(words: string): void } }) => {
        if (trial === 0) pause.pause("lunch");
      },
    };
    const stopped = await attendedStudy(place, { ...pausing, answer: () => "stop" as const });
    assert.equal(stopped.end?.state, "stopped");
    assert.equal(stopped.trials.length, 1);
    const killed = await attendedStudy(place, {
      trials: 3,
      returnsByItself: true,
      walking: (trial, { pause }) => trial === 1 && pause.pause("lunch"),
      answer: () => "kill" as const,
    });
    assert.equal(killed.end, null);
    const { end, prompts } = await attendedStudy(place, { trials: 3, returnsByItself: true });
    assert.deepEqual([end?.state, prompts.length], ["finished", 0]);
  });

  it("holds back a walk whose robot was being mended", async () => {
    let walked = 0;
    const { prompts, trials } = await attendedStudy(place, {
      trials: 2,
      refusal: (walk) => (walk === 1 ? "battery" : null),
      walking: () => walked++,
      answer: () => ({ answer: "continue" }),
    });
    assert.deepEqual(kinds(prompts), ["place-on-start-line 0", "place-on-start-line 1", "swap-battery 1"]);
    assert.equal(trials.length, walked);
  });
});

describe("the budget of robot time", () => {
  // A walk takes 12 s from the start of ramp-in to the end of ramp-out.
  it("counts what was walked, ramps included, and neither prompts nor pauses nor what refused", async () => {
    const { end, trials, prompts } = await attendedStudy(place, {
      trials: 20,
      robotTime: 47,
      refusal: (walk) => (walk === 2 ? "motor-temperature" : null),
      walking: (trial, { pause }) => trial === 1 && pause.pause("lunch"),
    });
    assert.match(end?.words ?? "", /robot time of 47 s is used up/);
    assert.deepEqual(
      trials.map(({ walked }) => walked),
      [12, 12, 12, 12],
    );
    assert.ok(kinds(prompts).includes("resume 2") && kinds(prompts).includes("let-motors-cool 2"));
  });

  it("counts walks that were interrupted and walked again: the robot wore as much", async () => {
    const { trials } = await attendedStudy(place, {
      trials: 20,
      robotTime: 40,
      returnsByItself: true,
      walking: (trial, { runner }) => trial === 1 && runner.stopWalk("something in the way"),
    });
    assert.deepEqual(
      trials.map(({ walked, state }) => [walked, state]),
      [
        [12, "completed"],
        [5, "interrupted"],
        [12, "completed"],
        [12, "completed"],
      ],
    );
  });
});

describe("pausing over HTTP", () => {
  const URL = "/api/v1/studies";

  it("pauses with a reason or without, now or after the walk, and resumes", async () => {
    const door = new ScriptedDoor(3);
    const app = await buildApp(door);
    const { study } = door.study;
    const post = (route: string, payload?: object) =>
      app.inject({ method: "POST", url: `${URL}/${route}`, ...(payload === undefined ? {} : { payload }) });
    const first = await post(`${study}/pause`);
    assert.deepEqual([first.statusCode, first.json().paused], [200, "paused on the page"]);
    assert.equal((await post(`${study}/resume`)).json().paused, undefined);
    await post(`${study}/pause`, { reason: "lunch", now: true });
    assert.deepEqual(door.pauses, [
      { words: "paused on the page", now: false },
      { words: "lunch", now: true },
    ]);
    const wrong = await post(`${study}/pause`, { now: "perhaps" });
    assert.deepEqual([wrong.statusCode, wrong.json().code], [400, "REQUEST_INVALID"]);
    for (const route of ["other/pause", "other/resume"]) {
      const unknown = await post(route);
      assert.deepEqual([unknown.statusCode, unknown.json().code], [404, "STUDY_UNKNOWN"]);
    }
    await app.close();
  });
});
