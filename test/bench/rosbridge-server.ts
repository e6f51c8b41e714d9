/**
 * What a step of the lockstep robot costs behind the rosbridge server, with nothing and with everything subscribed, ROS 1 and 2.
 * Run with `node test/bench/rosbridge-server.ts [steps]`; figures go to stdout as one JSON document. The client is a process
 * of its own; the time of the step itself (physics, sensors) is part of the figures.
 */
import { type ChildProcess, fork } from "node:child_process";
import { openRosbridgePeer } from "../../sim/rosbridge/rosbridge-peer.ts";
import { openSimulatedRobot } from "../../sim/simulated-robot.ts";
import { ManualClock } from "../../src/clock.ts";
import { StationClient } from "../sim/rosbridge/station-client.ts";

const [role, url = "", ...topics] = process.argv.slice(2);
const WARM_UP = 300;
const steps = Number(process.env["STEPS"] ?? (role === "client" ? 0 : (role ?? 2000)));

/** @returns server's CPU and wall time per step, ms; bytes per step */
async function measure(ros: 1 | 2, subscribed: boolean): Promise<Record<string, unknown>> {
  const clock = new ManualClock();
  const body = await openSimulatedRobot({ variant: "nominal", variation: "none", stationClock: clock });
  const peer = await openRosbridgePeer(body, { clock, ros });
  const names = peer.graph.topics.flatMap(({ name }) =>
    peer.graph.publishersOf(name).includes("/robot") && !name.startsWith("/gaitsmith") ? [name] : [],
  );
  const client = fork(import.meta.filename, ["client", peer.url, ...(subscribed ? names : [])], {
    env: { ...process.env, STEPS: String(steps) },
  });
  await said(client);
  const [cpu, wall, bytes] = [process.cpuUsage(), performance.now(), peer.statistics.sentBytes];
  client.send("go");
  await said(client);
  const { user, system } = process.cpuUsage(cpu);
  const figures = {
    ros,
    topics: subscribed ? names.length : 0,
    cpuPerStep: (user + system) / 1000 / steps,
    wallPerStep: (performance.now() - wall) / steps,
    bytesPerStep: (peer.statistics.sentBytes - bytes) / steps,
  };
  client.kill();
  await peer.close();
  return figures;
}

function said(client: ChildProcess): Promise<void> {
  return new Promise((resolve) => client.once("message", () => resolve()));
}

async function walk(): Promise<void> {
  const station = await StationClient.open(url);
  for (const topic of topics) station.raw.send({ op: "subscribe", topic });
  await station.ask("acquire-lease");
  const advance = async (count: number): Promise<void> => {
    for (let step = 0; step < count; step++) {
      station.raw.received.length = 0;
      await station.ask("advance");
    }
  };
  await advance(WARM_UP);
  process.send?.("ready");
  await new Promise((resolve) => process.once("message", resolve));
  await advance(steps);
  process.send?.("done");
}

if (role === "client") await walk();
else {
  const results: unknown[] = [];
  for (const ros of [1, 2] as const)
    for (const subscribed of [false, true]) results.push(await measure(ros, subscribed));
  process.stdout.write(`${JSON.stringify({ steps, results }, null, 2)}\n`);
}
