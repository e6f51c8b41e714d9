/** `gaitsmith revert`: what a robot had before `apply` is written back. */
import { userInfo } from "node:os";
import type { HardwareConfig } from "../config/hardware-config.ts";
import { readHardwareConfig } from "../config/read-hardware-config.ts";
import { backupsOf, revertRobot } from "../processes/apply.ts";
import { type Backup, isUnfinished } from "../service/apply/backup.ts";
import { saidByStation, tableLines } from "./apply-words.ts";

export interface RevertOptions {
  readonly to?: string;
  readonly list?: boolean;
  readonly store: string;
  readonly json?: boolean;
}

/** @returns the exit status: 0 written back, 1 not, 130 interrupted by a person */
export async function revertCommand(file: string, options: RevertOptions): Promise<number> {
  const config = readHardwareConfig(file);
  if (options.list === true) return list(config, options);
  const say = (words: string): void => void process.stderr.write(`${words}\n`);
  const { state, words, stored, of, rows, backup, interrupted } = await revertRobot({
    config,
    store: options.store,
    to: options.to ?? null,
    person: { name: userInfo().username, say },
    onMessage: (message) => saidByStation(message, say),
  });
  if (options.json) {
    const document = { robot: config.robot.id, state, words, stored, of: of.id, backup, parameters: rows };
    process.stdout.write(`${JSON.stringify(document)}\n`);
  } else {
    const head = state === "reverted" ? "taken back" : "NOT TAKEN BACK";
    const lines = [`from before ${of.words} (${of.at})`, "", ...tableLines(rows), ""];
    process.stdout.write(
      `${[...lines, `${head.padEnd(12)} ${words}`, `backup       ${backup}`].join("\n")}\n`,
    );
  }
  if (state === "reverted") return 0;
  return interrupted ? 130 : 1;
}

function list(config: HardwareConfig, { store, json }: RevertOptions): number {
  const backups = backupsOf(config, store);
  if (json === true) process.stdout.write(`${JSON.stringify({ robot: config.robot.id, backups })}\n`);
  else if (backups.length === 0)
    process.stdout.write(`nothing was ever applied to ${config.robot.id} from here\n`);
  else process.stdout.write(`${backups.map(line).join("\n")}\n`);
  return 0;
}

function line(backup: Backup): string {
  const { id, kind, state, words, by } = backup;
  const mark = isUnfinished(backup) ? "  NOT FINISHED" : "";
  return `${id}  ${kind.padEnd(6)}  ${state.padEnd(10)}  ${words}, by ${by}${mark}`;
}
