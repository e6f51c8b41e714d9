/** Keys of `gaitsmith tune` on a real terminal: e-stops, stops, sleep, and a terminal that is as it was afterwards. */
import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { readLatch } from "../../src/station/latch-file.ts";
import { simulatedConfig, workFolder } from "./gaitsmith.ts";
import { stored, typed } from "./in-process.ts";
import { COMMAND, onTerminal, programOnTerminal } from "./on-terminal.ts";
import { IN_REAL_TIME } from "./walks-in-real-time.ts";

const ROBOT = "simulated-elastic-quadruped";
const QUIET = ["--trials", "3", "--no-recording", "--no-dashboard"];
/** Walks long enough for a hand, also one that presses again while they ramp out. */
const realtime = (folder: string) =>
  simulatedConfig(folder, [...IN_REAL_TIME, [/ramp_out: 0.3 s/, "ramp_out: 1 s"]]);
/** Walks that nobody waits for. */
const short = (folder: string) => simulatedConfig(folder, [[/measure: 9 s/, "measure: 1 s"]]);
const latchIn = (folder: string) => readLatch(join(folder, "studies.db-robots", ROBOT));

describe("keys of gaitsmith tune", { concurrency: 3, timeout: 120_000 }, () => {
  it("arrows, pasted text and letters stop nothing; Space stops and latches the robot at once", async (t) => {
    const folder = workFolder(t);
    const { saw, type, ended, said } = onTerminal(t, folder, "tune", realtime(folder), ...QUIET);
    await saw(/keys: Esc or Space: e-stop · Ctrl-C: stop and end/);
    await saw(/trial 0 walking/);
    for (const keys of [
      "\x1b[A",
      "\x1b[1;5D",
      "\x1bOP",
      "\x1b[200~ a b \x1b[201~",
      "q",
      "\r",
      " pasted without brackets ",
    ]) {
      type(keys);
      await pause(120);
    }
    await saw(/trial \d at [1-9] s/);
    assert.equal(latchIn(folder), null);
    type(" ");
    assert.equal(await ended, 3);
    assert.match(said(), /E-STOP/);
    assert.equal(latchIn(folder)?.words, "e-stop by key (Space)");
    assert.ok(
      said().lastIndexOf("\x1b[?2004l") > said().lastIndexOf("\x1b[?2004h"),
      "pastes are plain again",
    );
    const last = (await stored(folder)).trials.at(-1);
    assert.deepEqual([last?.state, last?.outcome], ["aborted", "operator-stop"]);
  });

  it("Ctrl-C twice is an e-stop", async (t) => {
    const folder = workFolder(t);
    const { saw, type, ended } = onTerminal(t, folder, "tune", realtime(folder), ...QUIET);
    await saw(/trial \d at [1-9] s/);
    type("\x03");
    await saw(/stopping the robot/);
    type("\x03");
    assert.equal(await ended, 3);
    assert.match(latchIn(folder)?.words ?? "", /Ctrl-C/);
  });

  it("Space is a letter in the middle of an answer, and an e-stop before it", async (t) => {
    const folder = workFolder(t);
    const command = onTerminal(t, folder, "tune", short(folder), ...QUIET, "--confirm-next");
    await command.answer(/\? Trial 0 is next/, "s n");
    for (const key of ["o", "t", " ", "n", "o", "w", "\x7f", "w", "\r"]) command.type(key);
    await command.saw(/operator gave it up: not now/);
    await command.answer(/\? Trial 1 is next/, " ");
    await command.saw(/\? The robot was stopped and latched \(before trial 1\): e-stop by key \(Space\)/);
    await command.answer(/type what you checked, then Enter: cleared/, "nothing caught, cables in\r");
    await command.answer(/\? Trial 1 is next[\s\S]*\? Trial 1 is next/, "\r");
    await command.answer(/\? Trial 2 is next/, "\x03");
    assert.equal(await command.ended, 130);
    const shown = await typed(folder, "show", "studies.db");
    assert.match(
      shown.stdout,
      /latched once at \S+ \(operator-stop\): e-stop by key \(Space\); cleared by \S+, checked: nothing caught, cables in/,
    );
    const { safety_events: events, trials } = await stored(folder);
    assert.deepEqual(
      trials.slice(0, 2).map(({ state, outcome }) => `${state} ${outcome}`),
      ["abandoned operator-skip", "completed finished"],
    );
    assert.match(trials[0]?.reason ?? "", /not now/);
    assert.deepEqual(
      events?.map(({ kind, code, level, checked }) => [kind, code, level, checked]),
      [
        ["latch", "operator-stop", "cut", null],
        ["clear", "operator-stop", null, "nothing caught, cables in"],
      ],
    );
  });

  it("Ctrl-Z stops the walk and sleeps, fg goes on, in the background nothing halts it; Escape latches; the shell's terminal is sane", {
    skip: !existsSync("/bin/bash") || !existsSync("/proc/self/stat"),
  }, async (t) => {
    const folder = workFolder(t);
    writeFileSync(join(folder, "rc"), "PS1='READY> '\n");
    const shell = programOnTerminal(t, folder, "/bin/bash", ["--rcfile", "rc", "-i"]);
    await shell.saw(/READY> /);
    const tune = `${process.execPath} ${COMMAND} tune ${realtime(folder)} ${QUIET.join(" ")}`;
    shell.type(`${tune}\r`);
    await shell.saw(/trial \d at [1-9] s/);
    shell.type("\x1a");
    await shell.saw(/Stopped/);
    await pause(1500);
    // The shell echoes and edits lines as always.
    shell.type("echo sane-$((6*7))\r");
    await shell.saw(/sane-42/);
    shell.type("fg\r");
    await shell.saw(/interrupted[\s\S]*suspended with Ctrl-Z[\s\S]*trial \d at [1-9] s/);
    shell.type("\x1a");
    await shell.saw(/Stopped[\s\S]*Stopped/);
    shell.type("bg\r");
    await shell.saw(/Stopped[\s\S]*Stopped[\s\S]*trial \d at [1-9] s/);
    shell.type("fg\r");
    await pause(1000);
    shell.type("\x1b");
    await shell.saw(/E-STOP/);
    await shell.saw(/LATCHED/);
    shell.type("echo status-$?\r");
    await shell.saw(/status-3/);
    shell.type("stty -a | tr ';' '\\n' | grep -c -w -e '-icanon' -e '-echo' -e '-isig'; exit\r");
    await shell.ended;
    assert.match(shell.said(), /\r0\r\nexit/);
    assert.equal(latchIn(folder)?.words, "e-stop by key (Escape)");
    const { trials } = await stored(folder);
    const ends = trials.map(({ outcome }) => outcome);
    assert.equal(ends.filter((end) => end === "operator-stop").length, 3);
    assert.ok(!ends.includes("service-silent"), "who put it to sleep was not the gait");
  });
});
