/** What a serial link can carry, how quick it is, and what it costs. `npm run bench:serial [-- --seconds 5]` */
import { parseArgs } from "node:util";
import { systemClock } from "../../../src/clock.ts";
import { readHardwareConfig } from "../../../src/config/read-hardware-config.ts";
import { GaitsmithError } from "../../../src/errors.ts";
import { Durations } from "../../../src/links/durations.ts";
import { SerialRobot } from "../../../src/links/serial/serial-robot.ts";
import { hardwareConfigPath } from "../../../src/paths.ts";
import type { Cleared, Command } from "../../../src/robot/command.ts";
import { channelName } from "../../../src/robot/telemetry-frame.ts";
import { SafetyMonitor } from "../../../src/safety/monitor.ts";
import { forkPeer } from "../links/peer-process.ts";
import { machineTime as now } from "../machine-clock.ts";
import { benchChannels, JOINTS } from "./bench-layout.ts";
import type { BenchRobotOptions } from "./bench-robot.ts";
import { codecSpeed } from "./codec-speed.ts";

const ROUND_TRIPS = 200;
const STOPS = 100;
/** Channels of group 0: what is measured on a robot of twelve joints. */
const MEASURED = benchChannels().filter(({ group }) => group === 0).length;
/** Frames a second that are encoded and decoded. */
const BAR = 1e6;

const { values: flags } = parseArgs({ options: { seconds: { type: "string", default: "4" } } });
const seconds = Number(flags.seconds);

const pause = (duration: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 1000 * duration);
  });
const figures = (durations: Durations): string =>
  [0.5, 0.99, 1].map((share) => (1000 * durations.quantile(share)).toFixed(2)).join(" / ");

async function withRobot<T>(options: BenchRobotOptions, use: (path: string) => Promise<T>): Promise<T> {
  await using peer = await forkPeer(new URL("./bench-robot.ts", import.meta.url), options);
  return await use(peer.address);
}

interface Choice {
  readonly telemetryRate?: number;
  readonly telemetryGroups?: readonly number[];
}

function link(path: string, baud: number, choice: Choice): SerialRobot {
  return new SerialRobot({
    link: { kind: "serial", clock: "realtime", path, baud, ...choice },
    robotId: "bench",
    clock: systemClock,
  });
}

/** As asked for, or what the link says fits: fewer groups first, then fewer frames. */
async function choiceThatFits(path: string, baud: number, say: (words: string) => void): Promise<Choice> {
  let choice: Choice = {};
  for (;;) {
    const robot = link(path, baud, choice);
    try {
      await robot.open();
      return choice;
    } catch (error) {
      if (!(error instanceof GaitsmithError) || error.code !== "LINK_TOO_SLOW") throw error;
      say(error.message);
      const fits = Number(/group 0 alone at (\d+) Hz/.exec(error.message)?.[1]);
      choice =
        choice.telemetryGroups === undefined ? { telemetryGroups: [0] } : { ...choice, telemetryRate: fits };
    } finally {
      await robot.close();
    }
  }
}

async function line(baud: number, rate: number): Promise<void> {
  await withRobot({ baud, rate }, async (path) => {
    process.stdout.write(`\n${baud} Bd, ${rate} Hz\n`);
    const choice = await choiceThatFits(path, baud, (words) => process.stdout.write(`  refused: ${words}\n`));
    const robot = link(path, baud, choice);
    const { telemetryRate, layout } = await robot.open();
    await robot.acquireLease("bench");
    const share = Math.round(100 * robot.plan!.share);
    process.stdout.write(`  ${layout.length} channels at ${telemetryRate} Hz: ${share} % of the line\n`);
    const trips = new Durations();
    for (let count = 0; count < ROUND_TRIPS; count++) {
      const before = now();
      await robot.send({ kind: "start" } as Cleared<Command>);
      trips.add(now() - before);
    }
    const stops = new Durations();
    for (let count = 0; count < STOPS; count++) {
      const before = now();
      const { confirmed, tRobot } = await robot.stop("cut");
      if (confirmed) stops.add(tRobot - before);
      await pause(0.01);
    }
    const before = await robot.diagnostics();
    const began = now();
    await pause(seconds);
    const after = await robot.diagnostics();
    const heard = (after["telemetry"]! - before["telemetry"]!) / (now() - began);
    process.stdout.write(
      `  heard ${heard.toFixed(0)} Hz, ${after["telemetryMissed"]} missed, ${after["broken"]} broken\n` +
        `  round trip, ms, median / 99 % / longest: ${figures(trips)}\n` +
        `  stop until the robot has it, ms:         ${figures(stops)} (${stops.count} of ${STOPS} confirmed)\n` +
        `  telemetry delay, ms, median / 99 %:      ${(1000 * after["delayMedian"]!).toFixed(2)} / ${(1000 * after["delay99"]!).toFixed(2)} (clocks to within ${(1000 * after["clockUncertainty"]!).toFixed(2)})\n`,
    );
    await robot.close();
  });
}

/** Link and safety monitor of a station, all channels, on a line that takes no time: more than any wire carries. */
async function cpuShare(rate: number): Promise<void> {
  await withRobot({ baud: null, rate }, async (path) => {
    const robot = link(path, 1e9, {});
    const { envelope } = readHardwareConfig(hardwareConfigPath("simulated-elastic-quadruped.yaml"));
    let monitor: SafetyMonitor | null = null;
    robot.onFrame((frame) => void monitor?.onFrame(frame));
    const { layout } = await robot.open();
    const lateralChannel = channelName.poseY;
    monitor = new SafetyMonitor({ layout, envelope, joints: JOINTS, rate, lateralChannel });
    monitor.watch("powered");
    if (monitor.problems.length > 0) throw new Error(monitor.problems.join("; "));
    await robot.acquireLease("bench");
    await pause(1);
    const [frames, cpu, began] = [(await robot.diagnostics())["telemetry"]!, process.cpuUsage(), now()];
    await pause(seconds);
    const { user, system } = process.cpuUsage(cpu);
    const took = now() - began;
    const heard = ((await robot.diagnostics())["telemetry"]! - frames) / took;
    process.stdout.write(
      `\nlink and safety monitor, ${layout.length} channels at ${heard.toFixed(0)} Hz: ` +
        `${((100 * (user + system)) / 1e6 / took).toFixed(1)} % of a core (bar: 20 % at 1000 Hz)\n`,
    );
    await robot.close();
  });
}

process.stdout.write("frames a second of one core's time, values to bytes and back\n");
for (const channels of [
  benchChannels().filter(({ group }) => group === 0),
  benchChannels(),
  benchChannels(false).slice(0, 16),
  benchChannels(false).filter(({ group }) => group === 0),
]) {
  const resolutions = Float64Array.from(channels, ({ resolution }) => resolution);
  const { bytes, encoded, decoded, together } = codecSpeed(resolutions);
  const form = resolutions[0] === 0 ? "f32" : "i16";
  process.stdout.write(
    `  ${channels.length} channels of ${form}, ${bytes.toFixed(0)} bytes: ` +
      `${(encoded / 1e6).toFixed(2)} M encoded, ${(decoded / 1e6).toFixed(2)} M decoded\n`,
  );
  if (channels.length !== MEASURED) continue;
  process.stdout.write(
    `    encode + decode together: ${(together / 1e6).toFixed(2)} M, ${(together / BAR).toFixed(2)} of the bar of 1 M\n`,
  );
}
for (const baud of [115_200, 921_600, 2_000_000]) for (const rate of [200, 1000]) await line(baud, rate);
await cpuShare(1000);
