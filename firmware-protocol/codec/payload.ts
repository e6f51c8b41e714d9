/** Messages to payloads and back. */
import { beginFrame, type Envelope, endFrame, LONGEST_PAYLOAD, outgoing } from "./frame.ts";
import { READ, WRITE } from "./message-fields.ts";
import { MESSAGES, type Message, type MessageName, type Side } from "./message-table.ts";
import { PayloadReader } from "./payload-reader.ts";
import { PayloadWriter } from "./payload-writer.ts";
import { Slab } from "./slab.ts";

/** What a payload of some id is. */
interface Layout {
  readonly name: MessageName;
  readonly from: Side;
  readonly read: (reader: PayloadReader) => Message;
}

const BY_ID: (Layout | undefined)[] = new Array(256).fill(undefined);
for (const name of Object.keys(MESSAGES) as MessageName[]) {
  const { id, from } = MESSAGES[name];
  BY_ID[id] = { name, from, read: READ[name] };
}

/** @returns the name of the message with this id when that side may send it, else undefined */
export function messageName(type: number, from: Side): MessageName | undefined {
  const layout = BY_ID[type];
  return layout?.from === from ? layout.name : undefined;
}

/** @throws PROTOCOL_VIOLATION when a field cannot be written as the table says or the payload is too long */
export function encodeMessage(message: Message): { readonly type: number; readonly payload: Uint8Array } {
  payloads.reserve(LONGEST_PAYLOAD);
  const end = write(message, payloads, payloads.at);
  return { type: MESSAGES[message.kind].id, payload: payloads.cut(end) };
}

/**
 * Message and frame in one, which saves a copy.
 *
 * @returns the bytes to write, delimiter included
 * @throws PROTOCOL_VIOLATION when a field cannot be written as the table says or the payload is too long
 */
export function encodeMessageFrame(message: Message, envelope: Envelope): Uint8Array {
  const end = write(message, outgoing, beginFrame());
  return endFrame(MESSAGES[message.kind].id, envelope, end);
}

const payloads = new Slab();
const writer = new PayloadWriter();
const reader = new PayloadReader();

/** @param at where the payload begins, with room for the longest. @returns where it ends */
function write(message: Message, { bytes, view }: Slab, at: number): number {
  writer.begin(message.kind, bytes, view, at);
  // Each message has a function that takes it and no other, which the type of a union does not tell.
  (WRITE[message.kind] as (writer: PayloadWriter, message: Message) => void)(writer, message);
  return writer.end;
}

/**
 * @param from the side that sent it; the other side's messages are refused
 * @returns null when it is no message of that side: unknown id, truncated, trailing bytes, bad text, number or word
 */
export function decodeMessage(type: number, payload: Uint8Array, from: Side): Message | null {
  const layout = BY_ID[type];
  if (layout === undefined || layout.from !== from) return null;
  reader.begin(payload);
  const message = layout.read(reader);
  return reader.finished ? message : null;
}
