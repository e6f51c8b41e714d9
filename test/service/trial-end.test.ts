import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LIMIT_NAMES } from "../../src/safety/limit.ts";
import { endOfTrial } from "../../src/service/trial-end.ts";
import type { WalkOutcome } from "../../src/station/messages.ts";
import { RUNNING, type TrialRecord, type TrialReport } from "../../src/study/trial-record.ts";

const AT = new Date(0);
const PLANNED = 10;
const held = LIMIT_NAMES.map(() => -0.5);

function report(step: number, value: number): TrialReport {
  return { step, time: step, metrics: {} as TrialReport["metrics"], value };
}

function trial(change: Partial<TrialRecord> = {}): TrialRecord {
  return {
    ...RUNNING,
    number: 4,
    suggestion: 3,
    attempt: 1,
    role: "suggested",
    replicateOf: null,
    parameters: { step_length: 0.04 },
    reports: [report(1, 0.1), report(2, 0.2)],
    recording: null,
    bookkeeping: null,
    note: "",
    startedAt: AT,
    ...change,
  };
}

function outcome(change: Partial<WalkOutcome> = {}): WalkOutcome {
  return {
    trial: 4,
    attempt: 1,
    end: "completed",
    reason: {
      code: "finished",
      words: "walked to the end",
      time: 10,
      channel: null,
      value: null,
      limit: null,
    },
    truncated: false,
    constraints: held,
    breached: null,
    reports: 2,
    walked: 10,
    measured: 9,
    distance: null,
    carryOver: { charge: 0.9 },
    recording: null,
    latched: false,
    ...change,
  };
}

const lost = {
  code: "link-lost",
  words: "no frame for 0.5 s",
  time: 4,
  channel: null,
  value: null,
  limit: null,
};

describe("the end of a trial", () => {
  it("gives a completed walk its last report's value", () => {
    const end = endOfTrial(trial(), outcome(), PLANNED, LIMIT_NAMES, AT);
    assert.equal(end.state, "completed");
    assert.equal(end.value, 0.2);
    assert.deepEqual(end.carryOver, { charge: 0.9 });
  });

  it("gives a pruned walk its last finite value", () => {
    const reports = [report(1, 0.1), report(2, Number.NaN)];
    assert.equal(
      endOfTrial(trial({ reports }), outcome({ end: "pruned" }), PLANNED, LIMIT_NAMES, AT).value,
      0.1,
    );
  });

  it("gives an aborted walk no value, and keeps what breached", () => {
    const constraints = held.map((value, index) => (index === 0 ? 1.6 : value));
    const end = endOfTrial(
      trial(),
      outcome({ end: "aborted", constraints, breached: 0, walked: 4 }),
      PLANNED,
      LIMIT_NAMES,
      AT,
    );
    assert.equal(end.state, "aborted");
    assert.equal(end.value, null);
    assert.equal(end.breached, 0);
    assert.deepEqual(end.constraints, constraints);
  });

  it("abandons a completed walk whose reward is not a number", () => {
    const end = endOfTrial(trial({ reports: [report(1, Number.NaN)] }), outcome(), PLANNED, LIMIT_NAMES, AT);
    assert.equal(end.state, "abandoned");
    assert.equal(end.reason?.code, "reward-undefined");
  });

  it("interrupts once, then aborts with the time that was left", () => {
    const walk = outcome({ end: "interrupted", reason: lost, walked: 4 });
    assert.equal(endOfTrial(trial(), walk, PLANNED, LIMIT_NAMES, AT).state, "interrupted");
    const second = endOfTrial(trial({ attempt: 2 }), walk, PLANNED, LIMIT_NAMES, AT);
    assert.equal(second.state, "aborted");
    assert.equal(second.breached, LIMIT_NAMES.indexOf("frame-gap"));
    assert.equal(second.constraints[second.breached ?? -1], 1.6);
    assert.ok(second.constraints.every((value, index) => index === second.breached || value <= 0));
  });

  it("never holds an operator's controlled stop against the gait", () => {
    const stopped = outcome({ end: "interrupted", reason: { ...lost, code: "operator-stop" } });
    assert.equal(endOfTrial(trial({ attempt: 2 }), stopped, PLANNED, LIMIT_NAMES, AT).state, "interrupted");
  });

  it("stores null where a walk never began", () => {
    const never = outcome({ end: "interrupted", reason: { ...lost, time: Number.NaN } });
    assert.equal(endOfTrial(trial(), never, PLANNED, LIMIT_NAMES, AT).reason?.time, null);
  });
});
