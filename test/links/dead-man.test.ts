import assert from "node:assert/strict";
import { test } from "node:test";
import { challengeOf, responseTo } from "../../firmware-protocol/codec/challenge.ts";
import { DeadMan } from "../../sim/serial/dead-man.ts";

const TIMES = { settle: 0.3, cut: 0.8 };
const SECRET = 7;

test("only the answer to a fresh frame of this boot, from the holder of the lease, feeds the dead-man", () => {
  const answer = responseTo(challengeOf(SECRET, 5));
  const fedBy = (seq: number, response: number, leased: boolean, at: number): boolean => {
    const deadMan = new DeadMan(TIMES, SECRET);
    deadMan.feed(0);
    assert.equal(deadMan.challenge(5, 0), challengeOf(SECRET, 5));
    deadMan.onKeepalive(seq, response, leased, at);
    const fed = deadMan.due(0.35) === null;
    assert.equal(deadMan.stale, fed ? 0 : 1);
    return fed;
  };
  assert.equal(fedBy(5, answer, true, 0.2), true);
  assert.equal(fedBy(5, answer, true, 0.201), false);
  assert.equal(fedBy(5, answer, false, 0.1), false);
  assert.equal(fedBy(5, challengeOf(SECRET, 5), true, 0.1), false);
  assert.equal(fedBy(5, responseTo(challengeOf(SECRET + 1, 5)), true, 0.1), false);
  assert.equal(fedBy(6, responseTo(challengeOf(SECRET, 6)), true, 0.1), false);
});

test("silence settles once, then cuts once, and feeding begins anew", () => {
  const deadMan = new DeadMan(TIMES, SECRET);
  deadMan.feed(10);
  assert.equal(deadMan.due(10.29), null);
  assert.equal(deadMan.due(10.31)?.level, "settle");
  assert.equal(deadMan.due(10.7), null);
  assert.equal(deadMan.due(10.81)?.level, "cut");
  assert.equal(deadMan.due(11), null);
  deadMan.feed(12);
  assert.equal(deadMan.due(12.31)?.level, "settle");
});
