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
  return encoded.subarray(0, cobsEncodeInto(block, block.length, encoded, 0));
}

/**
 * Encodes the first `length` bytes of a block.
 *
 * @param encoded has room for {@link longestEncoding} from `start` on
 * @returns where the encoding ends in it
 */
export function cobsEncodeInto(
  block: Uint8Array,
  length: number,
  encoded: Uint8Array,
  start: number,
): number {
  let code = start;
  let end = start + 1;
  for (let index = 0; index < length; index++) {
    const byte = block[index]!;
    if (byte !== 0) {
      encoded[end++] = byte;
      if (end - code <= LONGEST_RUN || index + 1 === length) continue;
    }
    encoded[code] = end - code;
    code = end++;
  }
  encoded[code] = end - code;
  return end;
}

/** @returns the block, or null when no block is encoded like this */
export function cobsDecode(encoded: Uint8Array): Uint8Array | null {
  if (encoded.length === 0) return null;
  const block = new Uint8Array(encoded.length - 1);
  const end = cobsDecodeInto(encoded, 0, encoded.length, block, 0);
  return end < 0 ? null : block.subarray(0, end);
}

/**
 * Decodes the bytes from `from` to `to`, at least one.
 *
 * @param block has room for `to - from - 1` bytes from `start` on
 * @returns where the block ends in it, or −1 when no block is encoded like this
 */
export function cobsDecodeInto(
  encoded: Uint8Array,
  from: number,
  to: number,
  block: Uint8Array,
  start: number,
): number {
  let end = start;
  let at = from;
  while (at < to) {
    const code = encoded[at]!;
    const next = at + code;
    if (code === 0 || next > to) return -1;
    for (at++; at < next; at++) {
      const byte = encoded[at]!;
      if (byte === 0) return -1;
      block[end++] = byte;
    }
    if (code <= LONGEST_RUN && at < to) block[end++] = 0;
  }
  return end;
}
