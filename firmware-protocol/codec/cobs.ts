/**
 * Consistent Overhead Byte Stuffing: removes every 0x00 from a block at a cost of one byte per 254, so that 0x00 can
 * stand between blocks and a reader that has lost its place finds it at the next one.
 *
 * Cheshire and Baker: "Consistent Overhead Byte Stuffing", IEEE/ACM Transactions on Networking 7(2), 1999.
 *
 * Both directions work in place: an encoded block is the block, one byte further on, with its zeros replaced. Only
 * a run of 254 bytes without a zero shifts what comes with it.
 */

const LONGEST_RUN = 254;

/** Bytes are looked at four at a time: so many beyond the last one must be there, whatever they are. */
export const LOOK_AHEAD = 3;

/** Most bytes that a block of `length` bytes may become. */
export function longestEncoding(length: number): number {
  return length + Math.floor(length / LONGEST_RUN) + 1;
}

/** @returns the block without any 0x00, and without a delimiter */
export function cobsEncode(block: Uint8Array): Uint8Array {
  const encoded = new Uint8Array(longestEncoding(block.length) + LOOK_AHEAD);
  encoded.set(block, 1);
  const view = new DataView(encoded.buffer);
  return encoded.subarray(0, cobsEncodeInPlace(encoded, view, 0, 1 + block.length));
}

/**
 * Encodes the block from `start + 1` to `end`; the encoding begins at `start`.
 *
 * @param bytes have room for {@link longestEncoding} and {@link LOOK_AHEAD} from `start` on
 * @param view of the same bytes
 * @returns where the encoding ends
 */
export function cobsEncodeInPlace(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  if (end - start - 1 <= LONGEST_RUN) return encodeShort(bytes, view, start, end);
  let code = start;
  let to = end;
  for (;;) {
    let zero = indexOfZero(view, code + 1, to);
    while (zero - code > LONGEST_RUN && code + 1 + LONGEST_RUN < to) {
      bytes[code] = 1 + LONGEST_RUN;
      code += 1 + LONGEST_RUN;
      bytes.copyWithin(code + 1, code, to++);
      zero++;
    }
    bytes[code] = zero - code;
    if (zero === to) return to;
    code = zero;
  }
}

/** The common case of a block in which no run can be full: nothing is shifted, and each word is looked at once. */
function encodeShort(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  let code = start;
  let at = start + 1;
  for (; at + 4 <= end; at += 4) {
    const word = view.getInt32(at, true);
    if (zerosIn(word) === 0) continue;
    if ((word & 0xff) === 0) code = close(bytes, code, at);
    if ((word & 0xff00) === 0) code = close(bytes, code, at + 1);
    if ((word & 0xff0000) === 0) code = close(bytes, code, at + 2);
    if ((word & 0xff000000) === 0) code = close(bytes, code, at + 3);
  }
  for (; at < end; at++) if (bytes[at] === 0) code = close(bytes, code, at);
  close(bytes, code, end);
  return end;
}

/** Writes how far it is from a run's code to the zero after it. @returns where the next run's code belongs */
function close(bytes: Uint8Array, code: number, zero: number): number {
  bytes[code] = zero - code;
  return zero;
}

/** Where the first 0x00 from `from` on is, or `to` when there is none before; {@link LOOK_AHEAD} bytes more are looked at. */
export function indexOfZero(view: DataView, from: number, to: number): number {
  for (let at = from; at < to; at += 4) {
    const zeros = zerosIn(view.getInt32(at, true));
    if (zeros !== 0) return Math.min(to, at + ((31 - Math.clz32(zeros & -zeros)) >> 3));
  }
  return to;
}

/**
 * @returns 0 when none of a word's four bytes is 0; else the lowest of the bits that are set is the top one of the first zero
 *
 * Warren: "Hacker's Delight", 2nd edition, section 6-1.
 */
function zerosIn(word: number): number {
  return (word - 0x01010101) & ~word & 0x80808080;
}

/** @returns the block, or null when no block is encoded like this */
export function cobsDecode(encoded: Uint8Array): Uint8Array | null {
  if (encoded.length === 0 || encoded.includes(0)) return null;
  const block = encoded.slice();
  const start = cobsDecodeInPlace(block, 0, block.length);
  return start < 0 ? null : block.subarray(start);
}

/**
 * Decodes the bytes from `from` to `to`: at least one, and none of them 0x00. The block ends at `to`.
 *
 * @returns where the block begins, or −1 when no block is encoded like this
 */
export function cobsDecodeInPlace(bytes: Uint8Array, from: number, to: number): number {
  let start = from + 1;
  let code = bytes[from]!;
  let next = from + code;
  while (next < to) {
    const following = bytes[next]!;
    if (code <= LONGEST_RUN) bytes[next] = 0;
    else bytes.copyWithin(start + 1, start++, next);
    code = following;
    next += code;
  }
  return next === to ? start : -1;
}
