/** `gaitsmith apply` and `revert`, end to end, on robots in process and behind a serial port; the other links belong to the proof. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import type { Message } from "../../firmware-protocol/codec/message-table.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { describeError } from "../../src/errors.ts";
import { gaitParameters } from "../../src/service/feasibility.ts";
import { openLatch, readLatch } from "../../src/station/latch-file.ts";
import { type Lie, openLiar } from "../links/check/lying-line.ts";
import { type Finished, serialConfig, simulatedConfig, start, workFolder } from "./gaitsmith.ts";
import { holder, keepsAndTakesBack, parameterFile, SHORT, seedFile, unchanged } from "./held-set.ts";
import { applied, reverted, stateIn, tuned, typed } from "./in-process.ts";
import { onTerminal } from "./on-terminal.ts";
import { QUICKLY } from "./walks-in-real-time.ts";

interface Document {
  readonly state: string;
  readonly words: string;
  readonly stored: boolean | null;
  readonly backup: string;
  readonly test_walk: { readonly end: string; readonly reward: number | null } | null;
}

function documentOf({ stdout, stderr, status }: Omit<Finished, "signal">): Document {
  assert.notEqual(stdout, "", `status ${status}:\n${stderr}`);
  return JSON.parse(stdout) as Document;
}

/** What an error tells a person. */
const tells = (pattern: RegExp) => (error: unknown) => {
  assert.match(describeError(error), pattern);
  return true;
};

/** A walk in real time with the least before it. */
const REALTIME = [
  [/clock: lockstep/, "clock: realtime"],
  [/stand: 0.5 s/, "stand: 0.1 s"],
] as const;

/** The command, with a Ctrl-C of the terminal to its whole process group. @param after of its test walk's beginning, ms */
async function interrupted(t: TestContext, after: number) {
  const folder = workFolder(t);
  const file = simulatedConfig(folder, REALTIME);
  const running = start(folder, "apply", file, "--params", parameterFile(folder), "--yes", "--json");
  await running.saw(/test walk: 5 s/);
  await new Promise((resolve) => setTimeout(resolve, after));
  process.kill(-(running.process.pid ?? 0), "SIGINT");
  return { folder, file, running };
}

describe("gaitsmith apply", () => {
  it("puts a study's champion on a robot in process: a dry run sends nothing, then it walks and is kept, and taken back", async (t) => {
    const folder = workFolder(t);
    const file = simulatedConfig(folder, SHORT);
    await tuned(folder, file, { trials: 4 });
    const dry = await typed(folder, "apply", file, "--dry-run");
    assert.equal(dry.status, 0, dry.stderr);
    assert.match(dry.stderr, /parameter +unit +current +proposed +change/);
    assert.match(dry.stderr, /would now:\n +1\. write these/);
    assert.match(dry.stdout, /nothing was sent/);
    const refused = await typed(folder, "apply", file);
    assert.equal(refused.status, 2, "nobody is there to ask");
    const finished = await typed(folder, "apply", file, "--yes", "--json");
    const document = documentOf(finished);
    assert.equal(finished.status, 0, finished.stderr);
    assert.equal(document.state, "kept");
    assert.equal(document.stored, false);
    assert.match(document.words, /until the robot is switched off/);
    assert.equal(document.test_walk?.end, "completed");
    assert.ok(document.test_walk.reward !== null);
    const backup = JSON.parse(readFileSync(document.backup, "utf8")) as { before: unknown };
    assert.equal(backup.before, null, "made anew, it holds nothing");
    assert.ok(existsSync(document.backup.replace(/json$/, "mcap")), "the test walk is recorded");
    const back = await typed(folder, "revert", file);
    assert.equal(back.status, 0, back.stderr);
    assert.match(back.stdout, /from before the champion of study[\s\S]*taken back +active/);
    const list = await typed(folder, "revert", file, "--list");
    assert.equal(list.stdout.match(/(apply|revert) +(kept|dry-run)/g)?.length, 3, list.stdout);
    const other = simulatedConfig(folder, [...SHORT, [/variation: mild/, "variation: none"]]);
    await assert.rejects(
      applied(folder, other),
      tells(/another version of this config.*--from-another-robot/s),
    );
  });

  it("stops and takes back at Ctrl-C, and exits 130", async (t) => {
    const { running } = await interrupted(t, 1000);
    const finished = await running.finished;
    assert.equal(finished.status, 130, finished.stderr);
    assert.equal(documentOf(finished).state, "reverted");
  });

  it("is an e-stop at the second Ctrl-C: latched, exit 3, and the old set is owed until the latch is cleared", async (t) => {
    const { running, folder, file } = await interrupted(t, 1500);
    await running.saw(/once more is an e-stop/);
    process.kill(-(running.process.pid ?? 0), "SIGINT");
    const finished = await running.finished;
    assert.equal(finished.status, 3, finished.stderr);
    assert.equal(documentOf(finished).state, "unreverted");
    await assert.rejects(reverted(folder, file), tells(/ROBOT_LATCHED/));
    const stateDir = join(folder, "studies.db-robots", "simulated-elastic-quadruped");
    openLatch(stateDir, { id: readLatch(stateDir)!.id, by: "ann", checked: "all legs free" }, new Date());
    assert.equal((await reverted(folder, file)).state, "reverted");
  });

  it("asks on a terminal before it writes and before it keeps, and takes only y for yes", async (t) => {
    const folder = workFolder(t);
    const args = ["apply", simulatedConfig(folder, SHORT), "--params", parameterFile(folder)];
    const no = onTerminal(t, folder, ...args);
    await no.answer(/Write this to .*\[y\/N\]/, "\r");
    assert.equal(await no.ended, 1);
    await no.saw(/declined +nothing was sent/);
    const notKept = onTerminal(t, folder, ...args);
    // What is typed ahead is no answer to a question that nobody has read.
    await notKept.answer(/Write this to .*\[y\/N\]/, "y\ry\r");
    await notKept.answer(/Keep it\?.*\[y\/N\]/, "n\r");
    assert.equal(await notKept.ended, 1);
    await notKept.saw(/NOT KEPT .*the seed gait .* was written back and read back/);
  });

  it("is refused by robots that keep no set, with what to put into their program", async (t) => {
    const folder = workFolder(t);
    const file = simulatedConfig(folder, [[/variation: mild.*/, "variation: mild\n  streamed: true"]]);
    await assert.rejects(
      applied(folder, file, { params: parameterFile(folder) }),
      tells(/the robot itself holds no parameters.*step_length = 45 mm/s),
    );
  });
});

describe("gaitsmith apply over a serial port", () => {
  it("keeps a set over the power, and takes it back", async (t) => {
    const folder = workFolder(t);
    stateIn(t, folder);
    const { file, close } = await holder("serial", folder);
    t.after(close);
    await keepsAndTakesBack(folder, file);
  });

  it("takes a champion back by itself that does not walk on the robot as it did in its study", async (t) => {
    const folder = workFolder(t);
    stateIn(t, folder);
    const link = join(folder, "robot");
    /** The same config, whatever is at the end of the line. */
    const behindLink = async (variant: string) => {
      const { file, close } = await holder("serial", folder, variant);
      rmSync(link, { force: true });
      symlinkSync(/path: (\S+)/.exec(readFileSync(file, "utf8"))![1]!, link);
      const changes = [[/measure: 9 s/, "measure: 2 s"]] as const;
      return { file: serialConfig(folder, link, "lockstep", changes), close };
    };
    const sound = await behindLink("nominal");
    const { file } = sound;
    await tuned(folder, file, { trials: 9 });
    await sound.close();
    // The same robot, with a leg gone lame since.
    const lame = await behindLink("lame");
    t.after(lame.close);
    const seed = seedFile(folder);
    assert.equal((await applied(folder, file, { params: seed, testWalk: false })).state, "kept");
    const { state, words } = await applied(folder, file);
    assert.equal(state, "reverted", words);
    assert.match(words, /worse than foretold|the test walk was aborted/);
    assert.match(words, /what it had before was written back and read back/);
    const now = await applied(folder, file, { params: seed, dryRun: true });
    assert.ok(unchanged(now.proposal.rows), JSON.stringify(now.proposal.rows));
  });

  /** A real-time robot behind a line that lies. */
  async function behind(lie: Lie, t: TestContext) {
    const folder = workFolder(t);
    stateIn(t, folder);
    const liar = await openLiar(lie);
    t.after(() => liar.close());
    const file = serialConfig(folder, liar.path, "realtime", [...SHORT, ...QUICKLY]);
    return { folder, file, params: parameterFile(folder) };
  }

  it("fails on a robot that holds another value than it took, naming the parameter", async (t) => {
    const rounded = (message: Message): Message | undefined =>
      message.kind === "parameter" && message.name === "step_length" && message.active === 0.045
        ? { ...message, active: 0.0450001 }
        : undefined;
    const { folder, file, params } = await behind({ toHost: rounded }, t);
    const { state, words } = await applied(folder, file, { params, testWalk: false });
    assert.equal(state, "reverted");
    assert.match(words, /step_length: the robot holds 0\.0450001, not 0\.045/);
    assert.match(words, /written back and read back/);
  });

  it("fails on a robot that refuses one parameter, and changes nothing", async (t) => {
    const refuses = (message: Message | null): Message | undefined =>
      message?.kind === "stage"
        ? { kind: "nack", code: "refused", field: "step_length", reason: "is out of range" }
        : undefined;
    const { folder, file, params } = await behind({ answer: refuses }, t);
    const { state, words } = await applied(folder, file, { params, testWalk: false });
    assert.equal(state, "reverted");
    assert.match(words, /step_length: is out of range; it still holds what it had/);
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
    const { folder, file, params } = await behind(lie, t);
    const command = start(folder, "apply", file, "--params", params, "--yes", "--no-test-walk");
    pid = command.process.pid;
    await assert.rejects(command.saw(/never/));
    assert.equal((await command.finished).signal, "SIGKILL");
    const backups = join(folder, "state", "robots", "simulated-elastic-quadruped", "applied");
    const [name] = readdirSync(backups);
    const left = JSON.parse(readFileSync(join(backups, name!), "utf8")) as { state: string };
    assert.equal(left.state, "writing");
    await assert.rejects(
      applied(folder, file, { params }),
      tells(/was not finished: its last state is "writing".*npx gaitsmith revert/s),
    );
    const quiet = ["--no-dashboard", "--no-recording", "--robot-time", "1 ms"];
    const { stderr } = await typed(folder, "tune", file, ...quiet);
    assert.match(stderr, /warning: an apply of .* was not finished.*gaitsmith revert/);
    const { state, rows } = await reverted(folder, file);
    assert.equal(state, "reverted");
    const config = readHardwareConfig(file);
    const seed = gaitParameters(config, config.seedGait)["step_length"]!;
    assert.ok(Math.abs(rows.find((row) => row.name === "step_length")!.proposed! - 1000 * seed) < 1e-9);
    assert.equal((await applied(folder, file, { params, dryRun: true })).state, "dry-run");
  });
});
