/** `gaitsmith sim --serial`: the simulated robot behind a pseudo-terminal, until Ctrl-C. */
import { createInterface } from "node:readline";
import { HAND_COMMANDS, handCommand } from "../../sim/hand-commands.ts";
import { type Miswiring, parseMiswiring } from "../../sim/miswiring.ts";
import { type LineFaults, NO_FAULTS, parseLineFaults } from "../../sim/serial/line-faults.ts";
import type { SerialPeer } from "../../sim/serial/serial-peer.ts";
import type { SimulatedRobot } from "../../sim/simulated-robot.ts";
import type { VariantName } from "../../sim/variants.ts";
import type { Variation } from "../../sim/variation.ts";
import { ManualClock, systemClock } from "../clock.ts";
import type { HardwareConfig } from "../config/hardware-config.ts";
import { applyOverrides } from "../config/overrides.ts";
import { fail } from "../errors.ts";
import type { ClockKind } from "../robot/robot.ts";

export interface SimSerialOptions {
  readonly variant: VariantName;
  readonly variation?: string;
  readonly firmware?: string;
  readonly clock?: string;
  readonly baud?: string;
  readonly faults?: string;
  readonly miswired?: string;
  /** Lines of stdin move the robot by hand. */
  readonly hand?: boolean;
  /** One line with path and settings instead of the bare path; at the end one with what befell the line. */
  readonly json?: boolean;
}

interface Settings {
  readonly firmware: "c" | "ts";
  readonly robotId: string;
  readonly variant: VariantName;
  readonly variation: Variation;
  readonly clock: ClockKind;
  /** Bits per second; Infinity takes no time. */
  readonly baud: number;
  readonly faults: LineFaults;
  readonly miswired: readonly Miswiring[];
}

/** Real time is paced like this, bit/s. */
const USUAL_BAUD = 921_600;

/** @throws BAD_USAGE naming the option */
function settingsOf(config: HardwareConfig, options: SimSerialOptions): Settings {
  const { variant, variation, firmware = "ts", clock = config.link.clock, faults } = options;
  const { link } = applyOverrides(config, { variant, ...(variation === undefined ? {} : { variation }) });
  if (firmware !== "c" && firmware !== "ts")
    return fail("BAD_USAGE", { what: `there is no firmware "${firmware}"`, remedy: "Choose c or ts." });
  if (clock !== "lockstep" && clock !== "realtime")
    return fail("BAD_USAGE", {
      what: `there is no clock "${clock}"`,
      remedy: "Choose lockstep or realtime.",
    });
  const usual = clock === "realtime" ? USUAL_BAUD : Number.POSITIVE_INFINITY;
  const baud = options.baud === undefined ? usual : Number(options.baud);
  if (!(baud >= 1200))
    return fail("BAD_USAGE", {
      what: `--baud ${options.baud} is no pace of a serial line`,
      remedy: "Give bits per second, for example 921600.",
    });
  return {
    firmware,
    robotId: config.robot.id,
    variant,
    variation: link.kind === "simulated" ? link.variation : "none",
    clock,
    baud,
    faults: faults === undefined ? NO_FAULTS : parseLineFaults(faults),
    miswired: options.miswired === undefined ? [] : parseMiswiring(options.miswired),
  };
}

async function openPeer(settings: Settings, hand: boolean): Promise<SerialPeer> {
  const { firmware, robotId, variant, variation, clock, baud, faults, miswired } = settings;
  if (firmware === "c" && (hand || miswired.length > 0))
    fail("BAD_USAGE", {
      what: "--hand and --miswired are for the firmware in TypeScript",
      remedy: "Leave out --firmware c.",
    });
  if (firmware === "c") {
    const { BareBody } = await import("../../sim/serial/bare-body.ts");
    const { openCPeer } = await import("../../sim/serial/c-peer.ts");
    return openCPeer(await BareBody.load({ variant, variation, clock }), { robotId, clock, baud, faults });
  }
  const { openSimulatedRobot } = await import("../../sim/simulated-robot.ts");
  const { openSerialPeer } = await import("../../sim/serial/serial-peer.ts");
  const stationClock = clock === "lockstep" ? new ManualClock() : systemClock;
  const body = await openSimulatedRobot({ robotId, variant, variation, clock, stationClock, miswired });
  if (hand) listenToHand(body);
  return openSerialPeer(body, { clock: stationClock, baud, faults });
}

/** Each line of stdin is something that a person's hands do. */
function listenToHand(body: SimulatedRobot): void {
  const say = (text: string): void => void process.stderr.write(`hand: ${text}\n`);
  say(HAND_COMMANDS);
  const lines = createInterface({ input: process.stdin, terminal: false });
  lines.on("line", (line) => say(handCommand(body.hand, body.joints, line)));
}

/** @param config of a simulated robot */
export async function simSerial(config: HardwareConfig, options: SimSerialOptions): Promise<number> {
  const settings = settingsOf(config, options);
  const { firmware, robotId, variant, variation, clock, baud } = settings;
  const peer = await openPeer(settings, options.hand === true);
  const { path } = peer;
  const pace = Number.isFinite(baud) ? baud : null;
  const introduction = { path, robotId, firmware, variant, variation, clock, baud: pace };
  process.stdout.write(options.json ? `${JSON.stringify(introduction)}\n` : `${path}\n`);
  process.stderr.write(
    `${config.robot.name} (${variant}, ${clock}, firmware ${firmware}) behind a serial port. Ctrl-C ends it.\n`,
  );
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => resolve());
  });
  const { statistics } = peer;
  await peer.close();
  if (options.json) process.stdout.write(`${JSON.stringify(statistics)}\n`);
  else if (options.faults !== undefined) process.stderr.write(`${words(statistics)}\n`);
  return 0;
}

function words({ cuts, toRobot, toHost, dropped }: SerialPeer["statistics"]): string {
  const direction = (name: string, { frames, ...faults }: typeof toRobot): string =>
    `${name}: ${frames} frames, ${Object.entries(faults)
      .map(([fault, count]) => `${fault} ${count}`)
      .join(", ")}`;
  return [
    direction("to the robot", toRobot),
    direction("to the host", toHost),
    `cable pulled ${cuts} times, ${dropped} bytes found no room`,
  ].join("\n");
}
