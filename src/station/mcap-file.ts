/**
 * The one door to MCAP (https://mcap.dev): writes a chunked, indexed, zstd-compressed file, and reads one back as far as it
 * goes, because a recording that ends in a crash is the one that somebody wants to see.
 */
import { closeSync, createReadStream, fsyncSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { McapStreamReader, McapWriter } from "@mcap/core";
import { makeFolder } from "../paths.ts";

/** Small chunks lose little in a crash: a chunk is on disk when it is full. */
const CHUNK_BYTES = 64 * 1024;
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export interface McapSchema {
  /** ROS type name, e.g. `sensor_msgs/Imu`. */
  readonly name: string;
  /** The definition with all it depends on, in ROS's concatenated form. */
  readonly text: string;
}

export class McapFile {
  readonly #path: string;
  readonly #file: number;
  readonly #writer: McapWriter;
  readonly #sequences: number[] = [];

  private constructor(path: string, file: number, writer: McapWriter) {
    this.#path = path;
    this.#file = file;
    this.#writer = writer;
  }

  /** Writes to `<path>.part` until {@link end}. @throws the system's error when it cannot be made */
  static async create(path: string): Promise<McapFile> {
    makeFolder(dirname(path));
    const file = openSync(partPath(path), "w");
    const writer = new McapWriter({
      writable: new WholeWrites(file),
      chunkSize: CHUNK_BYTES,
      compressChunk: (data) => ({ compression: "zstd", compressedData: zstdCompressSync(data, ZSTD) }),
    });
    await writer.start({ profile: "ros1", library: "gaitsmith" });
    return new McapFile(path, file, writer);
  }

  /** @returns the channel's id */
  async addChannel(
    topic: string,
    schema: McapSchema,
    metadata: Record<string, string> = {},
  ): Promise<number> {
    const schemaId = await this.#writer.registerSchema({
      name: schema.name,
      encoding: "ros1msg",
      data: new TextEncoder().encode(schema.text),
    });
    const id = await this.#writer.registerChannel({
      schemaId,
      topic,
      messageEncoding: "ros1",
      metadata: new Map(Object.entries(metadata)),
    });
    this.#sequences[id] = 0;
    return id;
  }

  addMetadata(name: string, metadata: Record<string, string>): Promise<void> {
    return this.#writer.addMetadata({ name, metadata: new Map(Object.entries(metadata)) });
  }

  /** Calls must not overlap. @param time ns */
  write(channelId: number, time: bigint, data: Uint8Array): Promise<void> {
    const sequence = this.#sequences[channelId]!++;
    return this.#writer.addMessage({ channelId, sequence, logTime: time, publishTime: time, data });
  }

  /** Writes the index, brings the file to the disk and gives it its name. */
  async end(): Promise<void> {
    await this.#writer.end();
    fsyncSync(this.#file);
    closeSync(this.#file);
    renameSync(partPath(this.#path), this.#path);
  }

  /** Gives up; what was written stays as `<path>.part`. */
  abandon(): void {
    closeSync(this.#file);
  }
}

/** Where a recording is while it is being written, or was when its writer died. */
export function partPath(path: string): string {
  return `${path}.part`;
}

export interface McapMessage {
  readonly topic: string;
  readonly schema: McapSchema;
  readonly metadata: ReadonlyMap<string, string>;
  /** ns */
  readonly time: bigint;
  readonly data: Uint8Array;
}

/**
 * The messages of a file in the order they were written. Ends without an error where the file is cut off or damaged.
 *
 * @param onMetadata called for every metadata record
 * @throws the system's error when the file cannot be opened
 */
export async function* readMcap(
  path: string,
  onMetadata: (name: string, metadata: ReadonlyMap<string, string>) => void = () => {},
): AsyncGenerator<McapMessage> {
  const reader = new McapStreamReader({
    decompressHandlers: { zstd: (data) => zstdDecompressSync(data) },
  });
  const schemas = new Map<number, McapSchema>();
  const channels = new Map<number, Omit<McapMessage, "time" | "data">>();
  for await (const data of createReadStream(path)) {
    try {
      reader.append(data as Uint8Array);
      for (let record = reader.nextRecord(); record !== undefined; record = reader.nextRecord()) {
        if (record.type === "Schema")
          schemas.set(record.id, { name: record.name, text: new TextDecoder().decode(record.data) });
        else if (record.type === "Channel")
          channels.set(record.id, {
            topic: record.topic,
            schema: schemas.get(record.schemaId) ?? { name: "", text: "" },
            metadata: record.metadata,
          });
        else if (record.type === "Metadata") onMetadata(record.name, record.metadata);
        else if (record.type === "Message") {
          const channel = channels.get(record.channelId);
          if (channel !== undefined) yield { ...channel, time: record.logTime, data: record.data };
        }
      }
    } catch {
      // Damaged from here on: the reader cannot find its way back.
      return;
    }
  }
}

/** A system may write less than it was asked to; the rest is written too, or the error is passed on. */
class WholeWrites {
  readonly #file: number;
  #position = 0n;

  constructor(file: number) {
    this.#file = file;
  }

  async write(data: Uint8Array): Promise<void> {
    for (let written = 0; written < data.length; ) written += writeSync(this.#file, data, written);
    this.#position += BigInt(data.length);
  }

  position(): bigint {
    return this.#position;
  }
}
