/**
 * Consistent Overhead Byte Stuffing: removes every 0x00 from a block at a cost of one byte per 254, so that 0x00 can
 * stand between blocks and a reader that has lost its place finds it at the next one.
 *
 * Cheshire and Baker: "Consistent Overhead Byte Stuffing", IEEE/ACM Transactions on Networking 7(2), 1999.
 */

const LONGEST_RUN = 254;

/** Most bytes that a block of `length` bytes may become. */
export function longestEncoding(length: number): number {
  return length + Math.floor(length / LONGEST_RUN) + 1;
}

/** @returns the block without any 0x00, and without a delimiter */
export function cobsEncode(block: Uint8Array): Uint8Array {
  const encoded = new Uint8Array(longestEncoding(block.length));
  let code = 0;
  let length = 1;
  for (let index = 0; index < block.length; index++) {
    const byte = block[index]!;
    if (byte !== 0) encoded[length++] = byte;
    const run = length - code;
    if (byte === 0 || (run === LONGEST_RUN + 1 && index + 1 < block.length)) {
      encoded[code] = run;
      code = length++;
    }
  }
  encoded[code] = length - code;
  return encoded.subarray(0, length);
}

/** @returns the block, or null when no block is encoded like this */
export function cobsDecode(encoded: Uint8Array): Uint8Array | null {
  if (encoded.length === 0) return null;
  const block = new Uint8Array(encoded.length - 1);
  let length = 0;
  let at = 0;
  while (at < encoded.length) {
    const code = encoded[at]!;
    const end = at + code;
    if (code === 0 || end > encoded.length) return null;
    for (at++; at < end; at++) {
      const byte = encoded[at]!;
      if (byte === 0) return null;
      block[length++] = byte;
    }
    if (code <= LONGEST_RUN && at < encoded.length) block[length++] = 0;
  }
  return block.subarray(0, length);
}
