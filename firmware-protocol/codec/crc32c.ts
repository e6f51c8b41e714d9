/**
 * CRC-32C (Castagnoli): polynomial 0x1EDC6F41, reflected in and out, initial value and final XOR 0xFFFFFFFF.
 * Check value: crc32c("123456789") = 0xE3069283 (RFC 3720, appendix B.4).
 *
 * Eight bytes at a time, from eight tables: Kounavis and Berry: "A Systematic Approach to Building High Performance
 * Software-Based CRC Generators", ISCC 2005.
 */

/** The polynomial with its bits reversed. */
const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

/** Table k at 256 k: what a byte does to the checksum when k more bytes follow it. */
const TABLES = new Int32Array(256 * SLICES);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  TABLES[byte] = crc;
}
for (let entry = 256; entry < TABLES.length; entry++) {
  const before = TABLES[entry - 256]!;
  TABLES[entry] = (before >>> 8) ^ TABLES[before & 0xff]!;
}

/**
 * @param end of the bytes, exclusive
 * @param view of the same bytes
 * @returns an unsigned 32-bit number
 */
export function crc32c(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
  view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
): number {
  let crc = -1;
  let at = start;
  for (; at + SLICES <= end; at += SLICES) {
    crc ^= view.getInt32(at, true);
    const next = view.getInt32(at + 4, true);
    crc =
      TABLES[1792 + (crc & 0xff)]! ^
      TABLES[1536 + ((crc >>> 8) & 0xff)]! ^
      TABLES[1280 + ((crc >>> 16) & 0xff)]! ^
      TABLES[1024 + (crc >>> 24)]! ^
      TABLES[768 + (next & 0xff)]! ^
      TABLES[512 + ((next >>> 8) & 0xff)]! ^
      TABLES[256 + ((next >>> 16) & 0xff)]! ^
      TABLES[next >>> 24]!;
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ TABLES[(crc ^ bytes[at]!) & 0xff]!;
  return (crc ^ -1) >>> 0;
}
