/** The C library under ten million frames of a bad line and bad hosts, with address and undefined-behaviour sanitizers. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { C_FOLDER, librarySources, SANITIZERS, WARNINGS } from "../firmware-protocol/c-program.ts";
import type { Claim } from "./claims.ts";

/** @param millions of frames, by two generators with different seeds side by side */
export async function libraryKeepsItsPromises(millions: number): Promise<Claim[]> {
  const folder = mkdtempSync(join(tmpdir(), "gaitsmith-fuzz-"));
  try {
    const program = join(folder, "fuzz");
    const sources = [
      ...librarySources(/^gs_/),
      join(C_FOLDER, "test", "fuzz.c"),
      join(C_FOLDER, "test", "test_robot.c"),
    ];
    const include = `-I${join(C_FOLDER, "src")}`;
    execFileSync("cc", [...WARNINGS, ...SANITIZERS, "-O1", include, ...sources, "-lm", "-o", program]);
    const runs = await Promise.all(
      [1, 7].map((seed) => fuzz(program, Math.round((millions * 1e6) / 2), seed)),
    );
    return [
      {
        name: "the C library keeps its promises whatever it hears",
        bar: "10 million frames without a finding of the sanitizers or a broken promise",
        holds: millions >= 10 && runs.every(({ status }) => status === 0),
        measured: Object.fromEntries(runs.map(({ seed, said }) => [`seed ${seed}`, said])),
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fuzz(program: string, frames: number, seed: number) {
  const child = spawn(program, [String(frames), String(seed)], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.on("data", (bytes) => {
    said += bytes;
  });
  child.stderr.on("data", (bytes) => {
    said += bytes;
  });
  const [status] = (await once(child, "close")) as [number | null];
  return { seed, status, said: said.trim().slice(-2000) };
}
