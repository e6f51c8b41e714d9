/** gaitsmith's own link, with the sample robot behind a real rosbridge server. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { robotConformance } from "../../src/conformance/robot.ts";
import { openRobot } from "../../src/processes/open-robot.ts";
import type { ParameterSetOnWire } from "../../src/robot/parameters.ts";
import type { Robot } from "../../src/robot/robot.ts";
import { GAIT } from "./let-walk.ts";
import { needsServer, SAMPLE_CONFIG, serverUrl } from "./real-server.ts";
import { RoslibStation } from "./roslib-station.ts";

async function sampleRobot(): Promise<Robot> {
  const config = readHardwareConfig(SAMPLE_CONFIG);
  assert.equal(config.link.kind, "rosbridge");
  return (await openRobot({ ...config, link: { ...config.link, url: serverUrl } })).robot;
}

if (needsServer.skip === false) {
  const safe = GAIT as unknown as ParameterSetOnWire;
  // The suite stands in for the gate.
  robotConformance("the sample robot behind a real rosbridge server", async () => ({
    robot: (await sampleRobot()) as never,
    safe,
    // The next one begins with a robot that has no power.
    remove: async () => {
      const anybody = new RoslibStation(serverUrl);
      await anybody.connect();
      await anybody.ask("stop", { level: "cut" });
      anybody.close();
    },
  }));
}

describe("the link to a sample robot behind a real rosbridge server", needsServer, () => {
  it("gets whole frames at the robot's rate, stamped by the robot and soon after", async () => {
    const robot = await sampleRobot();
    const delays: number[] = [];
    const gaps: number[] = [];
    let missing = 0;
    let last = Number.NaN;
    robot.onFrame(({ seq, values, delay }) => {
      if (!Number.isNaN(last)) gaps.push(seq - last);
      last = seq;
      if (delay !== undefined) delays.push(delay);
      if (values.some(Number.isNaN)) missing++;
    });
    const { telemetryRate, runsGait } = await robot.open();
    try {
      assert.deepEqual([telemetryRate, runsGait], [100, true]);
      await sleep(3000);
      assert.ok(gaps.length > 200, `${gaps.length} frames in 3 s`);
      assert.ok(missing < 10, `${missing} frames lack values`);
      delays.sort((a, b) => a - b);
      const share = (part: number): number => 1000 * delays[Math.floor(part * (delays.length - 1))]!;
      console.log(`delay p50 ${share(0.5).toFixed(1)} ms, p99 ${share(0.99).toFixed(1)} ms`);
      assert.ok(share(0.5) > -5 && share(0.5) < 100, `${share(0.5)} ms`);
    } finally {
      await robot.close();
    }
  });
});
