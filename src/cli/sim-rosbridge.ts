/** `gaitsmith sim --rosbridge`: the simulated robot, or one that people own pretended, behind a rosbridge server, until Ctrl-C. */
import type { MiniPupperOptions } from "../../sim/rosbridge/mini-pupper.ts";
import {
  type NetworkFaults,
  NO_NETWORK_FAULTS,
  parseNetworkFaults,
} from "../../sim/rosbridge/network-faults.ts";
import type { PretendedRobot } from "../../sim/rosbridge/pretended-robot.ts";
import type { ServerStatistics } from "../../sim/rosbridge/rosbridge-server.ts";
import type { VariantName } from "../../sim/variants.ts";
import type { Variation } from "../../sim/variation.ts";
import { ManualClock, systemClock } from "../clock.ts";
import type { HardwareConfig } from "../config/hardware-config.ts";
import { applyOverrides } from "../config/overrides.ts";
import { fail } from "../errors.ts";
import type { ClockKind } from "../robot/robot.ts";

export interface SimRosbridgeOptions {
  readonly variant: VariantName;
  /** Port; 0 takes any free one. */
  readonly rosbridge: string;
  readonly ros?: string;
  readonly host?: string;
  readonly variation?: string;
  readonly clock?: string;
  readonly faults?: string;
  /** Which of {@link PRETENDED} instead of the simulated robot. */
  readonly robot?: string;
  /** One line with address and settings instead of the bare address; at the end one with what went over it. */
  readonly json?: boolean;
}

interface Settings {
  readonly robotId: string;
  readonly variant: VariantName;
  readonly variation: Variation;
  readonly clock: ClockKind;
  readonly ros: 1 | 2;
  readonly host: string;
  readonly port: number;
  readonly faults: NetworkFaults;
}

/** @throws BAD_USAGE naming the option */
function settingsOf(config: HardwareConfig, options: SimRosbridgeOptions): Settings {
  const { variant, variation, clock = config.link.clock, ros = "1", host = "127.0.0.1", faults } = options;
  const { link } = applyOverrides(config, { variant, ...(variation === undefined ? {} : { variation }) });
  if (clock !== "lockstep" && clock !== "realtime")
    return fail("BAD_USAGE", {
      what: `there is no clock "${clock}"`,
      remedy: "Choose lockstep or realtime.",
    });
  if (ros !== "1" && ros !== "2")
    return fail("BAD_USAGE", { what: `there is no ROS ${ros}`, remedy: "Choose 1 or 2." });
  const port = Number(options.rosbridge);
  if (!(Number.isInteger(port) && port >= 0 && port < 65536))
    return fail("BAD_USAGE", {
      what: `--rosbridge ${options.rosbridge} is no port`,
      remedy: "Give a port, usually 9090; 0 takes any free one.",
    });
  return {
    robotId: config.robot.id,
    variant,
    variation: link.kind === "simulated" ? link.variation : "none",
    clock,
    ros: ros === "1" ? 1 : 2,
    host,
    port,
    faults: faults === undefined ? NO_NETWORK_FAULTS : parseNetworkFaults(faults),
  };
}

/** @param config of a simulated robot */
export async function simRosbridge(config: HardwareConfig, options: SimRosbridgeOptions): Promise<number> {
  const { robotId, variant, variation, clock, ros, host, port, faults } = settingsOf(config, options);
  if (options.robot !== undefined) return pretend(options.robot, options, { host, port, faults, variation });
  const { openSimulatedRobot } = await import("../../sim/simulated-robot.ts");
  const { openRosbridgePeer } = await import("../../sim/rosbridge/rosbridge-peer.ts");
  const stationClock = clock === "lockstep" ? new ManualClock() : systemClock;
  const body = await openSimulatedRobot({ robotId, variant, variation, clock, stationClock });
  const peer = await openRosbridgePeer(body, { clock: stationClock, ros, host, port, faults });
  const { url } = peer;
  const introduction = { url, robotId, ros, variant, variation, clock };
  process.stdout.write(options.json ? `${JSON.stringify(introduction)}\n` : `${url}\n`);
  process.stderr.write(
    `${config.robot.name} (${variant}, ${clock}, ROS ${ros}) behind a rosbridge server. Ctrl-C ends it.\n`,
  );
  return untilInterrupted(peer, options);
}

/** Robots people own, as they show themselves behind rosbridge. */
interface Pretended {
  readonly what: string;
  /** The shipped config that describes it. */
  readonly config: string;
  readonly ros: "1" | "2";
  readonly open: (options: MiniPupperOptions) => Promise<PretendedRobot>;
}

const openPupper: Pretended["open"] = async (options) =>
  (await import("../../sim/rosbridge/mini-pupper.ts")).openMiniPupper(options);

const PRETENDED: Readonly<Record<string, Pretended>> = {
  "mini-pupper": {
    what: "A pretended Mini Pupper",
    config: "mini-pupper.yaml",
    ros: "2",
    open: openPupper,
  },
  "mini-pupper-with-champ": {
    what: "A pretended Mini Pupper whose own controller runs as well",
    config: "mini-pupper.yaml",
    ros: "2",
    open: (options) => openPupper({ ...options, champ: true }),
  },
  episodic: {
    what: "A pretended robot that walks in episodes",
    config: "episodic-ros1.yaml",
    ros: "1",
    open: async (options) =>
      (await import("../../sim/rosbridge/episodic-robot.ts")).openEpisodicRobot(options),
  },
};

async function pretend(
  name: string,
  options: SimRosbridgeOptions,
  settings: Pick<Settings, "host" | "port" | "faults" | "variation">,
): Promise<number> {
  const robot = Object.hasOwn(PRETENDED, name) ? PRETENDED[name] : undefined;
  if (robot === undefined)
    return fail("BAD_USAGE", {
      what: `no robot "${name}" is pretended behind rosbridge`,
      remedy: `Choose ${Object.keys(PRETENDED).join(", ")}.`,
    });
  const { what, config, ros, open } = robot;
  if (options.ros !== undefined && options.ros !== ros)
    fail("BAD_USAGE", { what: `${name} runs ROS ${ros}`, remedy: "Leave out --ros." });
  if (options.clock === "lockstep")
    fail("BAD_USAGE", { what: `the clock of ${name} does not stand still`, remedy: "Leave out --clock." });
  const { peer } = await open({
    ...settings,
    onWalked: (distance) => process.stderr.write(`It walked ${distance.toFixed(2)} m.\n`),
  });
  const introduction = { url: peer.url, robot: name, config, ros: Number(ros) };
  process.stdout.write(options.json ? `${JSON.stringify(introduction)}\n` : `${peer.url}\n`);
  process.stderr.write(
    `${what}, for hardware-configs/${config}: what it says is as the real one's, its body is the simulated robot's. Ctrl-C ends it.\n`,
  );
  return untilInterrupted(peer, options);
}

async function untilInterrupted(
  peer: PretendedRobot["peer"],
  options: Pick<SimRosbridgeOptions, "json" | "faults">,
): Promise<number> {
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => resolve());
  });
  await peer.close();
  const { statistics } = peer;
  if (options.json) process.stdout.write(`${JSON.stringify(statistics)}\n`);
  else if (options.faults !== undefined) process.stderr.write(`${words(statistics)}\n`);
  return 0;
}

function words({ received, sent, sentBytes, lost }: ServerStatistics): string {
  return `${received} messages to the robot, ${sent} from it (${sentBytes} bytes), ${lost} lost`;
}
