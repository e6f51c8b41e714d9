/**
 * Programs in C that tests talk to. Without a C compiler such tests are skipped, unless GAITSMITH_REQUIRE_CC is set: then the
 * missing compiler is the failure.
 */
import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { packageRoot } from "../../src/paths.ts";

export const C_FOLDER = join(packageRoot, "firmware-protocol", "c");

/** What all C of this repository is built with in tests. */
export const WARNINGS: readonly string[] = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"];
export const SANITIZERS: readonly string[] = [
  "-g",
  "-fsanitize=address,undefined",
  "-fno-sanitize-recover=all",
];

/** Why tests that need a C compiler are skipped; false when they run. */
export const WITHOUT_CC: string | false =
  process.env["GAITSMITH_REQUIRE_CC"] || spawnSync("cc", ["--version"]).status === 0
    ? false
    : "there is no C compiler (cc) on this machine";

/** The sketch's folder, and what is portable in it. */
export const EXAMPLE_FOLDER = join(C_FOLDER, "examples", "ElasticQuadruped");

export function exampleSources(): string[] {
  return sourcesIn(EXAMPLE_FOLDER);
}

/** The library's sources whose names match, with their paths. */
export function librarySources(pattern: RegExp): string[] {
  return sourcesIn(join(C_FOLDER, "src"), pattern);
}

function sourcesIn(folder: string, pattern = /./): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".c") && pattern.test(name))
    .map((name) => join(folder, name));
}

let folder: string | undefined;

/** Compiles into a temporary folder that lives as long as the test file. @returns the program's path */
export function compile(
  name: string,
  sources: readonly string[],
  options: readonly string[],
  compiler = "cc",
): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), "gaitsmith-c-"));
    after(() => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  const program = join(folder, name);
  const include = `-I${join(C_FOLDER, "src")}`;
  execFileSync(compiler, [...WARNINGS, ...options, include, ...sources, "-lm", "-o", program], {
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  return program;
}

/** Runs a program to its end. @returns what it wrote; fails when it wrote an error or did not end well */
export function run(program: string, input: string): Buffer {
  const { status, stdout, stderr, error } = spawnSync(program, { input, maxBuffer: 2 ** 30 });
  assert.ifError(error);
  assert.equal(stderr.toString(), "");
  assert.equal(status, 0, `${program} ended with ${status}`);
  return stdout;
}

/** A program that answers every line it is told with one line, and is silent on its error stream. */
export class LineProgram {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterableIterator<string>;
  #errors = "";

  constructor(program: string) {
    this.#child = spawn(program);
    this.#child.stderr.on("data", (text) => {
      this.#errors += text;
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @returns what it said, word by word */
  async tell(line: string): Promise<string[]> {
    this.#child.stdin.write(`${line}\n`);
    const { value, done } = await this.#lines.next();
    assert.ok(done !== true, `it ended: ${this.#errors}`);
    assert.equal(this.#errors, "");
    return value.split(" ");
  }

  /** Ends its input; fails when it does not end well. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("close", resolve));
    this.#child.stdin.end();
    assert.equal(await ended, 0, this.#errors);
  }
}
