import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { readHardwareConfig, readStudyFile } from "../../src/config/read-hardware-config.ts";
import { GaitsmithError } from "../../src/errors.ts";
import { gaitNamed } from "../../src/gait/gaits.ts";
import { hardwareConfigPath } from "../../src/paths.ts";
import { LIMIT_NAMES } from "../../src/safety/limit.ts";

const SHIPPED = hardwareConfigPath("simulated-elastic-quadruped.yaml");
const TEXT = readFileSync(SHIPPED, "utf8");

const folder = mkdtempSync(join(tmpdir(), "gaitsmith-config-"));
after(() => rmSync(folder, { recursive: true }));

/** The shipped file with one line's part replaced, read as `robot.yaml`; what is said about it. */
function complaint(from: string | RegExp, to: string): string {
  const text = TEXT.replace(from, to);
  assert.notEqual(text, TEXT, `${from} is not in the file`);
  return errorOf(() => readHardwareConfig("robot.yaml", text)).describe();
}

function errorOf(action: () => unknown): GaitsmithError {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof GaitsmithError, String(error));
    return error;
  }
  return assert.fail("nothing was refused");
}

const PRUNER = /pruner: \{.*\}/;
const SAMPLER = /sampler: gp/;

const lengthscales = (text: string): unknown =>
  readHardwareConfig("robot.yaml", text).space.parameters.map((parameter) =>
    parameter.kind === "float" ? parameter.lengthscale : null,
  );

test("a length-scale is what the gait says of this body, or what the file says", () => {
  const ofBody = [0.046, 0.046, 0.046, 1.3419, 1.3419];
  const rounded = (text: string): unknown => (lengthscales(text) as number[]).map((one) => +one.toFixed(4));
  assert.deepEqual(rounded(TEXT), ofBody);
  const written = TEXT.replace("seed: 30 mm }", "seed: 30 mm, lengthscale: 2 cm }");
  assert.deepEqual(rounded(written), [0.02, ...ofBody.slice(1)]);
  assert.match(complaint("seed: 30 mm }", "seed: 30 mm, lengthscale: 0 mm }"), /not above zero/);
  assert.match(complaint("seed: 30 mm }", "seed: 30 mm, lengthscale: 2 Hz }"), /robot\.yaml:\d+/);
});

/** `robot.yaml:LINE:COLUMN` of the first place where a text stands. */
function placeOf(text: string, within = TEXT): string {
  const offset = within.indexOf(text);
  const before = within.slice(0, offset).split("\n");
  return `robot.yaml:${before.length}:${before.at(-1)!.length + 1}`;
}

test("the shipped config is read into SI units with every limit set", () => {
  const config = readHardwareConfig(SHIPPED);
  assert.equal(config.robot.mass, 3.1);
  assert.equal(config.gait.body?.leg.thigh, 0.085);
  assert.equal(config.envelope.tilt.high, Math.PI / 4);
  assert.equal(config.envelope["joint-position"].joints?.["RL_knee"]?.low, -2.8);
  assert.deepEqual(Object.keys(config.envelope), [...LIMIT_NAMES]);
  assert.deepEqual(config.study?.pruner, {
    name: "median",
    options: { startupTrials: 1, warmupSteps: 3, rule: "running-average" },
  });
  assert.equal(config.source.file, SHIPPED);
  assert.match(config.source.hash, /^[0-9a-f]{64}$/);
});

test("the shipped seed gait is inside the space and can be walked", () => {
  const config = readHardwareConfig(SHIPPED);
  for (const parameter of config.space.parameters) {
    assert.ok(parameter.kind === "float");
    const seed = config.seedGait[parameter.name] as number;
    assert.ok(seed > parameter.low && seed < parameter.high, parameter.name);
  }
  const gait = gaitNamed(config.gait.name);
  const check = gait.check(config.seedGait as Record<string, number>, config.gait.body!);
  assert.deepEqual(check.reasons, []);
});

test("each mistake is told with line, field and remedy", () => {
  const cases: [from: string | RegExp, to: string, at: string, ...said: RegExp[]][] = [
    ["mass: 3.1 kg", "mass: 3.1", "3.1 kg # with", /robot\.mass/, /no unit/, /`3.1 kg`/],
    ["thigh: 85 mm", "thigh: 85 deg", "85 mm", /gait\.body\.thigh/, /a length is expected/],
    ["stance_height:", "stance_heigth:", "stance_height", /no such field/, /Did you mean `stance_height`/],
    ["kind: simulated", "kind: serail", "simulated # or", /link\.kind/, /Did you mean `serial`/],
    ["variation: mild", "variation: wild", "mild #", /Did you mean `mild`/],
    [/\n {2}duration: .*/, "", "limits:", /`duration` is missing/, /Length of a walk/],
    ["speed_source: pose", "speed_source: motor_odometry", "pose\n", /commanded/, /its own wish/],
    ["speed_source: pose", "speed_source: poes", "pose\n", /Did you mean `pose`/],
    ["trials: 60", "trials: 6.5", "60 #", /study\.trials/, /integer|whole number/],
    ["trials: 60", "trials: 12", "60 #", /leave none to search with/],
    ["foot-cpg:trot #", "foot-cpg:trt #", "foot-cpg:trot", /Did you mean `foot-cpg:trot`/],
    ["step_length: {", "step_lenth: {", "step_length", /Did you mean `step_length`/],
    ["seed: 40 mm", "seed: 90 mm", "40 mm", /outside of what is tuned/, /Widen the range/],
    ["low: 10 mm, high: 80 mm", "low: 80 mm, high: 10 mm", "80 mm", /not above low/],
    [
      "low: 0.83 Hz, high: 5 Hz, seed: 2.5 Hz }",
      "low: 0 Hz, high: 5 Hz, seed: 2.5 Hz, log: true }",
      "0.83 Hz, high",
      /logarithmic scale/,
    ],
    ["seed: 40 mm }", "seed: 40 mm, step: 7 mm }", "40 mm }", /whole number of steps/],
    [
      "soft_high: 25 deg, nominal: 8 deg",
      "soft_high: 25 deg, nominal: 45 deg",
      "8 deg, deb",
      /not below high, `45 deg`/,
    ],
    ["{ high: 45 deg,", "{", "tilt:\n", /`high` is missing/],
    ["debounce: 2 frames", "debounce: twice", "2 frames", /single, `3 frames` or `mean over 0.5 s`/],
    ["mean over 1 s", "mean over 1 m", "mean over 1 s", /m is metres/],
    ["action: settle", "action: sit", "settle, outcome", /settle, cut, warn/],
    ['"*_knee"', '"*_nee"', '"*_knee"', /no joint has this name/, /FR_hip/],
    ["measure: 9 s", "measure: 9.5 s", "9 s", /whole number of report intervals/],
    ["duration: { high: 12 s", "duration: { high: 10.5 s", "12 s", /every walk would break/],
    ["minimum_battery: 10.5 V", "minimum_battery: 5 V", "10.5 V #", /battery-voltage/],
    ["legs: [FR, FL,", "legs: [FR,", "[FR, FL", /exactly 4/],
    ["stance_height: 138 mm", "stance_height: 20 cm", "138 mm", /stretched leg/],
    [
      "id: simulated-elastic",
      "id: Simulated elastic",
      "simulated-elastic-quadruped # names",
      /lower-case letters/,
    ],
    ["mass: 3.1 kg", "mass: 0 kg", "3.1 kg # with", /not above zero/],
    [
      PRUNER,
      "pruner: medium",
      "{ name: median",
      /no pruner "medium"/,
      /median, percentile, threshold, patient/,
    ],
    [
      PRUNER,
      "pruner: { name: median, start_up_trials: 2 }",
      "pruner: { name",
      /no option "start_up_trials"/,
      /startup_trials, warmup_steps.*protect_best/,
    ],
    [
      PRUNER,
      "pruner: { name: patient, wrapped: { name: hyperband, max_resource: most } }",
      "pruner: { name",
      /"max_resource" of pruner hyperband is "most"/,
      /at least 1, or auto/,
    ],
    [SAMPLER, "sampler: gpp", "gp # or", /no sampler "gpp"/, /gp, auto, tpe/],
    [
      SAMPLER,
      "sampler: { name: tpe, start_up_trials: 2 }",
      "sampler: gp",
      /sampler: sampler tpe has no option "start_up_trials"/,
      /startup_trials, candidates/,
    ],
    [
      SAMPLER,
      "sampler: { name: grid, values: { step_lenght: [0.03] } }",
      "sampler: gp",
      /no parameter "step_lenght"/,
      /step_length, swing_frequency/,
    ],
  ];
  for (const [from, to, at, ...said] of cases) {
    const text = complaint(from, to);
    assert.ok(text.includes(placeOf(at)), `${to}: ${text} does not name ${placeOf(at)}`);
    for (const words of said) assert.match(text, words);
    assert.match(text, /\n {2}[A-Z]/, `${to}: no remedy in ${text}`);
    assert.match(text, /\[CONFIG_INVALID\]$/);
  }
});

test("a pruner may be wrapped in another, with its own options", () => {
  const written =
    "pruner: { name: patient, patience: 3, wrapped: { name: median, startup_trials: 2, protect_best: 1 } }";
  assert.deepEqual(readHardwareConfig("robot.yaml", TEXT.replace(PRUNER, written)).study?.pruner, {
    name: "patient",
    options: { patience: 3, wrapped: { name: "median", startupTrials: 2, protectBest: 1 } },
  });
});

test("the keys of a grid's values are parameters, not options", () => {
  const written = "sampler: { name: grid, points: 3, values: { step_length: [0.03, 0.05] } }";
  assert.deepEqual(readHardwareConfig("robot.yaml", TEXT.replace(SAMPLER, written)).study?.sampler, {
    name: "grid",
    options: { points: 3, values: { step_length: [0.03, 0.05] } },
  });
});

test("all mistakes are told at once, in the order of the file", () => {
  const text = TEXT.replace("mass: 3.1 kg", "mass: heavy")
    .replace("8 deg", "8 cm")
    .replace("seed: 1 #", "seed: -1 #");
  const error = errorOf(() => readHardwareConfig("robot.yaml", text));
  const lines = error.describe().split("\n");
  assert.match(lines[0]!, /^3 things are wrong in robot\.yaml/);
  assert.match(lines[1]!, /robot\.mass/);
  assert.match(lines[2]!, /limits\.tilt\.nominal/);
  assert.match(lines[3]!, /study\.seed/);
});

test("a seed gait out of the legs' reach is refused with the reason", () => {
  const text = complaint("stance_height: 138 mm", "stance_height: 169 mm");
  assert.match(text, /the seed gait cannot be walked: foot .* beyond reach/);
});

test("a parameter with a single value is fixed, not tuned", () => {
  const config = readHardwareConfig(
    "robot.yaml",
    TEXT.replace(/ground_penetration: \{.*?\}/, "ground_penetration: 4 mm"),
  );
  assert.deepEqual(config.gait.constants, { ground_penetration: 0.004 });
  assert.equal(config.space.parameters.length, 4);
  assert.ok(!("ground_penetration" in config.seedGait));
});

test("a serial link is read", () => {
  const link = "kind: serial\n  path: /dev/ttyACM0\n  baud: 2 MBd\n  clock: realtime\n";
  const config = readHardwareConfig("robot.yaml", TEXT.replace(/kind: simulated(.|\n)*?(?=\ngait:)/, link));
  assert.deepEqual(config.link, { kind: "serial", path: "/dev/ttyACM0", baud: 2e6, clock: "realtime" });
  assert.match(complaint("kind: simulated", "kind: serial"), /`baud` is missing/);
});

test("what is not a config is refused by what it is", () => {
  const file = (name: string, content: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const cases: [path: string, code: string, words: RegExp][] = [
    [join(folder, "nowhere.yaml"), "CONFIG_UNREADABLE", /no such file/],
    [folder, "CONFIG_UNREADABLE", /folder/],
    [
      file("binary.yaml", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe, 0, 1])),
      "CONFIG_UNREADABLE",
      /UTF-8/,
    ],
    [file("zeros.yaml", Buffer.alloc(1000)), "CONFIG_UNREADABLE", /UTF-8/],
    [file("empty.yaml", ""), "CONFIG_INVALID", /nothing stands where a block of fields/],
    [file("list.yaml", "- 1\n"), "CONFIG_INVALID", /a list stands/],
    [file("tab.yaml", "robot:\n\tid: x\n"), "CONFIG_INVALID", /tab\.yaml:2:1\b.*spaces/s],
    [file("twice.yaml", "robot:\n  id: x\n  id: y\n"), "CONFIG_INVALID", /same key.*twice\.yaml:3:3/],
    [file("bracket.yaml", "robot: [1, 2\nlink: 3\n"), "CONFIG_INVALID", /bracket\.yaml:2:1/],
    [file("two.yaml", "a: 1\n---\nb: 2\n"), "CONFIG_INVALID", /several documents/],
    [
      file(
        "bomb.yaml",
        `a: &a [x]\n${["b", "c", "d"].map((name, index) => `${name}: &${name} [${Array(20).fill(`*${"abc"[index]}`)}]\n`).join("")}`,
      ),
      "CONFIG_INVALID",
      /aliases/,
    ],
  ];
  for (const [path, code, words] of cases) {
    const error = errorOf(() => readHardwareConfig(path));
    assert.equal(error.code, code, path);
    assert.match(error.describe(), words);
  }
});

test("no text is answered with anything but a config or a catalogued error", () => {
  const lines = TEXT.split("\n");
  const damage = fc.record({
    line: fc.nat(lines.length - 1),
    kind: fc.constantFrom("drop", "double", "cut", "insert"),
    at: fc.nat(80),
    text: fc.oneof(
      fc.string(),
      fc.constantFrom("[", "{", ": ", "- ", "&a", "*a", "null", "'", "# ", "!!int "),
    ),
  });
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
      const damaged = [...lines];
      for (const { line, kind, at, text } of damages) {
        const old = damaged[line] ?? "";
        if (kind === "drop") damaged[line] = "";
        else if (kind === "double") damaged[line] = `${old}\n${old}`;
        else if (kind === "cut") damaged[line] = old.slice(0, at);
        else damaged[line] = old.slice(0, at) + text + old.slice(at);
      }
      try {
        readHardwareConfig("robot.yaml", damaged.join("\n"));
      } catch (error) {
        assert.ok(error instanceof GaitsmithError, `${error instanceof Error ? error.stack : error}`);
        assert.match(error.code, /^CONFIG_/);
        assert.ok(error.remedy);
      }
    }),
    { numRuns: 60 },
  );
});

test("a study may stand in a file of its own", () => {
  const block = TEXT.slice(TEXT.indexOf("study:\n") + "study:\n".length).replace(/^ {2}/gm, "");
  const { space, study } = readHardwareConfig(SHIPPED);
  assert.deepEqual(readStudyFile("study.yaml", space, `${block}robot_time: 1h30min\n`), {
    ...study,
    robotTime: 5400,
  });
  const error = errorOf(() =>
    readStudyFile("study.yaml", space, block.replace("direction: maximize", "direction: max")),
  );
  assert.match(error.describe(), /direction: `max` is not known.*study\.yaml:2:12/);
});

test("joint targets are streamed to the simulated robot only where the file says so", () => {
  const streamedIn = (text: string): unknown => {
    const { link } = readHardwareConfig("robot.yaml", text);
    return link.kind === "simulated" && link.streamed;
  };
  assert.equal(streamedIn(TEXT.replace("# streamed: true", "streamed: true")), true);
  assert.equal(streamedIn(TEXT.replace("# streamed: true", "streamed: false")), undefined);
  assert.equal(streamedIn(TEXT), undefined);
});
