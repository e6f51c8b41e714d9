/** Robots say some things several times, because one may be lost: which of them have been heard already. */

/** Repetitions are recognised among this many. */
const REMEMBERED = 32;

export class Repetitions {
  readonly #known = new Set<string>();

  /** @param key what tells it from others. @returns false for a repetition */
  isNew(key: string): boolean {
    if (this.#known.has(key)) return false;
    this.#known.add(key);
    for (const old of this.#known) {
      if (this.#known.size <= REMEMBERED) break;
      this.#known.delete(old);
    }
    return true;
  }
}
