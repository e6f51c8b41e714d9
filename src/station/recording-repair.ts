/** Makes whole files of recordings that a crash has cut off or something has damaged. */
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describeError, fail } from "../errors.ts";
import { McapFile, partPath, reservePath } from "./mcap-file.ts";
import { type McapCondition, type McapMessage, readMcap } from "./mcap-reader.ts";

/** Name of the metadata record in which a repaired file says what it was made from. */
export const REPAIR_METADATA = "gaitsmith-repair";

/** Ends the name of a file that is being repaired into. */
const REPAIRED = ".repaired";

export interface Repaired {
  readonly messages: number;
  /** s from the first to the last message. */
  readonly seconds: number;
  readonly condition: McapCondition;
}

/**
 * Writes everything that can be read of a recording into a new, indexed one.
 *
 * @throws RECORDING_UNREADABLE when it holds other messages than ROS 1's; the system's error when a file cannot be read or written
 */
export async function repairRecording(from: string, to: string): Promise<Repaired> {
  // Never `<to>.part`: that may be what is read.
  const making = to + REPAIRED;
  const channels = new Map<string, number>();
  let condition: McapCondition | null = null;
  let messages = 0;
  let [first, last] = [0n, 0n];
  const file = begun(making);
  const channelOf = ({
    topic,
    schema,
    metadata,
  }: Pick<McapMessage, "topic" | "schema" | "metadata">): number => {
    const key = JSON.stringify([topic, schema.name, schema.text, [...metadata]]);
    const id = channels.get(key) ?? file.addChannel(topic, schema, metadata);
    channels.set(key, id);
    return id;
  };
  try {
    const reading = readMcap(from, {
      metadata: (name, values) => file.addMetadata(name, values),
      channel: (topic, schema, metadata) => {
        if (schema.encoding !== "ros1msg")
          fail("RECORDING_UNREADABLE", {
            what: `${topic} holds messages in ${schema.encoding || "no known encoding"}, not ROS 1's`,
            where: from,
            remedy: "Repair recordings of other programs with `mcap recover`.",
          });
        channelOf({ topic, schema, metadata });
      },
      condition: (found) => {
        condition = found;
      },
    });
    for await (const message of reading) {
      const { time, sequence, publishTime, data } = message;
      file.write(channelOf(message), time, data, { sequence, publishTime });
      if (messages === 0 || time < first) first = time;
      if (time > last) last = time;
      messages++;
    }
    const { size, readable, lostChunks, problems } = condition as unknown as McapCondition;
    const facts = { size, readable, lost_chunks: lostChunks, messages, problems: problems.join("; ") };
    file.addMetadata(
      REPAIR_METADATA,
      new Map(Object.entries(facts).map(([key, value]) => [key, String(value)])),
    );
    file.end();
    renameSync(making, to);
  } catch (error) {
    file.abandon();
    for (const left of [making, partPath(making)]) remove(left);
    throw error;
  }
  return { messages, seconds: Number(last - first) / 1e9, condition: condition as unknown as McapCondition };
}

/** Leaves nothing behind where there is no room for a file. */
function begun(path: string): McapFile {
  try {
    return McapFile.create(path);
  } catch (error) {
    remove(partPath(path));
    throw error;
  }
}

/** Begins the name of what is recorded before a study only to see that it can be. */
const PROBE = /^preflight[-.]/;

/** A file that somebody wrote to within this time may still be under way, ms. */
const STILL = 1000;
/** A station whose service died ends its walk and its recording by itself; it is waited for no longer than this, ms. */
const PATIENCE = 5000;

/**
 * Finishes what crashes have left in a folder of recordings: every `.part` becomes a whole, indexed file.
 *
 * @param folder of one study, whose lock the caller holds
 * @returns what was done, in words, one for each file
 */
export async function finishLeftovers(folder: string): Promise<string[]> {
  const names = (): string[] => (existsSync(folder) ? readdirSync(folder) : []);
  const parts = (): string[] => names().filter((name) => name.endsWith(partPath("")));
  const young = (name: string): boolean =>
    Date.now() - (statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0) < STILL;
  for (let waited = 0; waited < PATIENCE && parts().some(young); waited += 50) await pause(50);
  // What is still written to has a writer, and is left to it.
  const written = parts().filter(young);
  const inUse = (name: string): boolean => written.some((part) => name.startsWith(wholeOf(part)));
  // Repairs and probes that were themselves cut off, and what was begun again since.
  for (const name of names()) {
    const half =
      name.endsWith(REPAIRED) || name.endsWith(partPath(REPAIRED)) || name.endsWith(reservePath(""));
    const part = name.endsWith(partPath(""));
    const needless = part && (PROBE.test(name) || existsSync(join(folder, wholeOf(name))));
    if ((half || needless) && !inUse(name)) remove(join(folder, name));
  }
  const words: string[] = [];
  for (const name of parts())
    if (!written.includes(name)) words.push(await finish(join(folder, name), join(folder, wholeOf(name))));
  return words;
}

function wholeOf(part: string): string {
  return part.slice(0, -partPath("").length);
}

/** What cannot be removed does no harm. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}

async function finish(part: string, whole: string): Promise<string> {
  try {
    const { messages, seconds, condition } = await repairRecording(part, whole);
    rmSync(part);
    const span = `${messages} messages over ${seconds.toFixed(2)} s`;
    return `a crash had cut off ${whole}: it holds ${span} (${condition.readable} of ${condition.size} bytes)`;
  } catch (error) {
    return `the recording that a crash has cut off could not be finished: ${part}: ${describeError(error)}`;
  }
}
