/** The procedure against robots that do what they should not. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { GaitsmithError } from "../../../src/errors.ts";
import type { ParameterSetOnWire } from "../../../src/robot/parameters.ts";
import { BackupFile, readBackup } from "../../../src/service/apply/backup.ts";
import { type ApplyPorts, apply, heldNow } from "../../../src/service/apply/hand-over.ts";
import { judgeTestWalk } from "../../../src/service/apply/test-walk.ts";
import type { LoneWalkEnd } from "../../../src/service/lone-walk.ts";
import type { ParameterAnswer, ParameterQuestion, WalkOutcome } from "../../../src/station/messages.ts";

const set = (step: number): ParameterSetOnWire => ({
  gait: "trot",
  values: [
    ["step_length", step],
    ["lift", 0.02],
  ],
});
const BEFORE = set(0.03);
const PROPOSED = set(0.05);
const BACK = { parameters: BEFORE, before: BEFORE, words: "what it had before" };

function walked(change: Partial<WalkOutcome> = {}): LoneWalkEnd {
  const reason = { code: "finished", words: "walked", time: 8, channel: null, value: null, limit: null };
  const outcome: WalkOutcome = {
    ...{ trial: 0, attempt: 1, end: "completed", reason, truncated: false, constraints: [], breached: null },
    ...{
      reports: 5,
      walked: 8,
      measured: 5,
      distance: null,
      carryOver: null,
      recording: null,
      latched: false,
    },
    ...change,
  };
  return { outcome, metrics: null };
}
const fell = walked({
  end: "aborted",
  reason: { ...walked().outcome.reason, code: "tilt", words: "it fell" },
});

/** Holds what it is told, unless it is told otherwise. */
class Robot {
  held: ParameterSetOnWire | null = BEFORE;
  stored = false;
  readonly asked: string[] = [];
  answer: (question: ParameterQuestion) => ParameterAnswer | null = () => null;

  async ask(question: ParameterQuestion): Promise<ParameterAnswer> {
    this.asked.push(question.ask);
    const scripted = this.answer(question);
    if (scripted !== null) return scripted;
    if (question.ask === "read") return { result: "read", parameters: this.held };
    if (question.ask === "write") this.held = question.parameters;
    else this.stored = true;
    return { result: "done" };
  }
}

function bench(t: TestContext, change: Partial<ApplyPorts> = {}) {
  const state = mkdtempSync(join(tmpdir(), "gaitsmith-apply-"));
  t.after(() => rmSync(state, { recursive: true, force: true }));
  const robot = new Robot();
  const journal = BackupFile.create(
    state,
    {
      ...{ kind: "apply", by: "ann", robot: { id: "r", firmware: "" }, config: { file: "", hash: "" } },
      ...{ before: BEFORE, proposed: PROPOSED, words: "", store: null, study: null, trial: null },
      ...{ evidence: null, fromAnotherRobot: null, of: null },
    },
    () => new Date(0),
  );
  const ports: ApplyPorts = {
    ask: (question) => robot.ask(question),
    journal,
    say: () => {},
    stopped: () => false,
    walk: async () => walked(),
    judge: ({ outcome }) => judgeTestWalk(outcome, Number.NaN, null, "maximize"),
    keeps: async () => true,
    ...change,
  };
  const states = (): string[] => readBackup(journal.path).history.map((entry) => entry.state);
  return { robot, ports, states };
}

describe("handing a parameter set over", () => {
  it("writes, reads back, walks, reads back again, stores and keeps", async (t) => {
    const { robot, ports, states } = bench(t);
    const end = await apply(PROPOSED, BACK, ports);
    assert.equal(end.state, "kept");
    assert.equal(end.stored, true);
    assert.deepEqual(robot.held, PROPOSED);
    assert.deepEqual(robot.asked, ["write", "read", "read", "store"]);
    assert.deepEqual(states(), ["backed-up", "writing", "written", "tested", "kept"]);
  });

  it("keeps what a robot cannot store, and says until when", async (t) => {
    const { robot, ports } = bench(t);
    robot.answer = ({ ask }) => (ask === "store" ? { result: "unsupported", reason: "no memory" } : null);
    const end = await apply(PROPOSED, BACK, ports);
    assert.equal(end.state, "kept");
    assert.equal(end.stored, false);
    assert.match(end.words, /until the robot is switched off \(no memory\)/);
  });

  it("takes back what is read back otherwise, and names the parameter", async (t) => {
    const { robot, ports, states } = bench(t);
    robot.answer = ({ ask }) =>
      ask === "read" && robot.held === PROPOSED ? { result: "read", parameters: set(0.05000001) } : null;
    const end = await apply(PROPOSED, BACK, ports);
    assert.equal(end.state, "reverted");
    assert.match(end.words, /step_length: the robot holds 0\.05000001, not 0\.05/);
    assert.equal(robot.held, BEFORE);
    assert.deepEqual(states(), ["backed-up", "writing", "reverting", "reverted"]);
  });

  it("leaves a robot alone that refused and still holds what it had", async (t) => {
    const { robot, ports, states } = bench(t);
    robot.answer = ({ ask }) =>
      ask === "write" ? { result: "refused", reason: "step_length: is out of range" } : null;
    const end = await apply(PROPOSED, BACK, ports);
    assert.equal(end.state, "reverted");
    assert.match(end.words, /step_length: is out of range; it still holds what it had/);
    assert.deepEqual(states(), ["backed-up", "writing", "reverted"]);
    assert.deepEqual(robot.asked, ["write", "read"]);
  });

  it("takes back what a robot took half before it refused", async (t) => {
    const { robot, ports } = bench(t);
    robot.answer = (question) => {
      if (question.ask !== "write" || question.parameters !== PROPOSED) return null;
      robot.held = set(0.05);
      return { result: "refused", reason: "lift: is out of range" };
    };
    const end = await apply(PROPOSED, BACK, ports);
    assert.equal(end.state, "reverted");
    assert.equal(robot.held, BEFORE);
  });

  it("says so when it cannot be taken back either", async (t) => {
    const { robot, ports, states } = bench(t, { walk: async () => fell });
    robot.answer = (question) =>
      question.ask === "write" && question.parameters === BEFORE ? { result: "refused", reason: "no" } : null;
    const end = await apply(PROPOSED, BACK, ports);
    assert.equal(end.state, "unreverted");
    assert.match(end.words, /it fell.*could not be written back.*no/s);
    assert.equal(states().at(-1), "unreverted");
  });

  it("takes back what falls, what a person does not keep, and what nobody could walk", async (t) => {
    const cases: readonly (readonly [Partial<ApplyPorts>, RegExp])[] = [
      [{ walk: async () => fell }, /it fell/],
      [{ walk: async () => walked({ end: "interrupted" }) }, /interrupted/],
      [{ walk: async () => null }, /not on its start line/],
      [{ keeps: async () => false }, /not kept/],
      [{ judge: () => ({ accepted: false, words: "worse than foretold" }) }, /worse than foretold/],
    ];
    for (const [change, words] of cases) {
      const { robot, ports } = bench(t, change);
      const end = await apply(PROPOSED, BACK, ports);
      assert.equal(end.state, "reverted");
      assert.match(end.words, words);
      assert.equal(robot.held, BEFORE);
      assert.equal(robot.stored, false, "nothing is made to last before it is kept");
    }
  });

  it("takes back what was written when somebody stops it, before the walk and after", async (t) => {
    for (const at of ["write", "walk"]) {
      let stopped = false;
      const { robot, ports } = bench(t, {
        stopped: () => stopped,
        walk: async () => {
          stopped = true;
          return walked();
        },
      });
      if (at === "write")
        robot.answer = ({ ask }) => {
          stopped ||= ask === "write";
          return null;
        };
      const end = await apply(PROPOSED, BACK, ports);
      assert.equal(end.state, "reverted", at);
      assert.match(end.words, at === "write" ? /before the test walk/ : /after the test walk/);
      assert.equal(robot.held, BEFORE);
    }
  });

  it("writes nothing to a latched robot, and leaves word that the old set is owed", async (t) => {
    const latched = walked({ ...fell.outcome, latched: true });
    const { robot, ports, states } = bench(t, { walk: async () => latched });
    const end = await apply(PROPOSED, BACK, ports);
    assert.equal(end.state, "unreverted");
    assert.ok(end.latched);
    assert.equal(robot.held, PROPOSED);
    assert.equal(states().at(-1), "unreverted");
  });

  it("leaves in the journal how far it came when the station dies", async (t) => {
    for (const [at, state] of [
      ["write", "writing"],
      ["read", "writing"],
      ["store", "tested"],
    ] as const) {
      const { robot, ports, states } = bench(t);
      robot.answer = ({ ask }) => {
        if (ask === at) throw new GaitsmithError("STATION_FAILED", { what: "it died" });
        return null;
      };
      await assert.rejects(apply(PROPOSED, BACK, ports), /it died/);
      assert.equal(states().at(-1), state, at);
    }
  });

  it("does not touch a robot that cannot be read, and says what to put where", async () => {
    await assert.rejects(
      heldNow(
        async () => ({ result: "unsupported", reason: "it keeps no set" }),
        () => "step_length = 5 cm",
      ),
      (error: unknown) =>
        error instanceof GaitsmithError &&
        error.code === "APPLY_REFUSED" &&
        /keeps no set/.test(error.message) &&
        /step_length = 5 cm/.test(error.remedy ?? ""),
    );
  });
});

describe("the verdict on a test walk", () => {
  const prediction = { expected: 0.3, low: 0.2, high: 0.4, seconds: 5 };
  it("asks for the end of the walk, and for a reward that is as good as foretold", () => {
    const judge = (walk: LoneWalkEnd, reward: number) =>
      judgeTestWalk(walk.outcome, reward, prediction, "maximize");
    assert.ok(judge(walked(), 0.2).accepted);
    assert.ok(judge(walked({ truncated: true }), 0.5).accepted);
    assert.ok(judge(walked(), Number.NaN).accepted);
    assert.ok(!judge(walked(), 0.19).accepted);
    assert.ok(!judge(fell, 0.3).accepted);
    assert.ok(judgeTestWalk(walked().outcome, -5, null, "maximize").accepted);
  });
});
