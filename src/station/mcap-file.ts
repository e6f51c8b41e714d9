/**
 * Writes an MCAP file (https://mcap.dev): chunked, zstd-compressed, indexed. A chunk is closed when it is full or when its oldest
 * message has waited for {@link CHUNK_SECONDS}, so that a crash loses little at any rate; the file is synced to the disk at
 * most every {@link SYNC_SECONDS}, so that a power cut loses little too.
 */
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { constants, crc32, zstdCompressSync } from "node:zlib";
import { McapChunkBuilder, McapRecordBuilder, type McapTypes } from "@mcap/core";
import { systemClock } from "../clock.ts";
import { makeFolder } from "../paths.ts";
import { summaryOf } from "./mcap-summary.ts";

/** Large enough to compress well; at usual rates the time comes first. */
const CHUNK_BYTES = 256 * 1024;
/** A message waits no longer than this for its chunk to be closed, s of wall time. */
export const CHUNK_SECONDS = 0.2;
/** Rhythm in which a file that grows is synced, s of wall time. */
export const SYNC_SECONDS = 1;
/** Kept free for the end of a file on a disk that fills up meanwhile: the last chunk, the outcome, the index. */
const RESERVE_BYTES = 512 * 1024;
const ZEROS = new Uint8Array(64 * 1024);
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const DISK_FULL = ["ENOSPC", "EDQUOT"];

export interface McapSchema {
  /** ROS type name, e.g. `sensor_msgs/Imu`. */
  readonly name: string;
  /** The definition with all it depends on, in ROS's concatenated form. */
  readonly text: string;
  /** How the definition is written; absent: `ros1msg`. */
  readonly encoding?: string;
}

/** What a message carries beside its channel, time and data; by default counted and the time. */
export interface MessageStamps {
  readonly sequence: number;
  /** ns */
  readonly publishTime: bigint;
}

export class McapFile {
  /** The disk's words once it was full: what is written from then on has only the room that was kept for the end. */
  full: string | null = null;
  readonly #path: string;
  readonly #file: number;
  readonly #now: () => number;
  readonly #records = new McapRecordBuilder();
  readonly #chunk = new McapChunkBuilder({ useMessageIndex: true });
  readonly #schemas: McapTypes.TypedMcapRecords["Schema"][] = [];
  readonly #channels: McapTypes.TypedMcapRecords["Channel"][] = [];
  readonly #counts: bigint[] = [];
  readonly #chunkIndexes: McapTypes.TypedMcapRecords["ChunkIndex"][] = [];
  readonly #metadataIndexes: McapTypes.TypedMcapRecords["MetadataIndex"][] = [];
  #first = 0n;
  #last = 0n;
  #position = 0;
  #crc = 0;
  #chunkSince = 0;
  #syncedAt: number;
  #dirty = false;
  #closed = false;

  private constructor(path: string, file: number, now: () => number) {
    this.#path = path;
    this.#file = file;
    this.#now = now;
    this.#syncedAt = now();
  }

  /**
   * Writes to `<path>.part` until {@link end}.
   *
   * @param now wall time, s
   * @throws the system's error when it cannot be made
   */
  static create(path: string, now: () => number = systemClock.now): McapFile {
    makeFolder(dirname(path));
    const file = openSync(partPath(path), "w");
    const mcap = new McapFile(path, file, now);
    try {
      keepFree(path);
      mcap.#records.writeMagic();
      mcap.#records.writeHeader({ profile: "ros1", library: "gaitsmith" });
      mcap.#flush();
      return mcap;
    } catch (error) {
      mcap.abandon();
      throw error;
    }
  }

  /** It goes into the present chunk, whose check covers it. @returns the channel's id */
  addChannel(topic: string, schema: McapSchema, metadata: ReadonlyMap<string, string> = new Map()): number {
    let known = this.#schemas.find(
      ({ name, data }) => name === schema.name && new TextDecoder().decode(data) === schema.text,
    );
    if (known === undefined) {
      const data = new TextEncoder().encode(schema.text);
      known = { type: "Schema", id: this.#schemas.length + 1, name: schema.name, encoding: "ros1msg", data };
      this.#schemas.push(known);
      this.#chunk.addSchema(known);
    }
    const channel = {
      type: "Channel",
      id: this.#channels.length,
      schemaId: known.id,
      topic,
      messageEncoding: "ros1",
      metadata: new Map(metadata),
    } as const;
    this.#channels.push(channel);
    this.#counts.push(0n);
    this.#chunk.addChannel(channel);
    return channel.id;
  }

  addMetadata(name: string, metadata: ReadonlyMap<string, string>): void {
    const offset = BigInt(this.#position);
    const length = this.#records.writeMetadata({ name, metadata: new Map(metadata) });
    this.#metadataIndexes.push({ type: "MetadataIndex", offset, length, name });
    this.#flush();
  }

  /** @param time ns */
  write(channelId: number, time: bigint, data: Uint8Array, stamps?: MessageStamps): void {
    const count = this.#counts[channelId]!;
    const { sequence = Number(count), publishTime = time } = stamps ?? {};
    this.#counts[channelId] = count + 1n;
    if (this.#chunk.numMessages === 0) this.#chunkSince = this.#now();
    this.#chunk.addMessage({ channelId, sequence, logTime: time, publishTime, data });
    if (this.#chunk.byteLength >= CHUNK_BYTES) this.closeChunk();
  }

  /** To be called every few milliseconds: closes the chunk that has waited long enough, and syncs. */
  tick(): void {
    const now = this.#now();
    if (this.#chunk.numMessages > 0 && now - this.#chunkSince >= CHUNK_SECONDS) this.closeChunk();
    if (!this.#dirty || now - this.#syncedAt < SYNC_SECONDS) return;
    fdatasyncSync(this.#file);
    this.#dirty = false;
    this.#syncedAt = this.#now();
  }

  /** What was written so far can be read after a crash. */
  closeChunk(): void {
    const chunk = this.#chunk;
    if (chunk.numMessages === 0) return;
    const { messageStartTime, messageEndTime, buffer } = chunk;
    const records = zstdCompressSync(buffer, ZSTD);
    const sizes = { compression: "zstd", uncompressedSize: BigInt(buffer.length) };
    const start = BigInt(this.#position);
    const uncompressedCrc = crc32(buffer);
    const times = { messageStartTime, messageEndTime };
    const chunkLength = this.#records.writeChunk({ ...times, ...sizes, uncompressedCrc, records });
    const messageIndexOffsets = new Map<number, bigint>();
    const indexStart = start + chunkLength;
    let messageIndexLength = 0n;
    for (const index of chunk.indices) {
      messageIndexOffsets.set(index.channelId, indexStart + messageIndexLength);
      messageIndexLength += this.#records.writeMessageIndex(index);
    }
    this.#flush();
    this.#chunkIndexes.push({
      type: "ChunkIndex",
      ...times,
      ...sizes,
      chunkStartOffset: start,
      chunkLength,
      messageIndexOffsets,
      messageIndexLength,
      compressedSize: BigInt(records.length),
    });
    if (this.#chunkIndexes.length === 1 || messageStartTime < this.#first) this.#first = messageStartTime;
    if (messageEndTime > this.#last) this.#last = messageEndTime;
    chunk.reset();
  }

  /** Writes the index, brings the file to the disk and gives it its name. */
  end(): void {
    this.closeChunk();
    this.#records.writeDataEnd({ dataSectionCrc: this.#crc });
    this.#flush();
    const messageCounts = new Map(this.#counts.map((count, id) => [id, count]));
    this.#append(
      summaryOf({
        start: this.#position,
        schemas: this.#schemas,
        channels: this.#channels,
        chunkIndexes: this.#chunkIndexes,
        metadataIndexes: this.#metadataIndexes,
        messageCounts,
        first: this.#first,
        last: this.#last,
      }),
    );
    fsyncSync(this.#file);
    this.#close();
    renameSync(partPath(this.#path), this.#path);
    rmSync(reservePath(this.#path), { force: true });
  }

  /** Gives up; what was written stays as `<path>.part`. */
  abandon(): void {
    this.#close();
    rmSync(reservePath(this.#path), { force: true });
  }

  #close(): void {
    if (!this.#closed) closeSync(this.#file);
    this.#closed = true;
  }

  #flush(): void {
    const bytes = this.#records.buffer;
    this.#records.reset();
    this.#append(bytes);
    this.#crc = crc32(bytes, this.#crc);
  }

  /** Whole records or nothing: on a disk that is full the room that was kept is used, once. */
  #append(bytes: Uint8Array): void {
    try {
      this.#writeWhole(bytes);
    } catch (error) {
      ftruncateSync(this.#file, this.#position);
      const { code = "", message } = error as NodeJS.ErrnoException;
      if (this.full !== null || !DISK_FULL.includes(code)) throw error;
      this.full = message;
      rmSync(reservePath(this.#path), { force: true });
      this.#writeWhole(bytes);
    }
    this.#position += bytes.length;
    this.#dirty = true;
  }

  /** A system may write less than it was asked to; the rest is written too, or the error is passed on. */
  #writeWhole(bytes: Uint8Array): void {
    for (let written = 0; written < bytes.length; )
      written += writeSync(this.#file, bytes, written, bytes.length - written, this.#position + written);
  }
}

/** Where a recording is while it is being written, or was when its writer died. */
export function partPath(path: string): string {
  return `${path}.part`;
}

/** The room kept free for its end. */
export function reservePath(path: string): string {
  return `${path}.reserve`;
}

function keepFree(path: string): void {
  const file = openSync(reservePath(path), "w");
  try {
    for (let left = RESERVE_BYTES; left > 0; )
      left -= writeSync(file, ZEROS, 0, Math.min(left, ZEROS.length));
  } finally {
    closeSync(file);
  }
}
