/** The end of an MCAP file (https://mcap.dev/spec#summary-section): what readers need to find their way without reading it all. */
import { crc32 } from "node:zlib";
import { McapConstants, McapRecordBuilder, type McapTypes } from "@mcap/core";

type Records = McapTypes.TypedMcapRecords;

export interface SummaryContents {
  /** Where the summary begins in the file. */
  readonly start: number;
  readonly schemas: readonly Records["Schema"][];
  readonly channels: readonly Records["Channel"][];
  readonly chunkIndexes: readonly Records["ChunkIndex"][];
  readonly metadataIndexes: readonly Records["MetadataIndex"][];
  /** By channel id. */
  readonly messageCounts: Map<number, bigint>;
  /** Times of the earliest and the latest message, ns; 0 without any. */
  readonly first: bigint;
  readonly last: bigint;
}

/** Summary, summary offsets, footer and closing magic. */
export function summaryOf(contents: SummaryContents): Uint8Array {
  const { start, schemas, channels, chunkIndexes, metadataIndexes, messageCounts, first, last } = contents;
  const { Opcode } = McapConstants;
  const records = new McapRecordBuilder();
  const offsets: McapTypes.SummaryOffset[] = [];
  const group = (groupOpcode: number, write: () => void): void => {
    const from = records.length;
    write();
    const groupLength = BigInt(records.length - from);
    if (groupLength > 0n) offsets.push({ groupOpcode, groupStart: BigInt(start + from), groupLength });
  };
  group(Opcode.SCHEMA, () => {
    for (const schema of schemas) records.writeSchema(schema);
  });
  group(Opcode.CHANNEL, () => {
    for (const channel of channels) records.writeChannel(channel);
  });
  group(Opcode.STATISTICS, () => {
    records.writeStatistics({
      messageCount: [...messageCounts.values()].reduce((sum, count) => sum + count, 0n),
      schemaCount: schemas.length,
      channelCount: channels.length,
      attachmentCount: 0,
      metadataCount: metadataIndexes.length,
      chunkCount: chunkIndexes.length,
      messageStartTime: first,
      messageEndTime: last,
      channelMessageCounts: messageCounts,
    });
  });
  group(Opcode.METADATA_INDEX, () => {
    for (const index of metadataIndexes) records.writeMetadataIndex(index);
  });
  group(Opcode.CHUNK_INDEX, () => {
    for (const index of chunkIndexes) records.writeChunkIndex(index);
  });
  const summaryOffsetStart = BigInt(start + records.length);
  for (const offset of offsets) records.writeSummaryOffset(offset);
  const footer = { summaryStart: BigInt(start), summaryOffsetStart };
  // The check covers the footer up to where the check itself stands.
  const body = records.length;
  records.writeFooter({ ...footer, summaryCrc: 0 });
  const covered = records.buffer.subarray(0, -4);
  const summaryCrc = crc32(covered);
  const end = new McapRecordBuilder();
  end.writeFooter({ ...footer, summaryCrc });
  end.writeMagic();
  return Buffer.concat([covered.subarray(0, body), end.buffer]);
}
