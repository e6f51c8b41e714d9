/** The package as it is published: packed, installed in an empty folder, used by its bin and as a library. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { promisify } from "node:util";
import { packageRoot } from "../../src/paths.ts";
import type { StudyDocument } from "../../src/study/study-document.ts";

const exec = promisify(execFile);

it("installs in an empty folder, tunes two trials there, and serves as a library", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "gaitsmith-package-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { stdout: packed } = await exec("npm", ["pack", "--json", "--pack-destination", folder], {
    cwd: packageRoot,
  });
  const { filename, files } = firstPack(packed);
  assert.ok(
    files.every(({ path }) => !path.startsWith("test/") && !path.startsWith("src/")),
    "sources stay at home",
  );

  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  await exec("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", join(folder, filename)], {
    cwd: folder,
  });
  const bin = join(folder, "node_modules", "gaitsmith", "bin", "gaitsmith.js");
  const shipped = join(folder, "node_modules", "gaitsmith", "hardware-configs");
  const config = join(folder, "robot.yaml");
  const text = readFileSync(join(shipped, "simulated-elastic-quadruped.yaml"), "utf8");
  writeFileSync(config, text.replace("measure: 9 s", "measure: 1 s"));
  const args = [bin, "tune", config, "--trials", "2", "--pruner", "none", "--json"];
  const { stdout } = await exec(process.execPath, args, { cwd: folder });
  const document = JSON.parse(stdout) as StudyDocument;
  assert.deepEqual(
    document.trials.map((trial) => trial.state),
    ["completed", "completed"],
  );

  const library = `
    import { createSampler } from "gaitsmith/optimizer";
    const space = { parameters: [{ kind: "float", name: "x", unit: "", low: 0, high: 1, log: false, step: null }] };
    const sampler = createSampler("random", {}, { space, direction: "maximize", seed: 1, constraintCount: 0 });
    const { parameters } = sampler.ask({ trials: [], suggestion: 0, feasible: () => true });
    console.log(parameters.x);`;
  const asked = await exec(process.execPath, ["--input-type=module", "--eval", library], { cwd: folder });
  const x = Number(asked.stdout);
  assert.ok(x >= 0 && x <= 1, asked.stdout);

  const { exports } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
    readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  };
  const packedPaths = new Set(files.map(({ path }) => `./${path}`));
  for (const target of Object.values(exports).flatMap((one) =>
    typeof one === "string" ? one : Object.values(one),
  ))
    assert.ok(packedPaths.has(target), `${target} is exported and not in the package`);
  const suites = Object.keys(exports).filter((path) => path.startsWith("./conformance/"));
  const imports = suites.map((path) => `await import(${JSON.stringify(`gaitsmith${path.slice(1)}`)});`);
  await exec(process.execPath, ["--input-type=module", "--eval", imports.join("\n")], { cwd: folder });
});

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** What `npm pack --json` printed; its shape differs between versions of npm. */
function firstPack(stdout: string): Packed {
  const parsed = JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as Packed[] | Record<string, Packed>;
  const first = Array.isArray(parsed) ? parsed[0] : Object.values(parsed)[0];
  assert.ok(first !== undefined, stdout);
  return first;
}
