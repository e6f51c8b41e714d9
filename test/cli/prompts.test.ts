/** Prompts through the real command: distances typed on a terminal, over the API, and where nobody could answer. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { StudyDocument } from "../../src/study/study-document.ts";
import { SIMULATED, simulatedConfig, start, workFolder } from "./gaitsmith.ts";
import { stored, tuned, typed } from "./in-process.ts";
import { onTerminal } from "./on-terminal.ts";

const QUIET = ["--trials", "3", "--no-recording"];

const trialsIn = async (folder: string): Promise<StudyDocument["trials"]> => (await stored(folder)).trials;

describe("prompts of gaitsmith tune", { concurrency: 3, timeout: 120_000 }, () => {
  it("take the distance that telemetry cannot measure, also after a restart", async (t) => {
    const folder = workFolder(t);
    const config = simulatedConfig(folder, [
      [/speed_source: pose/, "speed_source: operator"],
      [/measure: 9 s/, "measure: 2 s"],
      [/report_interval: 1 s/, "report_interval: 2 s"],
      [/reward: forward_speed.*/, "reward: forward_speed"],
    ]);
    const tune = ["tune", config, ...QUIET, "--no-dashboard"];
    const first = onTerminal(t, folder, ...tune);
    await first.answer(/\? How far did the robot come in trial 0/, "180 cm\r");
    await first.answer(/\? How far did the robot come in trial 1/, "\x03");
    assert.equal(await first.ended, 130);
    assert.deepEqual(
      (await trialsIn(folder)).map(({ state }) => state),
      ["completed", "running"],
    );
    const second = onTerminal(t, folder, ...tune);
    await second.answer(/\? How far did the robot come in trial 1/, "unknown dog on the track\r");
    await second.answer(/\? How far did the robot come in trial 2/, "2.2 m\r");
    assert.equal(await second.ended, 0);
    const trials = await trialsIn(folder);
    assert.deepEqual(
      trials.map(({ outcome, value }) => `${outcome} ${value?.toFixed(6)}`),
      [
        `finished ${(1.8 / SECONDS).toFixed(6)}`,
        "distance-unknown undefined",
        `finished ${(2.2 / SECONDS).toFixed(6)}`,
      ],
    );
    assert.match(trials[1]?.reason ?? "", /dog on the track/);
    const refused = await typed(folder, ...tune, "--no-prompts");
    assert.deepEqual([refused.status, /speed_source: operator/.test(refused.stderr)], [2, true]);
  });

  it("are answered over the API where stdin is no terminal, and the e-stop works meanwhile", async (t) => {
    const folder = workFolder(t);
    const config = simulatedConfig(folder, [[/measure: 9 s/, "measure: 1 s"]]);
    const command = start(folder, "tune", config, ...QUIET, "--confirm-next", "--port", "0");
    const { url, api } = await apiOf(command, /\? Trial 0 is next.*\n.*answer on the page: http/);
    t.after(() => command.process.kill("SIGKILL"));
    const { open } = (await (await fetch(url)).json()) as { open: { number: number } };
    const answer = () =>
      fetch(`${url}/${open.number}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ answer: "continue" }),
      });
    assert.equal((await answer()).status, 200);
    assert.equal((await answer()).status, 409);
    await command.saw(/answered on the page: continue[\s\S]*\? Trial 1 is next/);
    const health = (await (await fetch(`${api}/health`)).json()) as { robots: { phase: string }[] };
    assert.equal(health.robots[0]?.phase, "awaiting-operator");
    assert.equal((await fetch(`${api}/estop`, { method: "POST" })).status, 200);
    // Somebody is asked: the study waits for them, and ends only when they want it to.
    await command.saw(/\? The robot was stopped and latched \(before trial 1\)/);
    command.process.kill("SIGINT");
    assert.equal((await command.finished).status, 3, "still latched");
  });

  it("ask for a battery; an e-stop latches the robot also while its station is gone", async (t) => {
    const folder = workFolder(t);
    const config = simulatedConfig(folder, [[/minimum_battery: .*/, "minimum_battery: 20 V"]]);
    const tune = ["tune", config, ...QUIET, "--confirm-next", "--port", "0"];
    const command = start(folder, ...tune);
    t.after(() => command.process.kill("SIGKILL"));
    const { url, api } = await apiOf(command, /\? Trial 0 is next/);
    const { open } = (await (await fetch(url)).json()) as { open: { number: number } };
    await fetch(`${url}/${open.number}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ answer: "continue" }),
    });
    await command.saw(/\? Change or charge the battery before trial 0: .*below 20\.0 V/);
    // Its station has gone and cannot confirm, which is said.
    for (let k = 0; k < 40; k++) await pause(50);
    assert.equal((await fetch(`${api}/estop`, { method: "POST" })).status, 503);
    await command.saw(/\? The robot was stopped and latched/);
    command.process.kill("SIGINT");
    assert.equal((await command.finished).status, 3);
    await assert.rejects(tuned(folder, config), { code: "ROBOT_LATCHED" });
    assert.deepEqual(
      (await trialsIn(folder)).map(({ state, outcome }) => `${state} ${outcome}`),
      ["interrupted operator-stop"],
    );
  });

  it("are refused where nobody could answer", async (t) => {
    const tune = ["tune", SIMULATED, ...QUIET, "--confirm-next"];
    const nobody = await typed(workFolder(t), ...tune, "--no-dashboard");
    assert.equal(nobody.status, 2);
    assert.match(nobody.stderr, /neither a terminal nor the page/);
    const both = await typed(workFolder(t), ...tune, "--no-prompts");
    assert.equal(both.status, 2);
    assert.match(both.stderr, /--no-prompts asks nobody/);
  });
});

/** Half the ramps, settling and measuring in the config of that test, s. */
const SECONDS = 0.5 / 2 + 0.5 + 2 + 0.5 / 2;

/** Where the prompts are on a service that has said something. */
async function apiOf(command: ReturnType<typeof start>, said: RegExp): Promise<{ url: string; api: string }> {
  let text = "";
  command.process.stderr?.on("data", (chunk) => {
    text += chunk;
  });
  await command.saw(said);
  const api = `${/page: (http\S+)/.exec(text)?.[1] ?? ""}/api/v1`;
  return { api, url: `${api}/robots/simulated-elastic-quadruped/prompt` };
}
