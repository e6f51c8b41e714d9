import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GaitsmithError } from "../../src/errors.ts";
import { closedWords, PromptDesk } from "../../src/service/prompt-desk.ts";
import { ANSWERS, type Prompt, type PromptRequest, promptWords } from "../../src/service/prompts.ts";

const never = new AbortController().signal;

function desk() {
  const seen: string[] = [];
  const made: PromptDesk = new PromptDesk({
    robot: "rex",
    answerable: true,
    first: 100,
    onChange: () =>
      seen.push(made.open === null ? `closed by ${made.closed?.by}` : `open ${made.open.number}`),
  });
  return { desk: made, seen };
}

const withCode =
  (code: string, words = /./) =>
  (error: unknown): boolean =>
    error instanceof GaitsmithError && error.code === code && words.test(error.message);

const DISTANCE = { kind: "distance-walked", trial: 3, longest: 9 } as const;

const LATCH = {
  id: "17-b",
  code: "operator-stop",
  words: "e-stop from the page",
  at: "2026-01-01T00:00:00Z",
};

describe("prompts", () => {
  it("says what is to be done, whatever the kind", () => {
    const requests: Record<Prompt["kind"], PromptRequest> = {
      "place-on-start-line": { kind: "place-on-start-line", trial: 4, walked: 3 },
      "distance-walked": DISTANCE,
      "swap-battery": { kind: "swap-battery", trial: 4, reason: "9.8 V" },
      "let-motors-cool": { kind: "let-motors-cool", trial: 4, reason: "71 °C" },
      "clear-fault": { kind: "clear-fault", trial: 4, reason: "no answer from FR_knee" },
      resume: { kind: "resume", trial: 4, reason: "lunch" },
      "confirm-next": {
        kind: "confirm-next",
        trial: 4,
        note: "",
        parameters: [{ name: "step_length", value: 0.04, unit: "m" }],
      },
      "clear-latch": { kind: "clear-latch", trial: 4, walked: 4, latch: LATCH, refused: "" },
      "exercise-e-stop": { kind: "exercise-e-stop", trial: 4 },
    };
    assert.deepEqual(Object.keys(requests).sort(), Object.keys(ANSWERS).sort());
    for (const request of Object.values(requests)) assert.match(promptWords(request), /trial [34]/i);
    assert.match(promptWords(requests["confirm-next"]), /step_length 0\.04 m/);
    assert.match(promptWords(requests["swap-battery"]), /9\.8 V/);
  });

  it("takes the first answer, and tells the other side whose it was", async () => {
    const { desk: one, seen } = desk();
    const asked = one.ask({ kind: "place-on-start-line", trial: 4, walked: 3 }, never);
    one.answer(100, { answer: "redo", note: " kicked " }, "cli");
    assert.deepEqual(await asked, { answer: "redo", note: "kicked" });
    assert.throws(
      () => one.answer(100, { answer: "continue" }, "page"),
      withCode("PROMPT_CLOSED", /on the command line: redo \(kicked\)/),
    );
    assert.deepEqual(seen, ["open 100", "closed by cli"]);
    assert.throws(() => one.answer(99, { answer: "continue" }, "page"), withCode("PROMPT_CLOSED", /99/));
  });

  it("refuses what the prompt does not take, and stays open", async () => {
    const { desk: one } = desk();
    const asked = one.ask({ kind: "place-on-start-line", trial: 0, walked: null }, never);
    assert.deepEqual(one.open?.answers, ["continue", "skip"], "there is no walk to be judged");
    for (const answer of ["redo", "abandon", "yes", ""])
      assert.throws(() => one.answer(100, { answer }, "page"), withCode("REQUEST_INVALID"));
    const distance = { answer: "continue", distance: "1 m" };
    assert.throws(() => one.answer(100, distance, "page"), withCode("REQUEST_INVALID", /not asked for/));
    one.answer(100, { answer: "continue" }, "page");
    assert.deepEqual(await asked, { answer: "continue", note: "" });
  });

  it("reads a distance with the units of config files", async () => {
    for (const [written, distance] of [
      ["1.23 m", 1.23],
      ["123 cm", 1.23],
      ["123cm", 1.23],
      ["-40 mm", -0.04],
      ["unknown", "unknown"],
    ] as const) {
      const { desk: one } = desk();
      const asked = one.ask(DISTANCE, never);
      one.answer(100, { answer: "continue", distance: written }, "cli");
      assert.deepEqual(await asked, { answer: "continue", note: "", distance });
    }
  });

  it("refuses what is no distance, or farther than any walk", () => {
    const { desk: one } = desk();
    void one.ask(DISTANCE, never);
    for (const distance of [undefined, "", "1.23", "NaN m", "Infinity m", "1,23 m", "2 s", "123 m", "-10 m"])
      assert.throws(
        () => one.answer(100, { answer: "continue", distance }, "page"),
        withCode("REQUEST_INVALID"),
        String(distance),
      );
    assert.throws(() => one.answer(100, { answer: "skip" }, "page"), withCode("REQUEST_INVALID"));
    assert.equal(one.open?.number, 100);
  });

  it("ends the wait at a stop, and opens nothing after one", async () => {
    const { desk: one, seen } = desk();
    const stop = new AbortController();
    const asked = one.ask(DISTANCE, stop.signal);
    stop.abort();
    assert.equal(await asked, null);
    assert.equal(await one.ask(DISTANCE, stop.signal), null);
    assert.deepEqual(seen, ["open 100", "closed by stop"]);
    assert.match(closedWords(one.closed!), /closed by a stop/);
  });

  it("has one prompt open at a time, and none where nobody could answer", async () => {
    const { desk: one } = desk();
    void one.ask(DISTANCE, never);
    await assert.rejects(one.ask(DISTANCE, never), withCode("INTERNAL"));
    const mute = new PromptDesk({ robot: "rex", answerable: false, first: 1, onChange: () => {} });
    await assert.rejects(mute.ask(DISTANCE, never), withCode("BAD_USAGE", /neither a terminal nor the page/));
  });
});
