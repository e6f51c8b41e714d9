import assert from "node:assert/strict";
import { test } from "node:test";
import { applyOverrides, type Overrides, parseDuration } from "../../src/config/overrides.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import type { GaitsmithError } from "../../src/errors.ts";
import { hardwareConfigPath } from "../../src/paths.ts";

const CONFIG = readHardwareConfig(hardwareConfigPath("simulated-elastic-quadruped.yaml"));

test("what is not overridden stays, and the config given is not touched", () => {
  const before = JSON.stringify(CONFIG);
  assert.deepEqual(applyOverrides(CONFIG, {}), CONFIG);
  const changed = applyOverrides(CONFIG, {
    study: "other",
    sampler: "random",
    trials: "20",
    robotTime: "30min",
    seed: "7",
    variant: "rigid",
    variation: "none",
  });
  assert.deepEqual(changed.link, { ...CONFIG.link, variant: "rigid", variation: "none" });
  assert.equal(changed.study?.name, "other");
  assert.deepEqual(changed.study?.sampler, { name: "random", options: {} });
  assert.deepEqual(changed.study?.pruner, CONFIG.study?.pruner);
  assert.equal(changed.study?.robotTime, 1800);
  assert.equal(changed.study?.seed, 7);
  assert.equal(JSON.stringify(CONFIG), before);
});

test("naming the file's own pruner keeps its options; another one starts with its defaults", () => {
  assert.deepEqual(applyOverrides(CONFIG, { pruner: "median" }).study?.pruner, CONFIG.study?.pruner);
  assert.deepEqual(applyOverrides(CONFIG, { pruner: "none" }).study?.pruner, { name: "none", options: {} });
});

test("a small budget keeps room to search", () => {
  for (let trials = 1; trials <= 80; trials++) {
    const study = applyOverrides(CONFIG, { trials }).study!;
    assert.ok(study.baselineWalks + study.confirm.walks < trials, `${trials} trials`);
  }
  assert.deepEqual(applyOverrides(CONFIG, { trials: 60 }).study?.confirm, CONFIG.study?.confirm);
});

test("a wrong option is bad usage and is named", () => {
  const cases: [Overrides, RegExp][] = [
    [{ trials: "0" }, /--trials 0/],
    [{ trials: "many" }, /--trials many/],
    [{ trials: "1e3" }, /--trials/],
    [{ seed: "-1" }, /--seed -1/],
    [{ seed: 1.5 }, /--seed 1.5/],
    [{ robotTime: "30" }, /--robot-time.*no unit/],
    [{ robotTime: "30m" }, /--robot-time.*metres/],
    [{ robotTime: -1 }, /--robot-time/],
    [{ variation: "midl" }, /--variation midl/],
    [{ study: " " }, /--study is empty/],
    [{ sampler: "" }, /--sampler : .*no sampler ""/],
    [{ sampler: "bayes" }, /--sampler bayes: There is no sampler/],
    [{ pruner: "medain" }, /--pruner medain: There is no pruner/],
    [{ pruner: "threshold" }, /--pruner threshold: .*lower is null/],
  ];
  for (const [overrides, words] of cases) {
    assert.throws(() => applyOverrides(CONFIG, overrides), { code: "BAD_USAGE", message: words });
  }
  const real = { ...CONFIG, link: { kind: "serial", clock: "realtime", path: "/dev/x", baud: 1 } } as const;
  assert.throws(() => applyOverrides(real, { variant: "rigid" }), {
    code: "BAD_USAGE",
    message: /--variant/,
  });
  assert.throws(() => applyOverrides({ ...CONFIG, study: null }, { trials: 3 }), { code: "BAD_USAGE" });
  assert.equal(parseDuration("1h30min"), 5400);
});

test("a misspelt name gets the nearest one, and a pruner that needs options the place for them", () => {
  const remedyOf = (overrides: Overrides): string => {
    try {
      applyOverrides(CONFIG, overrides);
    } catch (error) {
      return (error as GaitsmithError).remedy ?? "";
    }
    return "";
  };
  assert.match(remedyOf({ pruner: "medain" }), /Use one of: none, median.*Did you mean median\?$/);
  assert.match(remedyOf({ pruner: "threshold" }), /study block: `pruner: \{ name: threshold/);
});
