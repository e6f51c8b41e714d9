/** `gaitsmith recording`: what a recording holds, a part of it as CSV, or a whole file of a cut-off one. Needs no robot. */
import { createWriteStream, existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { describeError, fail, GaitsmithError } from "../errors.ts";
import { isMcap } from "../station/mcap-reader.ts";
import { exportCsv, FRAMES } from "../station/recording-csv.ts";
import { recordingFile } from "../station/recording-reader.ts";
import { repairRecording } from "../station/recording-repair.ts";
import { type RecordingSummary, summarise } from "../station/recording-summary.ts";
import { recordingDocument, recordingText } from "./recording-words.ts";

export interface RecordingOptions {
  readonly json?: boolean;
  readonly csv?: string;
  readonly topic?: string;
  readonly from?: string;
  readonly to?: string;
  readonly repair?: string;
}

export async function recording(file: string, options: RecordingOptions): Promise<number> {
  const { csv, topic, from, to, repair } = options;
  for (const [name, value] of Object.entries({ topic, from, to }))
    if (value !== undefined && csv === undefined)
      fail("BAD_USAGE", {
        what: `--${name} says what goes into a CSV file, and none was asked for`,
        remedy: "Add --csv with a file, or - for the output.",
      });
  const path = recordingFile(file);
  await assertRecording(path);
  const span = { from: seconds("from", from, 0), to: seconds("to", to, Number.POSITIVE_INFINITY) };
  try {
    const summary = await summarise(path);
    if (csv !== undefined) await writeCsv(summary, csv, { topic: topic ?? FRAMES, ...span });
    if (repair !== undefined) await writeRepaired(path, repair);
    if (csv === "-") return 0;
    if (options.json) process.stdout.write(`${JSON.stringify(recordingDocument(summary))}\n`);
    else if (csv === undefined && repair === undefined) process.stdout.write(recordingText(summary));
    return 0;
  } catch (error) {
    throw error instanceof GaitsmithError ? error : unreadable(path, error);
  }
}

async function assertRecording(path: string): Promise<void> {
  let wrong: string | null = null;
  try {
    const { size } = statSync(path);
    if (statSync(path).isDirectory()) wrong = "this is a folder, not a recording";
    else if (size === 0) wrong = "the file is empty";
    else if (!(await isMcap(path))) wrong = "this is not a recording: it does not begin as an MCAP file does";
  } catch (error) {
    throw unreadable(path, error);
  }
  if (wrong !== null)
    fail("RECORDING_UNREADABLE", {
      what: wrong,
      where: path,
      remedy: "Name an .mcap file: a study keeps them in recordings/<study> beside its file.",
    });
}

function unreadable(path: string, error: unknown): GaitsmithError {
  const { code } = error as NodeJS.ErrnoException;
  const [what, remedy] =
    code === "ENOENT"
      ? [
          "there is no such file",
          "Check the path: a study keeps recordings in recordings/<study> beside its file.",
        ]
      : code === "EACCES" || code === "EPERM"
        ? ["the file may not be read", "Give yourself permission to read it."]
        : [`the file cannot be read: ${describeError(error)}`, "Check the disk it is on."];
  return new GaitsmithError("RECORDING_UNREADABLE", { what, where: path, remedy, cause: error });
}

function seconds(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text.replace(/\s*s$/, ""));
  if (text.trim() !== "" && value >= 0) return value;
  return fail("BAD_USAGE", {
    what: `--${name} ${text} is no time`,
    remedy: "Give seconds since the beginning of the recording, e.g. 2.5.",
  });
}

type Selection = Parameters<typeof exportCsv>[1];

async function writeCsv(summary: RecordingSummary, target: string, selection: Selection): Promise<void> {
  const { topic } = selection;
  const known = summary.topics.filter(({ messages }) => messages > 0).map((one) => one.topic);
  if (!known.includes(topic))
    fail("BAD_USAGE", {
      what: `the recording has no messages on ${topic}`,
      where: summary.file,
      remedy: known.length === 0 ? "It holds none at all." : `Choose one with --topic: ${known.join(", ")}.`,
    });
  assertAnother(summary.file, target);
  const stream = target === "-" ? process.stdout : createWriteStream(target);
  const failed = new Promise<never>((_, reject) => {
    stream.once("error", (error) => reject(unwritable(target, error)));
  });
  failed.catch(() => {});
  const write = async (text: string): Promise<void> => {
    if (stream.write(text)) return;
    await Promise.race([new Promise<void>((resolve) => stream.once("drain", resolve)), failed]);
  };
  const { lines, leftOut } = await exportCsv(summary.file, selection, write);
  if (target !== "-") await Promise.race([new Promise<void>((resolve) => stream.end(resolve)), failed]);
  const note =
    leftOut === 0 ? "" : `; ${leftOut} values had no column, as the first message had no such field`;
  process.stderr.write(`${lines} lines of ${topic}${target === "-" ? "" : ` in ${target}`}${note}\n`);
}

async function writeRepaired(path: string, target: string): Promise<void> {
  assertAnother(path, target);
  if (existsSync(target))
    fail("BAD_USAGE", {
      what: "there is a file of that name, and it is not overwritten",
      where: target,
      remedy: "Choose another name, or remove it.",
    });
  try {
    const { messages, seconds, condition } = await repairRecording(path, target);
    const share = condition.cutOff ? `${condition.readable} of ${condition.size} bytes` : "the whole file";
    const lost = condition.lostChunks === 0 ? "" : `, ${condition.lostChunks} damaged chunks left out`;
    process.stderr.write(`${target}: ${messages} messages over ${seconds.toFixed(2)} s (${share}${lost})\n`);
  } catch (error) {
    throw error instanceof GaitsmithError ? error : unwritable(target, error);
  }
}

function assertAnother(path: string, target: string): void {
  if (resolve(path) === resolve(target))
    fail("BAD_USAGE", {
      what: "that is the recording itself",
      where: target,
      remedy: "Choose another name.",
    });
}

function unwritable(target: string, error: unknown): GaitsmithError {
  return new GaitsmithError("RECORDING_FAILED", {
    what: `the file cannot be written: ${describeError(error)}`,
    where: target,
    remedy: "Check that its folder exists, that you may write to it and that there is room.",
    cause: error,
  });
}
