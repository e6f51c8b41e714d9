/** The checksum of zlib and Ethernet: CRC-32 with the reflected polynomial 0xEDB88320. */

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  return remainder;
});

/** @returns the checksum of the text's UTF-8 bytes, 0 to 2³² − 1 */
export function crc32(text: string): number {
  let remainder = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    remainder = (remainder >>> 8) ^ TABLE[(remainder ^ byte) & 0xff]!;
  }
  return ~remainder >>> 0;
}
