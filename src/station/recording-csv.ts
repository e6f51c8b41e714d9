/**
 * One topic of a recording as CSV (RFC 4180): a header, then one line per message. NaN is an empty field: spreadsheets leave a
 * gap, pandas reads it as NaN. Infinite numbers are `Infinity` and `-Infinity`. Memory does not grow with the file.
 */
import type { Channel } from "../robot/telemetry-frame.ts";
import { type McapMessage, readMcap } from "./mcap-reader.ts";
import { recordingFile } from "./recording-reader.ts";
import { TOPICS } from "./recording-topics.ts";
import { rosReader } from "./ros-messages.ts";

export interface CsvSelection {
  readonly topic: string;
  /** s since the beginning of the recording, both ends included */
  readonly from: number;
  readonly to: number;
}

export interface CsvResult {
  readonly lines: number;
  /** Values of later messages that had no column, as the first had no such field. */
  readonly leftOut: number;
}

/** Every channel of the robot, a line per telemetry frame. */
export const FRAMES = TOPICS.frame.topic;

/** Text is handed over in pieces of about this size. */
const PIECE = 64 * 1024;

/**
 * @param write takes a piece of text and resolves when the next may come
 * @throws the system's error when the recording cannot be read
 */
export async function exportCsv(
  file: string,
  { topic, from, to }: CsvSelection,
  write: (text: string) => Promise<void>,
): Promise<CsvResult> {
  let start: bigint | null = null;
  let table: Table | null = null;
  let lines = 0;
  let text = "";
  for await (const message of readMcap(recordingFile(file))) {
    start ??= message.time;
    if (message.topic !== topic) continue;
    const time = Number(message.time - start) / 1e9;
    if (time < from || time > to) continue;
    if (table === null) {
      table = topic === FRAMES ? new FrameTable(message) : new FieldTable(message);
      text = line(["time [s]", ...table.columns.map(quoted)]);
    }
    text += line([cell(time), ...table.cells(message)]);
    lines++;
    if (text.length < PIECE) continue;
    await write(text);
    text = "";
  }
  await write(text);
  return { lines, leftOut: table?.leftOut ?? 0 };
}

interface Table {
  readonly columns: readonly string[];
  readonly leftOut: number;
  cells(message: McapMessage): readonly string[];
}

/** Channels with their names and units. */
class FrameTable implements Table {
  readonly columns: readonly string[];
  readonly leftOut = 0;
  readonly #read: (data: Uint8Array) => unknown;

  constructor({ schema, metadata }: McapMessage) {
    this.#read = rosReader(schema.text);
    const channels = JSON.parse(metadata.get("channels") ?? "[]") as Channel[];
    const named = channels.map(({ name, unit }) => (unit === "" ? name : `${name} [${unit}]`));
    this.columns = ["t_robot [s]", "t_arrival [s]", "seq", ...named];
  }

  cells({ data }: McapMessage): readonly string[] {
    const { t_robot, t_arrival, seq, values } = this.#read(data) as {
      readonly t_robot: number;
      readonly t_arrival: number;
      readonly seq: number;
      readonly values: Float64Array;
    };
    return [cell(t_robot), cell(t_arrival), cell(seq), ...Array.from(values, cell)];
  }
}

/** Fields by their paths, as the first message has them: `header.stamp`, `position.hip`, `covariance[3]`. */
class FieldTable implements Table {
  readonly columns: readonly string[];
  leftOut = 0;
  readonly #read: (data: Uint8Array) => unknown;
  readonly #names: readonly string[];
  readonly #index: ReadonlyMap<string, number>;

  constructor({ schema, metadata, data }: McapMessage) {
    this.#read = rosReader(schema.text);
    this.#names = JSON.parse(metadata.get("channels") ?? "[]") as string[];
    this.columns = this.#fields(data).map(([path]) => path);
    this.#index = new Map(this.columns.map((path, index) => [path, index]));
  }

  cells({ data }: McapMessage): readonly string[] {
    const cells = this.columns.map(() => "");
    for (const [path, value] of this.#fields(data)) {
      const index = this.#index.get(path);
      if (index === undefined) this.leftOut++;
      else cells[index] = cell(value);
    }
    return cells;
  }

  #fields(data: Uint8Array): readonly (readonly [string, unknown])[] {
    const fields: [string, unknown][] = [];
    collect(this.#read(data), "", this.#names, fields);
    return fields;
  }
}

/** @param names of the elements of arrays that have as many */
function collect(value: unknown, path: string, names: readonly string[], fields: [string, unknown][]): void {
  if (typeof value !== "object" || value === null) {
    fields.push([path, value]);
    return;
  }
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const elements = Array.from(value as ArrayLike<unknown>);
    elements.forEach((element, index) => {
      const name = elements.length === names.length ? `.${names[index]}` : `[${index}]`;
      collect(element, path + name, [], fields);
    });
    return;
  }
  const { sec, nsec, ...others } = value as Record<string, unknown>;
  if (typeof sec === "number" && typeof nsec === "number" && Object.keys(others).length === 0) {
    fields.push([`${path} [s]`, `${sec}.${String(nsec).padStart(9, "0")}`]);
    return;
  }
  // Joint states, parameters: one field has the names of the others' elements.
  const own = Object.entries(value).find(([key, list]) => /^(name|names)$/.test(key) && Array.isArray(list));
  for (const [key, element] of Object.entries(value)) {
    if (key === own?.[0]) continue;
    collect(element, path === "" ? key : `${path}.${key}`, (own?.[1] as string[]) ?? names, fields);
  }
}

function cell(value: unknown): string {
  if (typeof value === "number") return Number.isNaN(value) ? "" : String(value);
  return quoted(String(value));
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function line(cells: readonly string[]): string {
  return `${cells.join(",")}\r\n`;
}
