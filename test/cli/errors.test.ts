/** What people do wrong, and what they are told: exit status 2, the place and the remedy. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { run, SIMULATED, workFolder } from "./gaitsmith.ts";
import { typed } from "./in-process.ts";

const cases: readonly (readonly [what: string, args: readonly string[], status: number, said: RegExp])[] = [
  ["no such file", ["tune", "nothing.yaml"], 2, /^gaitsmith: there is no such file \(nothing\.yaml\)$/m],
  ["no such command", ["tun"], 2, /tun/],
  ["no such sampler", ["tune", SIMULATED, "--sampler", "gpp"], 2, /gpp.*\bgp\b/s],
  ["no such pruner", ["tune", SIMULATED, "--pruner", "medium"], 2, /medium.*median/s],
  ["no such variant", ["tune", SIMULATED, "--variant", "rubber"], 2, /rubber.*nominal/s],
  ["not a number of trials", ["tune", SIMULATED, "--trials", "many"], 2, /--trials.*many/s],
  ["not a duration", ["tune", SIMULATED, "--robot-time", "30 parsecs"], 2, /30 parsecs/],
  ["no such study file", ["show", "nothing.db"], 1, /nothing\.db/],
  ["a line's option without a line", ["sim", "--firmware", "c"], 2, /--firmware needs --serial.*BAD_USAGE/s],
  ["a line's options without a line", ["sim", "--baud", "9600", "--faults", "lose=1"], 2, /--baud, --faults/],
  ["not a study file", ["show", SIMULATED], 1, /STORE_UNREADABLE/],
];

describe("bad input to the command", () => {
  it("is told by the command's process as in this one", async (t) => {
    const [, args, status, said] = cases[0]!;
    const finished = await run(workFolder(t), ...args);
    assert.equal(finished.status, status);
    assert.match(finished.stderr, said);
    assert.deepEqual(await typed(workFolder(t), ...args), {
      ...{ status, stdout: finished.stdout, stderr: finished.stderr },
    });
  });

  for (const [what, args, status, said] of cases) {
    it(what, async (t) => {
      const finished = await typed(workFolder(t), ...args);
      assert.equal(finished.status, status, finished.stderr);
      assert.match(finished.stderr, said);
      assert.doesNotMatch(finished.stderr, /\n\s+at /, "a person's mistake gets no stack trace");
    });
  }

  it("a reward with an unknown metric lists the known ones", async (t) => {
    const folder = workFolder(t);
    const file = join(folder, "robot.yaml");
    writeFileSync(file, readFileSync(SIMULATED, "utf8").replace(/reward: .*/, "reward: forward_sped * 2"));
    const finished = await typed(folder, "tune", file);
    assert.equal(finished.status, 2, finished.stderr);
    assert.match(finished.stderr, /forward_sped/);
    assert.match(finished.stderr, /forward_speed/);
  });

  it("a constraint with an unknown parameter is named by its line and lists the known ones", async (t) => {
    const folder = workFolder(t);
    const file = join(folder, "robot.yaml");
    const text = readFileSync(SIMULATED, "utf8").replace(
      / {2}reward:/,
      "  constraints: [step_lenth < 0.07]\n$&",
    );
    writeFileSync(file, text);
    const line = text.split("\n").findIndex((one) => one.includes("step_lenth")) + 1;
    const finished = await typed(folder, "tune", file);
    assert.equal(finished.status, 2, finished.stderr);
    assert.ok(finished.stderr.includes(`robot.yaml:${line}`), finished.stderr);
    assert.match(finished.stderr, /study\.constraints\[0\].*swing_frequency/s);
  });

  it("a constraint that nothing meets is the config's fault, and is named by its line", async (t) => {
    const folder = workFolder(t);
    const file = join(folder, "robot.yaml");
    const text = readFileSync(SIMULATED, "utf8").replace(
      / {2}reward:/,
      "  constraints: [step_length >= 10]\n$&",
    );
    writeFileSync(file, text);
    const line = text.split("\n").findIndex((one) => one.includes("step_length >= 10")) + 1;
    const finished = await typed(folder, "tune", file);
    assert.equal(finished.status, 2, finished.stderr);
    assert.ok(finished.stderr.includes(`robot.yaml:${line}`), finished.stderr);
    assert.match(
      finished.stderr,
      /study\.constraints\[0\].*Relax it, or widen the ranges.*SPACE_INFEASIBLE/s,
    );
  });

  it("a mistake in the YAML is named by its line", async (t) => {
    const folder = workFolder(t);
    const file = join(folder, "robot.yaml");
    const text = readFileSync(SIMULATED, "utf8").replace(/mass: .*/, "mass: heavy");
    writeFileSync(file, text);
    const line = text.split("\n").findIndex((one) => one.includes("mass: heavy")) + 1;
    const finished = await typed(folder, "tune", file);
    assert.equal(finished.status, 2, finished.stderr);
    assert.ok(finished.stderr.includes(`robot.yaml:${line}`), finished.stderr);
  });
});
