/** Fields of a payload, read one after the other as `field-types.ts` says. */

const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What its methods return after one of them has failed means nothing; {@link finished} tells. */
export class PayloadReader {
  #bytes: Uint8Array = new Uint8Array();
  /** Of the bytes; made when a field needs it. */
  #view: DataView | null = null;
  #at = 0;
  #failed = false;

  begin(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = null;
    this.#at = 0;
    this.#failed = false;
  }

  /** All was read, and all was as it must be. */
  get finished(): boolean {
    return !this.#failed && this.#at === this.#bytes.length;
  }

  u8(): number {
    return this.#take(1) ? this.#bytes[this.#at - 1]! : 0;
  }

  u16(): number {
    return this.#take(2) ? this.#bytes[this.#at - 2]! | (this.#bytes[this.#at - 1]! << 8) : 0;
  }

  u32(): number {
    const low = this.u16();
    return (low | (this.u16() << 16)) >>> 0;
  }

  f32(): number {
    return this.#take(4) ? this.#floats().getFloat32(this.#at - 4, true) : 0;
  }

  f64(): number {
    return this.#take(8) ? this.#floats().getFloat64(this.#at - 8, true) : 0;
  }

  bool(): boolean {
    const byte = this.u8();
    return byte > 1 ? this.#fail(false) : byte === 1;
  }

  /** s */
  time(): number {
    const low = this.u32();
    const high = this.u32();
    // Up to 2^53 - 1 a number is exact.
    return high >= 2 ** 21 ? this.#fail(0) : (high * 2 ** 32 + low) / 1e6;
  }

  word<Word extends string>(words: readonly Word[]): Word {
    return words[this.u8()] ?? this.#fail(words[0]!);
  }

  string(): string {
    return this.#text(this.u8());
  }

  text(): string {
    return this.#text(this.u16());
  }

  /** A view of the payload. */
  bytes(): Uint8Array {
    const length = this.u16();
    if (!this.#take(length)) return this.#bytes;
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + this.#at - length, length);
  }

  floats(): Float64Array {
    const count = this.u16();
    if (this.#at + 4 * count > this.#bytes.length) return this.#fail(new Float64Array());
    return Float64Array.from({ length: count }, () => this.f32());
  }

  values(): (readonly [name: string, value: number])[] {
    const pairs: [string, number][] = [];
    for (let left = this.u8(); left > 0 && !this.#failed; left--) pairs.push([this.string(), this.f64()]);
    return pairs;
  }

  #floats(): DataView {
    const { buffer, byteOffset, length } = this.#bytes;
    this.#view ??= new DataView(buffer, byteOffset, length);
    return this.#view;
  }

  #text(length: number): string {
    if (!this.#take(length)) return "";
    try {
      return DECODER.decode(this.#bytes.subarray(this.#at - length, this.#at));
    } catch {
      return this.#fail("");
    }
  }

  #take(length: number): boolean {
    if (this.#failed || this.#at + length > this.#bytes.length) return this.#fail(false);
    this.#at += length;
    return true;
  }

  #fail<T>(value: T): T {
    this.#failed = true;
    return value;
  }
}
