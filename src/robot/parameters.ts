/** Gait parameters as a robot gets them: SI units, fixed order. */
export interface ParameterSetOnWire {
  readonly gait: string;
  /** Name and value in the gait's own order; finite. */
  readonly values: readonly (readonly [name: string, value: number])[];
}

/**
 * The hash that proves both sides hold the same set: CRC-32 (IEEE) over `gait`, then each name (UTF-8) and value
 * (binary64, little endian), as eight hex digits. Comparing hashes, not echoes, catches a value that was rounded
 * or dropped on the way.
 */
export function parameterHash(set: ParameterSetOnWire): string {
  const text = new TextEncoder();
  const value = new DataView(new ArrayBuffer(8));
  let crc = crc32(0xffffffff, text.encode(set.gait));
  for (const [name, number] of set.values) {
    crc = crc32(crc, text.encode(name));
    value.setFloat64(0, number, true);
    crc = crc32(crc, new Uint8Array(value.buffer));
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
}

function crc32(start: number, bytes: Uint8Array): number {
  let crc = start;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return crc;
}
