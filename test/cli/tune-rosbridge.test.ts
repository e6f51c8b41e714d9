/** A whole study through service, station, link and server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  documentOf,
  rosbridgeConfig,
  run,
  simulatedConfig,
  simulatedServer,
  table,
  workFolder,
} from "./gaitsmith.ts";

/** Walks of three reports, so that the pruner has something to judge. */
const SHORTER = [[/measure: 9 s/, "measure: 3 s"]] as const;

test("in lockstep a study over rosbridge is, trial by trial, the one in process (ROS 1 and 2)", async (t) => {
  const study = async (folder: string, config: string) => {
    const budget = ["--trials", "4", "--seed", "7"];
    const quiet = ["--no-dashboard", "--no-recording", "--json"];
    const finished = await run(folder, "tune", config, ...budget, ...quiet);
    assert.equal(finished.status, 0, finished.stderr);
    return documentOf(finished);
  };
  const inProcess = async () => {
    const folder = workFolder(t);
    return study(folder, simulatedConfig(folder, SHORTER));
  };
  const behindServer = async (ros: string) => {
    const folder = workFolder(t);
    const server = await simulatedServer(folder, "--clock", "lockstep", "--ros", ros);
    const document = await study(folder, rosbridgeConfig(folder, server.url, "lockstep", SHORTER));
    const { received, sent } = await server.end();
    // A dozen topics a frame.
    assert.ok(Number(sent) > 10 * Number(received) && Number(received) > 1000, `${sent}, ${received}`);
    return document;
  };
  const [here, ...there] = await Promise.all([inProcess(), behindServer("1"), behindServer("2")]);
  assert.equal(here.trials.length, 4);
  assert.ok(here.trials.every(({ metrics }) => metrics !== null && metrics["forward_speed"] !== null));
  for (const document of there) {
    assert.deepEqual(table(document), table(here));
    assert.deepEqual(document.champion, here.champion);
    assert.deepEqual(document.baseline, here.baseline);
  }
});
