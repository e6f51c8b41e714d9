/**
 * Byte arrays that belong to whoever gets them, cut from large ones: making an array of its own for every frame takes longer
 * than all the rest of a frame.
 */

const SLAB = 1 << 16;

export class Slab {
  bytes = new Uint8Array(SLAB);
  /** Of the same bytes. */
  view = new DataView(this.bytes.buffer);
  /** Where the next cut begins. */
  at = 0;

  /** Room for so many bytes from `at` on. */
  reserve(length: number): void {
    if (this.at + length <= this.bytes.length) return;
    this.bytes = new Uint8Array(Math.max(SLAB, length));
    this.view = new DataView(this.bytes.buffer);
    this.at = 0;
  }

  /** @returns the bytes from `at` to `end`, which are nobody else's from now on */
  cut(end: number): Uint8Array {
    // Quicker than subarray, which asks for the species first.
    const cut = new Uint8Array(this.bytes.buffer, this.at, end - this.at);
    this.at = end;
    return cut;
  }
}
