/** The robot's side in examples/: what both ROS packages share is the same, and keeps the rules of the conversation. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { packageRoot } from "../../src/paths.ts";
import { skipWithoutPython } from "./python.ts";

const examples = join(packageRoot, "examples");

function python(...args: string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync("python3", args, {
    cwd: packageRoot,
    encoding: "utf8",
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  return { status, output: `${stdout}${stderr}` };
}

describe("the robot's side in Python", () => {
  for (const file of ["node_conversation.py", "sample_robot.py", "watchdog.py"])
    it(`has the same ${file} for ROS 1 and ROS 2`, () => {
      const ros1 = readFileSync(join(examples, "ros1/gaitsmith_robot/src/gaitsmith_robot", file), "utf8");
      const ros2 = readFileSync(join(examples, "ros2/gaitsmith_robot/gaitsmith_robot", file), "utf8");
      assert.equal(ros1, ros2);
    });

  it("keeps the rules of the conversation, and its sample robot walks", skipWithoutPython, () => {
    const { status, output } = python("-m", "unittest", "examples/test_node_conversation.py");
    assert.equal(status, 0, output);
    assert.match(output, /Ran [1-9]\d+ tests/);
  });

  it("is Python 3.8 throughout", skipWithoutPython, () => {
    const parse = [
      "import ast, pathlib",
      "files = sorted(pathlib.Path('examples').rglob('*.py'))",
      "[ast.parse(file.read_text(), str(file), feature_version=(3, 8)) for file in files]",
      "print(len(files))",
    ].join("\n");
    const { status, output } = python("-c", parse);
    assert.equal(status, 0, output);
    assert.ok(Number(output) > 10, output);
  });
});
