import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GaitsmithError } from "../../src/errors.ts";
import type { Command } from "../../src/robot/command.ts";
import { Gate, type GateFacts, type GateMode } from "../../src/safety/gate.ts";

const COMMANDS: Readonly<Record<Command["kind"], Command>> = {
  arm: { kind: "arm" },
  disarm: { kind: "disarm" },
  stage: {
    kind: "stage",
    parameters: { gait: "foot-cpg:trot", values: [["step_length", 0.04]] },
    rampIn: 0.5,
    rampOut: 0,
  },
  commit: { kind: "commit", hash: "0123abcd" },
  store: { kind: "store" },
  start: { kind: "start" },
  targets: { kind: "targets", positions: Float64Array.of(0, 1) },
};
const MODES: GateMode[] = [
  "checking",
  "handing-over",
  "idle",
  "ready",
  "standing",
  "walking",
  "ramping-out",
  "stopping",
];
const ALLOWED: Readonly<Record<Command["kind"], readonly [GateMode, ...GateMode[]]>> = {
  arm: ["ready"],
  disarm: ["standing"],
  stage: ["standing", "handing-over"],
  commit: ["standing", "handing-over"],
  store: ["handing-over"],
  start: ["standing"],
  targets: ["standing", "walking", "ramping-out"],
};
const good: GateFacts = {
  mode: "idle",
  leased: true,
  latched: false,
  envelopeComplete: true,
  monitorHealthy: true,
  targets: {
    low: Float64Array.of(-1, 0.5),
    high: Float64Array.of(1, 1.5),
    speed: Float64Array.of(10, 10),
    last: Float64Array.of(0, 1),
    elapsed: 0.01,
  },
  feasible: () => true,
};
const KINDS = Object.keys(COMMANDS) as Command["kind"][];

function refusal(command: Command, change: Partial<Record<keyof GateFacts, unknown>> = {}): string | null {
  const facts = { ...good, mode: ALLOWED[command.kind]?.[0], ...change } as GateFacts;
  return new Gate(() => facts).refusal(command);
}

describe("gate", () => {
  for (const kind of KINDS) {
    const command = COMMANDS[kind];
    it(`lets ${kind} through in its own modes only, and a set to be looked at while checking`, () => {
      for (const mode of MODES) {
        const allowed = ALLOWED[kind].includes(mode) || (mode === "checking" && kind === "stage");
        assert.equal(refusal(command, { mode }) === null, allowed, mode);
      }
    });

    it(`lets ${kind} through in no unknown mode`, () => {
      for (const mode of ["", "walk", "constructor", "__proto__", undefined, null])
        assert.match(refusal(command, { mode }) ?? "", /^not while/);
    });

    it(`lets ${kind} through only when every fact speaks for it`, () => {
      const facts = [
        ["leased", /does not hold the robot's lease/],
        ["latched", /is latched/],
        ["envelopeComplete", /a limit is not set or cannot be watched/],
        ["monitorHealthy", /telemetry is not fresh or a limit is breached/],
      ] as const;
      for (const [fact, words] of facts) {
        // Whoever holds the robot may always take its torque away.
        const expected = kind === "disarm" && fact !== "leased";
        for (const unknown of [!good[fact], undefined, null, "yes"]) {
          const refused = refusal(command, { [fact]: unknown });
          assert.equal(refused === null, expected, `${fact} ${unknown}`);
          if (refused !== null) assert.match(refused, words);
        }
      }
    });
  }

  it("refuses a command it does not know", () => {
    for (const mode of MODES)
      for (const kind of ["dance", "", "constructor", "__proto__", undefined])
        assert.match(refusal({ kind } as never, { mode }) ?? "", /^not while/);
  });

  it("refuses parameters that are not finite, empty or infeasible, and ramps that are no times", () => {
    const stage = COMMANDS.stage as Extract<Command, { kind: "stage" }>;
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const values = [
        ["clearance", 0.02],
        ["step_length", value],
      ] as const;
      assert.match(
        refusal({ ...stage, parameters: { gait: "", values } }) ?? "",
        /step_length is not a finite/,
      );
      assert.match(refusal({ ...stage, rampIn: value }) ?? "", /ramp-in/);
      assert.match(refusal({ ...stage, rampOut: value }) ?? "", /ramp-out/);
    }
    assert.match(refusal({ ...stage, rampIn: -1e-9 }) ?? "", /ramp-in/);
    assert.equal(refusal({ ...stage, rampIn: 0 }), null);
    assert.match(refusal({ ...stage, parameters: { gait: "", values: [] } }) ?? "", /empty/);
    assert.match(refusal(stage, { feasible: () => false }) ?? "", /not feasible/);
    assert.match(refusal(stage, { feasible: () => undefined }) ?? "", /not feasible/);
  });

  it("refuses a hash that is none and targets that target-limits.ts refuses", () => {
    for (const hash of ["", "0123abc", "0123ABCD", "0123abcde", " 123abcd"])
      assert.match(refusal({ kind: "commit", hash }) ?? "", /hash/);
    for (const positions of [[], [0], [0, Number.NaN], [0, 1.6], [0.2, 1]])
      assert.match(refusal({ kind: "targets", positions: Float64Array.from(positions) }) ?? "", /target/);
    for (const targets of [null, undefined])
      assert.match(refusal(COMMANDS.targets, { targets }) ?? "", /takes no targets/);
  });

  it("asks for the facts anew each time", () => {
    let leased = true;
    const gate = new Gate(() => ({ ...good, mode: "ready", leased }));
    assert.equal(gate.clear(COMMANDS.arm), COMMANDS.arm);
    leased = false;
    assert.throws(
      () => gate.clear(COMMANDS.arm),
      (error) =>
        error instanceof GaitsmithError &&
        error.code === "GATE_REFUSED" &&
        /`arm`.*lease/.test(error.message) &&
        /Report this/.test(error.remedy ?? ""),
    );
  });
});
