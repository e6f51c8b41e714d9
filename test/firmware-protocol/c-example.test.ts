/** The C library as a package: its example works on a board made of variables, and its headers suit C++ sketches. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { packageRoot } from "../../src/paths.ts";
import {
  C_FOLDER,
  compile,
  EXAMPLE_FOLDER,
  exampleSources,
  librarySources,
  run,
  SANITIZERS,
  WITHOUT_CC,
} from "./c-program.ts";

const WITHOUT_CXX =
  spawnSync("c++", ["--version"]).status === 0 ? false : "there is no C++ compiler (c++) on this machine";

describe("the C library's package", () => {
  for (const [precision, options] of [
    ["double", []],
    ["single", ["-DGS_REAL_FLOAT"]],
  ] as const) {
    const sources = [...exampleSources(), join(C_FOLDER, "test", "example.c")];
    const program = WITHOUT_CC
      ? ""
      : compile(precision, [...librarySources(/^gs_/), ...sources], [...SANITIZERS, ...options]);

    it(`has an example that says hello, arms, and is stopped by its button, in ${precision} precision`, {
      skip: WITHOUT_CC,
    }, () => {
      assert.equal(run(program, "").toString(), "ok\n");
    });
  }

  it("has headers that a sketch in C++ can include", { skip: WITHOUT_CXX }, () => {
    const options = ["-std=c++11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-x", "c++"];
    execFileSync("c++", [...options, `-I${join(C_FOLDER, "src")}`, "-"], {
      input: `#include "${join(EXAMPLE_FOLDER, "quadruped.h")}"\n#include <gaitsmith.h>\n`,
      stdio: ["pipe", "ignore", "pipe"],
    });
  });

  it("is described for Arduino and PlatformIO, with the package's version", () => {
    const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8"));
    const arduino = readFileSync(join(C_FOLDER, "library.properties"), "utf8");
    const fields = new Map(
      arduino
        .trim()
        .split("\n")
        .map((line) => line.split(/=(.*)/s) as [string, string]),
    );
    // What the Arduino library specification, revision 2.2, demands.
    for (const field of [
      "name",
      "author",
      "maintainer",
      "sentence",
      "paragraph",
      "category",
      "url",
      "architectures",
    ])
      assert.ok(fields.get(field), field);
    assert.equal(fields.get("version"), version);
    assert.ok(existsSync(join(C_FOLDER, "src", fields.get("includes")!)));
    const platformio = JSON.parse(readFileSync(join(C_FOLDER, "library.json"), "utf8"));
    assert.equal(platformio.version, version);
    assert.equal(platformio.name, fields.get("name"));
    assert.ok(existsSync(join(C_FOLDER, "src", platformio.headers)));
    for (const { base, files } of platformio.examples)
      assert.deepEqual(files.toSorted(), readdirSync(join(C_FOLDER, base)).toSorted());
  });
});
