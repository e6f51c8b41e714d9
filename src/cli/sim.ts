/** `gaitsmith sim`: one gait on the simulated robot, and what it truly did. */
import { resolve } from "node:path";
import { NOMINAL_WORLD, type TrueWalk, Walkway } from "../../sim/true-walk.ts";
import { type VariantName, variantNamed } from "../../sim/variants.ts";
import type { HardwareConfig } from "../config/hardware-config.ts";
import { readHardwareConfig } from "../config/read-hardware-config.ts";
import { isSiUnit, readQuantity } from "../config/units.ts";
import { fail } from "../errors.ts";
import type { ParameterSet } from "../optimizer/search-space.ts";
import { hardwareConfigPath } from "../paths.ts";
import { feasibilityOf, gaitParameters } from "../service/feasibility.ts";
import { openSqliteStorage } from "../study/sqlite-storage.ts";
import { documentOf, nameOf } from "./show.ts";
import { number } from "./words.ts";

export interface SimOptions {
  readonly set?: readonly string[];
  readonly champion?: string;
  readonly study?: string;
  readonly variant?: string;
  readonly seconds: string;
  readonly serial?: boolean;
  readonly rosbridge?: string;
  readonly robot?: string;
  readonly ros?: string;
  readonly host?: string;
  readonly variation?: string;
  readonly firmware?: string;
  readonly clock?: string;
  readonly baud?: string;
  readonly faults?: string;
  readonly miswired?: string;
  readonly hand?: boolean;
  readonly petoi?: boolean;
  readonly mjbots?: string;
  readonly json?: boolean;
}

export async function sim(file: string | undefined, options: SimOptions): Promise<number> {
  if (options.petoi || options.mjbots !== undefined)
    return (await import("./sim-pretended.ts")).simPretended(options);
  const config = readHardwareConfig(file ?? hardwareConfigPath("simulated-elastic-quadruped.yaml"));
  if (config.link.kind !== "simulated")
    fail("BAD_USAGE", {
      what: `${config.robot.name} is a real robot`,
      where: config.source.file,
      remedy: "Give the config of a simulated robot.",
    });
  const variant = (options.variant ?? config.link.variant) as VariantName;
  variantNamed(variant);
  refuseIdleOptions(options);
  if (options.robot !== undefined && (file ?? options.variant) !== undefined)
    fail("BAD_USAGE", {
      what: `--robot ${options.robot} has a body of its own`,
      remedy: "Leave out the config and --variant.",
    });
  if (options.rosbridge !== undefined)
    return (await import("./sim-rosbridge.ts")).simRosbridge(config, {
      ...options,
      variant,
      rosbridge: options.rosbridge,
    });
  if (options.serial) return (await import("./sim-serial.ts")).simSerial(config, { ...options, variant });
  const seconds = Number(options.seconds);
  if (!(seconds > 0 && seconds <= 3600))
    fail("BAD_USAGE", {
      what: `--seconds ${options.seconds} is not a walk`,
      remedy: "Give a number from 1 to 3600.",
    });
  const parameters = await chosen(config, options);
  if (!feasibilityOf(config)(parameters))
    fail("BAD_USAGE", {
      what: "a foot would leave its reach or a joint its range",
      remedy: "Choose smaller steps.",
    });
  const walkway = await Walkway.open(variant);
  try {
    const gait = { gait: config.gait.name, parameters: gaitParameters(config, parameters) };
    const walk = walkway.walk({ ...gait, measure: seconds }, NOMINAL_WORLD.conditions, NOMINAL_WORLD.charge);
    process.stdout.write(
      options.json ? `${JSON.stringify({ variant, parameters, ...walk })}\n` : text(variant, walk),
    );
    return walk.fell ? 1 : 0;
  } finally {
    walkway.close();
  }
}

type Way = "serial" | "rosbridge";

/** Options and the ways to the robot they belong to: whoever gives them expects one. */
const BELONG: Readonly<Partial<Record<keyof SimOptions, readonly Way[]>>> = {
  variation: ["serial", "rosbridge"],
  clock: ["serial", "rosbridge"],
  baud: ["serial"],
  faults: ["serial", "rosbridge"],
  firmware: ["serial"],
  miswired: ["serial"],
  hand: ["serial"],
  robot: ["rosbridge"],
  ros: ["rosbridge"],
  host: ["rosbridge"],
};
const WAYS: readonly Way[] = ["serial", "rosbridge"];

function refuseIdleOptions(options: SimOptions): void {
  const chosen = WAYS.filter((way) => options[way] !== undefined);
  if (chosen.length > 1)
    fail("BAD_USAGE", { what: "--serial and --rosbridge are two ways to one robot", remedy: "Choose one." });
  const idle = Object.entries(BELONG).filter(
    ([name, ways]) =>
      options[name as keyof SimOptions] !== undefined && !ways.some((way) => chosen.includes(way)),
  );
  if (idle.length === 0) return;
  const common = WAYS.filter((way) => idle.every(([, ways]) => ways.includes(way)));
  const needed = (common.length > 0 ? common : WAYS).map((way) => `--${way}`).join(" or ");
  fail("BAD_USAGE", {
    what: `${idle.map(([name]) => `--${name}`).join(", ")} ${idle.length === 1 ? "needs" : "need"} ${needed}`,
    remedy: `Add ${needed} to put the robot behind a serial port or a rosbridge server.`,
  });
}

/** The seed gait or a study's champion, with single parameters changed by `--set`. */
async function chosen(config: HardwareConfig, options: SimOptions): Promise<ParameterSet> {
  const start =
    options.champion === undefined ? config.seedGait : await championOf(options.champion, options.study);
  const changes = (options.set ?? []).map((assignment): [string, number] => {
    const [name = "", value = ""] = assignment.split("=", 2);
    const parameter = config.space.parameters.find((one) => one.name === name);
    if (parameter === undefined || !isSiUnit(parameter.unit))
      return fail("BAD_USAGE", {
        what: `--set ${assignment}: there is no parameter "${name}"`,
        remedy: `The gait has ${config.space.parameters.map((one) => one.name).join(", ")}.`,
      });
    const bare = value !== "" && !Number.isNaN(Number(value));
    const reading = readQuantity(bare ? `${value} ${parameter.unit}`.trim() : value, parameter.unit);
    if (!reading.ok)
      return fail("BAD_USAGE", { what: `--set ${name}: ${reading.what}`, remedy: reading.remedy });
    return [name, reading.value];
  });
  return { ...start, ...Object.fromEntries(changes) };
}

async function championOf(store: string, study: string | undefined): Promise<ParameterSet> {
  const storage = await openSqliteStorage(resolve(store), { mode: "read" });
  try {
    const document = await documentOf(storage, await nameOf(storage, study));
    return (
      document.champion?.params ??
      fail("STUDY_UNKNOWN", { what: "that study has no champion yet", where: store })
    );
  } finally {
    await storage.close();
  }
}

function text(variant: string, walk: TrueWalk): string {
  const degrees = (radians: number): string => `${((radians * 180) / Math.PI).toFixed(1)}°`;
  const rows: readonly (readonly [string, string])[] = [
    [
      "forward",
      `${number(walk.displacement)} m in ${walk.duration.toFixed(1)} s (${number(walk.speed)} m/s)`,
    ],
    ["sideways, turned", `${number(walk.lateral)} m, ${degrees(walk.turned)}`],
    ["largest tilt", degrees(walk.tiltPeak)],
    ["lowest trunk", `${number(walk.heightLeast)} m`],
    ["fastest joint, motor", `${number(walk.jointSpeedPeak)} rad/s, ${number(walk.motorSpeedPeak)} rad/s`],
    ["largest torque", `${number(walk.torquePeak)} N·m`],
    ["energy", `${number(walk.mechanicalEnergy)} J mechanical, ${number(walk.jouleEnergy)} J heat`],
    ["cost of transport", number(walk.costOfTransport)],
  ];
  const head = walk.fell
    ? `${variant}: it FELL after ${walk.duration.toFixed(1)} s`
    : `${variant}: it walked`;
  return `${[head, ...rows.map(([name, value]) => `  ${name.padEnd(22)}${value}`)].join("\n")}\n`;
}
