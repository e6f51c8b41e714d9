/** `gaitsmith apply`: a parameter set onto a robot, to stay there. */
import { userInfo } from "node:os";
import { readHardwareConfig } from "../config/read-hardware-config.ts";
import { fail } from "../errors.ts";
import { type ApplyReport, applyToRobot, type Person, type Proposal } from "../processes/apply.ts";
import { evidenceLines, proposalDocument, saidByStation, tableLines } from "./apply-words.ts";
import { yesOrNo } from "./yes-or-no.ts";

export interface ApplyOptions {
  readonly store: string;
  readonly study?: string;
  readonly trial?: string;
  readonly params?: string;
  readonly fromAnotherRobot?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly testWalk: boolean;
  readonly json?: boolean;
}

/** @returns the exit status: 0 done, 1 not kept, 3 the robot is latched, 130 interrupted by a person */
export async function applyCommand(file: string, options: ApplyOptions): Promise<number> {
  const { params, study, trial, dryRun = false, yes = false, json = false } = options;
  if (params !== undefined && (study ?? trial) !== undefined)
    fail("BAD_USAGE", {
      what: "--params takes the parameters from a file, --study and --trial from a study",
      remedy: "Leave one of them out.",
    });
  const { fromAnotherRobot } = options;
  if (fromAnotherRobot !== undefined && fromAnotherRobot.trim() === "")
    fail("BAD_USAGE", {
      what: "--from-another-robot says nothing",
      remedy: "Say why the gait is right here.",
    });
  const config = readHardwareConfig(file);
  if (!yes && !dryRun && process.stdin.isTTY !== true)
    fail("BAD_USAGE", {
      what: "nobody can be asked: this is no terminal",
      remedy: "Give --yes, or look first with --dry-run.",
    });
  const say = (words: string): void => void process.stderr.write(`${words}\n`);
  const person: Person = {
    name: userInfo().username,
    say,
    ask: yes ? async (_, signal) => !signal.aborted : yesOrNo,
  };
  if (!dryRun) say("Ctrl-C stops the robot and takes back what was written. Ctrl-C twice is an e-stop.");
  const report = await applyToRobot({
    config,
    store: options.store,
    study: study ?? null,
    trial: trial === undefined ? null : trialOf(trial),
    params: params ?? null,
    fromAnotherRobot: fromAnotherRobot ?? null,
    dryRun,
    testWalk: options.testWalk,
    person,
    onProposal: (proposal) => say(proposalText(proposal, dryRun, options.testWalk)),
    onMessage: (message) => saidByStation(message, say),
  });
  if (json) process.stdout.write(`${JSON.stringify(documentOf(report, config.robot.id))}\n`);
  else process.stdout.write(`${endText(report, file)}\n`);
  if (report.latched) return 3;
  if (report.interrupted) return 130;
  return report.state === "kept" || report.state === "dry-run" ? 0 : 1;
}

function proposalText(
  { candidate, rows, back, backup, warnings }: Proposal,
  dry: boolean,
  walk: boolean,
): string {
  const steps = [
    "write these, compared by hash, and commit them",
    "read back and compare every value",
    ...(walk ? ["walk for some seconds, with every limit watched"] : []),
    `keep it, or write back ${back.words}`,
  ];
  return [
    "",
    `${candidate.words}`,
    ...evidenceLines(candidate),
    "",
    ...tableLines(rows),
    "",
    ...warnings.map((one) => `warning: ${one}`),
    `backup       ${backup}`,
    ...(dry ? ["would now:", ...steps.map((one, index) => `  ${index + 1}. ${one}`)] : []),
  ].join("\n");
}

function endText({ state, words, proposal, latched }: ApplyReport, file: string): string {
  const head: Readonly<Record<ApplyReport["state"], string>> = {
    kept: "kept",
    reverted: "NOT KEPT",
    unreverted: "NOT TAKEN BACK",
    "dry-run": "dry run",
    declined: "declined",
  };
  const lines = [`${head[state].padEnd(12)} ${words}`];
  if (state === "kept" && !words.includes("kept by the robot"))
    lines.push(
      `             to keep it, put these into the robot's own program: ${proposal.candidate.parameters.values.map(([name, value]) => `${name} = ${value}`).join(", ")} (SI)`,
    );
  if (state === "kept") lines.push(`take back    npx gaitsmith revert ${file}`);
  if (state === "unreverted")
    lines.push(
      `             ${latched ? "look at the robot, clear its latch, then: " : ""}npx gaitsmith revert ${file}`,
    );
  return lines.join("\n");
}

function documentOf({ state, words, proposal, stored, latched, walk }: ApplyReport, robot: string): unknown {
  return { robot, state, words, stored, latched, ...proposalDocument(proposal), test_walk: walk };
}

function trialOf(text: string): number {
  const trial = Number(text);
  if (Number.isInteger(trial) && trial >= 0) return trial;
  return fail("BAD_USAGE", {
    what: `--trial ${text} is not the number of a trial`,
    remedy: "Give a whole number, as `gaitsmith show` lists them.",
  });
}
