/** A robot behind a rosbridge server, as another terminal sees it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StationClient } from "../sim/rosbridge/station-client.ts";
import { start, workFolder } from "./gaitsmith.ts";
import { typed } from "./in-process.ts";

describe("gaitsmith sim --rosbridge", { concurrency: 2 }, () => {
  for (const ros of ["1", "2"])
    it(`says its address, answers in ROS ${ros}, and ends with Ctrl-C`, async (t) => {
      const started = start(workFolder(t), "sim", "--rosbridge", "0", "--ros", ros, "--json");
      const line = await new Promise<string>((resolve, reject) => {
        let text = "";
        started.process.stdout?.on("data", (chunk) => {
          text += chunk;
          if (text.includes("\n")) resolve(text.split("\n")[0]!);
        });
        void started.finished.then(({ stderr }) => reject(new Error(stderr)));
      });
      const { url, ...introduction } = JSON.parse(line) as Record<string, unknown>;
      assert.deepEqual(introduction, {
        robotId: "simulated-elastic-quadruped",
        ros: Number(ros),
        variant: "nominal",
        variation: "mild",
        clock: "lockstep",
      });
      const station = await StationClient.open(url as string);
      const { robot, clock } = await station.ask("hello");
      assert.deepEqual([robot, clock], ["simulated-elastic-quadruped", "lockstep"]);
      station.close();
      started.process.kill("SIGINT");
      const { status, stdout } = await started.finished;
      assert.equal(status, 0);
      assert.ok(JSON.parse(stdout.trim().split("\n")[1]!).received > 0);
    });
});

describe("gaitsmith sim --rosbridge with what it does not take", () => {
  for (const [option, value, said] of [
    ["--rosbridge", "none", /--rosbridge none.*9090/s],
    ["--ros", "3", /ROS 3.*1 or 2/s],
    ["--clock", "sundial", /sundial.*lockstep or realtime/s],
    ["--faults", "flip=1e-3", /flip.*latency=20ms/s],
    ["--baud", "9600", /--baud needs --serial/],
    ["--host", "256.0.0.1", /256\.0\.0\.1/],
  ] as const)
    it(`refuses ${option} ${value}`, async (t) => {
      const port = option === "--rosbridge" ? [] : ["--rosbridge", "0"];
      const { status, stderr } = await typed(workFolder(t), "sim", ...port, option, value);
      assert.notEqual(status, 0, stderr);
      assert.match(stderr, said);
      assert.doesNotMatch(stderr, /\n\s+at /);
    });
});
