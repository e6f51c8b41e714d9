/**
 * Byte arrays that belong to whoever gets them, cut from large ones: making an array of its own for every frame takes longer
 * than all the rest of a frame.
 */

const SLAB = 1 << 16;

export class Slab {
  bytes = new Uint8Array(SLAB);
  view = new DataView(this.bytes.buffer);
  /** Where the next cut begins. */
  at = 0;

  /** Room for so many bytes from `at` on. @param length at most 64 kB */
  reserve(length: number): void {
    if (this.at + length <= SLAB) return;
    this.bytes = new Uint8Array(SLAB);
    this.view = new DataView(this.bytes.buffer);
    this.at = 0;
  }

  /** @returns the bytes from `at` to `end`, which are nobody else's from now on */
  cut(end: number): Uint8Array {
    const cut = this.bytes.subarray(this.at, end);
    this.at = end;
    return cut;
  }
}
