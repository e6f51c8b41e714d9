/** The operator in the loop: what their answers do to a study, and that nothing is lost while they are waited for. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { GaitsmithError } from "../../src/errors.ts";
import type { Prompt, WrittenAnswer } from "../../src/service/prompts.ts";
import type { TrialRecord } from "../../src/study/trial-record.ts";
import { type SqlitePlace, sqlitePlace } from "../study/sqlite-place.ts";
import { attendedStudy, ENERGY, MASS } from "./attended-study.ts";

let place: SqlitePlace;
beforeEach(() => {
  place = sqlitePlace();
});
afterEach(() => place.remove());

const kinds = (prompts: readonly Prompt[]) => prompts.map(({ kind, trial }) => `${kind} ${trial}`);
const told = (trials: readonly TrialRecord[]) =>
  trials.map(({ suggestion, attempt, state, reason }) => `${suggestion}.${attempt} ${state} ${reason?.code}`);

/** Answers by prompt, the usual one otherwise. */
function answers(special: Readonly<Record<string, WrittenAnswer | "stop" | "kill">>) {
  const left = new Map(Object.entries(special));
  return (prompt: Prompt): WrittenAnswer | "stop" | "kill" => {
    const key = `${prompt.kind} ${prompt.trial}`;
    const answer = left.get(key);
    left.delete(key);
    if (answer !== undefined) return answer;
    return prompt.kind === "distance-walked"
      ? { answer: "continue", distance: "3.3 m" }
      : { answer: "continue" };
  };
}

describe("a robot that is carried back to its start line", () => {
  it("is placed before every walk", async () => {
    const { end, prompts, walks } = await attendedStudy(place, { trials: 3 });
    assert.equal(end?.state, "finished");
    assert.deepEqual(
      kinds(prompts),
      [0, 1, 2].map((trial) => `place-on-start-line ${trial}`),
    );
    assert.deepEqual(walks, [0, 1, 2]);
    assert.deepEqual(
      prompts.map((prompt) => prompt.answers.includes("redo")),
      [false, true, true],
    );
  });

  it("asks nothing of a robot that returns by itself", async () => {
    const { prompts, end } = await attendedStudy(place, { trials: 3, returnsByItself: true });
    assert.deepEqual([prompts.length, end?.state], [0, "finished"]);
  });

  it("repeats a walk that something else spoilt, as often as it takes, and never blames the gait", async () => {
    const redo = { answer: "redo", note: "kicked" };
    const { trials } = await attendedStudy(place, {
      trials: 3,
      // Trial 1 is interrupted by itself; its one retry is spoilt twice.
      outcome: (trial) => (trial === 1 ? { end: "interrupted" } : {}),
      answer: answers({ "place-on-start-line 3": redo, "place-on-start-line 4": redo }),
    });
    assert.deepEqual(told(trials), [
      "0.1 completed finished",
      "1.1 interrupted finished",
      "1.2 interrupted operator-redo",
      "1.2 interrupted operator-redo",
      "1.2 completed finished",
      "2.1 completed finished",
    ]);
    assert.match(trials[2]?.reason?.words ?? "", /kicked/);
    assert.deepEqual(trials[2]?.parameters, trials[4]?.parameters);
    assert.equal(trials[2]?.reports.length, 1, "what happened on the robot is kept");
  });

  it("discards a walk for good, and gives up a suggestion", async () => {
    const { trials, walks } = await attendedStudy(place, {
      trials: 4,
      answer: answers({
        "place-on-start-line 2": { answer: "abandon", note: "on carpet" },
        "place-on-start-line 3": { answer: "skip", note: "looks wild" },
      }),
    });
    assert.deepEqual(told(trials), [
      "0.1 completed finished",
      "1.1 abandoned operator-discard",
      "2.1 completed finished",
      "3.1 abandoned operator-skip",
    ]);
    assert.deepEqual(walks, [0, 1, 2]);
    assert.match(trials[1]?.reason?.words ?? "", /on carpet/);
    assert.match(trials[3]?.reason?.words ?? "", /looks wild/);
  });

  it("stops while it waits: what was walked is told, and the next walk comes next time", async () => {
    const stopped = await attendedStudy(place, {
      trials: 3,
      answer: answers({ "place-on-start-line 2": "stop" }),
    });
    assert.equal(stopped.end?.state, "stopped");
    assert.deepEqual(told(stopped.trials), ["0.1 completed finished", "1.1 completed finished"]);
    const { trials } = await attendedStudy(place, { trials: 3 });
    assert.equal(told(trials)[2], "2.1 completed finished");
  });

  it("loses nothing when the service dies while it waits", async () => {
    const killed = await attendedStudy(place, {
      trials: 3,
      answer: answers({ "place-on-start-line 2": "kill" }),
    });
    assert.deepEqual(
      killed.trials.map(({ state }) => state),
      ["completed", "running"],
    );
    const { trials, walks } = await attendedStudy(place, { trials: 3 });
    assert.deepEqual(told(trials), [
      "0.1 completed finished",
      "1.1 completed finished",
      "2.1 completed finished",
    ]);
    assert.deepEqual(walks, [2]);
    const whole = sqlitePlace();
    const uninterrupted = await attendedStudy(whole, { trials: 3 });
    await whole.remove();
    assert.deepEqual(
      trials.map(({ parameters }) => parameters),
      uninterrupted.trials.map(({ parameters }) => parameters),
    );
  });
});

describe("a distance that is told after the walk", () => {
  const typed = { returnsByItself: true, distance: "operator" } as const;

  it("becomes the walk's speed, cost and reward", async () => {
    const { trials, prompts } = await attendedStudy(place, {
      ...typed,
      trials: 2,
      answer: answers({ "distance-walked 1": { answer: "continue", distance: "-55 cm" } }),
    });
    assert.deepEqual(kinds(prompts), ["distance-walked 0", "distance-walked 1"]);
    // 3.3 m in 1/2 + 2 + 8 + 1/2 = 11 s.
    const [first, second] = trials.map((trial) => trial.reports[0]!);
    assert.equal(first!.metrics.forward_speed, 3.3 / 11);
    assert.equal(first!.value, 3.3 / 11);
    assert.equal(trials[0]?.value, 3.3 / 11);
    const cost = ENERGY / (MASS * 9.81 * 8 * (3.3 / 11));
    assert.ok(Math.abs(first!.metrics.cost_of_transport - cost) < 1e-12);
    assert.ok(Number.isNaN(first!.metrics.lateral_drift));
    assert.equal(second!.value, -0.05, "backwards");
    assert.equal(second!.metrics.cost_of_transport, ENERGY / (MASS * 9.81 * 1e-3));
  });

  it("abandons a walk whose distance nobody knows, and hears the other answers", async () => {
    const { trials } = await attendedStudy(place, {
      ...typed,
      trials: 3,
      answer: answers({
        "distance-walked 0": { answer: "continue", distance: "unknown" },
        "distance-walked 1": { answer: "redo" },
        "distance-walked 3": { answer: "abandon" },
      }),
    });
    assert.deepEqual(told(trials), [
      "0.1 abandoned distance-unknown",
      "1.1 interrupted operator-redo",
      "1.1 completed finished",
      "2.1 abandoned operator-discard",
    ]);
    assert.ok(Number.isNaN(trials[0]?.reports[0]?.value), "an unknown distance is never a value");
  });

  for (const how of ["stop", "kill"] as const)
    it(`asks again after a ${how}: the walk is not lost`, async () => {
      const before = await attendedStudy(place, {
        ...typed,
        trials: 2,
        answer: answers({ "distance-walked 1": how }),
      });
      assert.equal(before.trials[1]?.state, "running");
      assert.ok(Number.isNaN(before.trials[1]?.reports[0]?.value), "stored at once, without a reward");
      const { trials, prompts, walks } = await attendedStudy(place, {
        ...typed,
        trials: 2,
        answer: answers({}),
      });
      assert.deepEqual(kinds(prompts), ["distance-walked 1"]);
      assert.deepEqual(walks, []);
      assert.deepEqual(told(trials), ["0.1 completed finished", "1.1 completed finished"]);
      assert.equal(trials[1]?.value, 3.3 / 11);
    });

  it("is not asked of a walk that did not come to its end", async () => {
    const { trials, prompts } = await attendedStudy(place, {
      ...typed,
      trials: 2,
      answer: answers({}),
      outcome: (trial) => (trial === 1 ? { end: "aborted", breached: 0, constraints: [1.5] } : {}),
    });
    assert.deepEqual(kinds(prompts), ["distance-walked 0"]);
    assert.deepEqual(
      trials.map(({ state }) => state),
      ["completed", "aborted"],
    );
  });

  it("comes from the robot itself, where it says so", async () => {
    const said = [2.2, Number.NaN, null, Number.NEGATIVE_INFINITY];
    const { trials, prompts } = await attendedStudy(place, {
      trials: 4,
      returnsByItself: true,
      distance: "robot",
      outcome: (trial) => ({ distance: said[trial]! }),
    });
    assert.equal(prompts.length, 0);
    assert.equal(trials[0]?.value, 2.2 / 11);
    assert.deepEqual(told(trials).slice(1), [
      "1.1 abandoned distance-unknown",
      "2.1 abandoned distance-unknown",
      "3.1 abandoned distance-unknown",
    ]);
  });
});

describe("a preflight that refuses", () => {
  it("asks for what is needed and tries the same trial again, as the same attempt", async () => {
    const refusals = [null, "battery", "motor-temperature", "joints", "robot", null] as const;
    const { trials, prompts } = await attendedStudy(place, {
      trials: 2,
      refusal: (walk) => refusals[walk] ?? null,
    });
    assert.deepEqual(kinds(prompts), [
      "place-on-start-line 0",
      "place-on-start-line 1",
      "swap-battery 1",
      "let-motors-cool 1",
      "clear-fault 1",
      "clear-fault 1",
    ]);
    assert.match(prompts[5]?.words ?? "", /upside down/);
    assert.deepEqual(told(trials), ["0.1 completed finished", "1.1 completed finished"]);
  });

  for (const how of ["stop", "kill"] as const)
    it(`uses up no attempt after a ${how} either`, async () => {
      await attendedStudy(place, {
        trials: 1,
        refusal: () => "battery",
        answer: answers({ "swap-battery 0": how }),
      });
      const { trials } = await attendedStudy(place, { trials: 1 });
      assert.deepEqual(told(trials), ["0.1 interrupted operator-stop", "0.1 completed finished"]);
    });

  it("can be answered by giving the trial up", async () => {
    const { trials } = await attendedStudy(place, {
      trials: 1,
      refusal: () => "battery",
      answer: answers({ "swap-battery 0": { answer: "skip" } }),
    });
    assert.deepEqual(told(trials), ["0.1 abandoned operator-skip"]);
  });

  it("ends the study where nobody is at the robot, and is never held against the gait", async () => {
    for (let start = 0; start < 3; start++)
      await assert.rejects(
        attendedStudy(place, { trials: 1, returnsByItself: true, refusal: () => "battery" }),
        (error) => error instanceof GaitsmithError && error.code === "PREFLIGHT_REFUSED",
      );
    const { trials } = await attendedStudy(place, { trials: 1, returnsByItself: true });
    assert.deepEqual(told(trials), [
      ...Array.from({ length: 3 }, () => "0.1 interrupted not-begun"),
      "0.1 completed finished",
    ]);
  });
});

describe("a preflight before the study", () => {
  it("is done anew when somebody has mended what refused, before any trial exists", async () => {
    const { trials, prompts, looks } = await attendedStudy(place, {
      trials: 2,
      before: ["battery", "joints", null],
    });
    assert.deepEqual(kinds(prompts).slice(0, 3), [
      "swap-battery 0",
      "clear-fault 0",
      "place-on-start-line 0",
    ]);
    assert.deepEqual(prompts[0]?.answers, ["continue"], "there is no trial to be given up");
    assert.match(prompts[0]?.words ?? "", /preflight refuses rex: battery/);
    assert.deepEqual([looks, told(trials)], [3, ["0.1 completed finished", "1.1 completed finished"]]);
  });

  it("leaves nothing behind when the study is stopped meanwhile", async () => {
    const { end, trials } = await attendedStudy(place, {
      trials: 1,
      before: ["battery"],
      answer: answers({ "swap-battery 0": "stop" }),
    });
    assert.deepEqual([end?.state, told(trials)], ["stopped", []]);
  });

  it("outlives a station that dies once, not one that always does", async () => {
    const one = await attendedStudy(place, { trials: 1, before: ["dies", null] });
    assert.deepEqual([one.looks, told(one.trials)], [2, ["0.1 completed finished"]]);
    await assert.rejects(
      attendedStudy(place, { trials: 2, before: ["dies", "dies", "dies", null] }),
      (error) => error instanceof GaitsmithError && error.code === "STATION_FAILED",
    );
  });

  it("ends the study where nobody is at the robot", async () => {
    await assert.rejects(
      attendedStudy(place, { trials: 1, returnsByItself: true, before: ["battery"] }),
      (error) => error instanceof GaitsmithError && error.code === "PREFLIGHT_REFUSED",
    );
  });
});

describe("confirming every walk", () => {
  it("shows the parameters first, and comes before the robot is carried", async () => {
    const { prompts, trials } = await attendedStudy(place, {
      trials: 2,
      confirmNext: true,
      answer: answers({ "confirm-next 1": { answer: "skip" } }),
    });
    assert.deepEqual(kinds(prompts), ["confirm-next 0", "place-on-start-line 0", "confirm-next 1"]);
    assert.match(prompts[0]?.words ?? "", /length 0\.2 m/);
    assert.deepEqual(told(trials), ["0.1 completed finished", "1.1 abandoned operator-skip"]);
  });
});

describe("a latch in a study in which somebody is asked", () => {
  const clear = (answer: string) => ({ answer, checked: "legs free", latch: "latch-1", person: "Ada" });
  const latches = (walk: number) => walk === 1;

  for (const [answer, end] of [
    ["cleared", "1.1 aborted operator-stop"],
    ["redo", "1.1 interrupted operator-redo"],
    ["abandon", "1.1 abandoned operator-discard"],
  ] as const)
    it(`waits for a person; ${answer} makes the walk ${end.split(" ")[1]}, and the study goes on`, async () => {
      const {
        end: over,
        trials,
        prompts,
        cleared,
        renewals,
      } = await attendedStudy(place, {
        trials: 3,
        latches,
        answer: answers({ "clear-latch 1": clear(answer) }),
      });
      assert.deepEqual([over?.state, over?.latched], ["finished", false]);
      assert.deepEqual(told(trials), [
        "0.1 completed finished",
        end,
        ...(answer === "redo" ? ["1.1 completed finished"] : []),
        "2.1 completed finished",
      ]);
      assert.deepEqual([cleared, renewals], [["latch-1 Ada legs free"], 1]);
      const asked = prompts.find(({ kind }) => kind === "clear-latch");
      assert.deepEqual(asked?.answers, ["cleared", "redo", "abandon"]);
    });

  it("goes on when somebody clears it elsewhere", async () => {
    const { end, trials, cleared } = await attendedStudy(place, {
      trials: 3,
      latches,
      clearsElsewhere: true,
      answer: (prompt) => (prompt.kind === "clear-latch" ? "nothing" : { answer: "continue" }),
    });
    assert.deepEqual([end?.state, cleared], ["finished", []]);
    assert.equal(told(trials)[1], "1.1 aborted operator-stop");
  });

  it("ends latched when it is stopped instead, and the walk counts", async () => {
    const { end, trials } = await attendedStudy(place, {
      trials: 3,
      latches,
      answer: answers({ "clear-latch 1": "stop" }),
    });
    assert.deepEqual([end?.state, end?.latched], ["stopped", true]);
    assert.deepEqual(told(trials), ["0.1 completed finished", "1.1 aborted operator-stop"]);
  });

  it("asks for a distance again that was being asked for, and judges no walk that had ended", async () => {
    let pressed = false;
    const { end, trials, prompts } = await attendedStudy(place, {
      trials: 2,
      returnsByItself: true,
      distance: "operator",
      answer: (prompt) => {
        if (prompt.kind === "clear-latch") return { ...clear("cleared"), latch: prompt.latch.id };
        if (prompt.trial === 1 && !pressed) {
          pressed = true;
          return "e-stop";
        }
        return { answer: "continue", distance: "3.3 m" };
      },
    });
    assert.equal(end?.state, "finished");
    assert.deepEqual(kinds(prompts), [
      "distance-walked 0",
      "distance-walked 1",
      "clear-latch 2",
      "distance-walked 1",
    ]);
    assert.deepEqual(prompts[2]?.answers, ["cleared"]);
    assert.deepEqual(told(trials), ["0.1 completed finished", "1.1 completed finished"]);
  });

  it("ends a study in which nobody is asked", async () => {
    const { end, prompts } = await attendedStudy(place, { trials: 3, latches, returnsByItself: true });
    assert.deepEqual([end?.state, end?.latched, prompts], ["stopped", true, []]);
  });
});
