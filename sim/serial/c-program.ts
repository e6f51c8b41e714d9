/** Compiles the C library into a program of this machine, once for each state of its sources. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { fail } from "../../src/errors.ts";
import { cacheDir, firmwareSourcePath, makeFolder } from "../../src/paths.ts";

const FOLDERS = ["src", "host"] as const;
const OPTIONS = ["-std=c99", "-O2", "-Wall", "-Wextra"] as const;

/**
 * @returns the program's path
 * @throws FIRMWARE_NOT_BUILT without a C compiler, or when it finds something wrong
 */
export async function firmwareProgram(): Promise<string> {
  const compiler = process.env["CC"] ?? "cc";
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(firmwareSourcePath(folder))
      .filter((name) => /\.[ch]$/.test(name))
      .sort()
      .map((name) => join(folder, name)),
  );
  const hash = createHash("sha256").update([compiler, process.arch, ...OPTIONS].join("\0"));
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(firmwareSourcePath(file)));
  const cache = join(cacheDir(), "firmware");
  const program = join(cache, `gaitsmith-robot-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(program)) return program;
  makeFolder(cache);
  // Several may compile at once: each in a folder of its own, and the last one to rename wins with equal bytes.
  const folder = mkdtempSync(join(cache, "build-"));
  try {
    const built = join(folder, "robot");
    const sources = files.filter((file) => file.endsWith(".c")).map(firmwareSourcePath);
    const include = FOLDERS.map((one) => `-I${firmwareSourcePath(one)}`);
    await promisify(execFile)(compiler, [...OPTIONS, ...include, ...sources, "-lm", "-o", built]);
    renameSync(built, program);
    return program;
  } catch (error) {
    return notBuilt(compiler, error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function notBuilt(compiler: string, cause: unknown): never {
  const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
  const said = cause instanceof Error && "stderr" in cause ? String(cause.stderr).trim().split("\n")[0] : "";
  return fail("FIRMWARE_NOT_BUILT", {
    what: missing
      ? `there is no C compiler "${compiler}" on this machine`
      : `the C compiler "${compiler}" does not compile the library: ${said || String(cause)}`,
    where: firmwareSourcePath("src"),
    remedy: missing
      ? "Install gcc or clang (Debian: apt install gcc libc6-dev), name another in CC, or use --firmware ts."
      : "Try another compiler (CC=clang), or use --firmware ts.",
    cause,
  });
}
