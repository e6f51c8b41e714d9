/**
 * Programs in C that tests talk to. Without a C compiler such tests are skipped, unless GAITSMITH_REQUIRE_CC is set: then the
 * missing compiler is the failure.
 */
import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
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

/** Test files that run at once, and the next run, share what has been compiled. */
const BUILT = join(packageRoot, "node_modules", ".cache", "c-programs");

/**
 * Compiles into a program, once for each state of its sources, of the headers beside them and of the compiler. All of the
 * library is compiled apart, once for all programs that take the same options.
 * @returns the program's path
 */
export function compile(
  name: string,
  sources: readonly string[],
  options: readonly string[],
  compiler = "cc",
): string {
  const library = librarySources(/^gs_/);
  const whole = library.every((file) => sources.includes(file));
  const include = `-I${join(C_FOLDER, "src")}`;
  const all = [...WARNINGS, ...options, include];
  const parts = whole
    ? [
        built("library", library, [compiler, ...all], (folder, object) => {
          build(compiler, [...all, "-c", ...library], folder);
          const objects = readdirSync(folder).filter((file) => file.endsWith(".o"));
          build(compiler, ["-r", "-nostdlib", ...objects, "-o", object], folder);
        }),
        ...sources.filter((file) => !library.includes(file)),
      ]
    : sources;
  return built(name, sources, [compiler, ...all], (folder, program) => {
    build(compiler, [...all, ...parts, "-lm", "-o", program], folder);
  });
}

function build(compiler: string, options: readonly string[], folder: string): void {
  execFileSync(compiler, options, { cwd: folder, stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
}

/** @param make puts the file into a folder that is there for this alone @returns its path, under a name of its own for what it is made of */
function built(
  name: string,
  sources: readonly string[],
  command: readonly [compiler: string, ...options: string[]],
  make: (folder: string, file: string) => void,
): string {
  const hash = createHash("sha256").update(JSON.stringify([command, sources, versionOf(command[0])]));
  const folders = new Set([join(C_FOLDER, "src"), ...sources.map((file) => dirname(file))]);
  for (const folder of folders)
    for (const file of readdirSync(folder).filter((file) => /\.[ch]$/.test(file)))
      hash.update(`\0${file}\0`).update(readFileSync(join(folder, file)));
  const path = join(BUILT, `${name}-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(path)) return path;
  mkdirSync(BUILT, { recursive: true });
  // Several may compile at once: each in a folder of its own, and the last one to rename wins with an equal file.
  const folder = mkdtempSync(join(BUILT, "build-"));
  try {
    const file = join(folder, name);
    make(folder, file);
    renameSync(file, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return path;
}

const versions = new Map<string, string>();

function versionOf(compiler: string): string {
  const known = versions.get(compiler) ?? execFileSync(compiler, ["--version"], { encoding: "utf8" });
  versions.set(compiler, known);
  return known;
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
