/** `gaitsmith sim --serial`: the simulated robot behind a pseudo-terminal, until Ctrl-C. */

import { openSerialPeer } from "../../sim/serial/serial-peer.ts";
import { openSimulatedRobot } from "../../sim/simulated-robot.ts";
import type { VariantName } from "../../sim/variants.ts";
import { ManualClock, systemClock } from "../clock.ts";
import type { HardwareConfig } from "../config/hardware-config.ts";

export async function simSerial(config: HardwareConfig, variant: VariantName): Promise<number> {
  const { link, robot } = config;
  const variation = link.kind === "simulated" ? link.variation : "none";
  const clock = link.clock === "lockstep" ? new ManualClock() : systemClock;
  const body = await openSimulatedRobot({
    robotId: robot.id,
    variant,
    variation,
    clock: link.clock,
    stationClock: clock,
  });
  const peer = await openSerialPeer(body, { clock });
  process.stdout.write(`${peer.path}\n`);
  process.stderr.write(`${robot.name} (${variant}, ${link.clock}) behind a serial port. Ctrl-C ends it.\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => resolve());
  });
  await peer.close();
  return 0;
}
