/** `npm start` as a newcomer types it: Ctrl-C reaches the robot before npm returns. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { it } from "node:test";
import { packageRoot } from "../../src/paths.ts";
import { workFolder } from "./gaitsmith.ts";
import { stored } from "./in-process.ts";

const QUICK = ["--no-dashboard", "--no-recording", "--sampler", "random"];

it("npm returns from Ctrl-C only when the robot has stopped and its walk is stored", async (t) => {
  const folder = workFolder(t);
  const store = join(folder, "studies.db");
  // Without the installation that comes before: it would change what other tests run with.
  const npm = spawn("npm", ["start", "--ignore-scripts", "--", "--store", store, ...QUICK], {
    cwd: packageRoot,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    npm.stderr.on("data", (chunk) => {
      said += chunk;
      if (/\s1 completed/.test(said)) resolve();
    });
    npm.once("exit", () => reject(new Error(`npm ended early:\n${said}`)));
  });
  // The terminal sends Ctrl-C to the whole process group.
  process.kill(-(npm.pid ?? 0), "SIGINT");
  await new Promise((resolve) => npm.once("exit", resolve));
  const shown = await stored(folder);
  assert.ok(shown.trials.length >= 2);
  assert.deepEqual(
    shown.trials.filter(({ state }) => state === "running"),
    [],
  );
});
