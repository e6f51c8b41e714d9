import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  closeLatch,
  formatLatch,
  parseLatch,
  releaseProblem,
  type StopFacts,
  stopLatches,
} from "../../src/safety/latch.ts";

const record = { id: "7", code: "operator-stop", words: "the leg came off", at: "2026-01-02T03:04:05.000Z" };
const plain: StopFacts = {
  eStop: false,
  level: "settle",
  confirmed: true,
  linkLost: false,
  returnsByItself: false,
};

describe("latch", () => {
  const cases: [string, Partial<StopFacts>, boolean][] = [
    ["a confirmed settle", {}, false],
    ["a confirmed settle of a robot that returns by itself", { returnsByItself: true }, false],
    ["an e-stop", { eStop: true }, true],
    ["an e-stop without a link", { eStop: true, linkLost: true, confirmed: false }, true],
    ["an e-stop of a robot that returns by itself", { eStop: true, returnsByItself: true }, true],
    ["a stop that was not confirmed", { confirmed: false }, true],
    ["a stop that was not confirmed, of any robot", { confirmed: false, returnsByItself: true }, true],
    ["a lost link", { confirmed: false, linkLost: true, level: "cut" }, false],
    ["a cut", { level: "cut" }, true],
    ["a cut of a robot that returns by itself", { level: "cut", returnsByItself: true }, false],
    ["a neutral stop", { level: "neutral" }, false],
  ];
  for (const [words, change, expected] of cases)
    it(`${expected ? "closes" : "stays open"} after ${words}`, () => {
      assert.equal(stopLatches({ ...plain, ...change }), expected);
    });

  it("keeps the first reason", () => {
    assert.equal(closeLatch(null, record), record);
    assert.equal(closeLatch(record, { ...record, id: "8" }), record);
  });

  it("opens only for a person who names it, themselves and what they checked", () => {
    const release = { id: "7", by: "Ada", checked: "legs, cable, battery" };
    assert.equal(releaseProblem(record, release), null);
    assert.match(releaseProblem(record, { ...release, id: "6" }) ?? "", /is 7, not 6/);
    assert.match(releaseProblem(record, { ...release, by: "  " }) ?? "", /who they are/);
    for (const checked of ["", " \t"])
      assert.match(releaseProblem(record, { ...release, checked }) ?? "", /what they checked/);
  });

  it("is read as it was written", () => {
    assert.deepEqual(parseLatch(formatLatch(record)), record);
  });

  it("is closed when it cannot be read", () => {
    for (const text of ["", "{", "null", "7", '"open"', "[]", "{}", '{"id":7,"words":""}'])
      assert.deepEqual(
        parseLatch(text),
        { id: "unreadable", code: "latch-unreadable", words: "the latch cannot be read", at: "" },
        text,
      );
    assert.deepEqual(parseLatch('{"id":"7","code":"stop-button"}'), {
      id: "7",
      code: "stop-button",
      words: "the latch cannot be read",
      at: "",
    });
  });
});
