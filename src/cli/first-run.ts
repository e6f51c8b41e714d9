/** `gaitsmith first-run`: the first day with a robot, step by step. */
import { readHardwareConfig } from "../config/read-hardware-config.ts";
import { fail } from "../errors.ts";
import { openFirstRun } from "../processes/first-run.ts";
import { STEP_NAMES, type StepName } from "../service/first-run/record.ts";
import { reportText } from "../service/first-run/words.ts";
import { stopOnSignals } from "./stop-signals.ts";
import { TerminalPerson, WillingPerson } from "./terminal-person.ts";

export interface FirstRunCommandOptions {
  readonly step?: string;
  readonly restart?: boolean;
  readonly recordings?: string;
  readonly store: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** @returns the exit status: 0 no step failed, 1 one did, 3 the robot is latched, 130 interrupted by a person */
export async function firstRun(file: string, options: FirstRunCommandOptions): Promise<number> {
  const config = readHardwareConfig(file);
  if (options.yes === true && config.link.kind !== "simulated")
    fail("BAD_USAGE", {
      what: "--yes answers for a person, and this robot is real",
      where: file,
      remedy: "Leave it out; it is for the simulated robot.",
    });
  const { stderr, stdin, stdout } = process;
  const person =
    options.yes === true ? new WillingPerson(stderr) : new TerminalPerson({ input: stdin, output: stderr });
  const step = stepNamed(options.step);
  const running = openFirstRun({
    config,
    store: options.store,
    recordings: options.recordings ?? null,
    restart: options.restart === true,
    ...(step === undefined ? {} : { step }),
    person,
    onStation: (message) => {
      if (message.kind === "log" && (message.level === "warn" || message.level === "error"))
        person.say(`  ${message.level}: ${message.text}`);
    },
  });
  const signals = stopOnSignals(
    {
      stop: (words) => {
        running.stop(words);
        person.leave();
      },
      eStop: (reason) => running.eStop(reason),
    },
    (words) => person.say(words),
  );
  try {
    person.say("Ctrl-C stops the robot and ends; the same command goes on. Ctrl-C twice is an e-stop.");
    const { record, stopped } = await running.run();
    stdout.write(options.json === true ? `${JSON.stringify(record)}\n` : `\n${reportText(config, record)}`);
    if (stopped) person.say(`To go on: npx gaitsmith first-run ${file}`);
    if (running.latched) return 3;
    if (signals.interrupted) return 130;
    return Object.values(record.steps).some(({ verdict }) => verdict === "failed") ? 1 : 0;
  } finally {
    signals.end();
    person.leave();
  }
}

function stepNamed(name: string | undefined): StepName | undefined {
  const known = STEP_NAMES.find((one) => one === name);
  if (name === undefined || known !== undefined) return known;
  return fail("BAD_USAGE", {
    what: `there is no step "${name}"`,
    where: "--step",
    remedy: `Choose one of ${STEP_NAMES.join(", ")}.`,
  });
}
