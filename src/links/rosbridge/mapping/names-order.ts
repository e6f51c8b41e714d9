/** Where each name stands in a message's array of names. Looked up only when the array is not what it was last time. */
import { type FieldStep, isList, valueAt } from "./field-path.ts";

export class NamesOrder {
  readonly #steps: readonly FieldStep[];
  readonly #wanted: string[] = [];
  #places = new Int32Array(0);
  #last: string[] = [];
  /** How often the order was another one than before. */
  changes = -1;

  constructor(steps: readonly FieldStep[]) {
    this.#steps = steps;
  }

  /** @returns a handle for {@link placeOf}; all names are wanted before the first message */
  want(name: string): number {
    const known = this.#wanted.indexOf(name);
    if (known >= 0) return known;
    this.#wanted.push(name);
    this.#places = new Int32Array(this.#wanted.length).fill(-1);
    return this.#wanted.length - 1;
  }

  /** To be called for every message before places are asked for. */
  read(message: unknown): void {
    const names = valueAt(message, this.#steps);
    if (!isList(names)) {
      if (this.#last.length > 0 || this.changes < 0) this.#learn([]);
      return;
    }
    let same = names.length === this.#last.length && this.changes >= 0;
    for (let place = 0; same && place < names.length; place++) same = names[place] === this.#last[place];
    if (!same) this.#learn(Array.from(names, (name) => (typeof name === "string" ? name : "")));
  }

  /** −1: no such name in the present message, or more than one of it. */
  placeOf(handle: number): number {
    return this.#places[handle]!;
  }

  /** The names that the newest message does not have, or has twice. */
  get missing(): readonly string[] {
    return this.#wanted.filter((_, handle) => this.#places[handle]! < 0);
  }

  /** The newest message's. */
  get names(): readonly string[] {
    return this.#last;
  }

  #learn(names: string[]): void {
    this.#last = names;
    this.changes++;
    for (const [handle, name] of this.#wanted.entries()) {
      const first = names.indexOf(name);
      this.#places[handle] = first === names.lastIndexOf(name) ? first : -1;
    }
  }
}
