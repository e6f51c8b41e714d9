/** `gaitsmith apply` and `revert`, end to end, on robots in process, behind a serial port and behind rosbridge. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Message } from "../../firmware-protocol/codec/message-table.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { gaitParameters } from "../../src/service/feasibility.ts";
import { WITHOUT_CC } from "../firmware-protocol/c-program.ts";
import { type Lie, openLiar } from "../links/check/lying-line.ts";
import {
  type Finished,
  rosbridgeConfig,
  run,
  SIMULATED,
  serialConfig,
  simulatedConfig,
  simulatedPort,
  simulatedServer,
  start,
  workFolder,
} from "./gaitsmith.ts";
import { onTerminal } from "./on-terminal.ts";

const QUIET = ["--no-dashboard", "--no-recording", "--json"];

interface Row {
  readonly name: string;
  readonly current: number | null;
  readonly proposed: number | null;
}
interface Document {
  readonly state: string;
  readonly words: string;
  readonly stored: boolean | null;
  readonly backup: string;
  readonly warnings: readonly string[];
  readonly parameters: readonly Row[];
  readonly test_walk: { readonly end: string; readonly reward: number | null } | null;
}

function documentOf({ stdout, stderr, status }: Finished): Document {
  assert.notEqual(stdout, "", `status ${status}:\n${stderr}`);
  return JSON.parse(stdout) as Document;
}

function unchanged({ parameters }: Document): boolean {
  return parameters.every(({ current, proposed }) => current === proposed);
}

/** Parameters that every test robot walks with, other than the seed gait's. */
function parameterFile(folder: string): string {
  const file = join(folder, "gait.yaml");
  writeFileSync(file, "step_length: 45 mm\n");
  return file;
}

describe("gaitsmith apply", { concurrency: 2 }, () => {
  it("puts a study's champion on a robot in process: a dry run sends nothing, then it walks and is kept", async (t) => {
    const folder = workFolder(t);
    assert.equal((await run(folder, "tune", SIMULATED, "--trials", "8", ...QUIET)).status, 0);
    const dry = await run(folder, "apply", SIMULATED, "--dry-run");
    assert.equal(dry.status, 0, dry.stderr);
    assert.match(dry.stderr, /parameter +unit +current +proposed +change/);
    assert.match(dry.stderr, /would now:\n +1\. write these/);
    assert.match(dry.stdout, /nothing was sent/);
    const refused = await run(folder, "apply", SIMULATED);
    assert.equal(refused.status, 2, "nobody is there to ask");
    const applied = await run(folder, "apply", SIMULATED, "--yes", "--json");
    const document = documentOf(applied);
    assert.equal(applied.status, 0, applied.stderr);
    assert.equal(document.state, "kept");
    assert.equal(document.stored, false);
    assert.match(document.words, /until the robot is switched off/);
    assert.equal(document.test_walk?.end, "completed");
    assert.ok(document.test_walk.reward !== null);
    const backup = JSON.parse(readFileSync(document.backup, "utf8")) as { before: unknown };
    assert.equal(backup.before, null, "made anew, it holds nothing");
    assert.ok(existsSync(document.backup.replace(/json$/, "mcap")), "the test walk is recorded");
    const other = simulatedConfig(folder, [[/variation: mild/, "variation: none"]]);
    const foreign = await run(folder, "apply", other, "--yes");
    assert.equal(foreign.status, 1);
    assert.match(foreign.stderr, /another version of this config.*--from-another-robot/s);
  });

  for (const firmware of ["ts", "c"] as const)
    it(`keeps a set over the power on a robot behind a serial port (${firmware}), and takes it back`, {
      skip: firmware === "c" && WITHOUT_CC,
    }, async (t) => {
      const folder = workFolder(t);
      const port = await simulatedPort(folder, "--firmware", firmware);
      const file = serialConfig(folder, port.path, "lockstep");
      const gait = ["--params", parameterFile(folder)];
      const seed = join(folder, "seed.yaml");
      writeFileSync(seed, "{}\n");
      const apply = (...args: string[]) => run(folder, "apply", file, "--yes", "--json", ...args);
      const first = documentOf(await apply("--params", seed));
      assert.equal(first.state, "kept");
      assert.equal(first.stored, true);
      assert.ok(first.parameters.every(({ current }) => current === null));
      const second = documentOf(await apply(...gait));
      assert.equal(second.state, "kept");
      const step = second.parameters.find(({ name }) => name === "step_length");
      const before = readHardwareConfig(file).seedGait["step_length"] as number;
      assert.ok(Math.abs(step!.current! - 1000 * before) < 1e-9 && step!.proposed === 45);
      const back = await run(folder, "revert", file, "--json");
      assert.equal(back.status, 0, back.stderr);
      assert.equal(documentOf(back).stored, true);
      assert.ok(unchanged(documentOf(await apply("--params", seed, "--dry-run"))), "it holds what it had");
      // Taking a revert back is an apply once more.
      assert.equal((await run(folder, "revert", file)).status, 0);
      assert.ok(unchanged(documentOf(await apply(...gait, "--dry-run"))));
      const list = await run(folder, "revert", file, "--list");
      assert.deepEqual(list.stdout.match(/(apply|revert) +(kept|dry-run)/g)?.length, 6, list.stdout);
      await port.end();
    });

  it("works over rosbridge, with a node that tells what it holds", async (t) => {
    const folder = workFolder(t);
    const server = await simulatedServer(folder);
    const file = rosbridgeConfig(folder, server.url, "lockstep");
    const args = ["--params", parameterFile(folder), "--yes", "--json"];
    const applied = await run(folder, "apply", file, ...args);
    assert.equal(applied.status, 0, applied.stderr);
    assert.equal(documentOf(applied).state, "kept");
    assert.equal(documentOf(applied).stored, true);
    assert.ok(unchanged(documentOf(await run(folder, "apply", file, ...args, "--dry-run"))));
    const back = await run(folder, "revert", file);
    assert.equal(back.status, 0, back.stderr);
    assert.match(back.stdout, /the seed gait \(it held nothing before\)|taken back/);
    assert.ok(!unchanged(documentOf(await run(folder, "apply", file, ...args, "--dry-run"))));
    await server.end();
  });

  it("takes a champion back by itself that does not walk on the robot as it did in its study", async (t) => {
    const folder = workFolder(t);
    const link = join(folder, "robot");
    const file = serialConfig(folder, link, "lockstep");
    const sound = await simulatedPort(folder);
    symlinkSync(sound.path, link);
    const tuned = await run(folder, "tune", file, "--trials", "8", ...QUIET);
    assert.equal(tuned.status, 0, tuned.stderr);
    await sound.end();
    // The same robot, with a leg gone lame since.
    const lame = await simulatedPort(folder, "--variant", "lame");
    rmSync(link);
    symlinkSync(lame.path, link);
    const seed = join(folder, "seed.yaml");
    writeFileSync(seed, "{}\n");
    const held = await run(folder, "apply", file, "--params", seed, "--yes", "--no-test-walk", "--json");
    assert.equal(documentOf(held).state, "kept", held.stderr);
    const applied = await run(folder, "apply", file, "--yes", "--json");
    assert.equal(applied.status, 1, applied.stdout);
    const document = documentOf(applied);
    assert.equal(document.state, "reverted");
    assert.match(document.words, /worse than foretold|the test walk was aborted/);
    assert.match(document.words, /what it had before was written back and read back/);
    const now = documentOf(await run(folder, "apply", file, "--params", seed, "--dry-run", "--json"));
    assert.ok(unchanged(now), JSON.stringify(now.parameters));
    await lame.end();
  });

  /** A real-time robot behind a line that lies, and a command against it. */
  async function against(lie: Lie, t: Parameters<typeof workFolder>[0], ...more: string[]) {
    const folder = workFolder(t);
    const liar = await openLiar(lie);
    t.after(() => liar.close());
    const file = serialConfig(folder, liar.path, "realtime");
    const command = start(
      folder,
      ...["apply", file, "--params", parameterFile(folder), "--yes", "--no-test-walk", "--json"],
      ...more,
    );
    return { folder, file, command };
  }

  it("fails on a robot that holds another value than it took, naming the parameter", async (t) => {
    const rounded = (message: Message): Message | undefined =>
      message.kind === "parameter" && message.name === "step_length" && message.active === 0.045
        ? { ...message, active: 0.0450001 }
        : undefined;
    const { command } = await against({ toHost: rounded }, t);
    const finished = await command.finished;
    assert.equal(finished.status, 1, finished.stderr);
    const { state, words } = documentOf(finished);
    assert.equal(state, "reverted");
    assert.match(words, /step_length: the robot holds 0\.0450001, not 0\.045/);
    assert.match(words, /written back and read back/);
  });

  it("fails on a robot that refuses one parameter, and changes nothing", async (t) => {
    const refuses = (message: Message | null): Message | undefined =>
      message?.kind === "stage"
        ? { kind: "nack", code: "refused", field: "step_length", reason: "is out of range" }
        : undefined;
    const { command } = await against({ answer: refuses }, t);
    const finished = await command.finished;
    assert.equal(finished.status, 1, finished.stderr);
    assert.match(documentOf(finished).words, /step_length: is out of range; it still holds what it had/);
  });

  it("killed between commit and read-back, the next command says so, and revert takes it back", async (t) => {
    let pid: number | undefined;
    let committed = false;
    const lie: Lie = {
      toRobot: (message) => {
        committed ||= message?.kind === "commit";
        if (!committed || message?.kind !== "get-parameter" || pid === undefined) return undefined;
        process.kill(pid, "SIGKILL");
        pid = undefined;
        return null;
      },
    };
    const { folder, file, command } = await against(lie, t);
    pid = command.process.pid;
    await assert.rejects(command.saw(/never/));
    assert.equal((await command.finished).signal, "SIGKILL");
    const backups = join(folder, "state", "robots", "simulated-elastic-quadruped", "applied");
    const [name] = readdirSync(backups);
    const left = JSON.parse(readFileSync(join(backups, name!), "utf8")) as { state: string };
    assert.equal(left.state, "writing");
    const again = await run(folder, "apply", file, "--params", join(folder, "gait.yaml"), "--yes");
    assert.equal(again.status, 1);
    assert.match(again.stderr, /was not finished: its last state is "writing".*npx gaitsmith revert/s);
    const tuning = await run(folder, "tune", file, "--trials", "1", "--robot-time", "1s", ...QUIET);
    assert.match(tuning.stderr, /warning: an apply of .* was not finished.*gaitsmith revert/);
    const back = await run(folder, "revert", file, "--json");
    assert.equal(back.status, 0, back.stderr);
    const { parameters } = documentOf(back);
    const config = readHardwareConfig(file);
    const seed = gaitParameters(config, config.seedGait)["step_length"]!;
    assert.ok(
      Math.abs(parameters.find(({ name }) => name === "step_length")!.proposed! - 1000 * seed) < 1e-9,
    );
    const fine = await run(folder, "apply", file, "--params", join(folder, "gait.yaml"), "--dry-run");
    assert.equal(fine.status, 0, fine.stderr);
  });

  it("stops and takes back at Ctrl-C, and exits 130", async (t) => {
    const folder = workFolder(t);
    const file = simulatedConfig(folder, [[/clock: lockstep/, "clock: realtime"]]);
    const running = start(folder, "apply", file, "--params", parameterFile(folder), "--yes", "--json");
    await running.saw(/test walk: 5 s/);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    process.kill(-(running.process.pid ?? 0), "SIGINT");
    const finished = await running.finished;
    assert.equal(finished.status, 130, finished.stderr);
    assert.equal(documentOf(finished).state, "reverted");
  });

  it("is an e-stop at the second Ctrl-C: latched, exit 3, and the old set is owed until the latch is cleared", async (t) => {
    const folder = workFolder(t);
    const file = simulatedConfig(folder, [[/clock: lockstep/, "clock: realtime"]]);
    const running = start(folder, "apply", file, "--params", parameterFile(folder), "--yes", "--json");
    await running.saw(/test walk: 5 s/);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    process.kill(-(running.process.pid ?? 0), "SIGINT");
    await running.saw(/once more is an e-stop/);
    process.kill(-(running.process.pid ?? 0), "SIGINT");
    const finished = await running.finished;
    assert.equal(finished.status, 3, finished.stderr);
    assert.equal(documentOf(finished).state, "unreverted");
    const owed = await run(folder, "revert", file);
    assert.equal(owed.status, 3);
    assert.match(owed.stderr, /ROBOT_LATCHED/);
    const robot = "simulated-elastic-quadruped";
    assert.equal((await run(folder, "clear", "--robot", robot, "--checked", "all legs free")).status, 0);
    assert.equal((await run(folder, "revert", file)).status, 0);
  });

  it("asks on a terminal before it writes and before it keeps, and takes only y for yes", async (t) => {
    const folder = workFolder(t);
    const args = ["apply", SIMULATED, "--params", parameterFile(folder)];
    const no = onTerminal(t, folder, ...args);
    await no.answer(/Write this to .*\[y\/N\]/, "\r");
    assert.equal(await no.ended, 1);
    await no.saw(/declined +nothing was sent/);
    const notKept = onTerminal(t, folder, ...args);
    await notKept.answer(/Write this to .*\[y\/N\]/, "y\r");
    await notKept.answer(/Keep it\?.*\[y\/N\]/, "n\r");
    assert.equal(await notKept.ended, 1);
    await notKept.saw(/NOT KEPT .*the seed gait .* was written back and read back/);
    const yes = onTerminal(t, folder, ...args);
    // What is typed ahead is no answer to a question that nobody has read.
    await yes.answer(/Write this to .*\[y\/N\]/, "y\ry\r");
    await yes.answer(/Keep it\?.*\[y\/N\]/, "y\r");
    assert.equal(await yes.ended, 0);
    await yes.saw(/kept +active until/);
  });

  it("is refused by robots that keep no set, with what to put into their program", async (t) => {
    const folder = workFolder(t);
    const file = simulatedConfig(folder, [[/variation: mild.*/, "variation: mild\n  streamed: true"]]);
    const refused = await run(folder, "apply", file, "--params", parameterFile(folder), "--yes");
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /the robot itself holds no parameters/);
    assert.match(refused.stderr, /step_length = 45 mm/);
  });
});
