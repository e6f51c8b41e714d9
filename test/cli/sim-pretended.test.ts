/** Robots people own, pretended in another terminal, and tuned with their shipped configs. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import * as pty from "@lydell/node-pty";
import { packageRoot } from "../../src/paths.ts";
import { sendEStop } from "../../src/station/estop-socket.ts";
import { run, workFolder } from "./gaitsmith.ts";
import { stored, typed } from "./in-process.ts";
import { pretended, shortConfig } from "./pretended.ts";

describe("gaitsmith sim, robots people own", { concurrency: 2, timeout: 180_000 }, () => {
  it("--mjbots is tuned with the shipped config", async (t) => {
    const folder = workFolder(t);
    const { introduction } = await pretended(t, folder, "--mjbots", "0");
    const config = shortConfig(folder, "mjbots-quad.yaml", [
      /^ {2}url: .*$/m,
      `  url: ${introduction["url"]}`,
    ]);
    // Its legs were never compared with a tape measure.
    const args = ["tune", config, "--trials", "1", "--no-prompts", "--no-dashboard", "--no-recording"];
    const refused = await run(folder, ...args);
    assert.equal(refused.status, 2, refused.stderr);
    assert.match(refused.stderr, /never calibrated.*gaitsmith first-run/s);
    writeFileSync(
      config,
      readFileSync(config, "utf8").replace(
        "speed_source: odometry",
        "speed_source: odometry\n  odometry_scale: 1",
      ),
    );
    const { status, stderr } = await run(folder, ...args);
    assert.equal(status, 0, stderr);
    const { trials } = await stored(folder);
    assert.equal(trials[0]!.state, "completed");
    // What it went by its legs, of the speed that it was asked for.
    const asked = Number(trials[0]!.params["speed"]);
    assert.ok(
      trials[0]!.value! > 0.5 * asked && trials[0]!.value! < asked,
      `${trials[0]!.value} of ${asked} m/s`,
    );
  });

  it("--petoi is tuned with the shipped config, and a person who measures", async (t) => {
    const folder = workFolder(t);
    const { introduction, said } = await pretended(t, folder, "--petoi");
    const device = `path: ${introduction["path"]}`;
    const config = shortConfig(folder, "petoi-bittle.yaml", [/^ {2}id: \{.*$/m, `  ${device}`]);
    const command = [join(packageRoot, "bin", "gaitsmith.js"), "tune", config, "--trials", "1"];
    const terminal = pty.spawn(process.execPath, [...command, "--no-dashboard", "--no-recording"], {
      cwd: folder,
      cols: 160,
      env: { ...process.env, GAITSMITH_STATE_DIR: join(folder, "state") },
    });
    let screen = "";
    terminal.onData((text) => {
      screen += text;
    });
    const ended = new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
    t.after(() => terminal.kill("SIGKILL"));
    const sees = async (pattern: RegExp): Promise<void> => {
      for (let k = 0; k < 1200 && !pattern.test(screen); k++) await pause(50);
      assert.match(screen, pattern);
      await pause(500);
    };
    await sees(/\? Before trial 0 press the e-stop/);
    const id = "petoi-bittle";
    assert.equal(await sendEStop(join(folder, "state", "robots", id), "another window"), true);
    await sees(/closed by a stop: another window, confirmed by the robot/);
    await sees(/\? .*start line/);
    terminal.write("\r");
    await sees(/\? .*far/);
    const distance = Number(/It walked ([\d.]+) m/.exec(said())?.[1]);
    terminal.write(`${distance} m\r`);
    assert.equal(await ended, 0, screen);
    const { trials } = await stored(folder);
    assert.equal(trials[0]!.state, "completed", trials[0]!.reason ?? "");
    const seconds = distance / trials[0]!.value!;
    assert.ok(seconds > 6 && seconds < 9, `${distance} m in ${seconds} s`);
  });
});

describe("gaitsmith sim, with what does not go together", () => {
  for (const [args, words] of [
    [["--mjbots", "quad"], /quad is no port.*4778/s],
    [["--mjbots", "0", "--faults", "reboot=1"], /--faults is not for --mjbots/],
    [["--petoi", "--faults", "flip=1"], /flip.*lose-echo/s],
    [["--petoi", "--mjbots", "0"], /two robots/],
  ] as const)
    it(`refuses ${args.join(" ")}`, async (t) => {
      const { status, stderr } = await typed(workFolder(t), "sim", ...args);
      assert.equal(status, 2, stderr);
      assert.match(stderr, words);
    });
});
