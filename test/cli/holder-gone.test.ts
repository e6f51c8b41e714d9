/** A browser tab that holds a robot and is gone in the middle of a walk. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { it } from "node:test";
import { readLatch } from "../../src/station/latch-file.ts";
import { simulatedConfig, start, workFolder } from "./gaitsmith.ts";
import { stored } from "./in-process.ts";
import { IN_REAL_TIME } from "./walks-in-real-time.ts";

const ROBOT = "simulated-elastic-quadruped";

it("stops the walk without a latch and without evidence against the gait; a page that only looked stops nothing", {
  timeout: 120_000,
}, async (t) => {
  const folder = workFolder(t);
  const config = simulatedConfig(folder, IN_REAL_TIME);
  const tune = start(folder, "tune", config, "--trials", "30", "--no-recording", "--port", "0");
  t.after(() => tune.process.kill("SIGKILL"));
  let text = "";
  tune.process.stderr?.on("data", (data) => (text += data));
  await tune.saw(/page: http/);
  const address = /page: (\S+)/.exec(text)?.[1] ?? "";
  const stream = async () => {
    const socket = new WebSocket(`${address.replace("http", "ws")}/api/v1/live`);
    await once(socket, "open");
    return socket;
  };
  const walking = (socket: WebSocket): Promise<void> =>
    new Promise((resolve) => {
      socket.addEventListener("message", ({ data }) => {
        const event = JSON.parse(String(data)) as { kind: string; phase?: string };
        if (event.kind === "frame" && event.phase === "measure") resolve();
      });
    });
  const [onlooker, holder] = [await stream(), await stream()];
  await walking(onlooker);
  onlooker.close();
  const lease = await fetch(`${address}/api/v1/robots/${ROBOT}/lease`, { method: "POST" });
  const { token } = (await lease.json()) as { token: string };
  holder.send(JSON.stringify({ lease: token }));
  await walking(holder);
  holder.close();
  await tune.saw(/interrupted +the page that held the robot is gone/);
  // Until somebody resumes it, the study stands still or has ended.
  tune.process.kill("SIGINT");
  assert.equal((await tune.finished).status, 130);
  assert.equal(readLatch(join(folder, "studies.db-robots", ROBOT)), null);
  const { trials } = await stored(folder);
  assert.deepEqual([trials.at(-1)?.state, trials.at(-1)?.outcome], ["interrupted", "operator-gone"]);
});
