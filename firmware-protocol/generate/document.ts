/** The tables of README.md, which stand there between markers. */
import { longestEncoding } from "../codec/cobs.ts";
import type { FieldType } from "../codec/field-types.ts";
import { CRC_LENGTH, HEADER_LENGTH, LONGEST_PAYLOAD } from "../codec/frame.ts";
import { encodeMessage } from "../codec/payload.ts";
import type { Table } from "./table.ts";

/** @param document the present text; what stands outside the markers stays */
export function documentText(document: string, table: Table): string {
  const sections: Readonly<Record<string, string>> = {
    messages: messageList(table),
    faults: faultTable(table),
    schema: `Version ${table.protocol}, schema 0x${table.schema.toString(16).padStart(8, "0")}.`,
    bandwidth: bandwidthTable(),
  };
  let text = document;
  for (const [name, section] of Object.entries(sections)) {
    const [begin, end] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`];
    const [before, rest] = text.split(begin);
    const after = rest?.split(end)[1];
    if (before === undefined || after === undefined)
      throw new TypeError(`README.md has no place for ${name}`);
    text = `${before}${begin}\n\n${section}\n\n${end}${after}`;
  }
  return text;
}

/** A table with the fields in it would be wider than anybody's screen: one entry each. */
function messageList({ messages }: Table): string {
  return messages
    .map(({ name, id, from, fields, says }) => {
      const list = fields.map((field) => `\`${field.name}\` ${typeText(field.type)}`).join(", ");
      return `- 0x${id.toString(16).padStart(2, "0")} **${name}**, from the ${from}. ${says}\n${list === "" ? "" : `  - ${list}\n`}`;
    })
    .join("")
    .trimEnd();
}

function typeText(type: FieldType): string {
  return typeof type === "string" ? type : `(${type.join(" · ")})`;
}

function faultTable({ faults }: Table): string {
  return markdown(
    ["code", "fault", "meaning"],
    faults.map(({ name, code, says }) => [String(code), `\`${name}\``, says]),
  );
}

const BAUDS: readonly number[] = [115200, 921600, 2_000_000];
/** Share of the line that telemetry may fill; the rest is for answers and for what COBS may add. */
const LOAD = 0.8;

const SUBSCRIPTIONS: readonly (readonly [what: string, channels: number, bytesEach: 2 | 4])[] = [
  ["8 joints: position, velocity", 16, 2],
  ["8 joints: position, velocity; roll, pitch, yaw, pose, battery", 24, 2],
  ["12 joints: position, velocity, torque; 10 of the IMU, battery", 48, 2],
  ["the same as f32", 48, 4],
  ["12 joints: 7 quantities; 10 of the IMU, pose, battery, contacts, button", 104, 2],
  ["as many as fit a frame, f32", Math.floor((LONGEST_PAYLOAD - telemetryPayload(0)) / 4), 4],
];

/** Highest telemetry rates at {@link LOAD}: 8N1 takes ten bits a byte. */
function bandwidthTable(): string {
  const rows = SUBSCRIPTIONS.map(([what, channels, bytesEach]) => {
    const wire = wireLength(telemetryPayload(channels * bytesEach));
    const rates = BAUDS.map((baud) => `${Math.floor((LOAD * baud) / 10 / wire)} Hz`);
    return [what, `${channels} × ${bytesEach}`, String(wire), ...rates];
  });
  return markdown(["channels", "samples", "bytes on the wire", ...BAUDS.map((baud) => `at ${baud}`)], rows);
}

function telemetryPayload(samples: number): number {
  const frame = { seq: 0, time: 0, challenge: 0, set: 0, state: "off", samples: new Uint8Array() } as const;
  return encodeMessage({ kind: "telemetry", ...frame }).payload.length + samples;
}

/** At most; with the delimiter. */
function wireLength(payload: number): number {
  return longestEncoding(HEADER_LENGTH + payload + CRC_LENGTH) + 1;
}

/** Columns as wide as their widest cell, as the project's formatter lays them out. */
function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((cells) => [...cells[column]!].length)),
  );
  const padded = (cell: string, column: number): string =>
    cell + " ".repeat(widths[column]! - [...cell].length);
  const line = (cells: readonly string[]): string => `| ${cells.map(padded).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
