/** `gaitsmith init`: a first hardware config for somebody's robot, from a few questions or options. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { nearestName } from "../config/nearest-name.ts";
import {
  CATALOGUE_JOINTS,
  LINK_EXAMPLES,
  type NewRobot,
  newConfig,
  robotIdOf,
} from "../config/new-config.ts";
import { readHardwareConfig } from "../config/read-hardware-config.ts";
import { readQuantity } from "../config/units.ts";
import { fail } from "../errors.ts";

export interface InitOptions {
  readonly name?: string;
  readonly link?: string;
  readonly joints?: string;
  readonly mass?: string;
  /** What is not given is not asked either: the template's values stand. */
  readonly yes?: boolean;
  readonly json?: boolean;
}

type Field = "name" | "link" | "joints" | "mass";

/** What is wrong with an answer, and what to do; null: nothing. */
type Verdict = readonly [what: string, remedy: string] | null;

interface Question {
  readonly field: Field;
  readonly words: string;
  readonly usual: string;
  readonly check: (answer: string) => Verdict;
}

const LINKS = Object.keys(LINK_EXAMPLES);

const QUESTIONS: readonly Question[] = [
  {
    field: "name",
    words: "What is the robot called?",
    usual: "My robot",
    check: (answer) =>
      robotIdOf(answer) === ""
        ? [`of "${answer}" no id can be made`, "Use some letters or digits of a to z."]
        : null,
  },
  {
    field: "link",
    words: `How is it reached? (${LINKS.join(" or ")})`,
    usual: "rosbridge",
    check: (answer) => {
      if (LINKS.includes(answer)) return null;
      const near = nearestName(answer, LINKS);
      return [
        `"${answer}" is no way to reach it`,
        `${near === null ? "" : `Did you mean ${near}? `}Choose ${LINKS.join(" or ")}; other robots have configs of their own in hardware-configs/.`,
      ];
    },
  },
  {
    field: "joints",
    words: "Its joints, in the order of its targets, separated by commas?",
    usual: "FR_hip, FR_knee, FL_hip, FL_knee, RR_hip, RR_knee, RL_hip, RL_knee",
    check: (answer) => {
      const joints = jointsOf(answer);
      if (joints.length === 0) return ["no joint is named", "Name them: FR_hip, FR_knee, …"];
      const twice = joints.find((joint, index) => joints.indexOf(joint) !== index);
      return twice === undefined ? null : [`the joint ${twice} is named twice`, "Name each one once."];
    },
  },
  {
    field: "mass",
    words: "Its mass, with battery?",
    usual: "3 kg",
    check: (answer) => {
      const reading = readQuantity(answer, "kg");
      if (!reading.ok) return [reading.what, reading.remedy];
      return reading.value > 0 ? null : ["a mass is above zero", "Weigh it."];
    },
  },
];

/** @throws BAD_USAGE when an answer is wrong or lacking, or when the file is there already: nothing is ever overwritten */
export async function init(file: string | undefined, options: InitOptions): Promise<number> {
  const { stdin, stdout } = process;
  const mayAsk = options.json !== true && stdin.isTTY === true && stdout.isTTY === true;
  const answers = await answersOf(options, mayAsk ? { input: stdin, output: stdout } : null);
  const robot: NewRobot = {
    name: answers.name,
    link: answers.link as NewRobot["link"],
    joints: jointsOf(answers.joints),
    mass: answers.mass,
  };
  const written = file ?? `${robotIdOf(robot.name)}.yaml`;
  const path = resolve(written);
  const text = newConfig(robot, written);
  // What is written can be read: a template that went stale is our defect, not the user's.
  const config = readHardwareConfig(written, text);
  write(path, written, text);
  if (options.json === true) {
    const { id, name, joints } = config.robot;
    process.stdout.write(
      `${JSON.stringify({ file: path, id, name, joints, link: robot.link, gait: config.gait.name })}\n`,
    );
    return 0;
  }
  const own =
    robot.joints.length === CATALOGUE_JOINTS
      ? ""
      : `  ${robot.joints.length} joints: gaitsmith's gaits drive ${CATALOGUE_JOINTS}, so this is the robot's own gait; name its parameters\n`;
  process.stdout.write(
    `${written}: ${config.robot.name}, over ${robot.link}\n${own}` +
      `  next: go through it, measure what says "measure", then npx gaitsmith check ${written}\n`,
  );
  return 0;
}

/** Where questions are asked and answered. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * @param terminal null: nobody can be asked
 * @throws BAD_USAGE when what is given is wrong, when nobody can be asked, and when the questions are broken off
 */
export async function answersOf(
  options: InitOptions,
  terminal: Terminal | null,
): Promise<Readonly<Record<Field, string>>> {
  const dialogue = terminal === null ? null : new Dialogue(terminal);
  try {
    const answers: Partial<Record<Field, string>> = {};
    for (const question of QUESTIONS) answers[question.field] = await answerTo(question, options, dialogue);
    return answers as Record<Field, string>;
  } finally {
    dialogue?.close();
  }
}

async function answerTo(
  { field, words, usual, check }: Question,
  options: InitOptions,
  dialogue: Dialogue | null,
): Promise<string> {
  const given = options[field]?.trim();
  if (given !== undefined) {
    const verdict = check(given);
    if (verdict === null) return given;
    return fail("BAD_USAGE", { what: `--${field}: ${verdict[0]}`, remedy: verdict[1] });
  }
  if (options.yes === true) return usual;
  if (dialogue === null)
    return fail("BAD_USAGE", {
      what: `--${field} is not given, and nobody can be asked`,
      remedy: `Give --${field}, for example --${field} "${usual}"; or --yes, and put in by hand what is not given.`,
    });
  for (;;) {
    const answer = (await dialogue.ask(`${words} [${usual}] `)) || usual;
    const verdict = check(answer);
    if (verdict === null) return answer;
    dialogue.say(`  ${verdict[0]}. ${verdict[1]}\n`);
  }
}

/** One question after the other. Lines that come before they are asked for, as pasted ones do, are answers too. */
class Dialogue {
  readonly #readline: Interface;
  readonly #lines: AsyncIterator<string>;
  readonly #output: NodeJS.WritableStream;
  #ended = false;

  constructor({ input, output }: Terminal) {
    this.#output = output;
    this.#readline = createInterface({ input, output });
    this.#lines = this.#readline[Symbol.asyncIterator]();
    this.#readline.once("close", () => {
      this.#ended = true;
    });
  }

  async ask(words: string): Promise<string> {
    if (this.#ended) {
      // What is left was typed before.
      this.say(words);
    } else {
      this.#readline.setPrompt(words);
      this.#readline.prompt();
    }
    const { value, done } = await this.#lines.next();
    if (done !== true) return value.trim();
    return fail("BAD_USAGE", {
      what: "the questions were broken off, and nothing was written",
      remedy: "Run it again, or give the answers as options.",
    });
  }

  say(words: string): void {
    this.#output.write(words);
  }

  close(): void {
    this.#readline.close();
  }
}

function jointsOf(answer: string): string[] {
  return answer
    .split(/[,\s]+/)
    .map((joint) => joint.trim())
    .filter((joint) => joint !== "");
}

function write(path: string, written: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: "wx" });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    fail("BAD_USAGE", {
      what:
        code === "EEXIST"
          ? "there is such a file already, and nothing is overwritten"
          : `it cannot be written: ${code}`,
      where: written,
      remedy: "Name another file: gaitsmith init FILE.",
      cause: error,
    });
  }
}
