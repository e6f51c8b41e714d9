/**
 * The C library under a bad line and a bad host: no undefined behaviour, no power without a good reason, every stop obeyed.
 * Ten million frames are part of the proof; libFuzzer takes the same program where there is clang.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";
import { C_FOLDER, compile, librarySources, SANITIZERS, WITHOUT_CC } from "./c-program.ts";

const SOURCES = [
  ...librarySources(/^gs_/),
  ...["fuzz.c", "test_robot.c"].map((name) => join(C_FOLDER, "test", name)),
];
const FRAMES = 60_000;
const WITHOUT_CLANG = spawnSync("clang", ["--version"]).status === 0 ? false : "there is no clang here";

describe("the C library, whatever it hears,", { skip: WITHOUT_CC }, () => {
  it("keeps its promises", (test) => {
    const program = compile("fuzz", SOURCES, SANITIZERS);
    for (const seed of [1, 2]) {
      const said = execFileSync(program, [String(FRAMES), String(seed)], { encoding: "utf8" }).trim();
      test.diagnostic(`seed ${seed}: ${said}`);
      // A generator that never gets the robot to walk would prove nothing.
      const [frames, armings, walks, commits, latches] = (said.match(/\d+/g) ?? []).map(Number);
      assert.ok(frames! >= FRAMES);
      for (const happened of [armings, walks, commits, latches]) assert.ok(happened! > 20, said);
    }
  });

  it("keeps its promises to libFuzzer", { skip: WITHOUT_CLANG }, () => {
    const program = compile(
      "libfuzzer",
      SOURCES,
      ["-g", "-O1", "-DGS_LIBFUZZER", "-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all"],
      "clang",
    );
    const { status, stderr } = spawnSync(program, ["-runs=20000", "-max_len=4096", "-seed=1"], {
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
  });
});
