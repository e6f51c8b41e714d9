/** argv → command. Commands load what they need themselves, so that `--help` is instant. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { describeError, GaitsmithError } from "../errors.ts";
import { packageRoot } from "../paths.ts";

const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
  version: string;
};

const program = new Command("gaitsmith")
  .description("Tunes the gait of a legged robot on the real robot.")
  .version(version)
  .showHelpAfterError("Run the command with --help to see what it takes.")
  .exitOverride();

program
  .command("tune")
  .description("Tune a robot's gait: propose, walk, score, learn. Continues a study that exists.")
  .argument("<config>", "hardware config of the robot (YAML)")
  .option("--study <name|file>", "name of the study, or a study file (default: the config's study block)")
  .option("--store <file>", "study file in Optuna's format", "studies.db")
  // The names are written out here: asking the catalogue would load every algorithm for a page of help.
  .option(
    "--sampler <name>",
    "what proposes parameter sets: gp, auto, tpe, cma-es, particle-swarm, sobol, grid or random (options: in the study block)",
  )
  .option(
    "--pruner <name>",
    "what stops poor walks early: none, median, percentile, threshold, patient, successive-halving, hyperband or wilcoxon (options: in the study block)",
  )
  .option("--trials <n>", "suggestions in all, baseline and confirming walks included")
  .option(
    "--robot-time <duration>",
    "start no trial after this much walking, ramps included, prompts and pauses not, e.g. 30min",
  )
  .option("--seed <n>", "the study's seed")
  .option("--variant <name>", "body or ground of the simulated robot, e.g. rigid")
  .option("--variation <name>", "walk-to-walk variation of the simulated robot: none, mild or rough")
  .option("--no-recording", "do not record telemetry")
  .option("--no-dashboard", "do not serve the page")
  .option("--port <n>", "port of the page")
  .option("--confirm-next", "ask before every walk, with its parameters")
  .option(
    "--no-prompts",
    "ask nobody: for robots that do not return by themselves, only where something else puts them back",
  )
  .option(
    "--take [robot-id]",
    "take the robot from the program that drives it; asks, or is confirmed by the robot's id",
  )
  .option("--json", "print one JSON document at the end")
  .action(async (config, options) => finish(await (await import("./tune.ts")).tune(config, options)));

program
  .command("show")
  .description(
    "Champion, best trials, outcomes and robot time of a study; which parameters matter, and whether to go on. Needs no robot.",
  )
  .argument("<store>", "study file")
  .option("--study <name>", "name of the study (needed when the file holds several)")
  .option("--json", "print one JSON document")
  .action(async (store, options) => finish(await (await import("./show.ts")).show(store, options)));

program
  .command("recording")
  .description(
    "What a recording of a walk holds: topics, commands, reports, events, limits and how close the walk came to each, outcome. " +
      "Exports CSV, and makes whole files of what a crash has cut off.",
  )
  .argument("<file>", "recording (.mcap, or the .part a crash has left)")
  .option("--json", "print one JSON document")
  .option("--csv <file>", "write a table (RFC 4180; NaN is an empty field), - for the output")
  .option("--topic <name>", "with --csv: the topic (default: /gaitsmith/frame, every channel of the robot)")
  .option("--from <s>", "with --csv: seconds since the beginning")
  .option("--to <s>", "with --csv: seconds since the beginning")
  .option("--repair <file>", "write what can be read into a new, indexed recording")
  .action(async (file, options) => finish(await (await import("./recording.ts")).recording(file, options)));

program
  .command("apply")
  .description(
    "Put a study's champion (or other parameters) on a robot to stay: backs up what it has, shows what changes, writes, reads back, " +
      "walks a few seconds, and keeps it or takes it back.",
  )
  .argument("<config>", "hardware config of the robot (YAML)")
  .option("--store <file>", "study file", "studies.db")
  .option("--study <name>", "which study of that file")
  .option("--trial <n>", "the parameters of this trial instead of the champion's")
  .option(
    "--params <file>",
    "parameters from a file instead, `name: value with unit`; the rest is the seed gait's",
  )
  .option(
    "--from-another-robot <words>",
    "the study is of another robot or another version of the config; says why its gait is right for this one",
  )
  .option("--dry-run", "say what would be done; nothing is sent that changes the robot")
  .option("--yes", "ask nothing: write, and keep it after a good test walk")
  .option("--no-test-walk", "do not walk; whoever is asked decides by the table alone")
  .option("--json", "print one JSON document at the end")
  .action(async (config, options) =>
    finish(await (await import("./apply.ts")).applyCommand(config, options)),
  );

program
  .command("revert")
  .description("Write back what a robot had before the newest `apply`, read back and compared.")
  .argument("<config>", "hardware config of the robot (YAML)")
  .option("--to <backup>", "another backup: its id as --list shows it, or its file")
  .option("--list", "list the backups; needs no robot")
  .option("--store <file>", "study file of a simulated robot", "studies.db")
  .option("--json", "print one JSON document")
  .action(async (config, options) =>
    finish(await (await import("./revert.ts")).revertCommand(config, options)),
  );

program
  .command("sim")
  .description("Walk one gait on the simulated robot and print what it truly did.")
  .argument("[config]", "hardware config of a simulated robot (default: the one that ships with gaitsmith)")
  .option(
    "--set <name=value...>",
    "parameters that differ from the seed gait, with unit, e.g. step_length=5cm",
  )
  .option("--champion <store>", "walk the champion of this study file instead of the seed gait")
  .option("--study <name>", "which study of that file")
  .option("--variant <name>", "body or ground, e.g. rigid")
  .option("--seconds <n>", "how long to walk", "10")
  .option("--serial", "put the robot behind a serial port and print its path, until Ctrl-C")
  .option(
    "--rosbridge <port>",
    "put the robot behind a rosbridge server and print its address, until Ctrl-C (0: any free port)",
  )
  .option(
    "--robot <name>",
    "with --rosbridge: pretend mini-pupper, mini-pupper-with-champ or episodic instead, for their shipped configs",
  )
  .option("--ros <version>", "with --rosbridge: 1 or 2 (default: 1)")
  .option("--host <address>", "with --rosbridge: address to listen on (default: 127.0.0.1)")
  .option("--variation <name>", "with --serial or --rosbridge: walk-to-walk variation, none, mild or rough")
  .option("--firmware <kind>", "with --serial: c (the C library, compiled on first use) or ts (default: ts)")
  .option("--clock <kind>", "with --serial or --rosbridge: lockstep or realtime (default: the config's)")
  .option(
    "--baud <n>",
    "with --serial: pace of the line, bit/s (default: 921600 in real time, none in lockstep)",
  )
  .option(
    "--faults <list>",
    "what goes wrong; with --serial on the line, e.g. flip=1e-3,lose=1e-2,seed=1; with --rosbridge latency=20ms,jitter=10ms,loss=1%; " +
      "with --petoi e.g. garbage=0.01,reboot=3",
  )
  .option(
    "--miswired <list>",
    "with --serial: put together wrongly, e.g. swap=FR_hip:FL_hip,reverse=RR_knee,dead=RL_hip,imu=pitch,odometry=1.3",
  )
  .option("--hand", "with --serial: lines of stdin move it by hand, for gaitsmith first-run")
  .option("--petoi", "pretend a Petoi Bittle X behind a serial port and print its path, until Ctrl-C")
  .option(
    "--mjbots <port>",
    "pretend an mjbots quad behind its WebSocket and print its address, until Ctrl-C",
  )
  .option("--json", "print one JSON document")
  .action(async (config, options) => finish(await (await import("./sim.ts")).sim(config, options)));

program
  .command("check")
  .description(
    "Check whether a study could start with a robot, without moving it: link, telemetry, every channel, limits, parameters. " +
      "Exit status 1 if something is missing.",
  )
  .argument("<config>", "hardware config (YAML)")
  .option(
    "--protocol",
    "walk the serial protocol of firmware-protocol/README.md against the robot's firmware instead, clause by clause",
  )
  .option(
    "--move",
    "with --protocol: check also what needs power: the robot rises and stands, but never walks",
  )
  .option("--junit <file>", "with --protocol: write a JUnit report for CI")
  .option("--json", "print one JSON document")
  .action(async (config, options) => finish(await (await import("./check.ts")).check(config, options)));

program
  .command("first-run")
  .description(
    "The first day with a robot: link and e-stop, encoders and inertial unit by hand, each motor a little, a walk in the air, " +
      "three on the ground, odometry against a tape measure. Goes on where it was left.",
  )
  .argument("<config>", "hardware config (YAML)")
  .option("--step <name>", "one step only: link, encoders, jog, imu, air, ground or odometry")
  .option("--restart", "forget what was found before")
  .option("--recordings <folder>", "where walks are recorded (default: first-run/ beside the robot's state)")
  .option("--store <file>", "study file beside which a simulated robot's state is", "studies.db")
  .option("--yes", "of a simulated robot: do every step without asking")
  .option("--json", "print one JSON document at the end")
  .action(async (config, options) =>
    finish(await (await import("./first-run.ts")).firstRun(config, options)),
  );

program
  .command("init")
  .description("Write a first hardware config for your robot, from a few questions. Overwrites nothing.")
  .argument("[file]", "where to write it (default: the robot's name with .yaml)")
  .option("--name <text>", "what the robot is called")
  .option("--link <kind>", "how it is reached: rosbridge or serial")
  .option("--joints <names>", "its joints in the order of its targets, separated by commas")
  .option("--mass <mass>", "its mass with battery, e.g. 3.1kg")
  .option("--yes", "ask nothing: what is not given is the template's")
  .option("--json", "ask nothing, and print one JSON document")
  .action(async (file, options) => finish(await (await import("./init.ts")).init(file, options)));

program
  .command("estop")
  .description(
    "Stop and latch every robot that is driven from this computer, or one, at once. Does not replace its power switch.",
  )
  .option("--robot <id>", "only this robot")
  .option("--level <level>", "settle: damped, then torque off; cut: torque off at once", "settle")
  .option("--store <file>", "study file of simulated robots", "studies.db")
  .option("--json", "print one JSON document")
  .action(async (options) => finish(await (await import("./estop.ts")).estop(options)));

program
  .command("clear")
  .description("Clear a robot's latch after an e-stop. Names what you checked.")
  .requiredOption("--robot <id>", "id of the robot")
  .requiredOption("--checked <text>", "what you checked on the robot before clearing")
  .option("--store <file>", "study file of a simulated robot", "studies.db")
  .action(async (options) => finish(await (await import("./clear.ts")).clear(options)));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    finish(error.exitCode === 0 ? 0 : 2);
  } else {
    console.error(`gaitsmith: ${describeError(error)}`);
    if (!(error instanceof GaitsmithError) && error instanceof Error) console.error(error.stack);
    finish(error instanceof GaitsmithError ? error.exitStatus : 1);
  }
}

/** Lets everything that is still being written get out, then ends. */
function finish(status: number): void {
  process.exitCode = status;
}
