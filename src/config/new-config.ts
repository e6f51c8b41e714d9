/** A first config for somebody's robot: the template that ships with gaitsmith, with what is known of the robot filled in. */
import { readFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { parse } from "yaml";
import { fail } from "../errors.ts";
import { hardwareConfigPath } from "../paths.ts";

/** How a new robot may be reached, and the shipped config whose `link` block shows it. */
export const LINK_EXAMPLES = {
  rosbridge: "my-robot.yaml",
  serial: "teensy-elastic-quadruped.yaml",
} as const satisfies Readonly<Record<string, string>>;

/** Whose `gait` block shows a robot's own gait. */
const OWN_GAIT_EXAMPLE = "episodic-ros1.yaml";
/** A gait of gaitsmith's drives hip and knee of four legs. */
export const CATALOGUE_JOINTS = 8;

export interface NewRobot {
  readonly name: string;
  readonly link: keyof typeof LINK_EXAMPLES;
  readonly joints: readonly string[];
  /** With its unit, as written: `3.1 kg`. */
  readonly mass: string;
}

/** The id of a robot of that name: `Søren's Dog 2` is `soren-s-dog-2`; empty when nothing of the name can be used. */
export function robotIdOf(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/ø/g, "o")
    .replace(/æ/g, "ae")
    .replace(/ß/g, "ss")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/**
 * The text of the new config.
 *
 * @param file where it will stand: editors find the schema from there
 */
export function newConfig(robot: NewRobot, file: string): string {
  const { name, link, joints, mass } = robot;
  let text = shipped(LINK_EXAMPLES.rosbridge);
  if (link !== "rosbridge") text = withBlock(text, "link", LINK_EXAMPLES[link]);
  if (joints.length !== CATALOGUE_JOINTS) text = withBlock(text, "gait", OWN_GAIT_EXAMPLE);
  const schema = relative(dirname(file), hardwareConfigPath("schema.json"));
  const lines: readonly (readonly [line: RegExp, written: string])[] = [
    [/(\$schema=)\S+/, schema],
    [/^( {2}id: )my-robot/m, robotIdOf(name)],
    [/^( {2}name: )My robot/m, scalar(name)],
    [/^( {2}mass: )3 kg/m, mass],
    [/^( {2}joints: )\[.*\]/m, `[${joints.map(scalar).join(", ")}]`],
  ];
  for (const [line, written] of lines) text = replaced(text, line, (_, field: string) => field + written);
  return replaced(text, HEAD, () => "# Your own robot. Go through").replaceAll("THIS-FILE", file);
}

/** What the template says of itself. */
const HEAD = /# A template for your own robot[\s\S]*?Then go through/;

function shipped(file: string): string {
  return readFileSync(hardwareConfigPath(file), "utf8");
}

/** A block at the top level with the comments in front of it, up to the next. */
function blockPattern(key: string): RegExp {
  return new RegExp(`^(?:#.*\\n)*${key}:\\n(?:(?: .*)?\\n)*`, "m");
}

function withBlock(text: string, key: string, file: string): string {
  const [block] = blockPattern(key).exec(shipped(file)) ?? [];
  if (block === undefined) fail("INTERNAL", { what: `${file} has no block ${key}` });
  return replaced(text, blockPattern(key), () => block);
}

function replaced(text: string, pattern: RegExp, write: (match: string, field: string) => string): string {
  if (!pattern.test(text)) fail("INTERNAL", { what: `the template has nothing like ${pattern}` });
  return text.replace(pattern, write);
}

/** Text as YAML in a list: quoted where it would be read as something else. */
function scalar(text: string): string {
  let plain: unknown = null;
  try {
    plain = parse(`[${text}]`);
  } catch {
    // Quoted below.
  }
  return Array.isArray(plain) && plain.length === 1 && plain[0] === text ? text : JSON.stringify(text);
}
