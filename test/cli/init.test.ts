/** A first config for somebody's robot. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import { answersOf, type InitOptions } from "../../src/cli/init.ts";
import { LINK_EXAMPLES, robotIdOf } from "../../src/config/new-config.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { hardwareConfigPath } from "../../src/paths.ts";
import { run, workFolder } from "./gaitsmith.ts";
import { typed } from "./in-process.ts";

const ANSWERED = ["--name", "Søren's Dog: 2", "--joints", "a, b,c", "--mass", "2500 g"];

describe("gaitsmith init", () => {
  it("writes a config that can be read, with what was said of the robot", async (t) => {
    const folder = workFolder(t);
    for (const link of Object.keys(LINK_EXAMPLES)) {
      const file = join("robots", `${link}.yaml`);
      const { status, stdout, stderr } = await typed(
        folder,
        "init",
        file,
        "--link",
        link,
        "--json",
        ...ANSWERED,
      );
      assert.equal(status, 0, stderr);
      assert.deepEqual(JSON.parse(stdout), {
        file: join(folder, file),
        id: "soren-s-dog-2",
        name: "Søren's Dog: 2",
        joints: ["a", "b", "c"],
        link,
        gait: "own",
      });
      const { robot, link: read, gait } = readHardwareConfig(join(folder, file));
      assert.deepEqual([robot.name, robot.joints, robot.mass], ["Søren's Dog: 2", ["a", "b", "c"], 2.5]);
      assert.equal(read.kind, link);
      assert.equal(gait.name, "own");
      const [schema = ""] = readFileSync(join(folder, file), "utf8").split("\n");
      const target = schema.replace(/^.*\$schema=/, "");
      assert.equal(join(folder, "robots", target), hardwareConfigPath("schema.json"));
    }
  });

  it("takes the template's answers when told to, and says what is next", async (t) => {
    const folder = workFolder(t);
    const { status, stdout } = await run(folder, "init", "--yes");
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^my-robot\.yaml: My robot, over rosbridge\n.*npx gaitsmith check my-robot\.yaml\n$/s,
    );
    const { gait, robot } = readHardwareConfig(join(folder, "my-robot.yaml"));
    assert.equal(gait.name, "foot-cpg:trot");
    assert.equal(robot.joints.length, 8);
  });

  it("never overwrites", async (t) => {
    const folder = workFolder(t);
    writeFileSync(join(folder, "my-robot.yaml"), "mine\n");
    const { status, stderr } = await typed(folder, "init", "--yes");
    assert.equal(status, 2);
    assert.match(stderr, /nothing is overwritten \(my-robot\.yaml\)/);
    assert.equal(readFileSync(join(folder, "my-robot.yaml"), "utf8"), "mine\n");
  });

  it("refuses what is wrong, and writes nothing", async (t) => {
    const folder = workFolder(t);
    const { status, stderr } = await typed(folder, "init", "robot.yaml", "--yes", "--mass", "3");
    assert.equal(status, 2);
    assert.match(stderr, /--mass: `3` has no unit/);
    assert.ok(!existsSync(join(folder, "robot.yaml")));
  });

  it("refuses what is lacking where nobody can be asked, and every wrong answer with its option", async () => {
    const cases: [options: InitOptions, said: RegExp][] = [
      [{}, /--name is not given, and nobody can be asked/],
      [{ name: "x" }, /--link is not given/],
      [{ yes: true, name: "!!" }, /--name: of "!!" no id can be made/],
      [{ yes: true, link: "seriel" }, /--link: "seriel" is no way to reach it/],
      [{ yes: true, joints: "," }, /--joints: no joint is named/],
      [{ yes: true, joints: "a,b,a" }, /--joints: the joint a is named twice/],
      [{ yes: true, mass: "0 kg" }, /--mass: a mass is above zero/],
    ];
    for (const [options, message] of cases)
      await assert.rejects(answersOf(options, null), { code: "BAD_USAGE", message });
  });
});

describe("the questions", () => {
  /** @param typed what a person types, all at once */
  async function asked(options: InitOptions, typed: string): Promise<{ answers: unknown; shown: string }> {
    const [input, output] = [new PassThrough(), new PassThrough()];
    let shown = "";
    output.on("data", (chunk) => (shown += chunk));
    input.end(typed);
    const answers = await answersOf(options, { input, output });
    return { answers, shown };
  }

  it("are asked until their answer is one, with the usual one for none", async () => {
    const { answers, shown } = await asked({}, "Dog\nrosbrige\nserial\n\n4\n4 kg\n");
    assert.deepEqual(answers, {
      name: "Dog",
      link: "serial",
      joints: "FR_hip, FR_knee, FL_hip, FL_knee, RR_hip, RR_knee, RL_hip, RL_knee",
      mass: "4 kg",
    });
    assert.match(shown, /Did you mean rosbridge\?/);
    assert.match(shown, /`4` has no unit/);
    assert.equal(shown.split("How is it reached?").length - 1, 2);
  });

  it("are not asked where an option answers them", async () => {
    const { answers, shown } = await asked({ name: "Dog", joints: "a", mass: "1 kg" }, "serial\n");
    assert.deepEqual(answers, { name: "Dog", link: "serial", joints: "a", mass: "1 kg" });
    assert.doesNotMatch(shown, /called|joints|mass/);
  });

  it("may be broken off", async () => {
    await assert.rejects(asked({}, "Dog\n"), { code: "BAD_USAGE", message: /nothing was written/ });
  });
});

it("a robot's id is made of its name", () => {
  const names = {
    "My robot": "my-robot",
    "Søren's Dog: 2": "soren-s-dog-2",
    "--Bert--": "bert",
    ÄÖ: "ao",
    犬: "",
  };
  for (const [name, id] of Object.entries(names)) assert.equal(robotIdOf(name), id);
});
