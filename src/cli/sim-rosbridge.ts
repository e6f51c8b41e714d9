/** `gaitsmith sim --rosbridge`: the simulated robot behind a rosbridge server, until Ctrl-C. */
import {
  type NetworkFaults,
  NO_NETWORK_FAULTS,
  parseNetworkFaults,
} from "../../sim/rosbridge/network-faults.ts";
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
