/**
 * Reads an MCAP file record by record, as far as it goes: a recording that ends in a crash is the one that somebody wants to
 * see. A chunk whose check does not hold is left out as a whole and reading goes on behind it; nothing is ever guessed.
 */
import { type FileHandle, open } from "node:fs/promises";
import { crc32, zstdDecompressSync } from "node:zlib";
import { McapConstants, McapRecordBuilder, McapStreamReader, type McapTypes } from "@mcap/core";
import type { McapSchema } from "./mcap-file.ts";

export interface McapMessage {
  readonly topic: string;
  readonly schema: McapSchema;
  readonly metadata: ReadonlyMap<string, string>;
  readonly sequence: number;
  /** ns */
  readonly time: bigint;
  readonly publishTime: bigint;
  readonly data: Uint8Array;
}

/** What became of a file. */
export interface McapCondition {
  /** Bytes. */
  readonly size: number;
  /** Bytes up to the end of the last whole record. */
  readonly readable: number;
  /** It has no end: its writer died, or the rest is missing. */
  readonly cutOff: boolean;
  /** Chunks that are left out: damaged, or compressed in a way that is not read here. */
  readonly lostChunks: number;
  /** Everything that is wrong with it, in words; empty: it is complete and sound. */
  readonly problems: readonly string[];
}

export interface McapListener {
  metadata?(name: string, metadata: ReadonlyMap<string, string>): void;
  /** Called for every channel before its first message, also for one that never gets any. */
  channel?(topic: string, schema: McapSchema, metadata: ReadonlyMap<string, string>): void;
  /** Called last. */
  condition?(condition: McapCondition): void;
}

const { Opcode, MCAP_MAGIC } = McapConstants;
const RECORD_HEADER = 9;
/** A record that would be longer has a damaged length: no writer makes such chunks. */
const LONGEST_RECORD = 256 * 1024 * 1024;
/** What is kept of a file that is read. */
const LOADED: readonly number[] = [
  Opcode.HEADER,
  Opcode.SCHEMA,
  Opcode.CHANNEL,
  Opcode.MESSAGE,
  Opcode.CHUNK,
  Opcode.METADATA,
  Opcode.DATA_END,
];

/** Whether a file begins as MCAP files do. @throws the system's error when it cannot be read */
export async function isMcap(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const start = Buffer.alloc(MCAP_MAGIC.length);
    const { bytesRead } = await file.read(start, 0, start.length, 0);
    return bytesRead === start.length && start.equals(Buffer.from(MCAP_MAGIC));
  } finally {
    await file.close();
  }
}

/**
 * The messages of a file in the order they were written. Never throws for what is in the file: it ends where the file is cut
 * off or its records cannot be told apart any more.
 *
 * @throws the system's error when the file cannot be read
 */
export async function* readMcap(path: string, listener: McapListener = {}): AsyncGenerator<McapMessage> {
  const file = await open(path, "r");
  try {
    yield* new McapReading(file, (await file.stat()).size, listener).messages();
  } finally {
    await file.close();
  }
}

type Channel = McapTypes.TypedMcapRecords["Channel"];

class McapReading {
  readonly #bytes: ByteSource;
  readonly #listener: McapListener;
  readonly #schemas = new Map<number, McapSchema>();
  readonly #channels = new Map<number, Channel>();
  readonly #problems: string[] = [];
  #reader = newReader();
  #lostChunks = 0;
  #readable = 0;
  #complete = false;

  constructor(file: FileHandle, size: number, listener: McapListener) {
    this.#bytes = new ByteSource(file, size);
    this.#listener = listener;
  }

  async *messages(): AsyncGenerator<McapMessage> {
    const start = await this.#bytes.take(MCAP_MAGIC.length);
    if (start === null || !Buffer.from(MCAP_MAGIC).equals(start))
      this.#problems.push("it does not begin as an MCAP file does");
    else yield* this.#records();
    const { size } = this.#bytes;
    const cutOff = !this.#complete;
    if (cutOff) this.#problems.push(`it is cut off: ${this.#readable} of ${size} bytes can be read`);
    const [readable, lostChunks, problems] = [this.#readable, this.#lostChunks, this.#problems];
    this.#listener.condition?.({ size, readable, cutOff, lostChunks, problems });
  }

  async *#records(): AsyncGenerator<McapMessage> {
    for (;;) {
      this.#readable = this.#bytes.position;
      const crc = this.#bytes.crc;
      const head = await this.#bytes.take(RECORD_HEADER);
      if (head === null) return;
      const opcode = head[0]!;
      const length = Number(head.readBigUInt64LE(1));
      const known = McapConstants.isKnownOpcode(opcode) || opcode >= 0x80;
      if (!known || length > this.#bytes.left || (LOADED.includes(opcode) && length > LONGEST_RECORD)) return;
      if (!LOADED.includes(opcode)) {
        await this.#bytes.skip(length);
        continue;
      }
      const content = await this.#bytes.take(length);
      if (content === null) return;
      if (opcode === Opcode.DATA_END) {
        await this.#end(content, crc);
        return;
      }
      yield* this.#record(opcode, Buffer.concat([head, content]));
    }
  }

  /** What one record at the top level holds. */
  *#record(opcode: number, bytes: Buffer): Generator<McapMessage> {
    try {
      this.#reader.append(bytes);
      for (let record = this.#reader.nextRecord(); record !== undefined; record = this.#reader.nextRecord()) {
        if (record.type === "Schema") {
          const text = new TextDecoder().decode(record.data);
          this.#schemas.set(record.id, { name: record.name, text, encoding: record.encoding });
        } else if (record.type === "Channel") this.#meet(record);
        else if (record.type === "Metadata") this.#listener.metadata?.(record.name, record.metadata);
        else if (record.type === "Message") {
          const { topic, schemaId, metadata } = this.#channels.get(record.channelId)!;
          const { sequence, logTime, publishTime, data } = record;
          const schema = this.#schemas.get(schemaId) ?? NO_SCHEMA;
          yield { topic, schema, metadata, sequence, time: logTime, publishTime, data };
        }
      }
    } catch (error) {
      if (opcode === Opcode.CHUNK) this.#lostChunks++;
      const words = error instanceof Error ? error.message : String(error);
      this.#problems.push(`a ${opcode === Opcode.CHUNK ? "chunk" : "record"} cannot be read: ${words}`);
      this.#reader = newReader();
      this.#remindOfChannels();
    }
  }

  #meet(channel: Channel): void {
    const known = this.#channels.has(channel.id);
    this.#channels.set(channel.id, channel);
    if (known) return;
    const schema = this.#schemas.get(channel.schemaId) ?? NO_SCHEMA;
    this.#listener.channel?.(channel.topic, schema, channel.metadata);
  }

  /** A reader refuses messages of channels that it has not seen. */
  #remindOfChannels(): void {
    const records = new McapRecordBuilder();
    for (const channel of this.#channels.values()) records.writeChannel(channel);
    this.#reader.append(records.buffer);
    while (this.#reader.nextRecord() !== undefined);
  }

  /** The data is over: what follows is the index, which is not needed here, but is checked. */
  async #end(content: Buffer, crc: number): Promise<void> {
    const stated = content.length === 4 ? content.readUInt32LE(0) : 0;
    if (stated !== 0 && stated !== crc) this.#problems.push("its data are not those that were written");
    this.#bytes.crc = 0;
    const footer = RECORD_HEADER + 8 + 8 + 4;
    const summary = this.#bytes.left - footer - MCAP_MAGIC.length;
    if (summary < 0) return;
    await this.#bytes.skip(summary);
    const last = await this.#bytes.take(footer - 4);
    const summaryCrc = this.#bytes.crc;
    const end = await this.#bytes.take(4 + MCAP_MAGIC.length);
    if (last?.[0] !== Opcode.FOOTER || end === null) return;
    if (!end.subarray(4).equals(Buffer.from(MCAP_MAGIC))) return;
    this.#readable = this.#bytes.position;
    this.#complete = true;
    const check = end.readUInt32LE(0);
    if (check !== 0 && check !== summaryCrc) this.#problems.push("its index is damaged");
  }
}

const NO_SCHEMA: McapSchema = { name: "", text: "", encoding: "" };

function newReader(): McapStreamReader {
  return new McapStreamReader({
    noMagicPrefix: true,
    decompressHandlers: {
      zstd: (data, size) => zstdDecompressSync(data, { maxOutputLength: Math.max(1, Number(size)) }),
    },
  });
}

/** A file from its beginning to its end, with the check of what has gone by. */
class ByteSource {
  readonly size: number;
  position = 0;
  crc = 0;
  readonly #file: FileHandle;

  constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.size = size;
  }

  get left(): number {
    return this.size - this.position;
  }

  /** @returns null when the file ends before */
  async take(length: number): Promise<Buffer | null> {
    const bytes = Buffer.alloc(length);
    for (let taken = 0; taken < length; ) {
      const { bytesRead } = await this.#file.read(bytes, taken, length - taken, this.position + taken);
      if (bytesRead === 0) return null;
      taken += bytesRead;
    }
    this.position += length;
    this.crc = crc32(bytes, this.crc);
    return bytes;
  }

  async skip(length: number): Promise<void> {
    const most = 1024 * 1024;
    for (let left = length; left > 0; left -= most)
      if ((await this.take(Math.min(left, most))) === null) return;
  }
}
